"""The access patterns of AWS's online shop, in their order: what each finds, and by which key.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/data-modeling-online-shop.html
"""

from __future__ import annotations

from typing import Any

import pytest

from ddbmodel import Collection, ItemKey, Mapper, Model, Query
from ddbmodel.model import plan_of
from tests.conformance.online_shop import (
    CUSTOMERS,
    DAY,
    INVOICES,
    NOON,
    ORDER_ITEMS,
    ORDERS,
    PRODUCTS,
    SHIPMENT_ITEMS,
    SHIPMENTS,
    STOCK,
    WAREHOUSES,
    Customer,
    DatedInvoice,
    DatedOrderItem,
    Invoice,
    Order,
    OrderItem,
    Product,
    Shipment,
    ShipmentItem,
    Warehouse,
    WarehouseItem,
    fill,
)
from tests.engines.engine import Engine

FROM, TO = NOON + 2 * DAY, NOON + 3 * DAY


@pytest.fixture
async def shop(mapper: Mapper) -> Mapper:
    """A mapper whose shop has everything in it."""
    await fill(mapper)
    return mapper


async def _found(
    shop: Mapper, query: Query[Any] | Collection[Any], index: str | None, keys: str
) -> list[Any]:
    """The results of a query, once it is sure that it is one request by this index and these keys alone."""
    explained = query.explain()
    values = explained.request["ExpressionAttributeValues"]
    shown = str(explained.key_condition)
    for name in sorted(values, key=len, reverse=True):
        shown = shown.replace(name, next(iter(values[name].values())))
    assert (explained.operation, explained.index, explained.filter) == ("Query", index, None)
    assert shown == keys
    with shop.measure() as usage:
        found = await query.all()
    assert usage.operations == {"Query": 1}
    return found


async def _got(shop: Mapper, key: ItemKey[Any], both: str) -> Any:
    """An item that one GetItem reads by a key with the same text twice."""
    assert key.attributes == {"PK": {"S": both}, "SK": {"S": both}}
    with shop.measure() as usage:
        found = await shop.get(key)
    assert usage.operations == {"GetItem": 1}
    return found


async def test_1_customer_by_id(shop: Mapper) -> None:
    """getCustomerByCustomerId reads one item by its key."""
    assert await _got(shop, Customer.key("1"), "c#1") == CUSTOMERS[0]


async def test_2_product_by_id(shop: Mapper) -> None:
    """getProductByProductId reads one item by its key."""
    assert await _got(shop, Product.key("1"), "p#1") == PRODUCTS[0]


async def test_3_warehouse_by_id(shop: Mapper) -> None:
    """getWarehouseByWarehouseId reads one item by its key."""
    assert await _got(shop, Warehouse.key("1"), "w#1") == WAREHOUSES[0]


async def test_4_inventory_of_a_product(shop: Mapper) -> None:
    """getProductInventoryByProductId finds the product's stock in all warehouses, and not the product."""
    query = shop.query(WarehouseItem).where(WarehouseItem.product_id == "1")
    found = await _found(shop, query, None, "PK = p#1 AND begins_with(SK, w#)")
    assert found == [item for item in STOCK if item.product_id == "1"]


async def test_5_everything_of_an_order(shop: Mapper) -> None:
    """getOrderDetailsByOrderId finds the order and all that belongs to it, each as its own model."""
    query = shop.query(Order, OrderItem, Invoice, Shipment, ShipmentItem).where(Order.order_id == "1")
    found = await _found(shop, query, None, "PK = o#1")
    expected: list[Model] = [ORDERS[0], INVOICES[0], *ORDER_ITEMS[:2], *SHIPMENTS[:2], *SHIPMENT_ITEMS[:4]]
    assert found == expected
    groups = await query.grouped()
    assert (groups[Order], groups[ShipmentItem]) == (ORDERS[:1], SHIPMENT_ITEMS[:4])


async def test_6_products_of_an_order(shop: Mapper) -> None:
    """getProductByOrderId finds the order's items alone."""
    query = shop.query(OrderItem).where(OrderItem.order_id == "1")
    assert await _found(shop, query, None, "PK = o#1 AND begins_with(SK, p#)") == ORDER_ITEMS[:2]


