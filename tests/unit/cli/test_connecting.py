"""How commands find the region: as the AWS CLI does."""

from __future__ import annotations

import pytest

from ddbmodel.cli.connecting import connect_options


@pytest.mark.parametrize(
    ("given", "environment", "found"),
    [
        ("eu-west-1", "us-east-2", "eu-west-1"),
        (None, "us-east-2", "us-east-2"),
        (None, "", None),
        (None, None, None),
    ],
)
def test_the_region(
    monkeypatch: pytest.MonkeyPatch, given: str | None, environment: str | None, found: str | None
) -> None:
    """The option wins over AWS_REGION; without both, botocore looks where it does."""
    monkeypatch.delenv("AWS_REGION", raising=False)
    if environment is not None:
        monkeypatch.setenv("AWS_REGION", environment)
    assert connect_options(given, None, None, "")["region_name"] == found
