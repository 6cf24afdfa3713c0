"""Batches and transactions of PartiQL statements.

Moto executes batches and transactions of statements in part; replies with errors, and what it cannot read, are
in the shapes of the API reference.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import pytest

from ddbmodel import (
    AccessDenied,
    Attr,
    CodecError,
    ConditionalCheckFailed,
    ExpressionError,
    GlobalIndex,
    ItemExists,
    Mapper,
    Model,
    ReplyCorrupt,
    RequestRefused,
    ServiceError,
    TableNotFound,
    Throttled,
    TransactionCanceled,
    WriteOutcomeUnknown,
    field,
    partition_key,
    sort_key,
)
from ddbmodel.testing import LocalDynamoDB
from tests.unit.transport.scripted_server import Play, ScriptedServer, answer, fault

ONE = 'SELECT * FROM "orders" WHERE customer_id = ? AND order_id = ?'
CHANGE = 'UPDATE "orders" SET status = ? WHERE customer_id = ? AND order_id = ?'
CHECK = f"EXISTS({ONE})"
WRITES = [(CHANGE, ["paid", "c", "o1"]), (CHANGE, ["paid", "c", "o2"])]
STORED = {"customer_id": {"S": "c"}, "order_id": {"S": "o1"}}


class Order(Model, table="orders"):
    """What the statements are on."""

    customer_id: Attr[str] = partition_key()
    order_id: Attr[str] = sort_key()
    status: Attr[str] = field(default="open")

    by_status = GlobalIndex(partition_key="status")


class Other(Model, table="others"):
    """A model of another table."""

    name: Attr[str] = partition_key()


Scripted = tuple[ScriptedServer, Mapper]


@pytest.fixture
async def scripted() -> AsyncGenerator[Scripted]:
    """A mapper on an endpoint that plays a script."""
    keys: dict[str, Any] = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    async with ScriptedServer() as server:
        async with Mapper.connect(region_name="us-east-1", endpoint_url=server.url, **keys) as mapper:
            yield server, mapper


@pytest.fixture
async def orders(dynamodb: LocalDynamoDB) -> AsyncGenerator[Mapper]:
    """A mapper on a table with two orders."""
    async with dynamodb.connect() as mapper:
        await mapper.create_table(Order)
        for name in ("o1", "o2"):
            await mapper.put(Order(customer_id="c", order_id=name))
        yield mapper


async def test_a_batch_of_selects_gives_models_in_order(orders: Mapper) -> None:
    """Each outcome has its item; None where there is none; dicts without a model.

    Moto looks for a table of the quoted name, quotes included, in a batch.
    """
    asked = [(ONE.replace('"', ""), ["c", name]) for name in ("o2", "o9", "o1")]
    outcomes = await orders.execute_batch(asked, model=Order)
    assert [one.item and one.item.order_id for one in outcomes] == ["o2", None, "o1"]
    assert [one.error for one in outcomes] == [None] * 3
    (plain,) = await orders.execute_batch(asked[:1])
    assert plain.item == {"customer_id": "c", "order_id": "o2", "status": "open"}


async def test_a_batch_of_writes_changes_what_it_names(orders: Mapper) -> None:
    """Each statement by itself."""
    await orders.execute_batch(WRITES)
    assert [one.status for one in await orders.batch_get(Order, [("c", "o1"), ("c", "o2")])] == ["paid"] * 2


async def test_a_transaction_of_writes_changes_what_it_names(orders: Mapper) -> None:
    """All of it; writes give nothing."""
    assert await orders.execute_transaction(WRITES) == []
    assert [one.status for one in await orders.batch_get(Order, [("c", "o1"), ("c", "o2")])] == ["paid"] * 2


async def test_a_transaction_of_selects_gives_models(scripted: Scripted) -> None:
    """One for each statement, in order, without a token; None where there is no item."""
    server, mapper = scripted
    server.script.append(answer({"Responses": [{"Item": STORED}, {}]}))
    found = await mapper.execute_transaction([(ONE, ["c", "o1"]), (ONE, ["c", "o9"])], model=Order)
    assert found == [Order(customer_id="c", order_id="o1"), None]
    assert server.operations == ["ExecuteTransaction"]


REFUSED: list[tuple[Any, dict[str, Any], str]] = [
    ([], {}, "1 to (25|100) statements, and these are 0"),
    ([(ONE, ["c", "o"])] * 101, {}, "and these are 101"),
    (ONE, {}, "takes a list"),
    ([(ONE, ["c", "o"]), (CHANGE, ["x", "c", "o"])], {}, "all read, or all write"),
    ([7], {}, "statement 1: it is a text"),
    ([(ONE, ["c", "o"]), (ONE, ["c"])], {}, 'statement 2: the statement has 2 "\\?", and there are 1'),
    ([(ONE, ["c", "o"])], {"model": Other}, "statement 1: it is on table 'orders'"),
    ([(CHANGE, ["x", "c", "o"])], {"model": Other}, "statement 1: it is on table 'orders'"),
    (['SELECT * FROM "orders"'], {"model": Order}, "customer_id, order_id"),
    (
        [('SELECT * FROM "orders" WHERE customer_id = ?', ["c"])],
        {"model": Order},
        "its key \\(order_id\\) by =",
    ),
    (
        [('SELECT * FROM "orders" WHERE customer_id = ? AND order_id IN [?]', ["c", "o"])],
        {"model": Order},
        "its key \\(order_id\\) by =",
    ),
    (
        [('SELECT * FROM "orders"."by_status" WHERE status = ?', ["open"])],
        {"model": Order},
        "reads index 'by_status'",
    ),
    (["DROP TABLE orders"], {}, "statement 1: a PartiQL statement begins with"),
]


@pytest.mark.parametrize("verb", ["execute_batch", "execute_transaction"])
@pytest.mark.parametrize(("statements", "options", "said"), REFUSED)
async def test_what_cannot_go_together_is_refused_before_anything_is_sent(
    scripted: Scripted, verb: str, statements: Any, options: dict[str, Any], said: str
) -> None:
    """None, too many, reads with writes, scans, other tables: the service never sees them."""
    server, mapper = scripted
    with pytest.raises(ExpressionError, match=said):
        await getattr(mapper, verb)(statements, **options)
    assert server.received == []


@pytest.mark.parametrize(
    ("verb", "statements", "options", "said"),
    [
        ("execute_batch", [(ONE, ["c", "o"])] * 26, {}, "1 to 25"),
        ("execute_batch", [(CHECK, ["c", "o"])], {}, "begins with SELECT"),
        ("execute_batch", WRITES, {"consistent": True}, "is for SELECT"),
        ("execute_transaction", [(ONE, ["c", "o"])], {"token": "t"}, "is for writes"),
        ("execute_transaction", WRITES, {"token": ""}, "1 to 36 characters"),
        ("execute_transaction", WRITES, {"token": "t" * 37}, "1 to 36 characters"),
        ("execute_transaction", WRITES, {"token": 7}, "1 to 36 characters"),
        ("execute_transaction", [(CHECK, ["c", "o"]), (ONE, ["c", "o"])], {}, "all read, or all write"),
        (
            "execute_transaction",
            ['EXISTS(SELECT * FROM "orders")', WRITES[0]],
            {"model": Order},
            "customer_id, order_id",
        ),
    ],
)
async def test_what_only_one_of_them_takes_is_refused_to_the_other(
    scripted: Scripted, verb: str, statements: Any, options: dict[str, Any], said: str
) -> None:
    """Checks and tokens belong to transactions of writes, and 25 statements are enough for a batch."""
    server, mapper = scripted
    with pytest.raises(ExpressionError, match=said):
        await getattr(mapper, verb)(statements, **options)
    assert server.received == []


@pytest.mark.parametrize("verb", ["execute_batch", "execute_transaction"])
async def test_a_parameter_that_cannot_be_stored_is_named(scripted: Scripted, verb: str) -> None:
    """By the statement's number and its own, and nothing is sent."""
    server, mapper = scripted
    with pytest.raises(CodecError, match="statement 2, the parameters") as refused:
        await getattr(mapper, verb)([WRITES[0], (CHANGE, ["x", object(), "o"])])
    assert refused.value.path == "$[1]"
    assert server.received == []


