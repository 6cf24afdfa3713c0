"""Class attributes are paths, and apart from that a model is a Pydantic model like any other."""

from __future__ import annotations

import copy
import pickle
import warnings
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar, Generic, TypeVar

import pytest
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, TypeAdapter, ValidationError, computed_field

from ddbmodel import Attr, GlobalIndex, Model, Path, field, partition_key, sort_key
from ddbmodel.model import plan_of

T = TypeVar("T")


class Line(Model):
    sku: Attr[str]
    price: Attr[Decimal] = field(ge=0, attribute="p")


class Audit(BaseModel):
    made_at: datetime | None = None


class Order(Audit, Model, table="orders"):
    """An order."""

    model_config = ConfigDict(validate_assignment=True)

    limit: ClassVar[int] = 3
    customer_id: Attr[str] = partition_key()
    order_id: Attr[str] = sort_key()
    status: Attr[str] = field(default="pending")
    total: Attr[Decimal] = field(alias="Total", ge=0, description="In euros.")
    lines: Attr[list[Line]] = field(default_factory=list)
    plain: int = 5
    noted: str | None = Field(default=None, max_length=5)
    key: str = "k"
    items: dict[str, int] = {}
    _seen: int = PrivateAttr(default=0)

    by_status = GlobalIndex(partition_key="status")

    @computed_field  # type: ignore[prop-decorator]  # as Pydantic's documentation has it
    @property
    def double(self) -> Decimal:
        return self.total * 2


ORDER = Order(customer_id="c", order_id="o", Total=Decimal("1.5"), lines=[Line(sku="s", price=Decimal(1))])


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (Order.customer_id, "Order.customer_id"),
        (Order.total, "Order.total"),
        (Order.plain, "Order.plain"),
        (Order.noted, "Order.noted"),
        (Order.made_at, "Order.made_at"),
        (Order.key, "Order.key"),
        (Order.items, "Order.items"),
        (Order.lines[0].at(Line.price), "Order.lines[0].price"),
        (Line.price, "Line.price"),
    ],
)
def test_every_field_of_a_class_is_a_path(path: object, shown: str) -> None:
    """Fields with `Attr` and without, inherited ones and those named like methods of a dict are paths."""
    assert isinstance(path, Path)
    assert repr(path) == shown


def test_instances_have_values() -> None:
    """On an instance the same names are the values."""
    assert (ORDER.customer_id, ORDER.total, ORDER.plain, ORDER.key, ORDER.items) == (
        "c",
        Decimal("1.5"),
        5,
        "k",
        {},
    )
    assert ORDER.lines[0].price == 1


def test_what_is_no_field_is_no_path() -> None:
    """Other class attributes are what they were, and missing ones are missing."""
    assert Order.limit == 3
    assert isinstance(Order.by_status, GlobalIndex)
    assert isinstance(Order.double, property)
    assert not hasattr(Order, "nothing")
    assert not hasattr(ORDER, "nothing")
    assert getattr(Order, "nothing", 7) == 7
    with pytest.raises(AttributeError, match="nothing"):
        Order.nothing  # type: ignore[attr-defined]  # noqa: B018  # that is the point


def test_a_missing_value_is_no_path() -> None:
    """A field without a value on an instance is an AttributeError, not the class's path."""
    bare = Order.model_construct(customer_id="c")
    assert not hasattr(bare, "order_id")


def test_keys_are_made_by_the_class() -> None:
    """`Model.key` makes a key, unless a field has that name."""

    class Plain(Model, table="plain"):
        part: Attr[str] = partition_key()
        sort: Attr[int] = sort_key()

    assert Plain.key("a", 1) == Plain.key(part="a", sort=1) == Plain.key("a", sort=1)
    assert hash(Plain.key("a", 1)) == hash(Plain.key("a", 1))
    assert Plain.key("a", 1) != Plain.key("a", 2)
    assert plan_of(Order).make_key(("c", "o"), {}).attributes == {
        "customer_id": {"S": "c"},
        "order_id": {"S": "o"},
    }


def test_pydantic_sees_plain_fields() -> None:
    """Fields, defaults, JSON schema and validation are those of the same class without us."""

    class Same(Audit):
        customer_id: str
        order_id: str
        status: str = "pending"
        total: Decimal = Field(alias="Total", ge=0, description="In euros.")

    ours, theirs = Order.model_json_schema()["properties"], Same.model_json_schema()["properties"]
    assert {name: ours[name] for name in theirs} == theirs
    assert Order.model_fields["status"].default == "pending"
    assert Order.model_fields["customer_id"].is_required()
    assert set(Order.model_fields) == {
        "made_at", "customer_id", "order_id", "status", "total", "lines", "plain", "noted", "key", "items",
    }  # fmt: skip
    with pytest.raises(ValidationError, match="greater than or equal to 0"):
        Order(customer_id="c", order_id="o", Total=Decimal(-1))


