"""Asking for a way back before something is destroyed, and the option that goes on without one."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

WithoutRecoveryPoint: TypeAlias = Annotated[
    bool,
    typer.Option("--without-recovery-point", help="go on also without PITR or a backup of the last 24 hours"),
]