async def test_7_invoice_of_an_order(shop: Mapper) -> None:
    """getInvoiceByOrderId finds the order's invoice alone."""
    query = shop.query(Invoice).where(Invoice.order_id == "1")
    assert await _found(shop, query, None, "PK = o#1 AND begins_with(SK, i#)") == INVOICES[:1]


async def test_8_shipments_of_an_order(shop: Mapper) -> None:
    """getShipmentByOrderId finds the order's shipments, and not their items."""
    query = shop.query(Shipment).where(Shipment.order_id == "1")
    assert await _found(shop, query, None, "PK = o#1 AND begins_with(SK, sh#)") == SHIPMENTS[:2]


async def test_9_orders_of_a_product_in_a_range_of_dates(shop: Mapper) -> None:
    """getOrderByProductIdForDateRange finds the items of all orders with the product, from time to time."""
    query = shop.query(OrderItem).where(OrderItem.product_id == "1", OrderItem.ordered_at.between(FROM, TO))
    keys = (
        "'GSI1-PK' = p#1 AND ('GSI1-SK' BETWEEN 2026-06-23T12:00:00.000000Z AND 2026-06-24T12:00:00.000000Z)"
    )
    assert [item.order_id for item in await _found(shop, query, "GSI1", keys)] == ["2"]


async def test_10_invoice_by_id(shop: Mapper) -> None:
    """getInvoiceByInvoiceId finds an invoice without its order."""
    query = shop.query(Invoice).where(Invoice.invoice_id == "10")
    assert await _found(shop, query, "GSI1", "'GSI1-PK' = i#10 AND 'GSI1-SK' = i#10") == INVOICES[:1]


async def test_11_payments_of_an_invoice(shop: Mapper) -> None:
    """getPaymentByInvoiceId finds the payments in the invoice, by the same key, and nothing else of it."""
    query = shop.query(Invoice).where(Invoice.invoice_id == "10").select(Invoice.payments)
    assert query.explain().request["ProjectionExpression"]
    (row,) = await _found(shop, query, "GSI1", "'GSI1-PK' = i#10 AND 'GSI1-SK' = i#10")
    assert row == (INVOICES[0].payments,)


async def test_12_details_of_a_shipment(shop: Mapper) -> None:
    """getShipmentDetailsByShipmentId finds a shipment, and together with its items if these are asked for."""
    query = shop.query(Shipment).where(Shipment.shipment_id == "11")
    assert await _found(shop, query, "GSI1", "'GSI1-PK' = sh#11 AND 'GSI1-SK' = sh#11") == SHIPMENTS[:1]
    details = shop.query(Shipment, ShipmentItem).where(Shipment.shipment_id == "11")
    expected: list[Model] = [*SHIPMENT_ITEMS[:2], SHIPMENTS[0]]
    assert await _found(shop, details, "GSI1", "'GSI1-PK' = sh#11") == expected


async def test_13_shipments_of_a_warehouse(shop: Mapper) -> None:
    """getShipmentByWarehouseId finds what a warehouse has sent, and not its stock."""
    query = shop.query(Shipment).where(Shipment.warehouse_id == "1")
    found = await _found(shop, query, "GSI2", "'GSI2-PK' = w#1 AND begins_with('GSI2-SK', sh#)")
    assert found == [shipment for shipment in SHIPMENTS if shipment.warehouse_id == "1"]


async def test_14_inventory_of_a_warehouse(shop: Mapper) -> None:
    """getProductInventoryByWarehouseId finds a warehouse's stock of all products, and not its shipments."""
    query = shop.query(WarehouseItem).where(WarehouseItem.warehouse_id == "1")
    found = await _found(shop, query, "GSI2", "'GSI2-PK' = w#1 AND begins_with('GSI2-SK', p#)")
    assert [item.product_id for item in found] == ["1", "10", "2"]


async def test_15_invoices_of_a_customer_in_a_range_of_dates(shop: Mapper) -> None:
    """getInvoiceByCustomerIdForDateRange finds a customer's invoices, from time to time."""
    query = shop.query(Invoice).where(Invoice.customer_id == "1", Invoice.issued_at.between(FROM, TO))
    low, high = "i#2026-06-23T12:00:00.000000Z", "i#2026-06-24T12:00:00.000000Z"
    found = await _found(shop, query, "GSI2", f"'GSI2-PK' = c#1 AND ('GSI2-SK' BETWEEN {low} AND {high})")
    assert found == INVOICES[1:2]


