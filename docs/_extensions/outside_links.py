"""Makes links to files outside of `docs/` plain text: on the site they would lead nowhere."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_LINK = re.compile(r"\[([^\]\n]+)\]\((?!https?:|#)([^)\s#]+)(#[^)\s]*)?\)")


def setup(app: Sphinx) -> dict[str, Any]:
    """Read each page before its Markdown is parsed."""
    app.connect("source-read", _to_text)
    return {"parallel_read_safe": True}


def _to_text(app: Sphinx, page: str, source: list[str]) -> None:
    docs = Path(app.srcdir).resolve()
    folder = (docs / page).parent

    def link(match: re.Match[str]) -> str:
        target = (folder / match[2]).resolve()
        return match[0] if target.is_relative_to(docs) else match[1]

    source[0] = _LINK.sub(link, source[0])
