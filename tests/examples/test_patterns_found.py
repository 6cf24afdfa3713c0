"""The access patterns: what they find is what there is to find."""

from __future__ import annotations

from collections.abc import Callable
from heapq import nlargest

import pytest

from examples.ecommerce.models import (
    Account,
    CartItem,
    Customer,
    Listing,
    Order,
    OrderKind,
    OrderLines,
    OrderStatus,
    Payment,
    Product,
    ProductKind,
    Stock,
)
from tests.examples.shown import Shown


def numbers(orders: list[Order]) -> set[str]:
    return {order.invoice_no for order in orders}


# Customers ------------------------------------------------------------------------------------------------


def test_an_email_belongs_to_one_account(shown: Shown) -> None:
    """The second account with it is refused; once it has been given up, somebody else may have it."""
    assert shown.results["register"] == ["Ada has an account", "Eve is refused: email is taken"]
    assert shown.results["change_email"] == [
        "Ada is countess@example.com in revision 2",
        "Eve is ada@example.com",
    ]
    assert shown.results["sign_in"].customer_id == shown.known.customer_id


def test_two_edits_at_the_same_time_both_stay(shown: Shown) -> None:
    """The slower one is repeated on what the faster one has left."""
    account = shown.results["edit_account"]
    assert (account.name, account.newsletter, account.revision) == ("Ada Lovelace", True, 4)


def test_a_customer_comes_with_what_belongs_to_it(shown: Shown) -> None:
    """Profile and account stand beside each other in the table, profile and orders in an index."""
    (customer,) = shown.customers(customer_id=shown.known.customer_id)
    assert shown.results["a_customer"] == customer
    assert {type(found) for found in shown.results["customer_page"]} == {Customer, Account}
    orders = len(shown.orders(customer_id=customer.customer_id))
    assert shown.results["customer_with_orders"].endswith(f" {min(orders, 20)} latest orders")
    assert len(shown.sent["customer_with_orders"]) == 1


def test_a_customers_orders_come_latest_first(shown: Shown) -> None:
    """All of the customer's orders, and nobody else's, from the latest on."""
    found = shown.results["orders_of_a_customer"]
    assert numbers(found) == numbers(shown.orders(customer_id=shown.known.customer_id))
    assert [order.placed_at for order in found] == sorted((order.placed_at for order in found), reverse=True)


def test_the_best_customers_spent_most(shown: Shown) -> None:
    """Those of one country, by what they spent."""
    expected = nlargest(10, (one.spent for one in shown.customers(country=shown.known.country)))
    assert [spent for _, spent in shown.results["best_customers"]] == expected


# Products -------------------------------------------------------------------------------------------------


def test_a_product_is_listed_once_and_edited_by_several(shown: Shown) -> None:
    """The second listing is refused, no tag is lost, and a stale delete as well is refused."""
    first, other = shown.known.stock_code, shown.known.other_stock_code
    *listed, refused = shown.results["list_a_product"]
    assert listed == [f"{first} listed", f"{other} listed"]
    assert refused.startswith(f"{first} refused")
    listing = shown.results["edit_a_listing"]
    assert (listing.tags, listing.revision) == ({"new", "gift", "kitchen"}, 4)
    assert shown.results["withdraw"] == [
        "VersionConflict: revision 1 is not the stored one",
        "withdrawn in revision 2",
    ]


def test_the_stock_adds_up(shown: Shown) -> None:
    """Deliveries at the same time are all counted, and what is not there cannot be written off."""
    assert [stock.on_hand for stock in shown.results["goods_in"]] == [50, 7]
    done = [result for result in shown.results["write_off"] if "written off" in result]
    assert done == [f"1 written off, {left} left" for left in range(6, -1, -1)]
    assert len(shown.results["write_off"]) == 10


def test_only_what_is_low_is_in_the_queue(shown: Shown) -> None:
    """Of two stocks, the one that nothing is left of has to be reordered."""
    assert [stock.stock_code for stock in shown.results["to_reorder"]] == [shown.known.other_stock_code]


def test_a_product_comes_with_its_listing_and_stock(shown: Shown) -> None:
    """One request brings all three."""
    assert [type(found) for found in shown.results["product_page"]] == [Product, Listing, Stock]
    assert shown.results["a_product"].stock_code == shown.known.stock_code
    assert len(shown.sent["product_page"]) == 1


def test_the_best_sellers_sold_best(shown: Shown) -> None:
    """The ten highest numbers of units, highest first."""
    sold = (one.sold for one in shown.products() if one.kind is ProductKind.ARTICLE)
    assert [units for _, _, units in shown.results["best_sellers"]] == nlargest(10, sold)


def test_the_products_of_an_invoice_come_in_the_order_of_its_lines(shown: Shown) -> None:
    """One product for each line, repeated where the line repeats it."""
    found = shown.results["products_of_an_invoice"]
    codes = [line.stock_code for line in shown.lines(shown.known.invoice_no)]
    assert [product.stock_code for product in found] == codes


# Carts ----------------------------------------------------------------------------------------------------


def test_a_cart_becomes_an_order(shown: Shown) -> None:
    """What is in the cart is what is sold: the stock goes down by it, and the cart is empty."""
    assert [(item.stock_code, item.quantity) for item in shown.results["fill_cart"]] == [
        (shown.known.stock_code, 5)
    ]
    assert shown.results["show_cart"] == shown.results["fill_cart"]
    assert all(isinstance(item, CartItem) for item in shown.results["show_cart"])
    assert shown.results["check_out_cart"] == [
        "order W1 of 5 units for 12.50",
        "stock 50 -> 45, in the cart 0",
    ]