async def test_16_products_of_a_customer_in_a_range_of_dates(shop: Mapper) -> None:
    """getProductsByCustomerIdForDateRange finds what a customer bought, from time to time."""
    query = shop.query(OrderItem).where(OrderItem.customer_id == "1", OrderItem.ordered_at.between(FROM, TO))
    low, high = "p#2026-06-23T12:00:00.000000Z", "p#2026-06-24T12:00:00.000000Z"
    found = await _found(shop, query, "GSI2", f"'GSI2-PK' = c#1 AND ('GSI2-SK' BETWEEN {low} AND {high})")
    assert found == ORDER_ITEMS[2:4]


async def test_17_all_of_a_customer_in_a_range_of_dates(shop: Mapper) -> None:
    """In the revised shop a customer's invoices and order items of some days come in one, in order of time."""
    query = shop.query(DatedOrderItem, DatedInvoice).where(
        DatedOrderItem.customer_id == "1",
        DatedInvoice.customer_id == "1",
        DatedOrderItem.ordered_at.between(FROM, TO),
        DatedInvoice.issued_at.between(FROM, TO),
    )
    explained = query.explain()
    assert (explained.operation, explained.index) == ("Query", "GSI2")
    assert str(explained.key_condition).startswith("'GSI2-PK' = :v0 AND ")
    values = explained.request["ExpressionAttributeValues"]
    assert values[":v0"] == {"S": "c#1"}
    assert values[":v1"]["S"].startswith("2026-06-2")
    found = await query.all()
    assert [type(item) for item in found] == [DatedOrderItem, DatedInvoice, DatedOrderItem]
    assert {item.order_id for item in found} == {"2"}


async def test_items_with_their_ids_in_the_keys_only(shop: Mapper, engine: Engine, table_prefix: str) -> None:
    """Items as the guide's own data has them, whose ids stand in no attribute but the keys, are read and saved."""
    stored: dict[str, Any] = {
        "PK": {"S": "p#7"},
        "SK": {"S": "w#8"},
        "EntityType": {"S": "warehouseItem"},
        "GSI2-PK": {"S": "w#8"},
        "GSI2-SK": {"S": "p#7"},
        "quantity": {"N": "50"},
    }
    async with engine.client() as client:
        await client.put_item(TableName=f"{table_prefix}OnlineShop", Item=stored)
    (found,) = await shop.query(WarehouseItem).where(WarehouseItem.warehouse_id == "8").all()
    assert found == WarehouseItem(product_id="7", warehouse_id="8", quantity=50)
    found.quantity = 49
    await shop.save(found)
    assert await shop.get(WarehouseItem, "7", "8") == found


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (CUSTOMERS[0], "customer c#1 c#1 - - - -"),
        (PRODUCTS[0], "product p#1 p#1 - - - -"),
        (WAREHOUSES[0], "warehouse w#1 w#1 - - - -"),
        (STOCK[0], "warehouseItem p#1 w#1 - - w#1 p#1"),
        (ORDERS[0], "order o#1 c#1 - - - -"),
        (
            ORDER_ITEMS[0],
            "orderItem o#1 p#1 p#1 2026-06-22T12:01:00.000000Z c#1 p#2026-06-22T12:01:00.000000Z",
        ),
        (INVOICES[0], "invoice o#1 i#10 i#10 i#10 c#1 i#2026-06-22T12:05:00.000000Z"),
        (SHIPMENTS[0], "shipment o#1 sh#11 sh#11 sh#11 w#1 sh#11"),
        (SHIPMENT_ITEMS[0], "shipmentItem o#1 shp#111 sh#11 p#1 - -"),
    ],
    ids=lambda case: case if isinstance(case, str) else "",
)
def test_items_have_the_published_keys(model: Model, expected: str) -> None:
    """Each entity is in the table and in the indexes under the keys that the guide gives it."""
    item = plan_of(type(model)).encode(model)
    names = ("EntityType", "PK", "SK", "GSI1-PK", "GSI1-SK", "GSI2-PK", "GSI2-SK")
    assert " ".join(item.get(name, {"S": "-"})["S"] for name in names) == expected
