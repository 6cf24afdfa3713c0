"""`mapper.transaction()` on every engine that has transactions: all or nothing, and who is to blame."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ddbmodel import (
    Attr,
    ConditionalCheckFailed,
    DDBModelError,
    ExpressionError,
    ItemExists,
    ItemNotFound,
    Mapper,
    Model,
    Transaction,
    TransactionCanceled,
    UniqueViolation,
    VersionConflict,
    field,
    partition_key,
    version,
)
from tests.conformance.sent import Sent

pytestmark = pytest.mark.behaviour("transactions")


class Stock(Model, table="stock"):
    sku: Attr[str] = partition_key()
    left: Attr[int] = field(default=0)
    code: Attr[str | None] = field(default=None, unique=True)


class Sale(Model, table="sales"):
    sale_id: Attr[str] = partition_key()
    sku: Attr[str]
    revision: Attr[int] = version()


PEN = Stock.key("pen")
SOLD = Sale(sale_id="old", sku="ink")


@pytest.fixture
async def shop(mapper: Mapper) -> Mapper:
    """A mapper with ten pens, ink without any, and one sale."""
    await mapper.create_table(Stock)
    await mapper.create_table(Sale)
    await mapper.put(Stock(sku="pen", left=10, code="p"))
    await mapper.put(Stock(sku="ink"))
    await mapper.create(SOLD.model_copy())
    return mapper


async def test_all_of_it_happens(shop: Mapper) -> None:
    """Writes and checks of several models at once; the objects that were written know what is stored."""
    paper, sale = Stock(sku="paper", left=3), Sale(sale_id="s", sku="pen")
    ink = await shop.require(Stock, "ink")
    async with shop.transaction() as tx:
        tx.put(paper)
        tx.create(sale)
        tx.update(PEN, Stock.left.add(-1), when=Stock.left >= 1)
        tx.delete(ink, when=Stock.left == 0)
        tx.check(Sale.key("old"), Sale.sku == "ink")
    assert (await shop.require(PEN)).left == 9
    assert await shop.get(Stock, "ink") is None
    assert await shop.require(Sale, "s") == sale
    assert sale.revision == 1
    paper.left = 2
    await shop.save(paper)
    assert await shop.require(Stock, "paper") == paper


Add = Callable[[Transaction], None]
REFUSED: list[tuple[str, type[DDBModelError], Add]] = [
    ("create", ItemExists, lambda tx: tx.create(Sale(sale_id="old", sku="x"))),
    ("put", ConditionalCheckFailed, lambda tx: tx.put(Stock(sku="ink"), when=Stock.left > 0)),
    ("update", ConditionalCheckFailed,
     lambda tx: tx.update(Stock.key("ink"), Stock.left.add(-1), when=Stock.left >= 1)),
    ("update of nothing", ItemNotFound,
     lambda tx: tx.update(Sale.key("none"), Sale.sku.set("x"), upsert=False)),
    ("delete", ConditionalCheckFailed, lambda tx: tx.delete(Sale.key("old"), when=Sale.sku == "pen")),
    ("check", ConditionalCheckFailed, lambda tx: tx.check(Sale.key("old"), Sale.sku == "pen")),
    ("version", VersionConflict, lambda tx: tx.put(Sale(sale_id="old", sku="x", revision=7))),
    ("unique", UniqueViolation, lambda tx: tx.create(Stock(sku="quill", code="p"))),
]  # fmt: skip


@pytest.mark.parametrize(("error", "add"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
async def test_the_error_is_that_of_the_write_that_failed(
    shop: Mapper, error: type[DDBModelError], add: Add
) -> None:
    """As of the verb alone, with all reasons in its cause; and nothing of the rest has happened."""
    paper = Stock(sku="paper")
    with pytest.raises(error) as refusal:
        async with shop.transaction() as tx:
            tx.put(paper)
            add(tx)
            tx.update(PEN, Stock.left.add(-1))
    assert type(refusal.value) is error
    assert isinstance(refusal.value.__cause__, TransactionCanceled)
    assert (await shop.require(PEN)).left == 10
    assert await shop.get(Stock, "paper") is None
    assert await shop.require(Sale, "old") == SOLD.model_copy(update={"revision": 1})


async def test_the_refusal_brings_the_stored_item(shop: Mapper) -> None:
    """Decoded, of the action that is to blame, with what was false of it."""
    with pytest.raises(ConditionalCheckFailed) as refusal:
        async with shop.transaction() as tx:
            tx.put(Stock(sku="paper"))
            tx.check(PEN, (Stock.left >= 1) & (Stock.left < 5))
    assert refusal.value.item == Stock(sku="pen", left=10, code="p")
    assert len(refusal.value.failed) == 1


async def test_an_exception_in_the_block_writes_nothing(shop: Mapper) -> None:
    """It passes through, and no request is sent; nor for a block without writes."""
    sent = Sent()
    shop.add_hook(sent)
    with pytest.raises(KeyError):
        async with shop.transaction() as tx:
            tx.create(Sale(sale_id="s", sku="pen"))
            raise KeyError
    async with shop.transaction():
        pass
    assert sent.take() == []
    assert await shop.get(Sale, "s") is None


def _many(tx: Transaction) -> None:
    for number in range(101):
        tx.put(Sale(sale_id=f"s{number}", sku="x"))


def _twice(tx: Transaction) -> None:
    tx.update(PEN, Stock.left.add(-1))
    tx.check(PEN, Stock.left >= 1)


def _large(tx: Transaction) -> None:
    for number in range(11):
        tx.put(Sale(sale_id=f"s{number}", sku="x" * 400_000))


@pytest.mark.parametrize("add", [_many, _twice, _large])
async def test_what_the_service_would_refuse_is_not_sent(shop: Mapper, add: Add) -> None:
    """More than 100 writes, two of one item, more than 4 MB."""
    sent = Sent()
    shop.add_hook(sent)
    with pytest.raises(ExpressionError):
        async with shop.transaction() as tx:
            add(tx)
    assert sent.take() == []


async def test_each_transaction_has_a_token(shop: Mapper) -> None:
    """One of its own, or the one that is given."""
    sent = Sent()
    shop.add_hook(sent)
    for number, token in enumerate((None, None, "mine")):
        async with shop.transaction(token=token) as tx:
            tx.create(Sale(sale_id=f"s{number}", sku="x"))
    first, second, third = [request.to_wire()["ClientRequestToken"] for request in sent.take()]
    assert first != second
    assert third == "mine"


async def test_items_are_read_together(shop: Mapper) -> None:
    """Of several models, in the order of the keys, None where there is none."""
    found = await shop.transact_get(Sale.key("old"), PEN, Stock.key("none"))
    assert found == (SOLD.model_copy(update={"revision": 1}), Stock(sku="pen", left=10, code="p"), None)
