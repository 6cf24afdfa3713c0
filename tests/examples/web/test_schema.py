"""The API keeps what its OpenAPI document says, whatever is sent: schemathesis asks the running shop."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

# Not those that want a 2xx for all that the schema allows (a page is asked for after or before a token), nor
# those about `Allow`, in which FastAPI names one method of several.
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,"
    "negative_data_rejection"
)
# Given, every boundary of the schema is tried as well, and so many random requests of each operation.
MORE = os.environ.get("DDBMODEL_SCHEMA_EXAMPLES")


@pytest.fixture
def shop_url() -> Iterator[str]:
    """The shop as its command starts it, in a process of its own."""
    command = [sys.executable, "-m", "examples.ecommerce.web", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            told = next(line for line in server.stdout if line.startswith("http"))  # then it listens
            url = told.split("/ ")[0]
            assert httpx.get(f"{url}/health/ready", timeout=30).json() == {"status": "ok"}
            yield url
        finally:
            server.terminate()


def test_the_api_keeps_what_its_schema_says(shop_url: str, tmp_path: Path) -> None:
    """No server error, no status, content type or body that is not documented; what is invalid is refused."""
    signed = httpx.post(f"{shop_url}/api/sessions", json={"customer_id": "12003"})  # the sample has him
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{shop_url}/api/openapi.json"]
    command += ["--header", f"Authorization: Bearer {signed.json()['token']}", "--seed", "1"]
    command += ["--checks", CHECKS, "--phases", "coverage,fuzzing" if MORE else "fuzzing"]
    command += ["--max-examples", MORE or "8"]
    command += [
        "--exclude-path-regex",
        "/office/ingestion",
    ]  # each would pour days of invoices into the table
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
