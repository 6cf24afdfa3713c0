"""Classes that refer to what is defined later, or inside of functions, are completed when that is possible."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from pydantic import BaseModel

from ddbmodel import Attr, Model, ModelDefinitionError, field, partition_key
from ddbmodel.model import plan_of

if TYPE_CHECKING:
    from collections.abc import Sequence


class Early(Model, table="early"):
    early_id: Attr[str] = partition_key(default="e")
    later: Attr[Later | None] = field(default=None)
    self: Attr[list[Early]] = field(default=[])


class Later(BaseModel):
    price: Decimal


def test_a_class_may_refer_to_one_that_follows_in_the_module() -> None:
    """A class is completed on first use, when what it refers to is there."""
    early = Early(later=Later(price=Decimal("1.5")), self=[Early()])
    assert plan_of(Early).decode(plan_of(Early).encode(early)) == early


def test_local_classes_may_refer_to_local_classes() -> None:
    """Inside of a function annotations find what the function has defined so far."""

    class Line(BaseModel):
        price: Decimal

    class Order(Model, table="orders"):
        order_id: Attr[str] = partition_key(default="o")
        lines: Attr[list[Line]]
        next: Attr[Order | None] = field(default=None)

    assert repr(Order.lines[0].at("price")) == "Order.lines[0].price"
    order = Order(lines=[Line(price=Decimal(1))], next=Order(lines=[]))
    assert plan_of(Order).decode(plan_of(Order).encode(order)) == order


def test_local_classes_may_refer_to_what_follows() -> None:
    """Inside of a function the first use completes a class that refers to a later one."""

    class First(Model):
        second: Attr[Second]

    class Second(Model):
        x: Attr[int]

    assert repr(First.second.at(Second.x)) == "First.second.x"
    assert plan_of(First).encode(First(second=Second(x=1))) == {"second": {"M": {"x": {"N": "1"}}}}


def test_making_an_instance_completes_a_class_too() -> None:
    """Pydantic's own completion, on the first instance, compiles the class."""

    class First(Model):
        second: Attr[Second]

    class Second(Model):
        x: Attr[int]

    first = First(second=Second(x=1))
    assert plan_of(First).decode(plan_of(First).encode(first)) == first


def test_a_class_that_stays_incomplete_says_so() -> None:
    """A class whose types never come says what to do, when it is used and not before."""

    class Never(Model, table="never"):
        never_id: Attr[str] = partition_key()
        parts: Attr[Sequence[int]]

    with pytest.raises(ModelDefinitionError, match=r"Never\.model_rebuild\(\)"):
        _ = Never.parts
    Never.model_rebuild(_types_namespace={"Sequence": list})
    assert repr(Never.parts) == "Never.parts"


class Holder:
    """A class body is a scope as well."""

    class Inner(BaseModel):
        x: int

    class Outer(Model):
        inner: Attr[Inner]  # type: ignore[name-defined]  # noqa: F821  # found in the class body


def test_nested_classes_find_their_neighbours() -> None:
    """A class inside of a class finds the ones beside it."""
    outer = Holder.Outer(inner=Holder.Inner(x=1))
    assert plan_of(Holder.Outer).decode(plan_of(Holder.Outer).encode(outer)) == outer
