"""What people do in the shop's pages, in a real browser."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from axe_playwright_python.base import AxeResults
from playwright.async_api import Page, expect

from tests.examples.web.browser import visitor
from tests.examples.web.browser.visitor import DESK, PHONE, Opener

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without-scripts"])
async def test_a_visitor_finds_buys_and_cancels(opener: Opener, scripts: bool) -> None:
    """By category and by search, with a new account; what is cancelled is paid back and on the shelf again."""
    page = await opener.open(scripts=scripts)
    await page.goto("/")
    await page.get_by_role("link", name="Kitchen").click()
    await expect(page.get_by_role("heading", name="Kitchen")).to_be_visible()
    first = await visitor.choose(page, query="?category=kitchen", nth=int(scripts))
    before = await visitor.on_hand(page, first)
    await visitor.put_into_cart(page, 3)
    await page.get_by_label("Search articles").fill("mug")
    await page.get_by_role("button", name="Search").click()
    await expect(page.get_by_role("heading", name="mug")).to_be_visible()
    await visitor.choose(page, query="?q=mug", nth=int(scripts))
    await visitor.put_into_cart(page)
    await page.get_by_role("link", name="Look at the cart").click()
    await expect(page.locator(".lines li")).to_have_count(2)
    await visitor.open_account(page)
    number = await visitor.buy(page)
    assert await visitor.on_hand(page, first) == before - 3
    await page.get_by_role("link", name="Orders", exact=True).click()
    await page.get_by_role("link", name=number).click()
    await page.get_by_role("button", name="Cancel this order").click()
    await expect(page.get_by_text("Refunded")).to_be_visible()
    assert await visitor.on_hand(page, first) == before


async def test_quantities_change_and_articles_leave_the_cart(opener: Opener) -> None:
    """A new quantity is sent as soon as it is typed, and what is removed is gone."""
    page = await opener.open(width=DESK)
    await visitor.choose(page, nth=2)
    await visitor.put_into_cart(page)
    await page.goto("/cart")
    field = page.get_by_label("Quantity of")
    async with page.expect_navigation():
        await field.fill("4")
        await field.press("Tab")
    await expect(page.locator(".lines .quiet")).to_contain_text("each")
    await expect(field).to_have_value("4")
    await page.get_by_role("button", name="Remove").click()
    await expect(page.get_by_text("It is empty.")).to_be_visible()


async def press_until(page: Page, role: str, name: str) -> None:
    """Press Tab until a control has the focus, which is drawn around it."""
    wanted = page.get_by_role(role, name=name, exact=True)  # type: ignore[arg-type]
    for _ in range(60):
        await page.keyboard.press("Tab")
        style, width = await page.evaluate(
            "() => { const s = getComputedStyle(document.activeElement); return [s.outlineStyle, s.outlineWidth]; }"
        )
        assert (style, width) == ("solid", "3px"), await page.evaluate("document.activeElement.outerHTML")
        if await wanted.count() and await wanted.first.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"no Tab leads to {name}")


async def test_the_keyboard_is_enough_to_buy(opener: Opener) -> None:
    """The first stop skips what all pages have, each stop is seen, and Tab and Enter lead to an order."""
    page = await opener.open(width=DESK)
    await visitor.choose(page, nth=3)
    await page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    await expect(skip).to_be_focused()
    await expect(skip).to_be_in_viewport()
    await page.keyboard.press("Enter")
    await expect(page.locator("main")).to_be_focused()
    await press_until(page, "button", "Add to cart")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status")).to_be_visible()
    await press_until(page, "link", "Look at the cart")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Your cart")).to_be_visible()
    await press_until(page, "link", "To the checkout")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    await press_until(page, "textbox", "Name")
    await page.keyboard.type("Grace Hopper")
    await page.keyboard.press("Tab")
    await page.keyboard.type("grace@example.com")
    await press_until(page, "button", "Open an account")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Checkout")).to_be_visible()
    await press_until(page, "button", "Buy now")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("your order is in")


async def test_the_back_office_packs_and_ships(opener: Opener) -> None:
    """The order that waits longest is packed, then shipped; then it is in no queue."""
    page = await opener.open(width=DESK)
    await page.goto("/office/queue")
    number = await page.locator(".list li b").first.inner_text()
    await page.get_by_role("button", name=f"Pack {number}", exact=True).click()
    await expect(page.get_by_text(number, exact=True)).to_have_count(0)
    await page.get_by_role("link", name="Packing").click()
    await page.get_by_label(f"Carrier of {number}", exact=True).select_option("DHL")
    await page.get_by_role("button", name=f"Ship {number}", exact=True).click()
    await expect(page.get_by_text(number, exact=True)).to_have_count(0)


async def test_a_customer_sees_that_the_order_is_on_its_way(opener: Opener) -> None:
    """What is packed cannot be cancelled any more, and what is shipped has a parcel."""
    page, office = await opener.open(), await opener.open(width=DESK)
    await visitor.choose(page, nth=4)
    await visitor.put_into_cart(page)
    await visitor.open_account(page)
    number = await visitor.buy(page)
    deeds: list[tuple[str, dict[str, str | float | bool]]] = [("pack", {}), ("ship", {"carrier": "DHL"})]
    for deed, form in deeds:
        reply = await office.request.post(f"/office/queue/{number}/{deed}", form=form)
        assert "refused" not in reply.url
        if deed == "pack":
            await page.get_by_role("button", name="Cancel this order").click()
            await expect(page.get_by_role("alert")).to_contain_text("cannot be cancelled any more")
    await page.reload()
    await expect(page.locator(".steps [aria-current]")).to_have_text("On its way")
    await expect(page.locator("aside")).to_contain_text("DHL")


async def test_two_customers_want_what_is_there_for_one(opener: Opener) -> None:
    """The later one reads what is short and what is left, and keeps the cart."""
    pages = [await opener.open() for _ in range(2)]
    for page in pages:
        code = await visitor.choose(page, stock="left")
        left = await visitor.on_hand(page, code)
        await visitor.put_into_cart(page, left)
        await visitor.open_account(page)
    await visitor.buy(pages[0])
    late = pages[1]
    await late.get_by_role("button", name="Buy now").click()
    await expect(late.get_by_role("alert")).to_contain_text(f"{left} wanted, 0 left. Nothing was bought.")
    await expect(late.locator(".lines li")).to_have_count(1)


async def test_two_people_count_the_same_shelf(opener: Opener) -> None:
    """The slower one is told, and nothing of the other's count is lost."""
    pages = [await opener.open(width=DESK) for _ in range(2)]
    code = await visitor.choose(pages[0], nth=5)
    for page in pages:
        await page.goto(f"/office/stock?code={code}")
    for page, counted in zip(pages, ("7", "50"), strict=True):
        await page.get_by_label("Counted").fill(counted)
        await page.get_by_role("button", name="Save the count").click()
    await expect(pages[0].get_by_role("status")).to_have_text("Saved.")
    await expect(pages[1].get_by_role("alert")).to_contain_text("meanwhile somebody sold or counted")
    assert await visitor.on_hand(pages[1], code) == 7
    await pages[0].goto("/office/stock")
    await expect(pages[0].get_by_text(code, exact=True)).to_be_visible()  # it is to be reordered


