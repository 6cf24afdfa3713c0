"""art: a picture for each article, drawn from its name and code. It has no photographs.

    sketch      name and code -> what is drawn: a thing, in a colour, with a motif; and its name in addresses
    things      the outlines of things
    motifs      the emblems that are printed on them
    drawing     a sketch -> SVG

The same article looks the same on every page and in every process. An address names what is drawn, not the
article, so that a picture needs no look into the table and can be kept by browsers for ever.
"""

from __future__ import annotations

from examples.ecommerce.web.art.drawing import draw
from examples.ecommerce.web.art.sketch import Sketch, sketch_of

__all__ = ["Sketch", "draw", "sketch_of"]
