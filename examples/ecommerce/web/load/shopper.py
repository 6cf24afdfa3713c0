"""What one customer does: look around, fill a cart, buy, and now and then think better of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from examples.ecommerce.web.load.client import Client, Reply
from examples.ecommerce.web.load.goods import ARTICLES, HOT, customer_number


@dataclass(slots=True)
class Told:
    """What the shop told its customers.

    Attributes:
        orders: the status of each order that was confirmed, as it was told last.
        carts: whether the customer, by number, should have something in the cart.
        wrong: replies that no customer should get.
    """

    orders: dict[str, str] = field(default_factory=dict[str, str])
    carts: dict[str, bool] = field(default_factory=dict[str, bool])
    wrong: list[str] = field(default_factory=list[str])


class Shopper:
    """A customer who visits the shop, perhaps several times."""

    def __init__(self, client: Client, told: Told, user: int) -> None:
        self._client = client
        self._told = told
        self._user = user
        self._customer = customer_number(user)
        self._headers: dict[str, str] = {}

    async def visit(self, visit: int) -> None:
        """Buy an article, every second time also the one that all want; cancel every fifth order."""
        if not self._headers:
            signed = await self._send("POST", "/sessions", body={"customer_id": self._customer})
            self._headers = {"Authorization": f"Bearer {signed.body['token']}"}
        turn = self._user + visit
        code = ARTICLES[turn % len(ARTICLES)]
        await self._send("GET", f"/products/{code}", name="GET /products/{code}")
        wanted = [code, HOT] if turn % 2 else [code]
        for one in wanted:
            await self._client.look()
            await self._send("PUT", f"/cart/{one}", body={"quantity": 1}, name="PUT /cart/{code}")
        await self._client.look()
        cart = await self._send("GET", "/cart")
        confirmed = await self._buy(cart.body["total"], f"visit-{self._user}-{visit}")
        if not confirmed:
            await self._put_back(wanted)
        elif turn % 5 == 0:
            await self._cancel(confirmed)

    async def _buy(self, total: str, key: str) -> str | None:
        """Send the checkout twice at once, as an impatient finger does; return the order's number, if any."""
        headers = {**self._headers, "Idempotency-Key": key}
        sent = (self._client.send("POST", "/orders", headers, {"total": total}) for _ in range(2))
        replies = await asyncio.gather(*sent)
        numbers = {reply.body["invoice_no"] for reply in replies if reply.status == 201}
        # Refused once and bought once is fine: somebody's cancellation gave a unit back in between.
        self._told.wrong += [f"a checkout: {one.status}" for one in replies if one.status not in (201, 409)]
        if len(numbers) > 1:
            self._told.wrong.append("a checkout sent twice became two orders")
        self._told.orders.update(dict.fromkeys(numbers, "open"))
        self._told.carts[self._customer] = not numbers
        return next(iter(numbers), None)

    async def _put_back(self, wanted: list[str]) -> None:
        """Take what there is no more of out of the cart; the rest is bought on the next visit."""
        if HOT in wanted:
            await self._send("DELETE", f"/cart/{HOT}", name="DELETE /cart/{code}")

    async def _cancel(self, invoice_no: str) -> None:
        path = f"/orders/{invoice_no}/cancellation"
        reply = await self._send("POST", path, name="POST /orders/{number}/cancellation")
        self._told.orders[invoice_no] = reply.body["status"]

    async def _send(self, method: str, path: str, *, body: object = None, name: str | None = None) -> Reply:
        reply = await self._client.send(method, path, self._headers, body, name)
        if reply.status >= 400:
            self._told.wrong.append(f"{name or path}: {reply.status}")
        return reply