async def test_an_ingestion_is_watched_to_its_end(opener: Opener) -> None:
    """Numbers and chart move while it runs; in the end all is written, and it can be started again."""
    page = await opener.open(width=DESK)
    await page.goto("/office/ingestion")
    await page.get_by_role("button", name="Start").click()
    await expect(page.locator("#state")).to_have_text("Running")
    await expect(page.locator("#written")).not_to_have_text("0")
    await expect(page.locator("#state")).to_have_text("Done", timeout=60_000)
    total = await page.locator("#total").inner_text()
    assert await page.locator("#written").inner_text() == total != "0"
    units = int((await page.locator("#units").inner_text()).replace(",", ""))
    assert units > int(total.replace(",", ""))  # an item costs one at least, and its entries in indexes too
    await expect(page.locator("path.rate")).to_have_attribute("d", re.compile(r"^M.*L"))
    await expect(page.get_by_role("button", name="Start")).to_be_enabled()


async def test_a_form_that_is_sent_twice_sells_once(opener: Opener) -> None:
    """A double click, or two requests at the same moment, give the same order, and one of it."""
    page = await opener.open(scripts=False)
    code = await visitor.choose(page, nth=6)
    before = await visitor.on_hand(page, code)
    await visitor.put_into_cart(page, 2)
    await visitor.open_account(page)
    form = await page.locator("form[action^='/checkout/']").get_attribute("action")
    total = await page.locator("input[name=total]").get_attribute("value")
    sent = (page.request.post(str(form), form={"total": str(total)}) for _ in range(3))
    replies = await asyncio.gather(*sent)
    assert len({reply.url for reply in replies}) == 1
    assert "/orders/W" in replies[0].url
    await page.get_by_role("button", name="Buy now").dblclick()
    await expect(page.get_by_role("status")).to_contain_text("your order is in")
    await page.goto("/orders")
    await expect(page.locator(".list li")).to_have_count(1)
    assert await visitor.on_hand(page, code) == before - 2


