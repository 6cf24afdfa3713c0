"""The shelf: what can be bought, in the order of what is sold most, with categories and search.

Categories and words are in no key of the table, and a few thousand names are few: they are read once, and
again when they are a minute old. Prices and stock are read for each page.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from time import monotonic
from typing import Final

from ddbmodel import Mapper
from examples.ecommerce.models import Listing, Product, ProductKind, Stock
from examples.ecommerce.web.art import sketch_of

CATEGORIES: Final = {
    "kitchen": ("Kitchen", ("bread-tin", "jam-spoon", "egg-timer", "tea-towel", "jug", "cake-stand")),
    "table": ("Table", ("coaster", "napkins", "mug")),
    "home": ("Home", ("door-stop", "lamp-shade", "wall-hook", "soap-dish", "match-holder", "key-tray")),
    "desk": ("Desk and craft", ("bookend", "pencil-roll", "box", "sewing-kit")),
    "outdoors": ("Garden and parties", ("picnic-rug", "plant-label", "garland", "bunting", "bag")),
}
PAGE_SIZE: Final = 24
_FRESH_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Entry:
    """An article on the shelf."""

    stock_code: str
    title: str
    category: str
    picture: str


@dataclass(frozen=True, slots=True)
class Offer:
    """An article with what it costs, and how many there are."""

    entry: Entry
    price: Decimal | None
    on_hand: int


@dataclass(frozen=True, slots=True)
class Found:
    """One page of what was looked for."""

    offers: Sequence[Offer]
    total: int
    page: int
    pages: int


class Shelf:
    """Keeps the names of the articles for a minute."""

    def __init__(self, mapper: Mapper, clock: Callable[[], float] = monotonic) -> None:
        self._mapper = mapper
        self._clock = clock
        self._entries: list[Entry] = []
        self._stale_at: float | None = None
        self._reading = asyncio.Lock()

    def forget(self) -> None:
        """Read the names again when they are wanted next."""
        self._stale_at = None

    async def entries(self) -> list[Entry]:
        """All articles, those that are sold most first."""
        async with self._reading:
            if self._stale_at is None or self._clock() >= self._stale_at:
                query = self._mapper.query(Product).where(
                    Product.kind == ProductKind.ARTICLE, Product.sold > 0
                )
                rows = await query.reverse().select(Product.stock_code, Product.name).all()
                self._entries = [entry_of(code, name) for code, name in rows]
                self._stale_at = self._clock() + _FRESH_SECONDS
        return self._entries

    async def find(self, words: str, category: str, page: int) -> Found:
        """The articles of a category (all if empty) whose names or codes have all of these words."""
        wanted = words.lower().split()
        hits = [
            entry
            for entry in await self.entries()
            if category in ("", entry.category)
            and all(word in f"{entry.title} {entry.stock_code}".lower() for word in wanted)
        ]
        pages = max(-(-len(hits) // PAGE_SIZE), 1)
        page = min(max(page, 1), pages)
        shown = hits[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
        return Found(await offers(self._mapper, shown), len(hits), page, pages)


def entry_of(stock_code: str, name: str | None) -> Entry:
    """An article as it is shown: its name in a kind spelling, its category and its picture."""
    sketch = sketch_of(stock_code, name)
    category = next(key for key, (_, things) in CATEGORIES.items() if sketch.thing in things)
    title = (name or stock_code).strip()
    return Entry(stock_code, title.capitalize() if title.isupper() else title, category, sketch.slug)


async def offers(mapper: Mapper, entries: Sequence[Entry]) -> list[Offer]:
    """Prices and stock of articles, in their order."""
    codes = [entry.stock_code for entry in entries]
    products, listings, stocks = await asyncio.gather(
        mapper.batch_get(Product, codes), mapper.batch_get(Listing, codes), mapper.batch_get(Stock, codes)
    )
    return [
        Offer(entry, price_of(product, listing), stock.on_hand if stock else 0)
        for entry, product, listing, stock in zip(entries, products, listings, stocks, strict=True)
    ]


def price_of(product: Product | None, listing: Listing | None) -> Decimal | None:
    """What an article costs: as it is listed, else the highest price that it was sold for."""
    if listing is not None:
        return listing.price
    return product.highest_price if product else None


async def one_offer(mapper: Mapper, stock_code: str) -> Offer | None:
    """An article with price and stock, in one request; None if there is none."""
    query = mapper.query(Product, Listing, Stock).where(Product.stock_code == stock_code)
    found = await query.grouped()
    if not found[Product]:
        return None
    product, listing = found[Product][0], next(iter(found[Listing]), None)
    stock = next(iter(found[Stock]), None)
    entry = entry_of(stock_code, listing.title if listing else product.name)
    return Offer(entry, price_of(product, listing), stock.on_hand if stock else 0)
