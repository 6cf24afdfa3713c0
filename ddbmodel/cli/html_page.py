"""Tables as one page of HTML, which needs nothing else: the drawing, and the access patterns as tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from ddbmodel.cli.drawing import TableDrawing
from ddbmodel.cli.svg import svg_of

_VIEWPORT: Final = '<meta name="viewport" content="width=device-width, initial-scale=1">'
_STYLE: Final = (
    "body{font:15px/1.5 system-ui,sans-serif;margin:2rem;color:#1f2937}"
    "table{border-collapse:collapse;margin:.5rem 0 2rem}th,td{border:1px solid #d1d5db;padding:.3rem .7rem;"
    "text-align:left;vertical-align:top}th{background:#f3f4f6}code{font-size:.9em}"
    ".drawing{overflow-x:auto}@media(max-width:40rem){body{margin:1rem}h1{font-size:1.5rem}}"
)


def html_of(tables: Sequence[TableDrawing]) -> str:
    """Write the page."""
    title = escape("Tables: " + ", ".join(table.name for table in tables))
    head = f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n{_VIEWPORT}\n<title>{title}</title>'
    parts = [head, f"<style>{_STYLE}</style>", f"<h1>{title}</h1>"]
    parts.append(f'<div class="drawing">{svg_of(tables)}</div>')
    for table in tables:
        parts += _patterns(table)
    return "\n".join((*parts, "</html>", ""))


def _patterns(table: TableDrawing) -> Iterator[str]:
    yield f"<h2>Access patterns of {escape(table.name)}</h2>"
    yield '<div class="drawing">'
    yield "<table><tr><th>entity</th><th>reads</th><th>key</th></tr>"
    for entity in table.entities:
        keys = "<br>".join(f"<code>{escape(f'{key.name}: {key.text}')}</code>" for key in entity.keys)
        reads = "<br>".join(map(escape, entity.patterns))
        yield f"<tr><td>{escape(entity.name)}</td><td>{reads}</td><td>{keys}</td></tr>"
    yield "</table></div>"
