"""Products, how they are presented, and their stock."""

# ruff: noqa: ARG001 - all patterns are called alike, and not all need to know a key

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from ddbmodel import ConditionalCheckFailed, ItemExists, Mapper
from examples.ecommerce.landmarks import Landmarks
from examples.ecommerce.models import (
    WAREHOUSE,
    Listing,
    OrderLines,
    Product,
    ProductKind,
    Stock,
)
from examples.ecommerce.pattern import Pattern, collect

PATTERNS: Final[list[Pattern]] = []


@collect(PATTERNS, "table: PRODUCT#stock_code, DETAILS", "0.5 RU")
async def a_product(mapper: Mapper, known: Landmarks) -> Product | None:
    """A product by its code."""
    return await mapper.get(Product, known.stock_code)


@collect(PATTERNS, "table: PRODUCT#stock_code, LISTING; new only", "1 WU, also if refused")
async def list_a_product(mapper: Mapper, known: Landmarks) -> list[str]:
    """Put two products into the web shop, each once only."""
    results: list[str] = []
    for code in (known.stock_code, known.other_stock_code, known.stock_code):
        product = await mapper.require(Product, code)
        price = product.highest_price or Decimal(1)
        try:
            await mapper.create(Listing(stock_code=code, title=product.name or code, price=price))
            results.append(f"{code} listed")
        except ItemExists as refusal:
            results.append(f"{code} refused: listed for {price} already" if refusal.item else "refused")
    return results


@collect(PATTERNS, "table: PRODUCT#stock_code, LISTING; condition on the version", "1 RU and 1 WU a try")
async def edit_a_listing(mapper: Mapper, known: Landmarks) -> Listing:
    """Three editors tag a product at the same time: who is slower reads it again, and no tag is lost."""
    key = Listing.key(known.stock_code)

    async def tag(name: str) -> None:
        await mapper.retry_on_conflict(key, lambda listing: listing.tags.add(name))

    await asyncio.gather(tag("new"), tag("gift"), tag("kitchen"))
    return await mapper.require(key, consistent=True)


@collect(PATTERNS, "table: PRODUCT#stock_code, STOCK; atomic counter", "1 WU, 1 more if it leaves gsi3")
async def goods_in(mapper: Mapper, known: Landmarks) -> list[Stock]:
    """Add what is delivered at several doors to the stock, which is made if there is none yet."""

    async def arrive(stock_code: str, units: int) -> None:
        await mapper.update(
            Stock.key(stock_code),
            Stock.on_hand.add(units),
            Stock.warehouse.set(WAREHOUSE),
            Stock.low_since.remove(),  # nothing has to be reordered any more
            upsert=True,
        )

    first, other = known.stock_code, known.other_stock_code
    await asyncio.gather(arrive(first, 20), arrive(other, 7), arrive(first, 30))
    keys = [Stock.key(first), Stock.key(other)]
    return [await mapper.require(key, consistent=True) for key in keys]


@collect(PATTERNS, "table: PRODUCT#stock_code, STOCK; condition on the counter", "1 WU, also if refused")
async def write_off(mapper: Mapper, known: Landmarks) -> list[str]:
    """Take broken units out of the stock; of ten who count at the same time nobody goes below zero."""

    async def take(units: int) -> str:
        enough = Stock.on_hand >= units
        try:
            key = Stock.key(known.other_stock_code)
            left = await mapper.update(key, Stock.on_hand.add(-units), when=enough)
        except ConditionalCheckFailed as refusal:
            return f"{units} refused, there are {refusal.item.on_hand if refusal.item else '?'}"
        return f"{units} written off, {left.on_hand} left"

    return sorted(await asyncio.gather(*(take(1) for _ in range(10))), reverse=True)


@collect(
    PATTERNS,
    "table: PRODUCT#stock_code, STOCK; then gsi3: REORDER#warehouse, low_since, and the items by their keys",
    "2 WU to enter it; 0.5 RU for 4 KB of keys, 0.5 RU for each item",
)
async def to_reorder(mapper: Mapper, known: Landmarks) -> list[Stock]:
    """What has to be reordered, longest waiting first: an index that has nothing else in it."""
    await mapper.update(
        Stock.key(known.other_stock_code),
        Stock.warehouse.set(WAREHOUSE),
        Stock.low_since.set(datetime.now(UTC)),
        when=(Stock.on_hand < 10) & Stock.low_since.not_exists(),
    )
    return await mapper.query(Stock).where(Stock.warehouse == WAREHOUSE).hydrate().all()


@collect(PATTERNS, "table: PRODUCT#stock_code", "0.5 RU for all three together")
async def product_page(mapper: Mapper, known: Landmarks) -> list[Product | Listing | Stock]:
    """All there is on a product, its presentation and its stock, in one request."""
    query = mapper.query(Product, Listing, Stock).where(Product.stock_code == known.stock_code)
    return await query.all()


@collect(PATTERNS, "gsi2: KIND#kind, sold, backward", "0.5 RU for 4 KB of the index's entries")
async def best_sellers(mapper: Mapper, known: Landmarks) -> list[tuple[str, str | None, int]]:
    """The ten articles that were sold most."""
    articles = mapper.query(Product).where(Product.kind == ProductKind.ARTICLE, Product.sold > 0)
    return await articles.reverse().limit(10).select(Product.stock_code, Product.name, Product.sold).all()


@collect(
    PATTERNS,
    "table: ORDER#invoice_no, LINES#part; PRODUCT#stock_code, DETAILS, many at once",
    "0.5 RU for each item",
)
async def products_of_an_invoice(mapper: Mapper, known: Landmarks) -> list[Product | None]:
    """The products of an invoice's first lines, in the order of the lines."""
    first = await mapper.require(OrderLines, known.invoice_no, 1)
    return await mapper.batch_get(Product, [line.stock_code for line in first.lines])


@collect(PATTERNS, "table: PRODUCT#stock_code, LISTING; condition on its revision", "1 WU, also if refused")
async def withdraw(mapper: Mapper, known: Landmarks) -> list[str]:
    """Take a product out of the web shop, unless somebody has edited its listing since it was read."""
    stale = await mapper.require(Listing, known.other_stock_code)
    fresh = await mapper.require(Listing, known.other_stock_code)
    fresh.title = f"{fresh.title}!"
    await mapper.save(fresh)
    results: list[str] = []
    for read in (stale, fresh):
        try:
            await mapper.delete(read)
            results.append(f"withdrawn in revision {read.revision}")
        except ConditionalCheckFailed as refusal:  # a VersionConflict
            results.append(f"{type(refusal).__name__}: revision {read.revision} is not the stored one")
    return results
