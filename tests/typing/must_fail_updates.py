"""Update actions that must fail: each line that is marked, under both checkers, and no other."""

from __future__ import annotations

from datetime import timedelta

from tests.typing.shop import Address, Line, Order


def use(*values: object) -> None:
    """Take anything."""


# set
Order.total.set("3")  # error
Order.total.set(0.5)  # error
Order.total.set(None)  # error
Order.total.set(Order.note)  # error
Order.total.set(Order.count)  # error
Order.total.set(Order.discount)  # error
Order.total.set(Order.count + 1)  # error
Order.total.set(Order.lines.size())  # error
Order.total.set(Order.total == 3)  # error
Order.count.set("x")  # error
Order.count.set(0.5)  # error
Order.count.set(None)  # error
Order.count.set(Order.limit)  # error
Order.count.set(Order.total + 1)  # error
Order.status.set(3)  # error
Order.status.set(None)  # error
Order.status.set(Order.note)  # error
Order.state.set("sold")  # error
Order.colour.set("red")  # error
Order.note.set(3)  # error
Order.flag.set("x")  # error
Order.created.set("2026")  # error
Order.tags.set(["a"])  # error
Order.tags.set({3})  # error
Order.lines.set(3)  # error
Order.lines.set([3])  # error
Order.shop.set("x")  # error
Order.pair.set(("a", 1))  # error
Order.total.set()  # error
Order.total.sett(3)  # error
Order.total.set_if_not_exists("x")  # error
Order.count.set_if_not_exists(0.5)  # error
Order.status.set_if_not_exists(Order.count)  # error
Order.note.remove("x")  # error

# Sums
use(Order.count + "x")  # error
use(Order.count + 0.5)  # error
use(Order.count + Order.note)  # error
use(Order.count + Order.total)  # error
use(Order.count + 1 + 1)  # error
use("x" + Order.count)  # error
use(Order.count * 2)  # error
use(-Order.count)  # error
use(Order.total - "x")  # error
use(Order.note + "x")  # error
use(Order.flag + 1)  # error
use(Order.level + 1)  # error
use(Order.created + timedelta(1))  # error
use(Order.took + 1)  # error
use(Order.lines + Order.lines)  # error

# add, increment, delete
Order.total.add("3")  # error
Order.total.add(0.5)  # error
Order.total.add({3})  # error
Order.count.add(0.5)  # error
Order.count.add(None)  # error
Order.count.add(Order.limit)  # error
Order.flag.add(1)  # error
Order.note.add("x")  # error
Order.level.add(1)  # error
Order.created.add(1)  # error
Order.lines.add({3})  # error
Order.labels.add({"a"})  # error
Order.tags.add("a")  # error
Order.tags.add({3})  # error
Order.tags.add(3)  # error
Order.sizes.add({"a"})  # error
Order.count.increment("x")  # error
Order.count.increment(start="x")  # error
Order.count.increment(1, 2)  # error
Order.total.increment(0.5)  # error
Order.flag.increment()  # error
Order.note.increment()  # error
Order.level.increment()  # error
Order.tags.increment()  # error
Order.tags.delete("a")  # error
Order.tags.delete({3})  # error
Order.tags.delete(3)  # error
Order.lines.delete([3])  # error
Order.total.delete({3})  # error
Order.note.delete("x")  # error

# append, prepend
Order.lines.append(3)  # error
Order.lines.append([3])  # error
Order.lines.prepend("x")  # error
Order.prices.append("x")  # error
Order.prices.append(0.5)  # error
Order.matrix.append(3)  # error
Order.tags.append("x")  # error
Order.total.append(3)  # error
Order.note.append("x")  # error
Order.numbers.append(3)  # error
Order.pair.append(3)  # error

# Nested
Order.shop.at(Address.city).set(3)  # error
Order.shop.at(Address.city).add(3)  # error
Order.lines[0].set("x")  # error
Order.lines[0].at(Line.quantity).add("x")  # error
Order.labels["k"].set(3)  # error
Order.by_number[3].at(Line.price).set("x")  # error
Order.pair[0].set("x")  # error
Order.pair[1].set(3)  # error
