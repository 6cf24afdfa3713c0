"""The online shop of AWS's developer guide: nine entities in one table, with the keys and indexes as published.

The revision has times without a word in front in the second index, so that what a customer bought and what was
billed stand in one range.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/data-modeling-online-shop.html
Source: https://github.com/aws-samples/amazon-dynamodb-design-patterns/tree/master/examples/an-online-shop
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from ddbmodel import Attr, Key, Mapper, Model, Table, TableIndex, field

INDEXES = (TableIndex("GSI1", "GSI1-PK", "GSI1-SK"), TableIndex("GSI2", "GSI2-PK", "GSI2-SK"))
NOON = datetime(2026, 6, 21, 12, tzinfo=UTC)
DAY = timedelta(days=1)

shop = Table("OnlineShop", "PK", "SK", INDEXES, entity_attribute="EntityType")
revised = Table("OnlineShopRevised", "PK", "SK", INDEXES, entity_attribute="EntityType")


class Address(Model):
    """A part of warehouses and shipments."""

    city: Attr[str]
    street: Attr[str]


class Customer(Model, table=shop, entity="customer"):
    """Stands alone, so its sort key repeats its partition key."""

    customer_id: Attr[str]
    name: Attr[str]
    email: Attr[str]

    primary = Key(partition="c#{customer_id}", sort="c#{customer_id}")


class Product(Model, table=shop, entity="product"):
    product_id: Attr[str]
    name: Attr[str]
    price: Attr[Decimal]

    primary = Key(partition="p#{product_id}", sort="p#{product_id}")


class Warehouse(Model, table=shop, entity="warehouse"):
    warehouse_id: Attr[str]
    address: Attr[Address]

    primary = Key(partition="w#{warehouse_id}", sort="w#{warehouse_id}")


class WarehouseItem(Model, table=shop, entity="warehouseItem"):
    """How much of a product a warehouse has: found from both."""

    product_id: Attr[str]
    warehouse_id: Attr[str]
    quantity: Attr[int]

    primary = Key(partition="p#{product_id}", sort="w#{warehouse_id}")
    by_warehouse = Key("GSI2", partition="w#{warehouse_id}", sort="p#{product_id}")


class Order(Model, table=shop, entity="order"):
    """Heads the collection of everything that belongs to it."""

    order_id: Attr[str]
    customer_id: Attr[str]
    placed_at: Attr[datetime]

    primary = Key(partition="o#{order_id}", sort="c#{customer_id}")


class OrderItem(Model, table=shop, entity="orderItem"):
    order_id: Attr[str]
    product_id: Attr[str]
    customer_id: Attr[str]
    ordered_at: Attr[datetime]
    quantity: Attr[int]
    price: Attr[Decimal]

    primary = Key(partition="o#{order_id}", sort="p#{product_id}")
    by_product = Key("GSI1", partition="p#{product_id}", sort="{ordered_at}")
    by_customer = Key("GSI2", partition="c#{customer_id}", sort="p#{ordered_at}")


class Payment(Model):
    """A part of invoices."""

    kind: Attr[str]
    amount: Attr[Decimal]


class Invoice(Model, table=shop, entity="invoice"):
    """Holds its payments."""

    order_id: Attr[str]
    invoice_id: Attr[str]
    customer_id: Attr[str]
    issued_at: Attr[datetime]
    amount: Attr[Decimal]
    payments: Attr[list[Payment]] = field(default_factory=list)

    primary = Key(partition="o#{order_id}", sort="i#{invoice_id}")
    by_invoice = Key("GSI1", partition="i#{invoice_id}", sort="i#{invoice_id}")
    by_customer = Key("GSI2", partition="c#{customer_id}", sort="i#{issued_at}")


class Shipment(Model, table=shop, entity="shipment"):
    order_id: Attr[str]
    shipment_id: Attr[str]
    warehouse_id: Attr[str]
    sent_at: Attr[datetime]
    address: Attr[Address]

    primary = Key(partition="o#{order_id}", sort="sh#{shipment_id}")
    by_shipment = Key("GSI1", partition="sh#{shipment_id}", sort="sh#{shipment_id}")
    by_warehouse = Key("GSI2", partition="w#{warehouse_id}", sort="sh#{shipment_id}")


class ShipmentItem(Model, table=shop, entity="shipmentItem"):
    order_id: Attr[str]
    shipment_item_id: Attr[str]
    shipment_id: Attr[str]
    product_id: Attr[str]
    quantity: Attr[int]

    primary = Key(partition="o#{order_id}", sort="shp#{shipment_item_id}")
    by_shipment = Key("GSI1", partition="sh#{shipment_id}", sort="p#{product_id}")


class DatedOrderItem(OrderItem, table=revised, entity="orderItem"):
    by_customer = Key("GSI2", partition="c#{customer_id}", sort="{ordered_at}")


class DatedInvoice(Invoice, table=revised, entity="invoice"):
    by_customer = Key("GSI2", partition="c#{customer_id}", sort="{issued_at}")


# One item of each kind with the keys that are asked for, among others that a careless key would find as well.

ADDRESS = Address(city="Cork", street="Quay 1")
CUSTOMERS = [Customer(customer_id=one, name=one, email=f"{one}@example.com") for one in ("1", "10")]
PRODUCTS = [Product(product_id=one, name=one, price=Decimal(one)) for one in ("1", "2", "10")]
WAREHOUSES = [Warehouse(warehouse_id=one, address=ADDRESS) for one in ("1", "2")]
STOCK = [
    WarehouseItem(product_id=product, warehouse_id=warehouse, quantity=int(product))
    for product in ("1", "2", "10")
    for warehouse in ("1", "2")
]
ORDERS = [
    Order(order_id=str(number), customer_id="1" if number < 4 else "10", placed_at=NOON + number * DAY)
    for number in range(1, 6)
]
ORDER_ITEMS = [
    OrderItem(
        order_id=order.order_id,
        product_id=product,
        customer_id=order.customer_id,
        ordered_at=order.placed_at + timedelta(minutes=int(product)),
        quantity=int(product),
        price=Decimal(5),
    )
    for order in ORDERS
    for product in ("1", "10")
]
INVOICES = [
    Invoice(
        order_id=order.order_id,
        invoice_id=f"{order.order_id}0",
        customer_id=order.customer_id,
        issued_at=order.placed_at + timedelta(minutes=5),
        amount=Decimal(55),
        payments=[
            Payment(kind="gift card", amount=Decimal(15)),
            Payment(kind="credit card", amount=Decimal(40)),
        ],
    )
    for order in ORDERS
]
SHIPMENTS = [
    Shipment(
        order_id=order.order_id,
        shipment_id=order.order_id + warehouse,
        warehouse_id=warehouse,
        sent_at=order.placed_at + DAY,
        address=ADDRESS,
    )
    for order in ORDERS
    for warehouse in ("1", "2")
]
SHIPMENT_ITEMS = [
    ShipmentItem(
        order_id=shipment.order_id,
        shipment_item_id=f"{shipment.shipment_id}{product}",
        shipment_id=shipment.shipment_id,
        product_id=product,
        quantity=int(product),
    )
    for shipment in SHIPMENTS
    for product in ("1", "10")
]
EVERYTHING: list[Model] = [
    *CUSTOMERS,
    *PRODUCTS,
    *WAREHOUSES,
    *STOCK,
    *ORDERS,
    *ORDER_ITEMS,
    *INVOICES,
    *SHIPMENTS,
    *SHIPMENT_ITEMS,
]


async def fill(mapper: Mapper) -> None:
    """Create both tables, and put everything."""
    await mapper.create_table(Order)
    await mapper.create_table(DatedInvoice)
    async with mapper.batch_writer() as writer:
        for model in EVERYTHING:
            await writer.put(model)
        for item in ORDER_ITEMS:
            await writer.put(DatedOrderItem(**item.model_dump()))
        for invoice in INVOICES:
            await writer.put(DatedInvoice(**invoice.model_dump()))
