"""The warehouse: which orders wait, who packs them, and how they leave."""

# ruff: noqa: ARG001 - all patterns are called alike, and not all need to know a key

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from heapq import merge
from itertools import islice
from typing import Final

from ddbmodel import ConditionalCheckFailed, Mapper
from examples.ecommerce.landmarks import Landmarks
from examples.ecommerce.models import (
    QUEUE_SHARDS,
    Address,
    Order,
    OrderStatus,
    Shipment,
    shard_of,
)
from examples.ecommerce.pattern import Pattern, collect

PATTERNS: Final[list[Pattern]] = []


@collect(
    PATTERNS,
    "gsi3: QUEUE#status#shard, waiting_since; then the items by their keys",
    "0.5 RU for 4 KB of keys, 0.5 RU for each order",
)
async def open_orders(mapper: Mapper, known: Landmarks) -> list[Order]:
    """The orders of one part of the queue, those that wait longest first, page by page."""
    waiting = mapper.query(Order).where(Order.status == OrderStatus.OPEN, Order.shard == 0).hydrate()
    first = await waiting.page(size=5)
    second = await waiting.page(size=5, after=first.next)  # the token can travel through a browser
    return [*first.items, *second.items]


@collect(
    PATTERNS,
    "gsi3: QUEUE#status#shard, waiting_since, for each shard; then the items by their keys",
    "0.5 RU for each shard, 0.5 RU for each order of each",
)
async def longest_waiting(mapper: Mapper, known: Landmarks) -> list[Order]:
    """The five orders that wait longest in all parts of the queue."""

    async def longest(shard: int) -> list[Order]:
        waiting = mapper.query(Order).where(Order.status == OrderStatus.OPEN, Order.shard == shard)
        return await waiting.limit(5).hydrate().all()

    heads = await asyncio.gather(*map(longest, range(QUEUE_SHARDS)))
    in_order = merge(*heads, key=lambda order: (order.placed_at, order.invoice_no))
    return list(islice(in_order, 5))


@collect(
    PATTERNS,
    "table: ORDER#invoice_no, HEAD; condition on status; gsi3 follows",
    "1 WU, 1 for gsi1, 2 for gsi3",
)
async def take_order(mapper: Mapper, known: Landmarks) -> Order:
    """Take an order to pack it: it moves from one partition of the queue to another."""
    order = await mapper.require(Order, known.invoice_no)
    return await mapper.update(
        Order.key(known.invoice_no),
        Order.status.set(OrderStatus.PACKING),
        when=Order.status == OrderStatus.OPEN,
        given=order,  # the key in the queue is written from what is known here, on condition that it is true
    )


@collect(
    PATTERNS,
    "table: ORDER#invoice_no, HEAD and SHIPMENT#number; condition on status",
    "4 WU, 2 for gsi1, 1 for gsi3",
)
async def ship_once(mapper: Mapper, known: Landmarks) -> list[str]:
    """Ship an order, once only: it leaves the queue, and gets a shipment, in one transaction."""
    results: list[str] = []
    number = known.invoice_no
    address = Address(street="St James's Square 12", city="London", country="United Kingdom")
    for carrier in ("Carrier A", "Carrier B"):
        parcel = Shipment(
            invoice_no=number, number=1, carrier=carrier, address=address, shipped_at=datetime.now(UTC)
        )
        try:
            async with mapper.transaction() as tx:
                tx.update(
                    Order.key(number),
                    Order.status.set(OrderStatus.SHIPPED),
                    Order.waiting_since.remove(),
                    when=(Order.status == OrderStatus.PACKING) & (Order.shard == shard_of(number)),
                )
                tx.create(parcel)
            results.append(f"{carrier}: shipped")
        except ConditionalCheckFailed as refusal:
            order = refusal.item  # DynamoDB sends it back; some engines do not
            results.append(f"{carrier}: refused, the order is {order.status.value if order else '?'}")
    return results


@collect(
    PATTERNS,
    "table: ORDER#invoice_no, SHIPMENT#number; gsi1 follows",
    "0.5 RU and 1 WU, 2 for gsi1",
)
async def change_carrier(mapper: Mapper, known: Landmarks) -> Shipment:
    """Hand a shipment to another carrier: it moves from one partition of an index to another."""
    shipment = await mapper.require(Shipment, known.invoice_no, 1)
    shipment.carrier = "Carrier C"
    await mapper.save(shipment)
    return shipment


@collect(
    PATTERNS,
    "table: ORDER#invoice_no, SHIPMENT#number; condition and update inside of address",
    "1 WU, 1 for gsi1",
)
async def correct_address(mapper: Mapper, known: Landmarks) -> Address | None:
    """Change one field of an address, and nothing else."""
    city = Shipment.address.at(Address.city)
    shipment = await mapper.update(
        Shipment.key(known.invoice_no, 1), city.set("Westminster"), when=city.begins_with("Lon")
    )
    return shipment.address


@collect(
    PATTERNS,
    "gsi1: CARRIER#carrier, shipped_at; projection inside of address",
    "0.5 RU for each 4 KB: about ten shipments",
)
async def parcels_of_a_carrier(mapper: Mapper, known: Landmarks) -> list[tuple[str, str]]:
    """What a carrier has, and where to it goes."""
    parcels = mapper.query(Shipment).where(Shipment.carrier == "Carrier C")
    return await parcels.select(Shipment.invoice_no, Shipment.address.at(Address.city)).all()
