"""The articles of the generated shop: all of them invented, with codes that look like the real shop's."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Final

from examples.ecommerce.calibration import ARTICLES, PADDED_SHARE, PRICES

_COLOURS: Final = (
    "AMBER", "SLATE", "MOSS", "CORAL", "INDIGO", "CHALK", "COPPER", "TEAL", "PLUM", "SAND", "ONYX", "MINT",
)  # fmt: skip
_MOTIFS: Final = (
    "OTTER", "COMET", "FERN", "TEAPOT", "KITE", "HARBOUR", "BEETLE", "ALMANAC", "ORCHARD", "LIGHTHOUSE",
    "PEBBLE", "SPARROW", "GALAXY", "THISTLE",
)  # fmt: skip
_THINGS: Final = (
    "BREAD TIN", "DOOR STOP", "LAMP SHADE", "TEA TOWEL", "JAM SPOON", "PENCIL ROLL", "PICNIC RUG", "BOOKEND",
    "WALL HOOK", "SOAP DISH", "PLANT LABEL", "EGG TIMER", "COASTER SET OF 4", "GARLAND 3M", "MATCH HOLDER",
    "NAPKINS PACK OF 20", "KEY TRAY", "POST-IT BOX", "LUNCH BAG", "HOT WATER JUG", "BUNTING", "CAKE STAND",
    "SEWING KIT", "TRAVEL MUG",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Article:
    """Something with a stock code: goods, or a charge that the shop books like goods."""

    stock_code: str
    description: str
    price: Decimal


# Codes that the real shop uses for what is not goods.
CHARGES: Final = {
    article.stock_code: article
    for article in (
        Article("POST", "CARRIAGE ABROAD", Decimal("18.0")),
        Article("DOT", "CARRIAGE, WEB SHOP", Decimal("184.96")),
        Article("C2", "CARRIAGE, ISLANDS", Decimal("50.0")),
        Article("M", "Entered by hand", Decimal("7.95")),
        Article("D", "Trade discount", Decimal("22.97")),
        Article("S", "SAMPLES GIVEN OUT", Decimal("19.5")),
        Article("BANK CHARGES", "Charges of the bank", Decimal("15.0")),
        Article("AMAZONFEE", "MARKETPLACE FEE", Decimal("5942.57")),
        Article("CRUK", "Donation withheld", Decimal("495.98")),
        Article("B", "Debt written off", Decimal("11062.06")),
        Article("PADS", "CUSHION PADS, MATCHING", Decimal("0.001")),
        Article("gift_0001_20", "Voucher, twenty pounds", Decimal("16.67")),
    )
}


def articles(random: Random) -> list[Article]:
    """Invent the shop's articles, in the order of their popularity.

    Most codes have five digits. Variants of one article share them and differ by a letter, and one in fifty
    of these comes in small letters as well, as a second article: that is how the real shop's codes are.
    """
    names = [f"{colour} {motif} {thing}" for colour in _COLOURS for motif in _MOTIFS for thing in _THINGS]
    random.shuffle(names)
    codes = _codes(random)
    prices = random.choices([Decimal(price) for price in PRICES], weights=list(PRICES.values()), k=ARTICLES)
    return [
        Article(code, f"{name} " if random.random() < PADDED_SHARE else name, price)
        for code, name, price in zip(codes, names, prices, strict=False)
    ]


def _codes(random: Random) -> list[str]:
    """Unique stock codes, variants included, in no order."""
    codes: list[str] = []
    for number in random.sample(range(10_000, 91_000), ARTICLES):
        if random.random() < 0.05:
            codes.extend(f"{number}{letter}" for letter in "ABC")
            if random.random() < 0.06:
                codes.append(f"{number}a")
        else:
            codes.append(str(number))
    random.shuffle(codes)
    return codes[:ARTICLES]
