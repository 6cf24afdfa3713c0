"""What a table is filled with: generated days of the shop, one after the other, and stock of all articles."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeAlias
from zlib import crc32

from ddbmodel import Mapper
from examples.ecommerce.assemble import Assembler, Item
from examples.ecommerce.generate import trading_days, write_days
from examples.ecommerce.models import Order, Product, ProductKind, Stock
from examples.ecommerce.source import read_lines

SampleItem: TypeAlias = Item | Stock

_SEED: Final = 1
_ON_HAND: Final = 100
_FEW_OF: Final = 30  # of one article in so many there are less than ten units


async def load_sample(mapper: Mapper, days: int) -> int:
    """Write the first days, and return how many items they have. The table is there already."""
    items = await asyncio.to_thread(sample_items, 0, days)
    async with mapper.batch_writer() as writer:
        for item in items:
            await writer.put(item)
    return writer.report.written


async def days_loaded(mapper: Mapper) -> int:
    """How many days are in the table: the first day without an order is the next one to be loaded.

    Cost: half a read unit for each day.
    """
    loaded = 0
    for day in trading_days():
        if await mapper.query(Order).where(Order.day == day).select(Order.invoice_no).first() is None:
            break
        loaded += 1
    return loaded


def sample_items(loaded: int, days: int) -> list[SampleItem]:
    """Make the items of the days that follow those that are loaded.

    No order that is loaded is among them, whatever has become of it, and no stock that is kept already.
    Customers and products are: what they add up to goes on.
    """
    assembler = Assembler()
    with TemporaryDirectory(prefix="ddbmodel-shop-") as folder:
        files = write_days(Path(folder), seed=_SEED, days=loaded + days)
        for _ in assembler.orders(read_lines(files[:loaded])):
            pass  # the assembler keeps account of them
        stocked = {product.stock_code for product in assembler.products()}
        return list(_with_stock(assembler.items(read_lines(files[loaded:])), stocked))


def _with_stock(items: Iterable[Item], stocked: set[str]) -> Iterator[SampleItem]:
    for item in items:
        yield item
        if isinstance(item, Product) and item.kind is ProductKind.ARTICLE and item.stock_code not in stocked:
            yield _stock(item.stock_code)


def _stock(stock_code: str) -> Stock:
    """Plenty, or only a few; the same each time, and in no order."""
    dice = crc32(stock_code.encode())
    if dice % _FEW_OF:
        return Stock(stock_code=stock_code, on_hand=_ON_HAND)
    return Stock(stock_code=stock_code, on_hand=dice // _FEW_OF % 10, low_since=datetime.now(UTC))
