"""What is drawn for an article: read out of its name where it says so, else drawn by lot from its code."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from examples.ecommerce.web.art.motifs import MOTIFS
from examples.ecommerce.web.art.things import THINGS

# Each colour as hue, saturation and lightness of a thing that has it.
COLOURS: Final = {
    "amber": (36, 84, 53),
    "slate": (212, 18, 44),
    "moss": (92, 32, 40),
    "coral": (9, 76, 62),
    "indigo": (238, 38, 49),
    "chalk": (42, 24, 82),
    "copper": (21, 57, 47),
    "teal": (180, 50, 34),
    "plum": (322, 34, 39),
    "sand": (38, 42, 68),
    "onyx": (220, 12, 24),
    "mint": (158, 38, 62),
}
# Words of names that mean the same as one of ours, so that other catalogues than the invented one look right.
_ALIKE: Final = {
    "red": "coral", "pink": "coral", "white": "chalk", "cream": "chalk", "ivory": "chalk", "blue": "indigo",
    "green": "moss", "black": "onyx", "purple": "plum", "yellow": "amber", "gold": "amber", "silver": "slate",
    "wooden": "copper", "hearts": "heart", "stars": "star", "bird": "sparrow", "birds": "sparrow",
    "apple": "orchard", "flower": "thistle", "rose": "thistle", "tin": "bread-tin", "light": "lamp-shade",
    "lamp": "lamp-shade", "lantern": "lamp-shade", "holder": "match-holder", "towel": "tea-towel",
    "spoon": "jam-spoon", "pencil": "pencil-roll", "pencils": "pencil-roll", "rug": "picnic-rug",
    "hook": "wall-hook", "hanger": "wall-hook", "soap": "soap-dish", "label": "plant-label",
    "sign": "plant-label", "timer": "egg-timer", "clock": "egg-timer", "coasters": "coaster",
    "tray": "key-tray", "bowl": "key-tray", "cakestand": "cake-stand", "cake": "cake-stand",
    "cases": "cake-stand", "sewing": "sewing-kit", "bottle": "jug", "cup": "mug", "teacup": "mug",
    "napkin": "napkins", "book": "bookend", "storage": "box", "stop": "door-stop", "doorstop": "door-stop",
}  # fmt: skip
TURNS: Final = 4  # backgrounds that pictures of the same thing can have


@dataclass(frozen=True, slots=True)
class Sketch:
    """A thing in a colour with a motif, before one of the backgrounds."""

    colour: str
    motif: str
    thing: str
    turn: int

    @property
    def slug(self) -> str:
        """Its name in addresses."""
        return f"{self.colour}.{self.motif}.{self.thing}.{self.turn}"

    @classmethod
    def parse(cls, slug: str) -> Sketch | None:
        """The sketch of a name in an address; None if there is none."""
        match slug.split("."):
            case [colour, motif, thing, turn] if (
                colour in COLOURS and motif in MOTIFS and thing in THINGS and turn in map(str, range(TURNS))
            ):
                return cls(colour, motif, thing, int(turn))
            case _:
                return None


def sketch_of(stock_code: str, name: str | None) -> Sketch:
    """Decide what an article looks like."""
    words = (name or "").lower().replace("-", " ").split()
    pairs = [f"{first}-{second}" for first, second in pairwise(words)]
    meant = [*pairs, *(_ALIKE.get(word, word) for word in words)]
    lot = zlib.crc32(stock_code.encode())
    return Sketch(
        colour=_first(meant, tuple(COLOURS), lot),
        motif=_first(meant, tuple(MOTIFS), lot // 7),
        thing=_first(meant, tuple(THINGS), lot // 101),
        turn=lot % TURNS,
    )


def _first(meant: list[str], known: tuple[str, ...], lot: int) -> str:
    return next((word for word in meant if word in known), known[lot % len(known)])
