"""What the shop's people do: the queue, parcels, and counting the stock."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from heapq import merge
from itertools import islice
from typing import Final

from ddbmodel import ConditionalCheckFailed, Mapper
from examples.ecommerce.models import (
    QUEUE_SHARDS,
    WAREHOUSE,
    Order,
    OrderLines,
    OrderStatus,
    Shipment,
    Stock,
    shard_of,
)

LOW: Final = 10  # below it an article is to be reordered
QUEUE_SHOWN: Final = 25


async def queue(mapper: Mapper, status: OrderStatus) -> list[Order]:
    """The orders that wait longest, of all parts of the queue."""

    async def longest(shard: int) -> list[Order]:
        waiting = mapper.query(Order).where(Order.status == status, Order.shard == shard)
        return await waiting.limit(QUEUE_SHOWN).hydrate().all()

    heads = await asyncio.gather(*map(longest, range(QUEUE_SHARDS)))
    in_order = merge(*heads, key=lambda order: (order.waiting_since or order.placed_at, order.invoice_no))
    return list(islice(in_order, QUEUE_SHOWN))


async def waiting_count(mapper: Mapper, status: OrderStatus) -> int:
    """How many orders wait."""
    parts = (
        mapper.query(Order).where(Order.status == status, Order.shard == shard).count()
        for shard in range(QUEUE_SHARDS)
    )
    return sum(await asyncio.gather(*parts))


async def pack(mapper: Mapper, invoice_no: str) -> None:
    """Take an order to pack it.

    Raises:
        ConditionalCheckFailed: it is not open any more.
    """
    order = await mapper.require(Order, invoice_no, consistent=True)
    await mapper.update(
        Order.key(invoice_no),
        Order.status.set(OrderStatus.PACKING),
        when=Order.status == OrderStatus.OPEN,
        given=order,
    )


async def ship(mapper: Mapper, invoice_no: str, carrier: str) -> None:
    """Hand a packed order to a carrier, once.

    Raises:
        ConditionalCheckFailed: it is not being packed.
    """
    async with mapper.transaction() as tx:
        tx.update(
            Order.key(invoice_no),
            Order.status.set(OrderStatus.SHIPPED),
            Order.waiting_since.remove(),
            when=(Order.status == OrderStatus.PACKING) & (Order.shard == shard_of(invoice_no)),
        )
        tx.create(Shipment(invoice_no=invoice_no, number=1, carrier=carrier, shipped_at=datetime.now(UTC)))


async def to_reorder(mapper: Mapper) -> list[Stock]:
    """What there is too little of, longest first."""
    return await mapper.query(Stock).where(Stock.warehouse == WAREHOUSE).limit(50).hydrate().all()


async def watch_stock(mapper: Mapper, invoice_no: str) -> None:
    """Put on the reorder list what an order left too little of, and take off what a cancellation gave back.

    It comes after the order, which does not wait for it. Should it fail, the article's next order does it.

    Cost: a read unit for each article, and two write units for each that changes place.
    """
    parts = await mapper.query(OrderLines).where(OrderLines.invoice_no == invoice_no).all()
    codes = sorted({line.stock_code for part in parts for line in part.lines})
    stocks = await mapper.batch_get(Stock, codes, consistent=True)
    await asyncio.gather(*(_note(mapper, stock) for stock in _changed(stocks)))


def _changed(stocks: Sequence[Stock | None]) -> list[Stock]:
    return [stock for stock in stocks if stock and (stock.on_hand < LOW) is (stock.low_since is None)]


async def _note(mapper: Mapper, stock: Stock) -> None:
    low = Stock.low_since.set(datetime.now(UTC)) if stock.on_hand < LOW else Stock.low_since.remove()
    try:
        await mapper.update(
            Stock.key(stock.stock_code), low, when=Stock.on_hand == stock.on_hand, given=stock
        )
    except ConditionalCheckFailed:
        return  # sold or counted meanwhile: whoever did that looks at it as well


async def count(mapper: Mapper, stock_code: str, seen: int, counted: int) -> Stock:
    """Correct the stock to what was counted, unless it is not what the counter saw any more.

    Raises:
        ConditionalCheckFailed: it was changed meanwhile; `.item` is what is stored.
    """
    low = Stock.low_since.set(datetime.now(UTC)) if counted < LOW else Stock.low_since.remove()
    return await mapper.update(
        Stock.key(stock_code),
        Stock.on_hand.set(counted),
        Stock.warehouse.set(WAREHOUSE),
        low,
        when=Stock.on_hand == seen,
    )
