"""Tables as a Mermaid flowchart, which many viewers of Markdown draw.

Source: https://mermaid.js.org/syntax/flowchart.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ddbmodel.cli.drawing import EntityDrawing, TableDrawing


def mermaid_of(tables: Sequence[TableDrawing]) -> str:
    """Write tables as a flowchart: a box for the key and each index, and one for each entity."""
    return "\n".join(["flowchart LR", *_lines(tables), ""])


def _lines(tables: Sequence[TableDrawing]) -> Iterator[str]:
    for number, table in enumerate(tables):
        name = f"t{number}"
        yield f'  subgraph {name}["table {_escaped(table.name)}"]'
        ids: dict[str, str] = {}
        for at, key in enumerate(table.keys):
            ids[key.name] = f"{name}k{at}"
            yield f'    {name}k{at}[("{_box([f"<b>{_escaped(key.name)}</b>", _escaped(key.text)])}")]'
        for at, entity in enumerate(table.entities):
            yield f'    {name}e{at}["{_box(_entity(entity))}"]'
        yield "  end"
        for at, entity in enumerate(table.entities):
            for key in entity.keys:
                yield f'  {name}e{at} -->|"{_escaped(key.text)}"| {ids[key.name]}'


def _entity(entity: EntityDrawing) -> Iterator[str]:
    yield f"<b>{_escaped(entity.name)}</b>"
    for field in entity.fields:
        yield _escaped(" ".join((f"{field.name}: {field.type}", *(f"({mark})" for mark in field.marks))))
    for pattern in entity.patterns:
        yield f"<i>{_escaped(pattern)}</i>"


def _box(lines: Iterable[str]) -> str:
    return "<br/>".join(lines)


def _escaped(text: str) -> str:
    """Text of a label: what has a meaning to Mermaid, HTML or Markdown becomes a code."""
    return "".join(
        character if character.isalnum() or character in " _-.,:/()" else f"#{ord(character)};"
        for character in text
    )
