"""Rows of a source, in slices: read in a thread where reading blocks, and never far ahead."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, AsyncIterable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import islice
from typing import Any, Final

from ddbmodel.ingest.objects import ObjectReader, Objects
from ddbmodel.ingest.rows import Position, Row
from ddbmodel.ingest.source import Reader, Source

_SLICE_ROWS: Final = 500
_SLICES_AHEAD: Final = 2


class Feed:
    """What is read next. `fraction` may be asked while the thread reads."""

    def __init__(self, reader: Reader | None, slices: AsyncGenerator[Sequence[Row]]) -> None:
        self._reader = reader
        self.slices = slices

    def fraction(self) -> float | None:
        """How much of the source is read, from 0 to 1; None where nobody knows."""
        return None if self._reader is None else self._reader.fraction()


@asynccontextmanager
async def feed_of(source: Source, start: Position) -> AsyncGenerator[Feed]:
    """Open a source for reading.

    Raises:
        SourceError: it cannot be read.
    """
    if isinstance(source, Objects):
        slices = (
            _async_slices(source.rows, start)
            if isinstance(source.rows, AsyncIterable)
            else _slices(source.rows, start)
        )
        try:
            yield Feed(None, slices)
        finally:
            await slices.aclose()
        return
    reader = await _opened(source, start)
    thread = _ReaderThread(reader)
    try:
        yield Feed(reader, thread.slices())
    finally:
        thread.stop()


async def _opened(source: Source, start: Position) -> Reader:
    """Open a source in a thread. Cancelled meanwhile, it leaves nothing open, whoever comes first."""
    lock, opened = threading.Lock(), list[Reader]()
    cancelled = False

    def open_in_thread() -> Reader:
        reader = source.open(start)
        with lock:
            opened.append(reader)
            if cancelled:
                reader.close()
        return reader

    try:
        return await asyncio.to_thread(open_in_thread)
    except asyncio.CancelledError:
        with lock:
            cancelled = True
            for reader in opened:
                reader.close()
        raise


async def _slices(rows: Iterable[Any], start: Position) -> AsyncGenerator[Sequence[Row]]:
    """What a program makes itself is made in its own thread."""
    left = iter(ObjectReader(rows, start))
    while True:
        part, error = _slice_of(left)
        if part:
            yield part
        if error is not None:
            raise error
        if not part:
            return
        await asyncio.sleep(0)


async def _async_slices(rows: AsyncIterable[Any], start: Position) -> AsyncGenerator[Sequence[Row]]:
    number = 0
    async for content in rows:
        number += 1
        if number > start.row:
            yield [Row(number, None, Position(number), content)]


def _slice_of(rows: Iterator[Row]) -> tuple[list[Row], BaseException | None]:
    """Take the next rows, and the error that ended them: what was read before it counts."""
    part: list[Row] = []
    try:
        for row in islice(rows, _SLICE_ROWS):
            part.append(row)  # noqa: PERF402  # one by one, so that they are there when it fails
    except BaseException as error:  # noqa: BLE001  # it is raised once they are used
        return part, error
    return part, None


class _ReaderThread:
    """A thread of its own, that does not hold up the end of the program while it waits for standard input."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[Sequence[Row] | BaseException | None] = asyncio.Queue()
        self._room = threading.Semaphore(_SLICES_AHEAD)
        self._stopped = False
        threading.Thread(target=self._read, name="ddbmodel-ingest-reader", daemon=True).start()

    async def slices(self) -> AsyncGenerator[Sequence[Row]]:
        """Give slice after slice, and raise what reading raised."""
        while (part := await self._queue.get()) is not None:
            if isinstance(part, BaseException):
                raise part
            self._room.release()
            yield part

    def stop(self) -> None:
        """Read no more."""
        self._stopped = True
        self._room.release()

    def _read(self) -> None:
        rows = iter(self._reader)
        try:
            while not self._stopped:
                self._room.acquire()
                part, error = _slice_of(rows)
                if part:
                    self._put(part)
                if error is not None or not part:
                    self._put(error)
                    return
        finally:
            self._reader.close()

    def _put(self, part: Sequence[Row] | BaseException | None) -> None:
        with suppress(RuntimeError):  # the loop was closed: nobody waits for it any more
            self._loop.call_soon_threadsafe(self._queue.put_nowait, part)