async def test_without_a_model_the_tables_of_selects_are_described_once(orders: Mapper) -> None:
    """A SELECT that does not bind the whole key is found so; nothing is read then."""
    with orders.measure() as usage:
        with pytest.raises(ExpressionError, match="order_id"):
            await orders.execute_batch(
                [(ONE, ["c", "o1"]), ("SELECT * FROM orders WHERE customer_id = ?", ["c"])]
            )
    assert usage.operations == {"DescribeTable": 1}


ERRORS: list[tuple[str, type[Exception]]] = [
    ("ConditionalCheckFailed", ConditionalCheckFailed),
    ("DuplicateItem", ItemExists),
    ("ProvisionedThroughputExceeded", Throttled),
    ("ThrottlingError", Throttled),
    ("RequestLimitExceeded", Throttled),
    ("ResourceNotFound", TableNotFound),
    ("AccessDenied", AccessDenied),
    ("ValidationError", RequestRefused),
    ("ItemCollectionSizeLimitExceeded", RequestRefused),
    ("InternalServerError", WriteOutcomeUnknown),
    ("TransactionConflict", ServiceError),
    ("SomethingNew", ServiceError),
]


@pytest.mark.parametrize(("code", "error"), ERRORS)
async def test_each_statement_of_a_batch_says_what_became_of_it(
    scripted: Scripted, code: str, error: type[Exception]
) -> None:
    """A failure is told beside the success of others, as the error that `execute` would raise."""
    server, mapper = scripted
    told = {"Code": code, "Message": "It is so.", "Item": STORED}
    server.script.append(
        answer({"Responses": [{"TableName": "orders", "Error": told}, {"TableName": "orders"}]})
    )
    bad, good = await mapper.execute_batch(WRITES, model=Order)
    assert type(bad.error) is error
    assert "execute_batch, statement 1 (UPDATE on table 'orders')" in str(bad.error)
    assert (good.item, good.error) == (None, None)
    assert len(server.received) == 1
    if isinstance(bad.error, ConditionalCheckFailed | ItemExists):
        assert bad.error.item == Order(customer_id="c", order_id="o1")
    if isinstance(bad.error, ServiceError):
        assert (bad.error.code, bad.error.table, bad.error.operation) == (
            code,
            "orders",
            "BatchExecuteStatement",
        )


