"""Uses of streams and PartiQL that must fail: each line that is marked, under both checkers, and no other."""

from __future__ import annotations

from typing import Any

from ddbmodel import Mapper, changes_of_event, changes_of_kinesis
from tests.typing.shop import Customer, Order


async def following(mapper: Mapper) -> None:
    """Changes."""
    mapper.changes()  # error
    mapper.changes("orders")  # error
    mapper.changes(Order, start="now")  # error
    mapper.changes(Order, on_trimmed="ignore")  # error
    mapper.changes(Order, on_invalid="ignore")  # error
    mapper.changes(Order, checkpoint=5)  # error
    mapper.changes(Order, follow="no")  # error
    mapper.changes(Order, concurrency="8")  # error
    mapper.changes(Order, streams="http://localhost")  # error
    async for change in mapper.changes(Order):
        print(change.new.total)  # error
        other: Customer | None = change.old  # error
        print(change.key.total, other)  # error
        change.kind = "INSERT"  # error
        if change.new is not None:
            total: str = change.new.total  # error
            print(total)
    async for either in mapper.changes(Customer, Order):
        order: Order | None = either.new  # error
        print(order)
    for _ in mapper.changes(Order):  # error
        pass


def delivered(event: dict[str, Any]) -> None:
    """Events."""
    changes_of_event(event)  # error
    changes_of_event(Order, event)  # error
    changes_of_event(event, "orders")  # error
    changes_of_kinesis([b""], Order)  # error
    for change in changes_of_event(event, Order):
        print(change.new.total)  # error
        customer: Customer | None = change.new  # error
        print(customer)


async def statements(mapper: Mapper) -> None:
    """Statements."""
    await mapper.execute("SELECT ...", "c", 5)  # error
    await mapper.execute("SELECT ...", model="orders")  # error
    found: list[Customer] = await mapper.execute("SELECT ...", model=Order)  # error
    mapper.select("SELECT ...", model=Order).all()  # error
    async for order in mapper.select("SELECT ...", model=Order):
        total: str = order.total  # error
        print(total, found)
