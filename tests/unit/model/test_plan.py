"""The plan of a model: keys, sizes, and what reading tells when an item is not one of the model."""

from __future__ import annotations

import traceback
from dataclasses import FrozenInstanceError
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

import pytest
from pydantic import AfterValidator, BaseModel, ConfigDict, SecretStr, ValidationError

from ddbmodel import Attr, EpochSeconds, GlobalIndex, Model, field, partition_key, sort_key
from ddbmodel.codec.sizes import item_size_bytes
from ddbmodel.errors import CodecError, ExpressionError, ItemTooLarge
from ddbmodel.model import plan_of
from ddbmodel.model.keys import identity_of

SECRET = "hunter2"


def _refuse(value: Any) -> Any:
    if value == SECRET:
        raise ValueError(f"{value} is bad")
    return value


class Line(BaseModel):
    price: Decimal
    code: Annotated[str, AfterValidator(_refuse)] = "c"


class Order(Model, table="orders"):
    customer_id: Attr[str] = partition_key(attribute="pk")
    placed_at: Attr[datetime] = sort_key(stored_as=EpochSeconds)
    status: Attr[str | None] = field(default=None)
    note: Attr[str] = ""
    amount: Attr[int | float] = 1
    lines: Attr[list[Line]] = field(default=[])

    by_status = GlobalIndex("status", "amount")


NOON = datetime(2020, 1, 1, 12, tzinfo=UTC)
PLAN = plan_of(Order)


def _order(**values: Any) -> Order:
    return Order(**{"customer_id": "c", "placed_at": NOON, **values})


# Keys -----------------------------------------------------------------------------------------------------


def test_a_key_is_stored_as_the_item_stores_it() -> None:
    """The key of a model, of values and of an item are one, under the attributes' stored names."""
    order = _order()
    stored = {"pk": {"S": "c"}, "placed_at": {"N": "1577880000"}}
    assert PLAN.key_of(order).attributes == stored
    assert Order.key("c", NOON) == Order.key(placed_at=NOON, customer_id="c") == PLAN.key_of(order)
    assert PLAN.key_from_item(PLAN.encode(order)) == stored
    assert [key_field.name for key_field in PLAN.key_fields] == ["customer_id", "placed_at"]


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ((), {}),
        (("c",), {}),
        (("c", NOON, 1), {}),
        (("c",), {"customer_id": "c"}),
        (("c", NOON), {"placed_at": NOON}),
        ((), {"customer_id": "c", "status": "s"}),
    ],
    ids=str,
)
def test_a_key_takes_each_of_its_values_once(values: tuple[Any, ...], fields: dict[str, Any]) -> None:
    """Too few, too many and unknown values are an error that lists the key's fields."""
    with pytest.raises(ExpressionError, match=r"the key of Order is \(customer_id, placed_at\)"):
        PLAN.make_key(values, fields)


@pytest.mark.parametrize(
    ("values", "path", "reason"),
    [
        (("", NOON), "$.customer_id", "1 to 2,048 bytes, this one 0"),
        (("x" * 2049, NOON), "$.customer_id", "this one 2,049"),
        (("é" * 1025, NOON), "$.customer_id", "this one 2,050"),
        ((5, NOON), "$.customer_id", "expected str, got int"),
        ((None, NOON), "$.customer_id", "expected str, got NoneType"),
        (("c", NOON.replace(microsecond=1)), "$.placed_at", "finer"),
    ],
    ids=["empty", "long", "long in UTF-8", "another type", "None", "too fine"],
)
def test_a_key_that_dynamodb_refuses_is_refused_before(
    values: tuple[Any, ...], path: str, reason: str
) -> None:
    """Keys are checked when they are made, and when an item is."""
    with pytest.raises(CodecError, match=reason) as caught:
        Order.key(*values)
    assert caught.value.path == path
    with pytest.raises(CodecError, match=reason):
        PLAN.encode(
            Order.model_construct(customer_id=values[0], placed_at=values[1], note="", amount=1, lines=[])
        )


def test_keys_keep_their_values_to_themselves() -> None:
    """A key's repr tells its model only."""
    assert SECRET not in repr(Order.key(SECRET, NOON))
    assert SECRET not in str(Order.key(SECRET, NOON))


def test_keys_are_values() -> None:
    """Equal keys are one, keys of other models are others, and none can be changed."""
    assert len({Order.key("c", NOON), PLAN.key_of(_order())}) == 1
    assert Order.key("c", NOON) != "c"
    with pytest.raises(FrozenInstanceError):
        Order.key("c", NOON).attributes = {}  # type: ignore[misc]  # it is frozen


def test_numbers_in_keys_count_by_their_value() -> None:
    """A key that another client wrote in another form is the same key."""
    assert identity_of({"n": {"N": "5.0"}, "s": {"S": "a"}}) == identity_of(
        {"s": {"S": "a"}, "n": {"N": "5"}}
    )
    assert identity_of({"n": {"N": "5"}}) != identity_of({"n": {"S": "5"}})
    assert identity_of({"n": {"B": b"5"}}) == identity_of({"n": {"B": b"5"}})


@pytest.mark.parametrize(
    ("values", "path", "reason"),
    [
        ({"status": ""}, "$.status", "1 to 2,048 bytes, this one 0"),
        ({"status": "x" * 2049}, "$.status", "this one 2,049"),
    ],
    ids=["empty", "long"],
)
def test_index_keys_are_checked_too(values: dict[str, Any], path: str, reason: str) -> None:
    """An index key that DynamoDB would refuse is refused before sending."""
    with pytest.raises(CodecError, match=reason) as caught:
        PLAN.encode(_order(**values))
    assert caught.value.path == path


