"""Idempotency tokens: once in ten minutes."""

from __future__ import annotations

from typing import Any

import pytest

from ddbmodel.expressions.placeholders import Placeholders
from ddbmodel.operations import TransactUpdate, TransactWriteItems
from ddbmodel.testing import DropReply, Fault, Garble, InternalError, Throttle
from ddbmodel.testing.proxy.tokens import Tokens
from ddbmodel.testing.strict.refusal import Refused
from tests.unit.testing.proxy.conftest import MakeShop, Parcel, Shop, parcel
from tests.unit.testing.proxy.test_capacity import Clock
from tests.unit.testing.strict.requests import action, put, transaction

FIRST = transaction(action("Put", 1), ClientRequestToken="t1")
OTHER = transaction(action("Put", 2), ClientRequestToken="t1")


def test_a_token_is_new_then_done_then_new_again() -> None:
    """For ten minutes after the transaction ended."""
    clock = Clock()
    tokens = Tokens(clock)
    assert tokens.begin(FIRST) == "new"
    tokens.end(FIRST, applied=True)
    clock.now += 599
    assert tokens.begin(FIRST) == "done"
    clock.now += 1
    assert tokens.begin(FIRST) == "new"


def test_tokens_are_forgotten_in_the_order_in_which_their_transactions_ended() -> None:
    """A long one that began first does not keep the others."""
    clock = Clock()
    tokens = Tokens(clock)
    long, short = (transaction(action("Put"), ClientRequestToken=token) for token in ("long", "short"))
    tokens.begin(long)
    tokens.begin(short)
    tokens.end(short, applied=True)
    clock.now += 500
    tokens.end(long, applied=True)
    clock.now += 100
    assert [tokens.begin(request) for request in (long, short)] == ["done", "new"]


def test_a_token_of_what_was_not_applied_is_new_again() -> None:
    """A transaction that was canceled may come again, changed or not."""
    tokens = Tokens(Clock())
    tokens.begin(FIRST)
    tokens.end(FIRST, applied=False)
    assert tokens.begin(OTHER) == "new"


@pytest.mark.parametrize("request_", [transaction(action("Put")), put({"pk": {"S": "c1"}})])
def test_what_has_no_token_is_not_kept(request_: Any) -> None:
    """Two of them are two."""
    tokens = Tokens(Clock())
    for _ in range(2):
        assert tokens.begin(request_) == "none"
        tokens.end(request_, applied=True)


def test_other_parameters_and_what_is_in_progress_are_refused() -> None:
    """Each with the service's code."""
    tokens = Tokens(Clock())
    tokens.begin(FIRST)
    with pytest.raises(Refused) as caught:
        tokens.begin(FIRST)
    assert caught.value.code == "TransactionInProgressException"
    tokens.end(FIRST, applied=True)
    with pytest.raises(Refused) as caught:
        tokens.begin(OTHER)
    assert caught.value.code == "IdempotentParameterMismatchException"


class Addition:
    """`ADD weight :five`."""

    idempotent = False

    def render(self, placeholders: Placeholders) -> str:
        return f"ADD {placeholders.name('weight')} {placeholders.value({'N': '5'})}"


async def _add(client: Any, weight: str, token: str) -> None:
    """Add to the weight of a parcel, in a transaction."""
    await client.transact_write_items(
        TransactItems=[
            {
                "Update": {
                    "TableName": "parcels",
                    "Key": {"town": {"S": "Ghent"}, "number": {"N": "1"}},
                    "UpdateExpression": "ADD weight :w",
                    "ExpressionAttributeValues": {":w": {"N": weight}},
                }
            }
        ],
        ClientRequestToken=token,
    )


async def _weight(shop: Shop) -> int:
    return (await shop.direct.require(Parcel, "Ghent", 1)).weight


@pytest.mark.parametrize("fault", [Throttle(), DropReply(), InternalError(applied=True), Garble()], ids=repr)
async def test_a_lane_repeats_a_transaction_with_its_token(make_shop: MakeShop, fault: Fault) -> None:
    """Throttled, dropped or damaged: it is sent twice, and applied once."""
    shop = await make_shop(faults=[("TransactWriteItems", fault)])
    await shop.direct.put(parcel())
    key = {"town": {"S": "Ghent"}, "number": {"N": "1"}}
    update = TransactUpdate("parcels", key, Addition())
    await shop.mapper._gateway.transport.send(TransactWriteItems((update,), token="t1"))
    assert await _weight(shop) == 5
    assert sorted(seen.applied is True for seen in shop.seen("TransactWriteItems")) == [False, True]


async def test_the_same_transaction_is_applied_once(make_shop: MakeShop) -> None:
    """A lost reply and a repetition by hand alike; other parameters are refused."""
    clock = Clock()
    shop = await make_shop(faults=[("TransactWriteItems", DropReply())], clock=clock)
    await shop.direct.put(parcel())
    async with shop.proxy.client() as client:
        await _add(client, "5", "t1")
        await _add(client, "5", "t1")
        assert await _weight(shop) == 5
        with pytest.raises(client.exceptions.IdempotentParameterMismatchException):
            await _add(client, "7", "t1")
        clock.now += 600
        await _add(client, "7", "t1")
    assert await _weight(shop) == 12
    applied = [seen.applied for seen in shop.seen("TransactWriteItems")]
    assert applied == [True, False, False, False, True], "dropped, repeated twice, refused, applied"


async def test_a_token_of_the_caller_s_holds_over_transactions(make_shop: MakeShop) -> None:
    """Made again with the same token and writes, as a job that starts anew does, it is applied once."""
    shop = await make_shop(faults=[("TransactWriteItems", DropReply())])
    await shop.direct.put(parcel())
    for token in ("order-7", "order-7", "order-8"):
        async with shop.mapper.transaction(token=token) as tx:
            tx.update(Parcel.key("Ghent", 1), Parcel.weight.add(5))
    assert await _weight(shop) == 10
