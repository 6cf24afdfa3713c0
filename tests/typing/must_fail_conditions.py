"""Conditions that must fail: each line that is marked, under both checkers, and no other.

`==` with a wrong value falls back to `object.__eq__`, and is a bool; what takes a condition refuses that.
"""
# ruff: noqa: E711, SIM201  # conditions, wrong ones

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from ddbmodel import Condition
from tests.typing.shop import Address, Card, Colour, Kind, Line, Order

NOW = datetime.now(UTC)


def want(condition: Condition) -> None:
    """Take a condition."""


def use(*values: object) -> None:
    """Take anything."""


# Equality
want(Order.status == 3)  # error
want(Order.status == None)  # error
want(Order.status == Order.count)  # error
want(Order.status != 3)  # error
want(Order.state == "sold")  # error
want(Order.colour == "red")  # error
want(Order.colour == Kind.SALE)  # error
want(Order.kind == "sale")  # error
want(Order.total == "3")  # error
want(Order.total == 0.5)  # error
want(Order.total == Order.count)  # error
want(Order.total == Order.status)  # error
want(Order.discount == "3")  # error
want(Order.count == "3")  # error
want(Order.count == 0.5)  # error
want(Order.count == Order.total)  # error
want(Order.flag == "x")  # error
want(Order.flag == 1)  # error
want(Order.blob == "x")  # error
want(Order.created == "2026-10-13")  # error
want(Order.created == date(2026, 10, 13))  # error
want(Order.uid == "x")  # error
want(Order.shop == "Bath")  # error
want(Order.shop == Line(sku="a", price=Decimal(1)))  # error
want(Order.lines == [1])  # error
want(Order.tags == ["a"])  # error
want(Order.pair == ("a", 1))  # error
want(Order.labels == {"a": 1})  # error
want(Order.lines.size() == "3")  # error
want(Order.lines.size() == Order.note)  # error

# Order
use(Order.status < 3)  # error
use(Order.note >= 3)  # error
use(Order.total > "3")  # error
use(Order.total > 0.5)  # error
use(Order.total > Order.status)  # error
use("3" < Order.total)  # error
use(Order.count < "3")  # error
use(Order.count < 0.5)  # error
use(Order.count < Order.total)  # error
use(Order.ratio < "3")  # error
use(Order.flag < True)  # error
use(Order.flag > 0)  # error
use(Order.kind < Kind.SALE)  # error
use(Order.created < "2026")  # error
use(Order.created < date(2026, 10, 13))  # error
use(Order.day < NOW.time())  # error
use(Order.uid < "x")  # error
use(Order.took < 3)  # error
use(Order.blob < "x")  # error
use(Order.lines < [])  # error
use(Order.labels < 3)  # error
use(Order.tags < {"a"})  # error
use(Order.shop < Order.shop)  # error
use(Order.total.between("a", "b"))  # error
use(Order.total.between(1))  # error
use(Order.status.between(1, 2))  # error
use(Order.flag.between(False, True))  # error
use(Order.created.between(NOW, "x"))  # error
use(Order.lines.between([], []))  # error
use(Order.lines.size() > "3")  # error
use(Order.lines.size() > Order.note)  # error
use(Order.lines.size().between("a", "b"))  # error

# Functions
use(Order.total.is_in("a"))  # error
use(Order.total.is_in(["a"]))  # error
use(Order.state.is_in("sold"))  # error
use(Order.state.is_in(["sold"]))  # error
use(Order.count.is_in(1, "a"))  # error
use(Order.kind.is_in("sale"))  # error
use(Order.lines.size().is_in("a"))  # error
use(Order.total.begins_with("x"))  # error
use(Order.count.begins_with("x"))  # error
use(Order.flag.begins_with("x"))  # error
use(Order.lines.begins_with("x"))  # error
use(Order.shop.begins_with("x"))  # error
use(Order.status.begins_with(3))  # error
use(Order.status.begins_with(b"x"))  # error
use(Order.blob.begins_with("x"))  # error
use(Order.created.begins_with(NOW))  # error
use(Order.status.contains(3))  # error
use(Order.total.contains(3))  # error
use(Order.blob.contains(3))  # error
use(Order.shop.contains("x"))  # error
use(Order.labels.contains("x"))  # error
use(Order.tags.contains(3))  # error
use(Order.old_tags.contains(3))  # error
use(Order.sizes.contains("a"))  # error
use(Order.lines.contains(3))  # error
use(Order.numbers.contains("a"))  # error
use(Order.prices.contains("a"))  # error
use(Order.words.contains(3))  # error
use(Order.total.size())  # error
use(Order.count.size())  # error
use(Order.flag.size())  # error
use(Order.total.is_type("X"))  # error
use(Order.total.exists("x"))  # error

# Nested
use(Order.total.at(Address.city))  # error
use(Order.total.at("city"))  # error
use(Order.lines.at(Line.price))  # error
use(Order.shop.at(3))  # error
use(Order.shop.at(Address))  # error
use(Order.total[0])  # error
use(Order.status[0])  # error
use(Order.tags[0])  # error
use(Order.shop["city"])  # error
use(Order.lines["a"])  # error
use(Order.labels[3])  # error
use(Order.by_number["a"])  # error
use(Order.pair["a"])  # error
want(Order.shop.at(Address.city) == 3)  # error
want(Order.lines[0] == 3)  # error
want(Order.lines[0].at(Line.price) == "3")  # error
use(Order.lines[0].at(Line.price) > "3")  # error
use(Order.lines[0].price)  # error
want(Order.labels["a"] == 3)  # error
want(Order.by_number[3].at(Line.sku) == 3)  # error
want(Order.pair[0] == "a")  # error
want(Order.pair[1] == 3)  # error
want(Order.payment.at(Card.number) == 3)  # error
for _line in Order.lines:  # error
    pass
use("a" in Order.tags)  # error
use(list(Order.lines))  # error
use(len(Order.lines))  # error

# Combinations
want(Order.flag)  # error
want(Order.total)  # error
want(True)  # error
want("total = 3")  # error
want(None)  # error
want(not (Order.total == 3))  # error
want(Order.total == 3 and True)  # error
want(Order.total.set(3))  # error
want(Order.lines.size())  # error
use((Order.total == 3) & True)  # error
use((Order.total == 3) & Order.flag)  # error
use((Order.total == 3) & "x")  # error
use((Order.total == 3) | Order.total.set(3))  # error
use((Order.total == "3") & (Order.count == 3))  # error
use((Order.count == 3) & (Order.total == "3"))  # error
use(~Order.flag)  # error
use(Order.flag & Order.flag)  # error
use(1 if Order.total == 3 else 2)  # error: pyright
if Order.flag:  # error: pyright
    use(1)
while Order.count > Order.limit:  # error: pyright
    break
want(Order.colour == Colour.RED)
