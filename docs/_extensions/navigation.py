"""Makes the navigation of what index pages list, so that a page is entered in one place.

Each list of links under a heading of an `index.md` becomes a part of the navigation with the heading as its
caption. A reader of the Markdown file sees the list; a reader of the site has it beside every page too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_HEADING = re.compile(r"^(#+) (.+)$")
_ENTRY = re.compile(r"^- \[([^\]]+)\]\((?!https?:)([\w./-]+)\.md\)")


def setup(app: Sphinx) -> dict[str, Any]:
    """Read each index page before its Markdown is parsed."""
    app.connect("source-read", _add_navigation)
    return {"parallel_read_safe": True}


def _add_navigation(_: Sphinx, page: str, source: list[str]) -> None:
    if page.rpartition("/")[2] != "index":
        return
    parts: dict[str, list[str]] = {}
    caption = ""
    for line in source[0].splitlines():
        if heading := _HEADING.match(line):
            caption = heading[2] if len(heading[1]) > 1 else ""
        elif entry := _ENTRY.match(line):
            parts.setdefault(caption, []).append(f"{entry[1].replace('`', '')} <{entry[2]}>")
    for caption, entries in parts.items():
        named = [f":caption: {caption}"] if caption else []
        source[0] += "\n".join(["\n", "```{toctree}", ":hidden:", *named, "", *entries, "```", ""])
