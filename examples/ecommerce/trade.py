"""What the generated shop does on a day: sales, cancellations, corrections of its stock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import accumulate
from random import Random
from typing import Final, Generic, TypeVar

from examples.ecommerce import calibration as real
from examples.ecommerce.catalogue import CHARGES, Article, articles

_PENNY: Final = Decimal("0.01")
_MINUTE: Final = timedelta(minutes=1)

Choice = TypeVar("Choice")


@dataclass(frozen=True, slots=True)
class _Customer:
    customer_id: str
    country: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an invoice, before it is written."""

    article: Article
    quantity: int
    price: Decimal
    description: str


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice before it is numbered: numbers follow the time of day."""

    at: datetime
    customer_id: str
    country: str
    lines: Sequence[Line]
    prefix: str = ""
    later_from: int | None = None  # lines from this one on carry the next minute


class _Weighted(Generic[Choice]):
    """A choice among things of different weight."""

    def __init__(self, random: Random, weights: Mapping[Choice, float]) -> None:
        self._random = random
        self._choices = list(weights)
        self._cumulated = list(accumulate(weights.values()))

    def draw(self) -> Choice:
        return self._random.choices(self._choices, cum_weights=self._cumulated)[0]


@dataclass(slots=True)
class Shop:
    """The shop's customers, articles and habits, and what it has sold so far."""

    random: Random
    articles: _Weighted[Article] = field(init=False)
    customers: _Weighted[_Customer] = field(init=False)
    sold: list[Invoice] = field(default_factory=list[Invoice])
    opened: bool = False

    def __post_init__(self) -> None:
        random = self.random
        self.articles = _Weighted(
            random,
            _by_rank(articles(random), real.ARTICLE_RANK_SHIFT, real.ARTICLE_RANK_EXPONENT),
        )
        self.customers = _Weighted(
            random,
            _by_rank(_customers(random), real.CUSTOMER_RANK_SHIFT, real.CUSTOMER_RANK_EXPONENT),
        )

    def day(self, day: date) -> list[Invoice]:
        """The invoices of a day, in the order of their times."""
        kinds = _Weighted(
            self.random,
            {
                self.sale: real.SALES,
                self.cancellation: real.CANCELLATIONS,
                self.written_off: real.WRITTEN_OFF,
                self.found: real.FOUND,
            },
        )
        usual = real.INVOICES_PER_WEEKDAY[day.weekday()]
        times = sorted(
            self.time_of(day) for _ in range(self.random.randint(usual * 9 // 10, usual * 11 // 10))
        )
        invoices = [kinds.draw()(at) for at in times]
        if not self.opened:
            self.opened = True
            invoices = self.with_rarities(invoices)
        return invoices

    def time_of(self, day: date) -> datetime:
        hour = _Weighted(self.random, real.HOURS_OF_SALES).draw()
        return datetime.combine(day, time(hour, self.random.randrange(60)))

    def sale(self, at: datetime) -> Invoice:
        if self.random.random() < real.ANONYMOUS_SHARE:
            return self.anonymous_sale(at)
        customer = self.customers.draw()
        lines = self.lines(
            self.size(real.LINES_OF_A_CUSTOMER),
            units=real.UNITS_OF_A_CUSTOMER,
            free=real.FREE_SHARE,
            repeated=real.REPEATED_SHARE,
        )
        if customer.country == "EIRE":
            lines += self.charge("C2", real.POSTAGE_SHARE_ABROAD)
        elif customer.country != "United Kingdom":
            lines += self.charge("POST", real.POSTAGE_SHARE_ABROAD)
        lines += self.charge("M", real.MANUAL_SHARE)
        invoice = Invoice(at, customer.customer_id, customer.country, lines)
        self.sold.append(invoice)
        return invoice

    def anonymous_sale(self, at: datetime) -> Invoice:
        large = self.random.random() < real.ANONYMOUS_LARGE_SHARE
        lines = self.lines(
            self.size(real.LINES_OF_A_LARGE_ANONYMOUS if large else real.LINES_OF_A_SMALL_ANONYMOUS),
            units=real.UNITS_OF_AN_ANONYMOUS,
            free=real.FREE_SHARE_ANONYMOUS,
            repeated=real.REPEATED_SHARE_ANONYMOUS,
            price_factor=real.ANONYMOUS_PRICE_FACTOR,
        )
        if large:
            lines += self.charge("DOT", real.POSTAGE_SHARE_LARGE_ANONYMOUS)
        return Invoice(at, "", _Weighted(self.random, real.COUNTRIES_OF_ANONYMOUS).draw(), lines)

    def size(self, shape: tuple[float, float, int, int]) -> int:
        """A number of lines: mean and standard deviation of its logarithm, and its bounds."""
        mean, deviation, smallest, largest = shape
        return min(max(round(self.random.lognormvariate(mean, deviation)), smallest), largest)

    def lines(
        self, count: int, *, units: Mapping[int, int], free: float, repeated: float, price_factor: float = 1.0
    ) -> list[Line]:
        """The lines of a sale; some of them repeat an article that the invoice has already."""
        quantities = _Weighted(self.random, units)
        lines: list[Line] = []
        named: set[str] = set()
        while len(lines) < count:
            if lines and self.random.random() < repeated:
                again = self.random.choice(lines)
                same = self.random.random() < 0.5
                lines.append(again if same else replace(again, quantity=quantities.draw()))
                continue
            article = self.articles.draw()
            if article.stock_code not in named:
                named.add(article.stock_code)
                price = Decimal(0) if self.random.random() < free else self.price(article, price_factor)
                lines.append(Line(article, quantities.draw(), price, article.description))
        return lines

    def price(self, article: Article, factor: float) -> Decimal:
        if factor == 1.0 and self.random.random() < real.OTHER_PRICE_SHARE:
            factor = self.random.choice((0.85, 0.9, 1.15))
        return (article.price * Decimal(str(factor))).quantize(_PENNY) if factor != 1.0 else article.price

    def charge(self, code: str, share: float) -> list[Line]:
        """In a share of the cases, one line that is not an article."""
        if self.random.random() >= share:
            return []
        return [self.charge_line(code, 1)]

    def charge_line(self, code: str, quantity: int) -> Line:
        article = CHARGES[code]
        price = (article.price * Decimal(self.random.randint(20, 300)) / 100).quantize(_PENNY)
        return Line(
            article, quantity, article.price if code in ("POST", "C2") else price, article.description
        )

    def cancellation(self, at: datetime) -> Invoice:
        if self.random.random() < real.CANCELLED_ANONYMOUS_SHARE:
            code = _Weighted(self.random, real.CANCELLED_FEES_ANONYMOUS).draw()
            return Invoice(at, "", "United Kingdom", [self.charge_line(code, -1)], prefix="C")
        origin = self.origin(at)
        if self.random.random() < real.CANCELLED_FEES_SHARE:
            returned = [self.charge_line(_Weighted(self.random, real.CANCELLED_FEES).draw(), -1)]
        else:
            count = min(_Weighted(self.random, real.LINES_OF_A_CANCELLATION).draw(), len(origin.lines))
            returned = [self.returned(line) for line in self.random.sample(list(origin.lines), count)]
        return Invoice(at, origin.customer_id, origin.country, returned, prefix="C")

    def origin(self, at: datetime) -> Invoice:
        """The sale that a cancellation takes back: one of this week mostly, else one from before."""
        if self.sold and self.random.random() < real.RETURNED_SHARE:
            return self.random.choice(self.sold)
        customer = self.customers.draw()
        lines = self.lines(4, units=real.UNITS_OF_A_CUSTOMER, free=0, repeated=0)
        return Invoice(at, customer.customer_id, customer.country, lines)

    def returned(self, line: Line) -> Line:
        return replace(
            line, quantity=-self.random.choice((line.quantity, self.random.randint(1, line.quantity)))
        )

    def written_off(self, at: datetime) -> Invoice:
        return self.corrected(
            at, -1, ("broken in the store", "wet", "??", "mixed up with another", "thrown out")
        )

    def found(self, at: datetime) -> Invoice:
        return self.corrected(at, 1, ("turned up", "counted again", "?", "put aside earlier"))

    def corrected(self, at: datetime, sign: int, notes: Sequence[str]) -> Invoice:
        """A correction of the stock: one line, no customer, no price, and often no word why."""
        note = "" if self.random.random() < real.UNDESCRIBED_SHARE else self.random.choice(notes)
        line = Line(self.articles.draw(), sign * self.random.choice(real.UNITS_CORRECTED), Decimal(0), note)
        return Invoice(at, "", "United Kingdom", [line])

    def with_rarities(self, invoices: list[Invoice]) -> list[Invoice]:
        """Add what is rare, once each; `generate` lists it, and interleaves two invoices besides."""
        origin = next(one for one in invoices if one.customer_id and not one.prefix and len(one.lines) > 1)
        invoices[invoices.index(origin)] = replace(origin, later_from=len(origin.lines) // 2)
        debt, pads, voucher = CHARGES["B"], CHARGES["PADS"], CHARGES["gift_0001_20"]
        abroad = "Cyprus" if origin.country != "Cyprus" else "Austria"
        evening = datetime.combine(origin.at.date(), time(20, 30))
        rare_lines = [Line(pads, 1, pads.price, pads.description), self.charge_line("POST", 1)]
        rarities = [
            Invoice(evening, "", "United Kingdom", [self.charge_line("BANK CHARGES", -1)], prefix="C"),
            Invoice(
                evening, "", "United Kingdom", [Line(debt, 1, -debt.price, debt.description)], prefix="A"
            ),
            Invoice(evening + _MINUTE, origin.customer_id, abroad, rare_lines),
            Invoice(
                evening + 2 * _MINUTE,
                "",
                "United Kingdom",
                [Line(voucher, 1, voucher.price, voucher.description)],
            ),
        ]
        return sorted([*invoices, *rarities], key=lambda one: one.at)


def _by_rank(choices: Sequence[Choice], shift: int, exponent: float) -> dict[Choice, float]:
    """Weights that fall with the rank: `(rank + shift) ** -exponent`, the law of Zipf and Mandelbrot."""
    return {choice: (rank + shift) ** -exponent for rank, choice in enumerate(choices, 1)}


def _customers(random: Random) -> list[_Customer]:
    countries = _Weighted(random, real.COUNTRIES)
    return [
        _Customer(str(number), countries.draw())
        for number in random.sample(range(12_000, 19_000), real.CUSTOMERS)
    ]
