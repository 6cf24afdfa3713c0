"""Lines about models that must fail: each that is marked, under both checkers, and no other."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from ddbmodel import Attr, Compressed, GlobalIndex, LocalIndex, Model, Path, field, partition_key
from tests.typing.shop import Address, Line, Order, Pair

NOW = datetime.now(UTC)


def use(*values: object) -> None:
    """Take anything."""


# Constructors
Line()  # error
Line(sku="a")  # error
Line("a", Decimal(1))  # error
Line(sku=1, price=Decimal(1))  # error
Line(sku="a", price="1")  # error
Line(sku="a", price=Decimal(1), quantity=None)  # error
Line(sku="a", price=Decimal(1), colour="red")  # error
Order(customer_id="c", order_id="o", total=Decimal(1))  # error
Order(created=NOW, customer_id="c", order_id="o", total=Decimal(1), lines=[1])  # error
Order(created=NOW, customer_id="c", order_id="o", total=Decimal(1), shop="x")  # error
Order(created=NOW, customer_id="c", order_id="o", total=Decimal(1), state="sold")  # error
Order(created="x", customer_id="c", order_id="o", total=Decimal(1))  # error
Address(street="x")  # error
Pair[int](first="a", second=1)  # error
Pair[int](first=1)  # error

# Instances
line = Line(sku="a", price=Decimal(1))
order = Order(created=NOW, customer_id="c", order_id="o", total=Decimal(1))
line.price = "1"  # error
line.price = None  # error
line.sku = 3  # error
line.colour = "red"  # error
order.total = "x"  # error
order.total = 0.5  # error
order.note = 3  # error
order.tags = ["a"]  # error
order.lines = [3]  # error
order.untyped = "x"  # error
order.created = "2026"  # error
use(order.nope)  # error
use(order.total.upper())  # error
use(order.note.upper())  # error
use(order.total.between(1, 2))  # error
use(order.lines[0].at(Line.price))  # error

# Paths
use(Order.nope)  # error
use(Order.total.nope)  # error
use(Order.shop.city)  # error
use(Order.lines.sku)  # error
use(Order.total.as_tuple())  # error
number: Path[int] = Order.total  # error
text: Path[str] = Order.note  # error
value: Decimal = Order.total  # error


# Declarations
class Defaults(Model):
    count: Attr[int] = "x"  # error
    alias: Attr[int] = field(stored_as="x")  # error
    name: Attr[str] = field(attribute=3)  # error
    body: Attr[str] = field(stored_as=Compressed)  # error
    key_id: Attr[str] = partition_key(stored_as=Compressed())  # error
    part_id: Attr[str] = partition_key(shards="8")  # error
    by_count = GlobalIndex(partition_key=3)  # error
    by_name = GlobalIndex()  # error
    by_body = GlobalIndex("body", shards="3")  # error
    by_total = LocalIndex("count", shards=3)  # error
    by_alias = LocalIndex(sort_key="count", projection="SOME", kind=3)  # error


# Compression
use(Compressed("lz4"))  # error
use(Compressed("zlib", 6))  # error
use(Compressed(level="best"))  # error
