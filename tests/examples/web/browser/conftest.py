"""The shop in a process of its own, and Debian's Chromium, which looks at it; both are started once."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from tests.examples.web.browser.visitor import Opener

CHROMIUM: Final = Path("/usr/bin/chromium")
# It starts without a sandbox, as containers have none, and asks nobody but the shop.
SWITCHES: Final = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip
REPOSITORY: Final = Path(__file__).parents[4]

# How long a page takes to show something depends on what else the machine does: no test measures time.
expect.set_options(timeout=30_000)


@pytest.fixture(scope="module")
def shop_url() -> Iterator[str]:
    """The shop as its command starts it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-u", "-m", "examples.ecommerce.web", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            next(line for line in server.stdout if line.startswith("http"))  # then it is about to listen
            url = f"http://127.0.0.1:{port}"
            with httpx.Client(transport=httpx.HTTPTransport(retries=8), timeout=30) as client:
                assert client.get(f"{url}/health/ready").json() == {"status": "ok"}
            yield url
        finally:
            server.terminate()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """Chromium, without a window."""
    if not CHROMIUM.exists():
        pytest.skip(f"there is no {CHROMIUM}: apt-get install chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def opener(browser: Browser, shop_url: str) -> AsyncIterator[Opener]:
    """Opens windows of new visitors. In the end none of their pages has complained of anything."""
    opener = Opener(browser, shop_url)
    yield opener
    await opener.close()
    assert opener.complaints == []


@pytest.fixture(scope="session")
def pictures() -> Path:
    """Where screenshots are kept."""
    folder = Path(os.environ.get("DDBMODEL_SCREENSHOTS") or REPOSITORY / ".ci" / "artefacts")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
