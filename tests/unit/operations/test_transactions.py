"""What transactions promise, refuse and hide. How they look on the wire is tested with the other requests."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ddbmodel.errors import ExpressionError
from ddbmodel.operations import (
    ConsumedCapacity,
    Request,
    TransactCheck,
    TransactDelete,
    TransactGet,
    TransactGetItems,
    TransactGetItemsResult,
    TransactPut,
    TransactUpdate,
    TransactWriteItems,
    TransactWriteItemsResult,
)
from tests.unit.operations.expressions import Expression
from tests.unit.operations.transactions import ITEM, KEY

PUT = TransactPut("orders", ITEM)
GET = TransactGet("orders", KEY)
SECRET = {"pk": {"S": "hush"}}
UNITS = {"TableName": "orders", "CapacityUnits": 4.0, "WriteCapacityUnits": 4.0}


@pytest.mark.parametrize(
    ("request_", "table"),
    [
        (TransactWriteItems((PUT, PUT)), "orders"),
        (TransactWriteItems((PUT, TransactDelete("customers", KEY))), None),
        (TransactGetItems((GET, GET)), "orders"),
        (TransactGetItems((GET, TransactGet("customers", KEY))), None),
    ],
)
def test_a_transaction_names_its_table_if_it_is_one(request_: Request, table: str | None) -> None:
    """A transaction over several tables has no table."""
    assert request_.table == table


@pytest.mark.parametrize(
    ("request_", "repeatable"),
    [
        (TransactWriteItems((PUT,)), False),
        (TransactWriteItems((PUT,), token="t1"), True),
        (TransactGetItems((GET,)), True),
    ],
)
def test_a_token_makes_a_transaction_repeatable(request_: Request, repeatable: bool) -> None:
    """Without one, the service could not tell the second sending from another transaction."""
    assert request_.repeatable is repeatable


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: TransactWriteItems(()), "0 actions: use 1 to 100"),
        (lambda: TransactWriteItems((PUT,) * 101), "101 actions"),
        (lambda: TransactWriteItems((PUT,), token=""), "token of 0 characters: use 1 to 36"),
        (lambda: TransactWriteItems((PUT,), token="t" * 37), "token of 37 characters"),
        (lambda: TransactGetItems(()), "0 keys: use 1 to 100"),
        (lambda: TransactGetItems((GET,) * 101), "101 keys"),
    ],
)
def test_what_the_service_would_refuse_is_refused_before(make: Callable[[], object], words: str) -> None:
    """Counts and tokens that DynamoDB does not take raise when the request is made."""
    with pytest.raises(ExpressionError, match=words):
        make()


def test_the_largest_transactions_are_accepted() -> None:
    """100 actions, 100 keys and 36 characters of a token are within the limits."""
    assert len(TransactWriteItems((PUT,) * 100, token="t" * 36).to_wire()["TransactItems"]) == 100
    assert len(TransactGetItems((GET,) * 100).to_wire()["TransactItems"]) == 100


def test_items_come_in_the_order_of_their_keys() -> None:
    """With None for a missing one, and an empty item where the projection left nothing of one."""
    reply = {"Responses": [{"Item": ITEM}, {}, {"Item": {}}], "ConsumedCapacity": [UNITS]}
    capacity = ConsumedCapacity("orders", 4.0, write_units=4.0)
    assert TransactGetItemsResult.from_wire(reply) == TransactGetItemsResult((ITEM, None, {}), (capacity,))


def test_a_transaction_tells_its_capacity() -> None:
    """One entry per table, and none if it was not asked for."""
    capacity = ConsumedCapacity("orders", 4.0, write_units=4.0)
    assert TransactWriteItemsResult.from_wire({"ConsumedCapacity": [UNITS]}).capacity == (capacity,)
    assert TransactWriteItemsResult.from_wire({}).capacity == ()


@pytest.mark.parametrize(
    "value",
    [
        TransactWriteItems(
            (
                TransactPut("orders", SECRET, Expression("a", "hush")),
                TransactUpdate("orders", SECRET, Expression("a", "hush"), Expression("b", "hush")),
                TransactDelete("orders", SECRET, Expression("a", "hush")),
                TransactCheck("orders", SECRET, Expression("a", "hush")),
            ),
            token="hush",
        ),
        TransactGetItems((TransactGet("orders", SECRET),)),
        TransactGetItemsResult((SECRET, None), ()),
    ],
    ids=lambda value: type(value).__name__,
)
def test_the_repr_of_a_transaction_holds_no_values(value: object) -> None:
    """A transaction can be printed in a log or a traceback without giving an item away."""
    assert "hush" not in repr(value)
