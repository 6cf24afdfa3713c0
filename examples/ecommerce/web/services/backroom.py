"""What the shop's people do: the queue, parcels, and counting the stock."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the queue: that of an order, which may have left it meanwhile."""

    waiting_since: datetime
    invoice_no: str

    @classmethod
    def of(cls, order: Order) -> Place:
        """The place of an order that waits."""
        return cls(order.waiting_since or order.placed_at, order.invoice_no)


async def queue(
    mapper: Mapper, status: OrderStatus, size: int = QUEUE_SHOWN, after: Place | None = None
) -> list[Order]:
    """The orders that wait longest, of all parts of the queue, from a place on.

    Each part is in order, so the first of all are among the first of each.

    Cost: for each of the parts, 0.5 read units for 4 KB of keys and 0.5 for each order, of at most twice
    `size` orders.
    """

    async def first_of(shard: int) -> list[Order]:
        waiting = mapper.query(Order).where(Order.status == status, Order.shard == shard)
        if after is not None:
            waiting = waiting.where(Order.waiting_since >= after.waiting_since)
        found: list[Order] = []
        async for order in waiting.page_size(size).hydrate():
            # Several came at the same moment; those up to the place have been shown.
            if after is None or _rank(order) > (after.waiting_since, after.invoice_no):
                found.append(order)
            if len(found) == size:
                break
        return found

    parts = await asyncio.gather(*map(first_of, range(QUEUE_SHARDS)))
    return list(islice(merge(*parts, key=_rank), size))


def _rank(order: Order) -> tuple[datetime, str]:
    place = Place.of(order)
    return place.waiting_since, place.invoice_no


async def waiting_count(mapper: Mapper, status: OrderStatus) -> int:
    """How many orders wait."""
    parts = (
        mapper.query(Order).where(Order.status == status, Order.shard == shard).count()
        for shard in range(QUEUE_SHARDS)
    )
    return sum(await asyncio.gather(*parts))


async def pack(mapper: Mapper, invoice_no: str) -> Order:
    """Take an order to pack it.

    Raises:
        ConditionalCheckFailed: it is not open any more.
    """
    order = await mapper.require(Order, invoice_no, consistent=True)
    return await mapper.update(
        Order.key(invoice_no),
        Order.status.set(OrderStatus.PACKING),
        when=Order.status == OrderStatus.OPEN,
        given=order,
    )


async def ship(mapper: Mapper, invoice_no: str, carrier: str) -> Shipment:
    """Hand a packed order to a carrier, once.

    Raises:
        ConditionalCheckFailed: it is not being packed.
    """
    parcel = Shipment(invoice_no=invoice_no, number=1, carrier=carrier, shipped_at=datetime.now(UTC))
    async with mapper.transaction() as tx:
        tx.update(
            Order.key(invoice_no),
            Order.status.set(OrderStatus.SHIPPED),
            Order.waiting_since.remove(),
            when=(Order.status == OrderStatus.PACKING) & (Order.shard == shard_of(invoice_no)),
        )
        tx.create(parcel)
    return parcel


async def to_reorder(mapper: Mapper) -> list[Stock]:
    """What there is too little of, longest first."""
    return await mapper.query(Stock).where(Stock.warehouse == WAREHOUSE).limit(50).hydrate().all()


async def watch_stock(mapper: Mapper, order: Order) -> None:
    """Put on the reorder list what an order left too little of, and take off what a cancellation gave back.

    It comes after the order, which does not wait for it. Should it fail, the article's next order does it.

    Cost: a read unit for each article, and two write units for each that changes place.
    """
    keys = [(order.invoice_no, part) for part in range(1, order.parts + 1)]
    parts = await mapper.batch_get(OrderLines, keys)
    codes = sorted({line.stock_code for part in parts if part for line in part.lines})
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
