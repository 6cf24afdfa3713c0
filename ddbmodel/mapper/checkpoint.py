"""Scans that can be resumed: pages of all segments, each with how far the whole scan has come.

A checkpoint is a token like a page's, with the same seal. It holds which segments have not begun, and the key
after which to go on with each that is under way; the others have come to their end. Segments begin in the
order of their numbers, so that is short, however many segments there are.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Final, Generic, TypeGuard, TypeVar

from ddbmodel.codec.values import Item
from ddbmodel.errors import CodecError, InvalidCursor
from ddbmodel.mapper.cursor import DAMAGED, TOKEN_MAX, Cursors
from ddbmodel.mapper.pages import Pager
from ddbmodel.mapper.reading import InvalidItem
from ddbmodel.mapper.segments import SEGMENTS_UNDER_WAY, Start

R = TypeVar("R")

_CHECKPOINT_MAX: Final = TOKEN_MAX * SEGMENTS_UNDER_WAY


@dataclass(frozen=True, slots=True)
class ScanPage(Generic[R]):
    """Some of a scan's results, and how far it has come with them.

    Attributes:
        items: in no order; none where a filter leaves nothing of a page.
        checkpoint: the token with which the scan goes on after this page and all before it. After the last
            page it is one of which nothing more comes.
        invalid: what could not be decoded, if the scan collects it.
    """

    items: list[R]
    checkpoint: str
    invalid: list[InvalidItem] = field(default_factory=list[InvalidItem])


@dataclass(slots=True)
class Progress:
    """How far the segments of a scan have come.

    Attributes:
        segments: how many there are.
        begun: the segments below this number have begun.
        ends: after which key to go on with segments that have begun and not ended; None is the beginning.
    """

    segments: int
    begun: int = 0
    ends: dict[int, Item | None] = field(default_factory=dict[int, Item | None], repr=False)

    def starts(self) -> Iterator[Start]:
        """Where to go on: with what is under way, then with the segments that have not begun."""
        fresh = ((segment, None) for segment in range(self.begun, self.segments))
        return chain(list(self.ends.items()), fresh)

    def note(self, segment: int, end: Item | None) -> None:
        """Take down that a page of a segment was handed out, which ends at a key, or the segment's end."""
        for skipped in range(self.begun, segment):
            self.ends[skipped] = None
        self.begun = max(self.begun, segment + 1)
        if end is None:
            self.ends.pop(segment, None)
        else:
            self.ends[segment] = end


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """Makes and reads the checkpoints of one scan.

    Attributes:
        cursors: seal them; their identity has the number of segments.
        segments: how many there are.
    """

    cursors: Cursors
    segments: int

    def make(self, progress: Progress) -> str:
        """The token of a progress."""
        ends = [
            [segment] if key is None else [segment, *self.cursors.texts(key)]
            for segment, key in progress.ends.items()
        ]
        return self.cursors.sealed([progress.begun, *ends])

    def read(self, token: str) -> Progress:
        """The progress of a token.

        Raises:
            InvalidCursor: the token is damaged, or of another scan.
        """
        payload = self.cursors.opened(token, _CHECKPOINT_MAX)
        try:
            return self._progress(json.loads(payload))
        except (ValueError, CodecError, RecursionError):
            raise InvalidCursor(DAMAGED) from None

    def _progress(self, plain: object) -> Progress:
        if not _is_list(plain) or not plain:
            raise ValueError("no progress")
        begun, *ends = plain
        if type(begun) is not int or not 0 <= begun <= self.segments:
            raise ValueError("no number of segments")
        progress = Progress(self.segments, begun)
        for end in ends:
            if not _is_list(end) or not end:
                raise ValueError("no end of a segment")
            segment, *texts = end
            if type(segment) is not int or not 0 <= segment < begun or segment in progress.ends:
                raise ValueError("no segment that has begun")
            if not all(type(text) is str and text for text in texts):
                raise ValueError("a value is no text")
            progress.ends[segment] = self.cursors.key(texts) if texts else None
        return progress


async def resumable(
    pager: Pager, checkpoints: Checkpoints, after: str | None
) -> AsyncGenerator[ScanPage[Any]]:
    """The pages of a scan that come after a checkpoint; None is the beginning."""
    async with aclosing(stored_pages(pager, checkpoints, after)) as pages:
        async for items, checkpoint in pages:
            results, invalid = pager.reading.sorted_out(items)
            yield ScanPage(results, checkpoint, invalid)


async def stored_pages(
    pager: Pager, checkpoints: Checkpoints, after: str | None
) -> AsyncGenerator[tuple[Sequence[Item], str]]:
    """The same pages as `resumable`, with the items as they are stored, and the checkpoint of each."""
    progress = Progress(pager.segments) if after is None else checkpoints.read(after)
    async with aclosing(pager.portions(progress.starts())) as portions:
        async for portion in portions:
            progress.note(portion.segment, portion.end)
            yield portion.items, checkpoints.make(progress)


def _is_list(plain: object) -> TypeGuard[list[Any]]:
    return isinstance(plain, list)
