"""Whom a throttled request is about: its keys, the table, or the whole account.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ThrottlingReason.html
"""

from __future__ import annotations

from enum import Enum
from typing import Final

from ddbmodel.errors import Throttled

_KEYS: Final = "KeyRangeThroughputExceeded"
_ACCOUNT: Final = "AccountLimitExceeded"
_ACCOUNT_CODE: Final = "RequestLimitExceeded"


class Scope(Enum):
    """What has to slow down."""

    KEYS = "keys"
    TABLE = "table"
    ACCOUNT = "account"


def scope_of(error: Throttled) -> Scope:
    """What has to slow down; the most, where several limits were hit, and the table where nothing is said."""
    if error.code == _ACCOUNT_CODE or any(limit.endswith(_ACCOUNT) for limit in error.limits):
        return Scope.ACCOUNT
    if error.limits and all(limit.endswith(_KEYS) for limit in error.limits):
        return Scope.KEYS
    return Scope.TABLE
