"""Whether two key templates can write the same key.

Both are cut at the separator, which no value can hold. Keys can only be the same if there are as many
segments, and each pair of segments can be. It is certain where the answer is no; it may be that no value
leads there where the answer is yes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeAlias

from ddbmodel.schema.key_templates import SEPARATOR, BoundSlot, KeyTemplate

_Segment: TypeAlias = Sequence[str | BoundSlot]


def overlap(one: KeyTemplate, other: KeyTemplate) -> bool:
    """Tell whether there may be values for which both templates write the same key."""
    mine, theirs = _segments(one), _segments(other)
    return len(mine) == len(theirs) and all(map(_meet, mine, theirs))


def _segments(template: KeyTemplate) -> list[_Segment]:
    segments: list[list[str | BoundSlot]] = [[]]
    for piece in template.pieces:
        if isinstance(piece, BoundSlot):
            segments[-1].append(piece)
            continue
        first, *rest = piece.split(SEPARATOR)
        segments[-1].append(first)
        segments.extend([text] for text in rest)
    return [[piece for piece in segment if piece != ""] or [""] for segment in segments]


def _meet(one: _Segment, other: _Segment) -> bool:
    for mine, theirs in ((one, other), (other, one)):
        texts = _texts(mine)
        if texts is not None:
            return any(_matches(theirs, text) for text in texts)
    widths = _width(one), _width(other)
    if None not in widths and widths[0] != widths[1]:
        return False
    heads = _literal(one), _literal(other)
    tails = _literal(one[::-1]), _literal(other[::-1])
    return _agree(*heads) and _agree(tails[0][::-1], tails[1][::-1])


def _texts(segment: _Segment) -> list[str] | None:
    """All the texts of a segment, if they are few."""
    texts = [""]
    for piece in segment:
        if isinstance(piece, str):
            more = [piece]
        elif piece.form.choices is not None:
            more = [piece.escape(text) for text in sorted(piece.form.choices)]
        else:
            return None
        texts = [text + end for text in texts for end in more]
    return texts


def _matches(segment: _Segment, text: str) -> bool:
    pattern = "".join(
        re.escape(piece)
        if isinstance(piece, str)
        else f"(.{{{piece.form.width}}})"
        if piece.form.width is not None
        else "(.*)"
        for piece in segment
    )
    match = re.fullmatch(pattern, text, re.DOTALL)
    slots = [piece for piece in segment if isinstance(piece, BoundSlot)]
    return match is not None and all(map(_readable, slots, match.groups()))


def _readable(slot: BoundSlot, text: str) -> bool:
    return slot.read(text) is not None


def _width(segment: _Segment) -> int | None:
    widths = [len(piece) if isinstance(piece, str) else piece.form.width for piece in segment]
    known = [width for width in widths if width is not None]
    return sum(known) if len(known) == len(widths) else None


def _literal(segment: _Segment) -> str:
    return segment[0] if isinstance(segment[0], str) else ""


def _agree(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)