def test_an_index_key_may_be_missing() -> None:
    """An item without an index key is stored, and is not in the index."""
    assert "status" not in PLAN.encode(_order())


# Sizes ----------------------------------------------------------------------------------------------------


def test_an_item_has_a_limit() -> None:
    """An item of more than 400 KB is refused, with its largest attributes, and one of 400 KB is not."""
    room = 400 * 1024 - item_size_bytes(PLAN.encode(_order()))
    PLAN.encode(_order(note="x" * room))
    with pytest.raises(ItemTooLarge, match=r"the Order has 409,601 bytes.*note \(.*bytes\)") as caught:
        PLAN.encode(_order(note="x" * (room + 1)))
    assert "xxx" not in str(caught.value)


# Reading --------------------------------------------------------------------------------------------------

ITEM = {
    "pk": {"S": "c"},
    "placed_at": {"N": "0"},
    "note": {"S": ""},
    "amount": {"N": "1"},
    "lines": {"L": []},
}


@pytest.mark.parametrize(
    ("change", "path", "reason"),
    [
        ({"note": {"N": "5"}}, "$.note", "string_type"),
        ({"placed_at": {"S": SECRET}}, "$.placed_at", "datetime"),
        ({"lines": {"L": [{"M": {"price": {"S": SECRET}}}]}}, "$.lines[0].price", "decimal_parsing"),
        ({"lines": {"L": [{"M": {}}]}}, "$.lines[0].price", "Field required"),
        (
            {"lines": {"L": [{"M": {"price": {"N": "1"}, "code": {"S": SECRET}}}]}},
            "$.lines[0].code",
            "value_error",
        ),
        ({"lines": {"S": SECRET}}, "$.lines", "list_type"),
        ({"lines": {"L": [{"X": SECRET}]}}, "$.lines[0]", "no type 'X'"),
        ({"lines": {"L": [{"M": {"price": {"N": SECRET}}}]}}, "$.lines[0].price", "not a number"),
        ({"note": {"NULL": True}}, "$.note", "string_type"),
        ({"amount": {"S": SECRET}}, "$.amount", "int_parsing"),
        ({"placed_at": {"N": "1E30"}}, "$.placed_at", "outside"),
    ],
    ids=str,
)
def test_an_item_that_is_not_of_the_model_is_an_error_with_its_place(
    change: dict[str, Any], path: str, reason: str
) -> None:
    """The error names model, place and reason, and neither it nor what it is chained to tells the value."""
    with pytest.raises(CodecError, match=reason) as caught:
        PLAN.decode({**ITEM, **change})
    error = caught.value
    assert error.path == path
    assert str(error).startswith("Order at ")
    told = "".join(traceback.format_exception(error)) + repr(error.__cause__) + repr(error.__context__)
    assert SECRET not in told.replace(f'SECRET = "{SECRET}"', "")


def test_pydantics_error_is_chained_without_input() -> None:
    """All of Pydantic's errors are there, with their places and without values."""
    with pytest.raises(CodecError) as caught:
        PLAN.decode({**ITEM, "note": {"N": "5"}, "amount": {"S": SECRET}})
    cause = caught.value.__cause__
    assert isinstance(cause, ValidationError)
    assert {detail["loc"][0] for detail in cause.errors()} == {"note", "amount"}
    assert all(detail["input"] is None for detail in cause.errors())
    assert "more)" in caught.value.reason


class Open(Model, table="open"):
    model_config = ConfigDict(extra="allow")
    key_id: Attr[str] = partition_key()
    name: Attr[str] = field(default="", attribute="n")


def test_undeclared_attributes_are_kept_where_the_model_keeps_extra_values() -> None:
    """Extra values are attributes of the item, stored by their own types."""
    model = Open(key_id="k", name="a", colour="red", size={"w": 1.5})  # type: ignore[call-arg]  # extra values
    item = PLAN_OPEN.encode(model)
    assert item == {
        "key_id": {"S": "k"},
        "n": {"S": "a"},
        "colour": {"S": "red"},
        "size": {"M": {"w": {"N": "1.5"}}},
    }
    assert PLAN_OPEN.decode(item) == model


PLAN_OPEN = plan_of(Open)


def test_an_extra_value_cannot_take_a_fields_attribute() -> None:
    """An extra value that would overwrite a declared attribute is refused."""
    with pytest.raises(CodecError, match="declared field") as caught:
        PLAN_OPEN.encode(Open(key_id="k", n="a"))  # type: ignore[call-arg]  # an extra value
    assert caught.value.path == "$.n"


def test_an_attribute_that_cannot_be_an_extra_value_is_an_error() -> None:
    """An attribute named like a field that is stored under another name would be taken for the field."""
    with pytest.raises(CodecError, match="name of a field"):
        PLAN_OPEN.decode({"key_id": {"S": "k"}, "n": {"S": "a"}, "name": {"S": "b"}})


def test_an_extra_value_of_an_undeclared_type_says_what_to_do() -> None:
    """An extra value that would come back as something else is refused with a remedy."""
    with pytest.raises(CodecError, match="declare the field's type") as caught:
        PLAN_OPEN.encode(Open(key_id="k", when=(1, 2)))  # type: ignore[call-arg]  # an extra value
    assert caught.value.path == "$.when"


class Account(Model, table="accounts"):
    owner: Attr[str] = partition_key()
    password: Attr[SecretStr]


def test_a_secret_is_stored_and_stays_secret() -> None:
    """The secret itself is stored, not its mask, and is masked again when it is read."""
    account = Account(owner="a", password=SecretStr(SECRET))
    item = plan_of(Account).encode(account)
    assert item["password"] == {"S": SECRET}
    assert SECRET not in repr(plan_of(Account).decode(item))