async def test_another_e_mail_is_asked_for_when_it_is_taken(opener: Opener) -> None:
    """What was typed stays, and the problem stands beside it."""
    for attempt in range(2):
        page = await opener.open(width=DESK)
        await page.goto("/sign-in")
        new = page.locator("form", has_text="I am new here")
        await new.get_by_label("Name").fill("Mary")
        await new.get_by_label("E-mail").fill("mary@example.com")
        await new.get_by_role("button").click()
        if attempt == 0:
            await expect(page.get_by_role("heading", name="My orders")).to_be_visible()
    await expect(page.get_by_role("alert")).to_contain_text("has an account already")
    await expect(page.locator("#new-email")).to_have_value("mary@example.com")


async def sights(page: Page) -> dict[str, str]:
    """All pages of the shop, name by name, for a customer who has an order and something in the cart."""
    code = await visitor.choose(page, nth=7)
    await visitor.put_into_cart(page)
    await visitor.open_account(page)
    number = await visitor.buy(page)
    await page.goto(f"/articles/{code}")
    await visitor.put_into_cart(page, 2)
    return {
        "catalogue": "/", "search": "/?q=otter", "nothing-found": "/?q=zeppelin",
        "article": f"/articles/{code}", "cart": "/cart", "checkout": "/checkout", "sign-in": "/sign-in",
        "orders": "/orders", "order": f"/orders/{number}?thanks=1", "office": "/office", "queue": "/office/queue",
        "stock": f"/office/stock?code={code}", "ingestion": "/office/ingestion", "not-found": "/nowhere",
    }  # fmt: skip


async def test_no_page_is_wider_than_a_phone(opener: Opener, pictures: Path) -> None:
    """Nothing has to be moved sideways, and every page is kept as a picture."""
    page = await opener.open(width=PHONE)
    for name, path in (await sights(page)).items():
        await page.goto(path)
        await page.screenshot(path=pictures / f"{name}-{PHONE}.png", full_page=True)
        assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth"), name


async def test_pages_are_for_everybody(opener: Opener, pictures: Path) -> None:
    """In light and in dark no page has a serious fault of accessibility."""
    page, axe = await opener.open(width=DESK, height=900), Axe()
    faults: list[str] = []
    for name, path in (await sights(page)).items():
        await page.emulate_media(color_scheme="light")
        await page.goto(path)
        faults += [f"{name}: {fault}" for fault in _serious(await axe.run(page))]
        await page.screenshot(path=pictures / f"{name}-{DESK}.png", full_page=True)
        await page.emulate_media(color_scheme="dark")
        colours = {"runOnly": ["color-contrast"], "resultTypes": ["violations"]}
        faults += [f"{name} in dark: {fault}" for fault in _serious(await axe.run(page, options=colours))]
    assert faults == []


def _serious(found: AxeResults) -> list[str]:
    return [
        f"{one['id']} {one['nodes'][0]['html'][:200]}"
        for one in found.response["violations"]
        if one["impact"] in ("serious", "critical")
    ]
