"""Visitors of the shop: windows that note every complaint of the browser, and what is done in them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from secrets import token_hex

from playwright.async_api import Browser, BrowserContext, Page, expect

PHONE = 390
DESK = 1280


@dataclass(slots=True)
class Opener:
    """Opens windows, each with cookies of its own.

    Attributes:
        complaints: errors of scripts, errors in the console such as those of the content security policy, and
            parts of pages that could not be loaded.
    """

    browser: Browser
    url: str
    complaints: list[str] = field(default_factory=list[str])
    _contexts: list[BrowserContext] = field(default_factory=list[BrowserContext])

    async def open(self, *, scripts: bool = True, width: int = PHONE, height: int = 844) -> Page:
        context = await self.browser.new_context(
            base_url=self.url, java_script_enabled=scripts, viewport={"width": width, "height": height}
        )
        context.set_default_timeout(30_000)
        self._contexts.append(context)
        page = await context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda said: self._hear(page, said.type, said.text))
        page.on("response", lambda reply: self._check(reply.status, reply.url, reply.request.resource_type))
        return page

    def _hear(self, page: Page, kind: str, text: str) -> None:
        # A page that is an error is said to have failed as a resource; `_check` knows which ones are pages.
        if kind in ("error", "warning") and not text.startswith("Failed to load resource"):
            self.complaints.append(f"{page.url}: {text}")

    def _check(self, status: int, url: str, kind: str) -> None:
        if status >= 500 or (status >= 400 and kind != "document"):
            self.complaints.append(f"{status} {url}")

    async def close(self) -> None:
        for context in self._contexts:
            await context.close()


async def choose(page: Page, *, query: str = "", stock: str = "In stock", nth: int = 0) -> str:
    """Open the page of an article of the catalogue, and return its stock code."""
    await page.goto(f"/{query}")
    await page.locator(".card a", has_text=stock).nth(nth).click()
    await expect(page.get_by_role("button", name="Add to cart")).to_be_visible()
    return page.url.rpartition("/")[2].partition("?")[0]


async def put_into_cart(page: Page, quantity: int = 1) -> None:
    """Take units of the article whose page is open."""
    await page.get_by_label("Quantity").fill(str(quantity))
    await page.get_by_role("button", name="Add to cart").click()
    await expect(page.get_by_role("status")).to_contain_text(f"{quantity} put into your cart")


async def open_account(page: Page) -> None:
    """Go to the checkout, which asks who it is, and be somebody new."""
    await page.goto("/checkout")
    new = page.locator("form", has_text="I am new here")
    await new.get_by_label("Name").fill("Ada Lovelace")
    await new.get_by_label("E-mail").fill(f"{token_hex(6)}@example.com")
    await new.get_by_role("button", name="Open an account").click()
    await expect(page.get_by_role("heading", name="Checkout")).to_be_visible()


async def buy(page: Page) -> str:
    """Check out, and return the order's number."""
    await page.goto("/checkout")
    await page.get_by_role("button", name="Buy now").click()
    await expect(page.get_by_role("status")).to_contain_text("your order is in")
    return order_number(page)


def order_number(page: Page) -> str:
    found = re.search(r"/orders/(W[0-9a-f]+)", page.url)
    assert found is not None, page.url
    return found[1]


async def on_hand(page: Page, code: str) -> int:
    """How many units of an article the shop says that it has."""
    await page.goto(f"/articles/{code}")
    told = re.search(r"(\d+) on the shelf", await page.locator(".product").inner_text())
    assert told is not None
    return int(told[1])
