"""Links between the pages, and from the index to every page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_DOCS = _ROOT / "docs"
_PAGES = [_ROOT / "README.md", *sorted(_DOCS.rglob("*.md"))]
_BLOCK = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)")


def _text(page: Path) -> str:
    return _BLOCK.sub("", page.read_text())


def _anchors(page: Path) -> set[str]:
    """The names under which a page's headings can be linked to, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", _text(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _problems(page: Path) -> list[str]:
    problems: list[str] = []
    for target, anchor in _LINK.findall(_text(page)):
        found = (page.parent / target).resolve() if target else page
        if not found.exists():
            problems.append(f"{target} does not exist")
        elif anchor and anchor not in _anchors(found):
            problems.append(f"{target or page.name} has no heading #{anchor}")
    return problems


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: str(page.relative_to(_ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link of a page leads to a file that is there, and to one of its headings."""
    assert _problems(page) == []


def test_the_index_has_every_page() -> None:
    """A reader finds every guide from the index."""
    linked = {target for target, _ in _LINK.findall(_text(_DOCS / "index.md"))}
    assert {page.name for page in _DOCS.glob("*.md")} - {"index.md"} <= linked


def test_the_files_of_the_architecture_are_there() -> None:
    """Every module that the page on the architecture names exists under this name."""
    named = re.findall(r"`((?:\w+/)+\w+\.py)`", (_DOCS / "architecture.md").read_text())
    assert len(named) > 20
    assert [name for name in named if not (_ROOT / "ddbmodel" / name).exists()] == []


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    """Neither a missing page nor a missing heading passes, and code is no link."""
    page = tmp_path / "page.md"
    page.write_text(
        "# A `b` c\n[x](#a-b-c) [y](#no) [z](gone.md) [w](https://example.com)\n```\na[0](1)\n```\n"
    )
    assert _problems(page) == ["page.md has no heading #no", "gone.md does not exist"]
