"""How many examples a slow property test tries: few in every run, as many as wanted for a night's hunt."""

from __future__ import annotations

import os

VARIABLE = "DDBMODEL_TEST_EXAMPLES"


def examples(usual: int) -> int:
    """The number that the environment names, or the usual one."""
    return int(os.environ.get(VARIABLE) or usual)
