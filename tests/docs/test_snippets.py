"""The Python blocks of the README and of the documentation."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from ddbmodel.testing import LocalDynamoDB
from tests.docs.snippets import run, snippets_of
from tests.engines.s3 import MotoS3

_ROOT = Path(__file__).parents[2]
_PAGES = [_ROOT / "README.md", *sorted((_ROOT / "docs").rglob("*.md"))]
# The pages of operations share a beginning, which opens a mapper, and have tests of their own: test_operations.py.
_WITH_CODE = [page for page in _PAGES if snippets_of(page) and page.parent.name != "operations"]


@pytest.fixture(scope="session")
def s3_url() -> Iterator[str]:
    """Give an S3 with the bucket that the pages name, and what they read in it."""
    s3 = MotoS3("shop-exports")
    s3.start()
    rows = ({"customer": "c9", "number": number, "total": "2.50"} for number in range(3))
    s3.put("2026/orders.jsonl", "".join(json.dumps(row) + "\n" for row in rows).encode())
    yield s3.url
    s3.stop()


@pytest.mark.parametrize("page", _WITH_CODE, ids=lambda page: str(page.relative_to(_ROOT)))
async def test_a_page_runs_and_prints_what_it_says(
    page: Path, local_dynamodb: LocalDynamoDB, s3_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every block runs, in order, against an embedded DynamoDB, and prints its `#>` comments."""
    await local_dynamodb.reset()
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", local_dynamodb.endpoint_url)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", s3_url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with patch.dict(os.environ):  # a page may set variables
        for printed, expected in await run(page):
            assert printed == expected


def test_the_main_pages_have_code() -> None:
    """The test above is not empty: the README and the guides hold blocks."""
    names = {page.name for page in _WITH_CODE}
    guides = {
        "models.md",
        "single-table.md",
        "expressions.md",
        "reading-and-writing.md",
        "many-items.md",
        "hot-partitions.md",
    }
    writes = {"versions-and-times.md", "unique-fields.md", "transactions.md", "unknown-outcomes.md"}
    assert {"README.md", "stored-format.md"} | guides | writes <= names