async def test_what_a_write_of_a_batch_returns_is_decoded_or_told(scripted: Scripted) -> None:
    """An item that is not one of the model is its statement's error, which says that it was written."""
    server, mapper = scripted
    server.script.append(answer({"Responses": [{"Item": STORED}, {"Item": {"customer_id": {"S": "c"}}}]}))
    good, bad = await mapper.execute_batch(WRITES, model=Order)
    assert good.item == Order(customer_id="c", order_id="o1")
    assert isinstance(bad.error, CodecError)
    assert "has been executed" in bad.error.__notes__[0]


@pytest.mark.parametrize("play", [Play(reset=True), fault("InternalServerError", status=500), answer({})])
async def test_a_batch_of_writes_is_never_repeated(scripted: Scripted, play: Play) -> None:
    """A lost reply, or one that does not tell of each statement, is an unknown outcome."""
    server, mapper = scripted
    server.script.append(play)
    with pytest.raises(WriteOutcomeUnknown):
        await mapper.execute_batch(WRITES)
    assert len(server.received) == 1


async def test_a_batch_of_selects_is_repeated_as_reads_are(scripted: Scripted) -> None:
    """It changes nothing. A reply that does not tell of each statement is damaged."""
    server, mapper = scripted
    server.script.extend([Play(reset=True), answer({"Responses": [{}, {}]}), answer({"Responses": [{}]})])
    asked = [(ONE, ["c", "o1"]), (ONE, ["c", "o2"])]
    await mapper.execute_batch(asked, model=Order, consistent=True)
    assert len(server.received) == 2
    assert [one["ConsistentRead"] for one in server.received[1].body["Statements"]] == [True, True]
    with pytest.raises(ReplyCorrupt, match="tells of 1 statements, and 2 were sent"):
        await mapper.execute_batch(asked, model=Order)


