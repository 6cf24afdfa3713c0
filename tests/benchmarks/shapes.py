"""The items that are read and written: what each looks like in Python, and in DynamoDB's form.

All have `pk` and `sk`, a number `qty` that conditions ask for, and a text `note` that updates change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from pydantic import BaseModel, create_model

Item = dict[str, Any]
PAGE_ITEMS: Final = 100
PAGE_BYTES: Final = 1_000_000
_LEVELS: Final = 12


@dataclass(frozen=True)
class Shape:
    """One kind of item.

    Attributes:
        name: what it is called; its table too.
        types: the fields' types, of plain Pydantic.
        values: what the fields hold, as a constructor takes it.
    """

    name: str
    types: Mapping[str, Any]
    values: Mapping[str, Any]

    def fields(self, number: int) -> Item:
        """The constructor's arguments of one item; items differ in their partition key."""
        return {**self.values, "pk": f"CUSTOMER#{number}"}

    def stored(self) -> Item:
        """The item in DynamoDB's form."""
        return {name: attribute_value(value) for name, value in self.fields(0).items()}


def attribute_value(value: Any) -> Item:
    """A value in DynamoDB's form."""
    match value:
        case bool():
            return {"BOOL": value}
        case int() | Decimal():
            return {"N": str(value)}
        case datetime():
            return {"S": value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")}
        case set():
            return {"SS": sorted(value)}
        case list():
            return {"L": [attribute_value(element) for element in value]}
        case dict():
            return {"M": {name: attribute_value(element) for name, element in value.items()}}
    return {"S": value}


class Address(BaseModel):
    """A part of an order."""

    street: str
    city: str
    zip: str


class Line(BaseModel):
    """A part of an order, of which it has several."""

    sku: str
    qty: int
    price: Decimal


_BASE_TYPES: Final = {"pk": str, "sk": str, "qty": int, "note": str}
_BASE: Final = {"pk": "", "sk": "ORDER#2026-01-01T00:00:00Z", "qty": 3, "note": "leave at the door"}


def _order() -> Shape:
    types = {
        "customer_id": str,
        "total": Decimal,
        "paid": bool,
        "tags": set[str],
        "address": Address,
        "lines": list[Line],
        "placed_at": datetime,
    }
    values = {
        "customer_id": "c-000123",
        "total": Decimal("129.95"),
        "paid": True,
        "tags": {"gift", "prime", "new"},
        "address": {"street": "1 Main St", "city": "Springfield", "zip": "12345"},
        "lines": [
            {"sku": "sku-1", "qty": 1, "price": Decimal("29.95")},
            {"sku": "sku-2", "qty": 2, "price": Decimal("50.00")},
        ],
        "placed_at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    return Shape("order", _BASE_TYPES | types, _BASE | values)


def _wide() -> Shape:
    kinds = ((str, "a short text"), (int, 12345), (Decimal, Decimal("12.50")), (bool, True))
    types = {f"column_{number}": kinds[number % 4][0] for number in range(56)}
    values = {f"column_{number}": kinds[number % 4][1] for number in range(56)}
    return Shape("wide", _BASE_TYPES | types, _BASE | values)


def _nested() -> Shape:
    part: Any = create_model("Leaf", name=(str, ...), count=(int, ...))
    value: Item = {"name": "leaf", "count": 1}
    for level in range(_LEVELS, 0, -1):
        part = create_model(
            f"Level{level}", name=(str, ...), count=(int, ...), tags=(list[str], ...), inner=(part, ...)
        )
        value = {"name": f"level {level}", "count": level, "tags": ["a", "b"], "inner": value}
    return Shape("nested", _BASE_TYPES | {"tree": part}, _BASE | {"tree": value})


SHAPES: Final = {
    shape.name: shape
    for shape in (
        _order(),
        Shape("small", _BASE_TYPES, _BASE),
        _wide(),
        Shape("text", _BASE_TYPES | {"body": str}, _BASE | {"body": "lorem ipsum dolor sit amet " * 1896}),
        _nested(),
    )
}
"""By name. `text` is 50 KB."""
