"""What the embedded engine is filled with: generated days of the shop, and stock of every article."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from ddbmodel import Mapper
from examples.ecommerce.assemble import Assembler, Item
from examples.ecommerce.days import Days
from examples.ecommerce.generate import write_days
from examples.ecommerce.models import Product, ProductKind, Stock
from examples.ecommerce.source import read_lines

_ON_HAND: Final = 100


async def load_sample(mapper: Mapper, days: int) -> int:
    """Write the sample, and return how many items it has. The table is there already."""
    with TemporaryDirectory(prefix="ddbmodel-shop-") as folder:
        files = write_days(Path(folder), seed=1, days=days)
        async with mapper.batch_writer() as writer:
            for item in _with_stock(Assembler().items(read_lines(files, Days(first=days)))):
                await writer.put(item)
    return writer.report.written


def _with_stock(items: Iterable[Item]) -> Iterator[Item | Stock]:
    for item in items:
        yield item
        if isinstance(item, Product) and item.kind is ProductKind.ARTICLE:
            yield Stock(stock_code=item.stock_code, on_hand=_ON_HAND)
