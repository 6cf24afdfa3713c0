"""Every row of the lossless matrix comes back from memory: encoded, kept as the service keeps it, and decoded."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from ddbmodel.model import plan_of
from tests.strategies.matrix import ROWS
from tests.strategies.row import Row
from tests.strategies.sameness import difference
from tests.strategies.service import kept

FAST = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), database=None)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_what_is_stored_comes_back(row: Row) -> None:
    """Whatever a model holds is what reading its item gives, of the same types all the way down."""
    plan = plan_of(row.model)

    @FAST
    @given(row.instances)
    def check(instance: Any) -> None:
        back = plan.decode(kept(plan.encode(instance)))
        assert difference(instance, back) is None

    check()
