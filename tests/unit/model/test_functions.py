"""The user's functions: which form is stored, and that nothing they change is stored in silence."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any

import pytest
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    PlainValidator,
    field_serializer,
    field_validator,
    model_serializer,
    model_validator,
)

from ddbmodel import Attr, Model, partition_key
from ddbmodel.errors import CodecError
from ddbmodel.model import plan_of
from tests.unit.model.test_stored_format import plan_for

DAY = date(2020, 12, 24)


def _dots(value: date) -> str:
    return f"{value:%d.%m.%Y}"


def _from_dots(value: Any) -> date:
    day, month, year = value.split(".")
    return date(int(year), int(month), int(day))


@pytest.mark.parametrize(
    ("annotation", "value", "stored"),
    [
        pytest.param(Annotated[date, PlainSerializer(_dots)], DAY, {"S": "2020-12-24"}, id="alone"),
        pytest.param(
            Annotated[date, PlainSerializer(_dots), BeforeValidator(lambda value: value)],
            DAY,
            {"S": "2020-12-24"},
            id="with a validator outside",
        ),
        pytest.param(
            Annotated[date, BeforeValidator(_from_dots), PlainSerializer(_dots)],
            "24.12.2020",
            {"S": "24.12.2020"},
            id="a pair",
        ),
        pytest.param(
            Annotated[Decimal, PlainSerializer(lambda _: "hidden")], Decimal("1.5"), {"N": "1.5"}, id="mask"
        ),
        pytest.param(
            Annotated[Decimal, PlainSerializer(lambda value: round(value, 1))],
            Decimal("1.55"),
            {"N": "1.55"},
            id="rounding",
        ),
        pytest.param(
            Annotated[int, PlainSerializer(str, return_type=str)],
            10**50 + 1,
            {"S": "1" + "0" * 49 + "1"},
            id="too long",
        ),
        pytest.param(
            Annotated[datetime, BeforeValidator(datetime.fromisoformat)],
            "2020-01-01T00:00:00+00:00",
            {"S": "2020-01-01T00:00:00.000000Z"},
            id="text only",
        ),
        pytest.param(
            Annotated[datetime, PlainValidator(lambda value: value)],
            datetime(2020, 1, 1, tzinfo=UTC),
            {"S": "2020-01-01T00:00:00.000000Z"},
            id="plain",
        ),
    ],
)
def test_a_serializer_decides_only_where_it_must(annotation: Any, value: Any, stored: dict[str, Any]) -> None:
    """A type's own form is stored if it comes back, a serializer's if it is half of a pair or the only one that does."""
    plan = plan_for(annotation)
    model = plan.model(value=value)
    item = plan.encode(model)
    assert item["value"] == stored
    assert plan.decode(item) == model


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        pytest.param(Annotated[int, AfterValidator(lambda value: value * 2)], 1, id="doubles"),
        pytest.param(Annotated[str, AfterValidator(lambda value: value + "!")], "a", id="appends"),
        pytest.param(Annotated[list[int], AfterValidator(lambda value: [*value, 1])], [], id="grows"),
        pytest.param(Annotated[Any, PlainValidator(lambda value: str(value) + "x")], "a", id="plain"),
    ],
)
def test_a_value_that_reading_would_change_is_refused(annotation: Any, value: Any) -> None:
    """A validator that changes its own result would change what is read, so nothing is written."""
    plan = plan_for(annotation)
    with pytest.raises(CodecError, match="would come back as another") as caught:
        plan.encode(plan.model(value=value))
    assert caught.value.path == "$.value"


def test_a_value_that_reading_would_refuse_is_refused() -> None:
    """A value that was made without validation, and that validators refuse, is not written."""
    plan = plan_for(Annotated[str, AfterValidator(_only_short)])
    with pytest.raises(CodecError, match="could not be read back: validation failed") as caught:
        plan.encode(plan.model.model_construct(key_id="k", value="hunter2"))
    assert "hunter2" not in str(caught.value)
    assert caught.value.path == "$.value"


def _only_short(value: str) -> str:
    if len(value) > 3:
        raise ValueError(f"{value} is too long")
    return value


def test_a_failing_serializer_is_no_obstacle() -> None:
    """A serializer that fails is not needed where the type's own form comes back."""
    plan = plan_for(Annotated[int, PlainSerializer(lambda value: 1 // 0)])
    assert plan.encode(plan.model(value=5))["value"] == {"N": "5"}


class Priced(Model, table="priced"):
    """A pair of methods, of which the serializer needs another field."""

    key_id: Attr[str] = partition_key()
    currency: Attr[str]
    price: Attr[Decimal]

    @field_validator("price", mode="before")
    @classmethod
    def _read(cls, value: Any) -> Any:
        return value.split(" ")[0] if isinstance(value, str) else 1 / 0

    @field_serializer("price")
    def _write(self, value: Decimal) -> str:
        return f"{value} {self.currency}"


def test_a_serializer_method_sees_its_model() -> None:
    """What a serializer method makes of the field and its neighbours is stored, where only that comes back."""
    priced = Priced(key_id="k", currency="EUR", price="1.50 EUR")  # type: ignore[arg-type]  # text is what it takes
    plan = plan_of(Priced)
    item = plan.encode(priced)
    assert item["price"] == {"S": "1.50 EUR"}
    assert plan.decode(item) == priced


class Total(BaseModel):
    net: Decimal
    tax: Decimal
    gross: Decimal = Decimal(0)

    @model_validator(mode="after")
    def _add(self) -> Total:
        self.gross = self.net + self.tax
        return self


def test_a_derived_field_comes_back() -> None:
    """A model validator that computes the same again changes nothing."""
    plan = plan_for(Total)
    model = plan.model(value=Total(net=Decimal(1), tax=Decimal("0.2")))
    assert plan.decode(plan.encode(model)) == model


def test_a_derived_field_that_was_changed_by_hand_is_refused() -> None:
    """What a model validator would overwrite on reading is not written."""
    total = Total(net=Decimal(1), tax=Decimal(0))
    total.gross = Decimal(99)
    plan = plan_for(Total)
    with pytest.raises(CodecError) as caught:
        plan.encode(plan.model.model_construct(key_id="k", value=total))
    assert caught.value.path == "$.value.gross"


class Counted(BaseModel):
    """It counts how often it has been validated."""

    times: int = 0

    @model_validator(mode="after")
    def _count(self) -> Counted:
        self.times += 1
        return self


def test_a_model_that_counts_its_validations_is_refused() -> None:
    """A model that is another each time it is validated cannot be stored without loss."""
    plan = plan_for(Counted)
    with pytest.raises(CodecError, match="another"):
        plan.encode(plan.model(value=Counted()))


class Text(BaseModel):
    amount: Decimal
    currency: str

    @model_validator(mode="before")
    @classmethod
    def _parse(cls, data: str) -> dict[str, str]:
        amount, currency = data.split(" ")
        return {"amount": amount, "currency": currency}

    @model_serializer
    def _text(self) -> str:
        return f"{self.amount} {self.currency}"


class Lenient(Text):
    @model_validator(mode="before")
    @classmethod
    def _parse(cls, data: Any) -> Any:
        return super()._parse(data) if isinstance(data, str) else data


class Forbidding(BaseModel):
    model_config = ConfigDict(extra="forbid")
    count: int

    @model_serializer(mode="wrap")
    def _more(self, handler: Any) -> dict[str, Any]:
        return {**handler(self), "kind": "more"}


@pytest.mark.parametrize(
    ("part", "stored"),
    [
        (Lenient.model_validate("1.50 EUR"), {"M": {"amount": {"N": "1.5"}, "currency": {"S": "EUR"}}}),
        (Text.model_validate("1.50 EUR"), {"S": "1.50 EUR"}),
        (Forbidding(count=1), {"M": {"count": {"N": "1"}}}),
    ],
    ids=lambda case: type(case).__name__,
)
def test_a_model_is_stored_field_by_field_if_that_comes_back(part: BaseModel, stored: dict[str, Any]) -> None:
    """A model's serializer decides only where its validators take nothing else."""
    plan = plan_for(type(part))
    model = plan.model(value=part)
    item = plan.encode(model)
    assert item["value"] == stored
    assert plan.decode(item) == model


class TextTable(Text, Model, table="text"):
    key_id: Attr[str] = partition_key(default="k")


def test_an_item_cannot_be_text() -> None:
    """A model with a table whose only form is text is refused, for an item is made of attributes."""
    with pytest.raises(CodecError, match="no dict"):
        plan_of(TextTable).encode(TextTable.model_construct(key_id="k", amount=Decimal(1), currency="EUR"))


def test_reading_runs_validators_once() -> None:
    """A validator on the plain path runs once for each read."""
    calls: list[Any] = []

    def count(value: str) -> str:
        calls.append(value)
        return value

    plan = plan_for(Annotated[str, AfterValidator(count)])
    plan.decode({"key_id": {"S": "k"}, "value": {"S": "a"}})
    assert calls == ["a"]
