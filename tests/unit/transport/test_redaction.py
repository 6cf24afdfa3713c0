"""What is taken out of the service's messages."""

from __future__ import annotations

import pytest

from ddbmodel.transport.redaction import is_presentable, presentable


@pytest.mark.parametrize(
    "message",
    [
        "The conditional request failed",
        "Type mismatch for key pk expected: S actual: N",
        'Invalid UpdateExpression: Syntax error; token: "oops", near: "SET oops #n0"',
        "User: arn:aws:iam::1:user/x is not authorized to perform: dynamodb:PutItem on table/orders",
        "The value at 'x' is wrong",
        "",
    ],
)
def test_harmless_messages_stay_as_they_are(message: str) -> None:
    """What DynamoDB says about names, types and expressions is shown."""
    assert presentable(message) == message
    assert is_presentable(message)


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        (
            "1 validation error detected: Value 'hush' at 'key' failed to satisfy constraint: too long",
            "1 validation error detected: Value (not shown) at 'key' failed to satisfy constraint: too long",
        ),
        (
            "Values '[hush, 'hu'sh']' at 'keys' failed to satisfy constraint",
            "Values (not shown) at 'keys' failed to satisfy constraint",
        ),
        (
            "The parameter cannot be converted to a numeric value: hush",
            "The parameter cannot be converted to a numeric value: (not shown)",
        ),
        (
            "Input collection [hush, hush] contains duplicates.",
            "Input collection (not shown) contains duplicates.",
        ),
        (
            "lower bound operand: AttributeValue: {S:hush}, upper bound operand: AttributeValue: {S:hush}",
            "lower bound operand: AttributeValue: (not shown)",
        ),
        ('got {"S": "hush"} there', "got (not shown) there"),
        ("got {'N': 'hush'} there", "got (not shown) there"),
        ("got AttributeValue(S=hush) there", "got (not shown) there"),
        (
            "The signature does not match.\n\nThe Canonical String for this request should have been\n'hush'",
            "The signature does not match. The Canonical String (not shown)",
        ),
        (
            "missing equal-sign in Authorization header: 'AWS4-HMAC-SHA256 Credential=hush'",
            "missing equal-sign in Authorization header: (not shown)",
        ),
        ("the key AKIAIOSFODNN7EXAMPLE is unknown", "the key (not shown) is unknown"),
    ],
)
def test_values_and_credentials_are_taken_out(message: str, shown: str) -> None:
    """And an error with such a text is not chained as a cause."""
    assert presentable(message) == shown
    assert not is_presentable(message)


def test_long_messages_are_cut() -> None:
    """A proxy's page is no message."""
    assert len(presentable("word " * 1000)) == 500
    assert presentable("a\n  b") == "a b"