def test_what_is_short_is_not_sold(shown: Shown) -> None:
    """The refusal says of which article how many there are; there is no order, and the cart is as it was."""
    assert shown.results["out_of_stock"] == [
        f"1000 of {shown.known.other_stock_code} wanted, 0 left",
        "order None, in the cart 2",
    ]


def test_a_checkout_that_is_sent_again_sells_once(shown: Shown) -> None:
    """The stock goes down by one unit, not two; a cancellation brings it back, and only once."""
    assert shown.results["check_out_again"] == ["order W3, stock 44", "order W3, stock 44"]
    assert shown.results["cancel_order"] == ["W3 is cancelled", "stock 44 -> 45, and 45 when asked again"]
    assert shown.results["at_one_moment"] == ["cancelled", "refunded", "countess@example.com"]


# Orders ---------------------------------------------------------------------------------------------------


def test_an_order_comes_with_all_that_belongs_to_it(shown: Shown) -> None:
    """One request brings head, lines and payment of one order."""
    assert [type(found) for found in shown.results["an_order"]] == [Order, OrderLines, Payment]
    assert len(shown.sent["an_order"]) == 1
    assert shown.results["payment_by_reference"].invoice_no == "W1"


def test_the_lines_come_in_order(shown: Shown) -> None:
    """The lines that come back are the lines that were written; the filter looks at the first."""
    lines = shown.lines(shown.known.invoice_no)
    assert shown.results["lines_of_an_order"] == lines
    assert shown.results["begins_with_a_dozen"] is (lines[0].quantity >= 12)


def test_the_largest_orders_are_the_largest(shown: Shown) -> None:
    """Five of a day, and five of a month, as the totals rank them."""
    of_the_day = nlargest(5, (order.total for order in shown.orders(day=shown.known.day)))
    assert [total for _, _, total in shown.results["largest_orders"]] == of_the_day
    of_the_month = nlargest(5, (order.total for order in shown.orders()))
    assert [total for _, total in shown.results["largest_of_the_month"]] == of_the_month


FILTERED: dict[str, Callable[[Order], bool]] = {
    "cancellations": lambda order: order.kind is OrderKind.CANCELLATION and order.total < 0,
    "anonymous_orders": lambda order: order.kind is OrderKind.SALE and order.customer_id is None,
}


@pytest.mark.parametrize(("name", "wanted"), FILTERED.items(), ids=FILTERED)
def test_the_orders_of_a_day_are_filtered(shown: Shown, name: str, wanted: Callable[[Order], bool]) -> None:
    """The filter drops all others and none of these."""
    expected = numbers([order for order in shown.orders(day=shown.known.day) if wanted(order)])
    found = shown.results[name]
    assert expected
    assert {one.invoice_no for one in found} == expected


def test_the_paid_orders_are_counted(shown: Shown) -> None:
    """The count is of the items, of which no more is transferred than what tells whose they are."""
    assert shown.results["paid_orders"] == sum(order.total > 0 for order in shown.orders(day=shown.known.day))
    (one,) = shown.sent["paid_orders"]
    names = one.parameters["ExpressionAttributeNames"]
    asked_for = {names[place] for place in one.parameters["ProjectionExpression"].split(", ")}
    assert asked_for == {"_entity", "pk", "sk"}


# The warehouse --------------------------------------------------------------------------------------------


def test_the_open_orders_come_in_pages_without_gap_or_repetition(shown: Shown) -> None:
    """Two pages of five are the first ten of their part of the queue, cancelled ones left out."""
    waiting = sorted(
        (order.placed_at, order.invoice_no) for order in shown.orders(status=OrderStatus.OPEN, shard=0)
    )
    found = shown.results["open_orders"]
    assert [(order.placed_at, order.invoice_no) for order in found] == waiting[:10]


def test_the_parts_of_the_queue_are_merged(shown: Shown) -> None:
    """The five that wait longest, whichever part they are in."""
    waiting = sorted((order.placed_at, order.invoice_no) for order in shown.orders(status=OrderStatus.OPEN))
    found = shown.results["longest_waiting"]
    assert [(order.placed_at, order.invoice_no) for order in found] == waiting[:5]
    assert len({order.shard for order in found}) > 1


def test_an_order_moves_through_the_queue_and_out_of_it(shown: Shown) -> None:
    """Its key there changes with its status in one request, and goes when it is shipped, once only."""
    (taken,) = [one for one in shown.sent["take_order"] if one.operation == "UpdateItem"]
    values = taken.parameters["ExpressionAttributeValues"].values()
    assert {"S": f"QUEUE#packing#{shown.results['take_order'].shard}"} in values
    assert shown.results["ship_once"] == ["Carrier A: shipped", "Carrier B: refused, the order is shipped"]


def test_a_shipment_follows_its_carrier(shown: Shown) -> None:
    """It is found with the new carrier, and where to it goes has changed by itself."""
    assert shown.results["change_carrier"].carrier == "Carrier C"
    assert shown.results["correct_address"].street == "St James's Square 12"
    assert shown.results["parcels_of_a_carrier"] == [(shown.known.invoice_no, "Westminster")]


# The whole table ------------------------------------------------------------------------------------------


def test_the_scan_finds_every_gift(shown: Shown) -> None:
    """Every segment was read."""
    expected = numbers([order for order in shown.orders(kind=OrderKind.SALE) if order.free_lines])
    assert numbers(shown.results["orders_with_gifts"]) == expected
    assert {one.parameters["Segment"] for one in shown.sent["orders_with_gifts"]} == {0, 1, 2, 3}


def test_a_query_without_a_key_says_what_is_missing(shown: Shown) -> None:
    """The refusal names the paths there are."""
    assert all(f"index gsi{number}" in shown.results["no_access_path"] for number in (1, 2, 3))
