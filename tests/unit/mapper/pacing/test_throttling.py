"""Whom a throttled request is about."""

from __future__ import annotations

import pytest

from ddbmodel import Throttled
from ddbmodel.mapper.pacing import Scope, scope_of


@pytest.mark.parametrize(
    ("code", "limits", "scope"),
    [
        ("ProvisionedThroughputExceededException", (), Scope.TABLE),
        ("ProvisionedThroughputExceededException", ("TableWriteProvisionedThroughputExceeded",), Scope.TABLE),
        ("ThrottlingException", ("TableWriteMaxOnDemandThroughputExceeded",), Scope.TABLE),
        ("ThrottlingException", ("TableWriteKeyRangeThroughputExceeded",), Scope.KEYS),
        ("ThrottlingException", ("IndexWriteKeyRangeThroughputExceeded",), Scope.KEYS),
        ("ThrottlingException", ("TableWriteAccountLimitExceeded",), Scope.ACCOUNT),
        ("RequestLimitExceeded", (), Scope.ACCOUNT),
        (
            "ThrottlingException",
            ("TableWriteKeyRangeThroughputExceeded", "TableWriteProvisionedThroughputExceeded"),
            Scope.TABLE,
        ),
        (
            "ThrottlingException",
            ("TableWriteKeyRangeThroughputExceeded", "IndexWriteAccountLimitExceeded"),
            Scope.ACCOUNT,
        ),
        ("ThrottlingException", ("SomethingNew",), Scope.TABLE),
    ],
)
def test_a_throttling_reason_says_who_has_to_slow_down(
    code: str, limits: tuple[str, ...], scope: Scope
) -> None:
    """A key, the table, or everything; where several limits were hit, the widest; unknown, the table."""
    assert scope_of(Throttled("so", operation="BatchWriteItem", code=code, limits=limits)) is scope
