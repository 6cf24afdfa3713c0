"""A sketch -> SVG: a background, a shadow, the thing, and its motif."""

from __future__ import annotations

from typing import Final

from examples.ecommerce.web.art.motifs import MOTIFS
from examples.ecommerce.web.art.sketch import COLOURS, Sketch
from examples.ecommerce.web.art.things import THINGS

# A quiet background each: a disc, an arch, hills, and a window.
_BACKGROUNDS: Final = (
    '<circle cx="100" cy="100" r="84" fill="{b}"/>',
    '<path d="M22 200V96a78 78 0 0 1 156 0v104z" fill="{b}"/>',
    '<path d="M0 134q50-44 104-18t96-16v100H0z" fill="{b}"/><circle cx="152" cy="48" r="22" fill="{b}"/>',
    '<rect x="20" y="20" width="160" height="160" rx="28" fill="{b}"/>',
)


def draw(sketch: Sketch) -> str:
    """Draw a sketch as an SVG document of about 2 KB, without scripts, styles or references."""
    hue, saturation, lightness = COLOURS[sketch.colour]
    is_light = lightness > 60
    thing = THINGS[sketch.thing]
    ground = (hue + (150 if sketch.turn % 2 else 24)) % 360
    shape = thing.shape.format(
        c=_hsl(hue, saturation, lightness),
        d=_hsl(hue, saturation, max(lightness - 16, 12)),
        l=_hsl(hue, max(saturation - 12, 6), min(lightness + 20, 93)),
    )
    ink = _hsl(hue, min(saturation, 40), 22 if is_light else 95)
    background = _BACKGROUNDS[sketch.turn].format(b=_hsl(ground, 34, 83))
    (x, y), size = thing.motif_at, thing.motif_size
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200" width="400" height="400">'
        f'<rect width="200" height="200" fill="{_hsl(ground, 36, 92)}"/>{background}'
        f'<ellipse cx="100" cy="171" rx="74" ry="8" fill="{_hsl(ground, 25, 40)}" opacity=".22"/>{shape}'
        f'<g transform="translate({x - size / 2:g} {y - size / 2:g}) scale({size / 100:g})" color="{ink}" '
        f'fill="{ink}">{MOTIFS[sketch.motif]}</g></svg>'
    )


def _hsl(hue: int, saturation: int, lightness: int) -> str:
    return f"hsl({hue} {saturation}% {lightness}%)"
