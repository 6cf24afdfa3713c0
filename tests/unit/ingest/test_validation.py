"""From rows to models: what is kept, what is refused, and where."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, ValidationInfo, computed_field, field_validator

from ddbmodel import Attr, Model, field, partition_key
from ddbmodel.ingest.rows import BadRow
from ddbmodel.ingest.validation import Validator, parse_json


class Plain(BaseModel):
    a: int


class Open(BaseModel):
    model_config = ConfigDict(extra="allow")
    a: int


class Doc(Model, table="docs"):
    id: Attr[str] = partition_key()
    at: Attr[datetime | None] = None
    amount: Attr[Decimal] = field(default=Decimal(0), alias="Amount")
    plain: Attr[Plain | None] = None
    open: Attr[Open | None] = None
    many: Attr[list[Open]] = field(default_factory=list)
    secret: Attr[str] = ""

    @computed_field
    @property
    def label(self) -> str:
        return self.id.upper()

    @field_validator("secret")
    @classmethod
    def _no_secrets(cls, value: str, info: ValidationInfo) -> str:
        if value == "raise":
            raise ValueError(f"not {value}")
        if value == "break":
            raise KeyError(value)
        return value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"id": "1", "amount": 1.10}', {"amount": Decimal("1.1")}),
        (
            '{"id": "1", "Amount": "12345678901234567890.123456789"}',
            {"amount": Decimal("12345678901234567890.123456789")},
        ),
        ('{"id": "1", "amount": 0.30000000000000004}', {"amount": Decimal("0.30000000000000004")}),
        ('{"id": "1", "label": "1"}', {}),
        ('{"id": "1", "open": {"a": 1, "b": 2}}', {"open": Open(a=1, b=2)}),  # type: ignore[call-arg]
        ('{"id": "1", "many": [{"a": 1}, {"a": 1, "b": 2}]}', {"many": [Open(a=1), Open(a=1, b=2)]}),  # type: ignore[call-arg]
    ],
)
def test_what_the_model_keeps_is_taken(text: str, expected: dict[str, Any]) -> None:
    """Names and aliases, exact numbers, extra values of parts that keep them, and what is computed anyway."""
    assert Validator(Doc).of_json(text.encode()) == Doc.model_validate({"id": "1", **expected}, by_name=True)


@pytest.mark.parametrize(
    ("text", "path", "reason"),
    [
        ('{"id": "1", "colour": 1}', "$.colour", "would drop it"),
        ('{"id": "1", "plain": {"a": 1, "b": 2}}', "$.plain.b", "would drop it"),
        ('{"id": "1", "plain": {"a": "x"}}', "$.plain.a", "valid integer"),
        ('{"id": "1", "amount": 0.1234567890123456789}', "$.amount", "would be rounded"),
        ('{"id": "1", "many": [{"a": 1}, {"a": 1, "z": [1e400]}]}', "$.many[1].z[0]", "would be rounded"),
        ('{"id": "1", "amount": NaN}', "", "NaN is no number"),
        ('{"id": "1", "plain": {"a": 1, "a": 2}}', "$.a", "comes twice"),
        ('{"id": "1", "secret": "raise"}', "$.secret", "validation failed [value_error]"),
        ('{"id": "1", "secret": "break"}', "", "a validator failed with KeyError"),
        ('{"id": "1", "at": "yesterday"}', "$.at", "valid datetime"),
        ("[]", "", "a JSON object"),
        ('{"id": "1"', "", "no JSON"),
        ('{"id": "\udcff"}', "", "no UTF-8"),
    ],
)
def test_what_it_would_lose_or_does_not_take_is_refused(text: str, path: str, reason: str) -> None:
    """The place is named, and the reason without values."""
    with pytest.raises(BadRow) as caught:
        Validator(Doc).of_json(text.encode("utf-8", "surrogateescape"))
    assert caught.value.path == path
    assert reason in caught.value.reason


def test_names_are_ignored_if_that_is_asked_for() -> None:
    """`unknown="ignore"` leaves it to the model."""
    assert Validator(Doc, "ignore").of_json(
        b'{"id": "1", "colour": 1, "plain": {"a": 1, "b": 2}}'
    ).plain == Plain(a=1)


def test_whole_numbers_of_any_length_are_kept() -> None:
    """An int is exact, and one of thousands of digits is an error of its row."""
    assert parse_json(b"[123456789012345678901234567890]") == [123456789012345678901234567890]
    with pytest.raises(BadRow, match="too many digits"):
        parse_json(b"1" * 5000)
