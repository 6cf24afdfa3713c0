"""What cannot be stored without loss is refused before anything is sent, with its place and a reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from decimal import Decimal
from pathlib import PurePath, PureWindowsPath
from typing import Any, Literal, Optional
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel, RootModel, Secret, SerializeAsAny
from typing_extensions import TypedDict

from ddbmodel import Attr, Model, partition_key
from ddbmodel.errors import CodecError
from ddbmodel.model import plan_of
from tests.unit.model.test_stored_format import Colour, plan_for


class Base(BaseModel):
    x: int = 1


class Sub(Base):
    y: int = 2


class Line(BaseModel):
    price: Decimal
    tags: set[str] = set()


class Order(BaseModel):
    lines: list[Line]
    by_day: dict[str, Line] = {}
    pair: tuple[int, Line] | None = None


class Town(TypedDict):
    city: str


@dataclass
class Computed:
    x: int
    double: int = field(init=False)

    def __post_init__(self) -> None:
        self.double = self.x * 2


def _changed() -> Computed:
    computed = Computed(1)
    computed.double = 5
    return computed


NAIVE = datetime(2020, 1, 1)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("annotation", "value", "reason"),
    [
        (str, 5, "expected str, got int"),
        (str, None, "expected str, got NoneType"),
        (str, "\ud800", "surrogate"),
        (int, True, "expected int, got bool"),
        (int, 1.5, "expected int, got float"),
        (bool, 1, "expected bool, got int"),
        (float, float("nan"), "NaN"),
        (float, 5e-324, "1E-130"),
        (float, 2**53 + 1, "more digits than a float"),
        (float, 10**400, "more digits than a float"),
        (Decimal, 1.5, "expected Decimal, got float"),
        (Decimal, Decimal("1E126"), "largest"),
        (bytes, "a", "expected bytes, got str"),
        (datetime, NAIVE, "naive"),
        (datetime, "2020", "expected datetime, got str"),
        (datetime, datetime(1, 1, 1, tzinfo=ZoneInfo("Asia/Tokyo")), "years 1 to 9999"),
        (time, time(1, tzinfo=ZoneInfo("Europe/Berlin")), "fixed offset"),
        (UUID, "x", "expected UUID, got str"),
        (Colour, "green", "expected one of Colour, got str"),
        (Literal["a"], "b", "expected one of Literal, got str"),
        (PurePath, PureWindowsPath("a"), "read back as another PurePath"),
        (list[int], (1,), "expected list, got tuple"),
        (tuple[int, int], (1,), "another number"),
        (set[int], [1], "expected set, got list"),
        (set[float], {float("inf")}, "infinity"),
        (dict[str, int], {"": 1}, "empty name"),
        (dict[str, int], {1: 1}, "expected str, got int"),
        (dict[str, int], [1], "expected dict, got list"),
        (Town, [1], "expected Town, got list"),
        (Town, {}, "has no value"),
        (Base, {"x": 1}, "expected Base, got dict"),
        (Base, Sub(), "read back as a Base: declare Base | Sub"),
        (SerializeAsAny[Base], Sub(), "read back as a Base"),
        (Base, Base.model_construct(x="a"), "expected int, got str"),
        (Computed, _changed(), "come back as another"),
        (Optional[RootModel[int | None]], RootModel[int | None](None), "read back as None"),  # noqa: UP045
        (Optional[Secret[int | None]], Secret[int | None](None), "read back as None"),  # noqa: UP045
        (Any, (1,), "declare the field's type"),
        (Any, NAIVE, "declare the field's type"),
    ],
    ids=str,
)
def test_a_value_that_would_be_lost_is_refused(annotation: Any, value: Any, reason: str) -> None:
    """A value that was put there without validation, or that DynamoDB cannot hold, is an error with a reason."""
    plan = plan_for(annotation)
    with pytest.raises(CodecError) as caught:
        plan.encode(plan.model.model_construct(key_id="k", value=value))
    assert reason in str(caught.value)
    assert caught.value.path.startswith("$.value")
    assert str(caught.value).startswith("Golden at $.value")


def _line(price: Any = Decimal(1), **more: Any) -> Line:
    return Line.model_construct(price=price, **{"tags": set(), **more})


@pytest.mark.parametrize(
    ("order", "path"),
    [
        (
            Order.model_construct(lines=[_line()] * 3 + [_line("x")], by_day={}, pair=None),
            "$.value.lines[3].price",
        ),
        (Order.model_construct(lines=[_line(tags={1})], by_day={}, pair=None), "$.value.lines[0].tags"),
        (Order.model_construct(lines=[], by_day={"a b": _line("x")}, pair=None), "$.value.by_day.a b.price"),
        (Order.model_construct(lines=[], by_day={}, pair=(1, _line(None))), "$.value.pair[1].price"),
        (Order.model_construct(lines=[], by_day={}, pair=("1", _line())), "$.value.pair[0]"),
    ],
    ids=str,
)
def test_the_place_is_told_however_deep_it_is(order: Order, path: str) -> None:
    """The path leads through parts, lists, maps and tuples."""
    plan = plan_for(Order)
    with pytest.raises(CodecError) as caught:
        plan.encode(plan.model.model_construct(key_id="k", value=order))
    assert caught.value.path == path


def test_a_model_without_a_value_for_a_field_is_refused() -> None:
    """A model that was constructed with a field missing is incomplete, and not written."""
    plan = plan_for(Line)
    with pytest.raises(CodecError, match="no value") as caught:
        plan.encode(plan.model.model_construct(key_id="k", value=Line.model_construct(tags=set())))
    assert caught.value.path == "$.value.price"


def test_no_refusal_tells_the_value() -> None:
    """Errors name types and places, never values, though a value is their reason."""
    plan = plan_for(dict[str, list[int]])
    with pytest.raises(CodecError) as caught:
        plan.encode(plan.model.model_construct(key_id="k", value={"a": ["hunter2"]}))
    assert "hunter2" not in repr(caught.value) + str(caught.value)


class Loop(Model, table="loop"):
    key_id: Attr[str] = partition_key(default="k")
    inner: Attr[Any] = None


def test_a_value_inside_of_itself_is_refused() -> None:
    """A list that contains itself is an error, not an endless loop."""
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(CodecError, match="32 levels"):
        plan_of(Loop).encode(Loop.model_construct(key_id="k", inner=endless))


@pytest.mark.parametrize(("levels", "fits"), [(32, True), (33, False)])
def test_nesting_has_a_limit(levels: int, fits: bool) -> None:
    """DynamoDB takes 32 levels of lists and maps, and what is deeper is refused before sending."""
    value: Any = 1
    for _ in range(levels):
        value = [value]
    if fits:
        assert plan_of(Loop).decode(plan_of(Loop).encode(Loop(inner=value))).inner == value
    else:
        with pytest.raises(CodecError, match="32 levels"):
            plan_of(Loop).encode(Loop(inner=value))


def test_an_aware_datetime_is_the_same_instant_in_utc() -> None:
    """The zone is not kept, the instant is."""
    plan = plan_for(datetime)
    value = datetime(2020, 1, 1, 12, tzinfo=ZoneInfo("Europe/Berlin"))
    back = plan.decode(plan.encode(plan.model(value=value))).value
    assert back == value
    assert back.tzinfo is UTC or back.utcoffset() == UTC.utcoffset(None)
