"""A line chart as SVG, small enough to be written by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

_WIDTH, _HEIGHT = 720, 360
_LEFT, _TOP, _RIGHT, _BOTTOM = 70, 40, 20, 90
_FONT: Final = 'font-family="sans-serif" font-size="12"'
_COLOURS: Final = ("#1b6ca8", "#2a9d5c", "#d9822b", "#b3361e")


@dataclass(frozen=True)
class Line:
    """One line: its name, and its points."""

    name: str
    points: Sequence[tuple[float, float]]


def line_chart(title: str, lines: Sequence[Line], *, x_label: str, y_max: float) -> str:
    """Draw lines over a common scale; what is higher than `y_max` is cut off."""
    x_max = max((x for line in lines for x, _ in line.points), default=1.0) or 1.0
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" {_FONT}>',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
        f'<text x="{_LEFT}" y="22" font-size="14">{escape(title)}</text>',
        *_grid(x_max, y_max, x_label),
    ]
    for number, line in enumerate(lines):
        parts += _line(line, number, x_max, y_max)
    return "\n".join([*parts, "</svg>\n"])


def _x(value: float, most: float) -> float:
    return _LEFT + value / most * (_WIDTH - _LEFT - _RIGHT)


def _y(value: float, most: float) -> float:
    return _HEIGHT - _BOTTOM - min(value, most) / most * (_HEIGHT - _TOP - _BOTTOM)


def _grid(x_max: float, y_max: float, x_label: str) -> Iterator[str]:
    for step in range(6):
        y, value = _y(y_max * step / 5, y_max), y_max * step / 5
        yield f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>'
        yield f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{value:,.0f}</text>'
        x, hours = _x(x_max * step / 5, x_max), x_max * step / 5
        yield f'<text x="{x:.1f}" y="{_HEIGHT - _BOTTOM + 18}" text-anchor="middle">{hours:.1f}</text>'
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    yield f'<text x="{middle}" y="{_HEIGHT - _BOTTOM + 36}" text-anchor="middle">{escape(x_label)}</text>'


def _line(line: Line, number: int, x_max: float, y_max: float) -> Iterator[str]:
    colour = _COLOURS[number % len(_COLOURS)]
    points = " ".join(f"{_x(x, x_max):.1f},{_y(y, y_max):.1f}" for x, y in line.points)
    yield f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
    x, y = _LEFT + 160 * number, _HEIGHT - 18
    yield f'<line x1="{x}" x2="{x + 22}" y1="{y - 4}" y2="{y - 4}" stroke="{colour}" stroke-width="3"/>'
    yield f'<text x="{x + 28}" y="{y}">{escape(line.name)}</text>'
