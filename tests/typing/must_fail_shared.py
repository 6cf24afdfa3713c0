"""Uses of shared tables that must fail: each line that is marked, under both checkers, and no other."""

from __future__ import annotations

from decimal import Decimal

from ddbmodel import Attr, GlobalIndex, Key, KeyAttribute, Mapper, Model, Table, TableIndex, version
from tests.typing.must_pass_shared import Customer, Invoice, Order, shop

Table()  # error
Table("shop")  # error
Table("shop", 5)  # error
Table("shop", "pk", 5)  # error
Table("shop", ("a", "b"))  # error
Table("shop", "pk", indexes=[GlobalIndex("a")])  # error
Table("shop", "pk", indexes=["gsi1"])  # error
Table("shop", "pk", "sk", [], "kind")  # error
TableIndex("gsi1")  # error
TableIndex("gsi1", 5)  # error
TableIndex("gsi1", "a", projection=5)  # error
TableIndex("gsi1", "a", local="yes")  # error
KeyAttribute("a", "X")  # error
Key("gsi1", 5)  # error
Key("gsi1", partition="A", sort=5)  # error
Key(5)  # error
Key(primary="A")  # error
Key("gsi1", "A", "B", shards="8")  # error
Key("gsi1", "A", "B", shards=2.0)  # error
shop.name = "x"  # error


class Versioned(Model):
    revision: Attr[int] = version()


def values(order: Order) -> None:
    """Fields with a role are fields."""
    Order(customer_id="c")  # error
    Order(customer_id="c", number="1")  # error
    Order(customer_id="c", number=1, primary=Key())  # error
    Versioned(revision=3)  # error
    Invoice(invoice_id="i", made_at="today")  # error
    order.revision = "x"  # error
    print(Order.made_at > 5)  # error
    text: str = order.expires_at  # error
    print(order.pk, text)  # error


async def collections(mapper: Mapper) -> None:
    """Several entities."""
    both = mapper.query(Customer, Order)
    mapper.query(Customer, "order")  # error
    mapper.query(Customer, Order, on_invalid="ignore")  # error
    both.select(Order.total)  # error
    both.where(Order.total == "x")  # error
    both.where(Order.revision == "x")  # error
    both.using(Order.total)  # error
    orders: list[Order] = await both.all()  # error
    first: Order = await both.first()  # error
    async for found in both:
        print(found.total)  # error
    groups = await both.grouped()
    customers: list[Customer] = groups[Order]  # error
    groups["order"]  # error
    print(groups[Order][0].email)  # error
    three: Decimal = (await mapper.query(Customer, Order, Invoice).all())[0]  # error
    print(orders, first, customers, three)


async def verbs(mapper: Mapper, order: Order) -> None:
    """Verbs."""
    await mapper.save("x")  # error
    await mapper.save(order, when=Order.total)  # error
    await mapper.update(order, Order.total.set(3), given=5)  # error
    customer, again = await mapper.transact_get(Customer.key("c"), Order.key("c", 1))
    wrong: Customer = customer  # error
    print(again.total, wrong)  # error
    await mapper.transact_get(Order)  # error
    async with mapper.transaction() as transaction:
        transaction.put("x")  # error
        transaction.update(order, Order.total == 3)  # error
        transaction.check(order, Order.total)  # error
        await transaction.put(order)  # error
    with mapper.transaction() as transaction:  # error
        pass
