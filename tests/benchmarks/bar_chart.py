"""Groups of bars as SVG, small enough to be written by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

_WIDTH, _HEIGHT = 860, 380
_LEFT, _TOP, _RIGHT, _BOTTOM = 50, 40, 10, 80
_FONT: Final = 'font-family="sans-serif" font-size="12"'
_COLOURS: Final = ("#9aa5b1", "#0b4f8a", "#4a9bd4", "#d9822b", "#e9b872", "#2a9d5c", "#b3361e")


@dataclass(frozen=True)
class Bar:
    """One bar: its height, and the ends of the line that shows how far its values spread."""

    height: float
    least: float
    most: float


def bar_chart(
    title: str, names: Sequence[str], groups: Mapping[str, Mapping[str, Bar]], *, y_max: float
) -> str:
    """Draw bars in groups, each name in a colour of its own; what is higher than `y_max` is cut off."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" {_FONT}>',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
        f'<text x="{_LEFT}" y="22" font-size="14">{escape(title)}</text>',
        *_grid(y_max),
        *_legend(names),
    ]
    width = (_WIDTH - _LEFT - _RIGHT) / max(1, len(groups))
    for number, (group, bars) in enumerate(groups.items()):
        left = _LEFT + number * width
        parts.append(
            f'<text x="{left + width / 2:.1f}" y="{_HEIGHT - _BOTTOM + 18}" text-anchor="middle">{escape(group)}</text>'
        )
        parts += _group(names, bars, left + width * 0.08, width * 0.84 / len(names), y_max)
    return "\n".join([*parts, "</svg>\n"])


def _y(value: float, most: float) -> float:
    return _HEIGHT - _BOTTOM - min(value, most) / most * (_HEIGHT - _TOP - _BOTTOM)


def _grid(y_max: float) -> Iterator[str]:
    for step in range(5):
        value = y_max * step / 4
        y = _y(value, y_max)
        yield f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>'
        yield f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{value:.2f}</text>'


def _group(
    names: Sequence[str], bars: Mapping[str, Bar], left: float, width: float, y_max: float
) -> Iterator[str]:
    for number, name in enumerate(names):
        bar = bars.get(name)
        if bar is None:
            continue
        x, top, middle = left + number * width, _y(bar.height, y_max), left + (number + 0.45) * width
        height = _HEIGHT - _BOTTOM - top
        colour = _COLOURS[number % len(_COLOURS)]
        yield f'<rect x="{x:.1f}" y="{top:.1f}" width="{width * 0.9:.1f}" height="{height:.1f}" fill="{colour}"/>'
        ends = f'y1="{_y(bar.most, y_max):.1f}" y2="{_y(bar.least, y_max):.1f}"'
        yield f'<line x1="{middle:.1f}" x2="{middle:.1f}" {ends} stroke="#222"/>'


def _legend(names: Sequence[str]) -> Iterator[str]:
    step = (_WIDTH - _LEFT - _RIGHT) / max(1, len(names))
    for number, name in enumerate(names):
        x, y = _LEFT + step * number, _HEIGHT - 22
        yield f'<rect x="{x:.1f}" y="{y - 10}" width="12" height="12" fill="{_COLOURS[number % len(_COLOURS)]}"/>'
        yield f'<text x="{x + 17:.1f}" y="{y}">{escape(name)}</text>'
