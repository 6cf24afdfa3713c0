"""Names of backups, by which those that were made here are told from others."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from ddbmodel.errors import ExpressionError

PREFIX: Final = "ddbmodel-daily-"

_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{3,255}")


def daily_name(moment: datetime) -> str:
    """The name of the backup of a day, in UTC."""
    return f"{PREFIX}{moment:%Y-%m-%d}"


def is_daily(name: str) -> bool:
    """True if `ddbmodel backup run` has made it."""
    return re.fullmatch(re.escape(PREFIX) + r"\d{4}-\d{2}-\d{2}", name) is not None


def check_name(name: str) -> str:
    """Refuse a name that the service would refuse, or that the daily backups have.

    Raises:
        ExpressionError: it has other characters, is too short or long, or would be taken for a daily one.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateBackup.html
    """
    if not _NAME.fullmatch(name):
        raise ExpressionError(f"backup {name!r}: use 3 to 255 characters of a-z, A-Z, 0-9, '_', '-' and '.'")
    if name.startswith(PREFIX):
        raise ExpressionError(f"backup {name!r}: names that begin with {PREFIX!r} are of the daily ones")
    return name
