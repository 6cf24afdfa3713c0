"""Orders as their customer sees them: others' orders are not there."""

from __future__ import annotations

from dataclasses import dataclass

from ddbmodel import Mapper
from examples.ecommerce.models import Line, Order, OrderLines, Payment, Shipment


@dataclass(frozen=True, slots=True)
class WholeOrder:
    """An order with all that belongs to it."""

    order: Order
    parts: list[OrderLines]
    payment: Payment | None
    shipments: list[Shipment]

    @property
    def lines(self) -> list[Line]:
        """The lines of all parts, in order."""
        return [line for part in self.parts for line in part.lines]


async def order_of(mapper: Mapper, customer_id: str, invoice_no: str) -> Order | None:
    """The head of a customer's order, as it is now."""
    found = await mapper.get(Order, invoice_no, consistent=True)
    return found if found is not None and found.customer_id == customer_id else None


async def whole_order_of(mapper: Mapper, customer_id: str, invoice_no: str) -> WholeOrder | None:
    """A customer's order with its lines, its payment and its shipments, in one request."""
    query = mapper.query(Order, OrderLines, Payment, Shipment).where(Order.invoice_no == invoice_no)
    found = await query.consistent().grouped()
    order = next(iter(found[Order]), None)
    if order is None or order.customer_id != customer_id:
        return None
    return WholeOrder(order, found[OrderLines], next(iter(found[Payment]), None), found[Shipment])