@pytest.mark.parametrize("token", [None, "mine"])
async def test_a_transaction_keeps_its_token_through_retries(scripted: Scripted, token: str | None) -> None:
    """The service sees that it is the same one, and applies it once."""
    server, mapper = scripted
    server.script.append(Play(reset=True))
    await mapper.execute_transaction(WRITES, token=token)
    first, second = [one.body["ClientRequestToken"] for one in server.received]
    assert first == second
    assert token is None or first == token


async def test_transactions_have_tokens_of_their_own(scripted: Scripted) -> None:
    """Two are two, whatever they say."""
    server, mapper = scripted
    await mapper.execute_transaction(WRITES)
    await mapper.execute_transaction(WRITES)
    assert len({one.body["ClientRequestToken"] for one in server.received}) == 2


async def test_a_transaction_whose_replies_are_lost_says_how_to_go_on(scripted: Scripted) -> None:
    """With the same token."""
    server, mapper = scripted
    server.script.extend([Play(reset=True)] * 10)
    with pytest.raises(WriteOutcomeUnknown, match="again with the same token"):
        await mapper.execute_transaction(WRITES, token="mine")
    assert len({one.body["ClientRequestToken"] for one in server.received}) == 1


@pytest.mark.parametrize(
    ("code", "error"), [("ConditionalCheckFailed", ConditionalCheckFailed), ("DuplicateItem", ItemExists)]
)
async def test_a_refused_transaction_is_the_error_of_the_statement_that_failed(
    scripted: Scripted, code: str, error: type[Exception]
) -> None:
    """With the stored item, and all reasons, decoded, in its cause."""
    server, mapper = scripted
    reasons = [{"Code": "None"}, {"Code": code, "Message": "It is so.", "Item": STORED}]
    server.script.append(fault("TransactionCanceledException", CancellationReasons=reasons))
    with pytest.raises(error, match=r"statement 2 \(UPDATE on table 'orders'\)") as refused:
        await mapper.execute_transaction(WRITES, model=Order)
    assert getattr(refused.value, "item", None) == Order(customer_id="c", order_id="o1")
    cause = refused.value.__cause__
    assert isinstance(cause, TransactionCanceled)
    assert [one.code for one in cause.reasons] == ["None", code]
    assert cause.reasons[1].item == Order(customer_id="c", order_id="o1")
    assert len(server.received) == 1


async def test_a_transaction_canceled_for_another_reason_tells_it(scripted: Scripted) -> None:
    """With a reason for each statement."""
    server, mapper = scripted
    reasons = [{"Code": "ValidationError", "Message": "It is so."}, {"Code": "None"}]
    server.script.append(fault("TransactionCanceledException", CancellationReasons=reasons))
    with pytest.raises(TransactionCanceled) as refused:
        await mapper.execute_transaction(WRITES, model=Order)
    assert [one.code for one in refused.value.reasons] == ["ValidationError", "None"]


async def test_a_check_asks_for_no_item(scripted: Scripted) -> None:
    """Writes ask for the stored item where their condition is false."""
    server, mapper = scripted
    await mapper.execute_transaction([WRITES[0], (CHECK, ["c", "o9"])], model=Order)
    (request,) = server.received
    write, check = request.body["TransactStatements"]
    assert write["ReturnValuesOnConditionCheckFailure"] == "ALL_OLD"
    assert check == {"Statement": CHECK, "Parameters": [{"S": "c"}, {"S": "o9"}]}


async def test_outcomes_show_no_values(scripted: Scripted) -> None:
    """They may be logged."""
    server, mapper = scripted
    server.script.append(answer({"Responses": [{"Item": STORED | {"status": {"S": "secret"}}}]}))
    (outcome,) = await mapper.execute_batch([(ONE, ["c", "o1"])], model=Order)
    assert outcome.item is not None
    assert "secret" not in repr(outcome)
