"""Tables as SVG: one panel for each, with a card for its keys and one for each entity."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap
from typing import Final

from ddbmodel.cli.drawing import EntityDrawing, TableDrawing

# In pixels. A character of the font is at most so wide; the rest is taste.
_CHARACTER: Final = 7.3
_LINE: Final = 19
_PADDING: Final = 14
_HEADER: Final = 34
_GAP: Final = 18
_WIDEST: Final = 1240
_NARROWEST: Final = 250
# Characters; what is longer goes on in the next line.
_LONGEST: Final = 58
_STYLE: Final = (
    "text{font:12px ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace;fill:#1f2937}"
    ".h{font-weight:700;font-size:13px;fill:#fff}"
    ".t{font:700 17px 'DejaVu Sans',Arial,sans-serif;fill:#111827}"
    ".c{font-weight:700;fill:#6b7280;font-size:11px}.d{fill:#6b7280}.k{fill:#b45309;font-weight:700}"
)
_COLOURS: Final = ("#1d4ed8", "#047857", "#7c3aed", "#be123c", "#0e7490", "#a16207")
_GREY: Final = "#374151"


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a card: what is on the left, what on the right, and how it looks."""

    left: str
    right: str = ""
    look: str = ""


@dataclass(frozen=True, slots=True)
class _Card:
    title: str
    colour: str
    lines: tuple[_Line, ...]

    @property
    def indent(self) -> float:
        """Where the right sides begin."""
        return max((len(line.left) for line in self.lines if line.right), default=0) * _CHARACTER + _PADDING

    @property
    def width(self) -> float:
        texts = [len(self.title) * _CHARACTER * 1.15]
        texts += [
            self.indent + len(line.right) * _CHARACTER if line.right else len(line.left) * _CHARACTER
            for line in self.lines
        ]
        return max(_NARROWEST, max(texts) + 2 * _PADDING)

    @property
    def height(self) -> float:
        return _HEADER + len(self.lines) * _LINE + _PADDING

    def at(self, x: float, y: float) -> Iterator[str]:
        """Its elements, with the upper left corner at a place."""
        width, height = self.width, self.height
        yield (
            f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="8" fill="#fff" '
            f'stroke="{self.colour}"/>'
        )
        yield (
            f'<path d="M{x:g} {y + _HEADER - 6:g}v-{_HEADER - 14}a8 8 0 0 1 8-8h{width - 16:g}a8 8 0 0 1 8 8'
            f'v{_HEADER - 14}z" fill="{self.colour}"/>'
        )
        yield _text(x + _PADDING, y + 19, self.title, "h")
        for number, line in enumerate(self.lines):
            height = y + _HEADER + 10 + number * _LINE
            yield _text(x + _PADDING, height, line.left, line.look)
            if line.right:
                yield _text(x + _PADDING + self.indent, height, line.right, "d")


def svg_of(tables: Sequence[TableDrawing]) -> str:
    """Draw tables, one below the other."""
    panels: list[str] = []
    y, widest = float(_GAP), 0.0
    for table in tables:
        elements, width, height = _panel(table, y)
        panels += elements
        widest, y = max(widest, width), y + height + _GAP
    width = widest + 2 * _GAP
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{y:g}" '
        f'viewBox="0 0 {width:g} {y:g}" role="img">'
    )
    names = escape(", ".join(table.name for table in tables))
    back = f'<rect width="{width:g}" height="{y:g}" fill="#fff"/>'
    return "\n".join(
        [head, f"<title>{names}</title>", f"<style>{_STYLE}</style>", back, *panels, "</svg>", ""]
    )


def _panel(table: TableDrawing, top: float) -> tuple[list[str], float, float]:
    """The elements of a table, its width and its height."""
    cards = [_keys_card(table)]
    cards += [
        _entity_card(entity, _COLOURS[number % len(_COLOURS)]) for number, entity in enumerate(table.entities)
    ]
    elements: list[str] = []
    left = float(2 * _GAP)
    x, y, row, right = left, top + 46, 0.0, 0.0
    for number, card in enumerate(cards):
        # The first card is the table's own, and stands above the entities.
        if number == 1 or (x > left and x + card.width > _WIDEST):
            x, y, row = left, y + row + _GAP, 0.0
        elements += card.at(x, y)
        right, row = max(right, x + card.width), max(row, card.height)
        x += card.width + _GAP
    width, height = right + _GAP - _GAP, y + row + _GAP - top
    frame = (
        f'<rect x="{_GAP}" y="{top:g}" width="{width:g}" height="{height:g}" rx="12" fill="#f3f4f6" '
        'stroke="#d1d5db"/>'
    )
    return [frame, _text(left, top + 29, f"table {table.name}", "t"), *elements], width, height


def _keys_card(table: TableDrawing) -> _Card:
    lines = (line for key in table.keys for line in _wrapped(_Line(key.name, key.text, "k")))
    return _Card("key and indexes", _GREY, tuple(lines))


def _entity_card(entity: EntityDrawing, colour: str) -> _Card:
    lines = [
        _Line(field.name, " ".join((field.type, *(f"· {mark}" for mark in field.marks))), _look(field.marks))
        for field in entity.fields
    ]
    lines += [_Line(""), _Line("KEYS", look="c")]
    lines += [_Line(key.name, key.text) for key in entity.keys]
    lines += [_Line(""), _Line("ACCESS PATTERNS", look="c")]
    lines += [_Line(pattern) for pattern in entity.patterns]
    return _Card(entity.name, colour, tuple(wrapped for line in lines for wrapped in _wrapped(line)))


def _wrapped(line: _Line) -> Iterator[_Line]:
    """The line, on as many as it needs."""
    if not line.right:
        yield from (
            _Line(text, look=line.look) for text in wrap(line.left, _LONGEST, subsequent_indent="  ") or [""]
        )
        return
    first, *more = wrap(line.right, _LONGEST)
    yield _Line(line.left, first, line.look)
    yield from (_Line("", text) for text in more)


def _look(marks: Sequence[str]) -> str:
    return "k" if "key" in marks else ""


def _text(x: float, y: float, text: str, look: str = "") -> str:
    look = f' class="{look}"' if look else ""
    return f'<text x="{x:g}" y="{y:g}"{look} xml:space="preserve">{escape(text)}</text>'