def test_instances_behave_like_pydantics() -> None:
    """Copies, pickles, comparison, assignment and dumps work, and private attributes are left alone."""
    order = Order(customer_id="c", order_id="o", Total=Decimal("1.5"))
    order._seen = 5
    for twin in (
        copy.copy(order),
        copy.deepcopy(order),
        order.model_copy(),
        pickle.loads(pickle.dumps(order)),
    ):
        assert twin == order
        assert twin._seen == 5
    order.status = "paid"
    assert order.model_dump(include={"status", "double"}) == {"status": "paid", "double": Decimal("3.0")}
    assert order.model_fields_set == {"customer_id", "order_id", "total", "status"}
    with pytest.raises(ValidationError):
        order.total = Decimal(-1)
    assert (
        Order.model_validate_json(order.model_dump_json(by_alias=True, exclude={"double"})).status == "paid"
    )


def test_a_web_framework_can_use_it() -> None:
    """Requests and responses are validated and serialised through type adapters, by alias, as FastAPI does."""
    adapter = TypeAdapter[Any](list[Order])
    response = adapter.dump_python(
        adapter.validate_python([ORDER], from_attributes=True), mode="json", by_alias=True
    )
    assert response[0]["Total"] == "1.5"
    assert response[0]["double"] == "3.0"
    assert "properties" in adapter.json_schema(mode="serialization")["$defs"]["Order"]


def test_paths_do_not_disturb_subclasses() -> None:
    """A subclass may override fields, without a warning and without a path as its default."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")

        class Special(Order, table="special"):
            status: Attr[str] = field(default="special", max_length=9)
            plain: int
            total: Attr[Decimal] = field(default=Decimal(1))
            extra: Attr[int] = 1

        class Deeper(Special):
            noted: str | None = "deep"

    assert Special.model_fields["plain"].is_required()
    deeper = Deeper(customer_id="c", order_id="o", plain=1)
    assert (deeper.status, deeper.total, deeper.extra, deeper.noted) == ("special", 1, 1, "deep")
    assert repr(Deeper.status) == "Deeper.status"
    assert plan_of(Deeper).stored_table.name == "special"
    assert [index.name for index in plan_of(Deeper).stored_table.indexes] == ["by_status"]
    assert plan_of(Deeper).decode(plan_of(Deeper).encode(deeper)) == deeper


def test_fields_may_be_named_like_pydantics_methods() -> None:
    """A field named like a method of Pydantic's is a path too; Pydantic warns, as it does without us."""
    with pytest.warns(UserWarning, match="shadows an attribute in parent"):

        class Odd(Model, table="odd"):
            schema_id: Attr[str] = partition_key()
            copy: Attr[int]  # type: ignore[assignment]
            json: Attr[str] = "j"  # type: ignore[assignment]

    with warnings.catch_warnings():
        warnings.simplefilter("error")

        class Odder(Odd):
            more: Attr[int] = 1

    for made in (Odd, Odder):
        assert (repr(made.copy), repr(made.json)) == (f"{made.__name__}.copy", f"{made.__name__}.json")
        odd = made(schema_id="s", copy=3)
        assert (odd.copy, odd.json) == (3, "j")
        assert plan_of(made).decode(plan_of(made).encode(odd)) == odd


class Page(Model, Generic[T], table="pages"):
    page_id: Attr[str] = partition_key()
    entries: Attr[list[T]] = field(default=[])


def test_generic_models_have_paths_and_plans_of_their_own() -> None:
    """Each parametrised class knows the type of its parts."""
    page = Page[Line](page_id="p", entries=[Line(sku="s", price=Decimal(1))])
    assert repr(Page[Line].entries[0].at(Line.sku)) == "Page[Line].entries[0].sku"
    assert plan_of(Page[Line]).encode(page)["entries"] == {"L": [{"M": {"sku": {"S": "s"}, "p": {"N": "1"}}}]}
    assert plan_of(Page[Line]).decode(plan_of(Page[Line]).encode(page)) == page


def test_a_model_can_be_deferred() -> None:
    """A class whose schema Pydantic builds late is compiled when it is first used."""

    class Late(Model, table="late"):
        model_config = ConfigDict(defer_build=True)
        late_id: Attr[str] = partition_key()

    assert repr(Late.late_id) == "Late.late_id"
    assert plan_of(Late).encode(Late(late_id="l")) == {"late_id": {"S": "l"}}


def test_aware_times_in_a_mixin_are_stored() -> None:
    """Fields of a plain Pydantic base class are stored as any other."""
    order = ORDER.model_copy(update={"made_at": datetime(2020, 1, 1, tzinfo=UTC)})
    assert plan_of(Order).encode(order)["made_at"] == {"S": "2020-01-01T00:00:00.000000Z"}
