"""The writes that a batch writer has accepted and not settled yet, and the count of what became of them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from pydantic import BaseModel

from ddbmodel import limits
from ddbmodel.codec.sizes import item_wire_size_bytes
from ddbmodel.errors import Failure
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.model import ItemKey, plan_of
from ddbmodel.model.keys import identity_of
from ddbmodel.operations import BatchDelete, BatchPut, BatchWrite

Identity: TypeAlias = tuple[Any, ...]

# What a write adds to the request around its item: {"PutRequest":{"Item":...}}, and a share of the rest.
_FRAME_BYTES: Final = 256


@dataclass(slots=True)
class WriteReport:
    """What became of the writes of a batch writer.

    Attributes:
        accepted: how many `put` and `delete` calls were accepted.
        written: how many of them are in the table.
        superseded: how many were replaced by a later write to the same key before they were written.
        failed: the others, each with its item and reason.
        retries: how many times a write was sent again.
    """

    accepted: int = 0
    written: int = 0
    superseded: int = 0
    failed: list[Failure] = field(default_factory=list)
    retries: int = 0


@dataclass(slots=True, eq=False)
class Entry:
    """One accepted write.

    Attributes:
        identity: table and key.
        write: what is sent.
        origin: the model or key that the user gave, for failures.
        size_bytes: its share of a request.
        attempts: how many requests carried it.
        reason: why it was not written by the last of them.
        unknown: True if the outcome of one of them is not known.
    """

    identity: Identity
    write: BatchWrite
    origin: Any = field(repr=False)
    size_bytes: int
    attempts: int = 0
    reason: str = ""
    unknown: bool = False

    @property
    def operation(self) -> str:
        """`put` or `delete`."""
        return "put" if isinstance(self.write, BatchPut) else "delete"

    def failure(self, reason: str, *, unknown: bool) -> Failure:
        """What is reported if it is given up."""
        return Failure(self.operation, self.origin, reason, self.attempts, unknown)


def entry_for_put(gateway: Gateway, model: BaseModel) -> Entry:
    """A put of a model, encoded now."""
    plan = plan_of(type(model))
    item = plan.encode(model)
    table = gateway.table_name(plan)
    identity = (table, identity_of(plan.key_from_item(item)))
    return Entry(identity, BatchPut(table, item), model, item_wire_size_bytes(item) + _FRAME_BYTES)


def entry_for_delete(gateway: Gateway, target: ItemKey[Any] | BaseModel) -> Entry:
    """A delete of the item with this key, or with the key of this model."""
    if isinstance(target, BaseModel):
        target = plan_of(type(target)).key_of(target)
    table = gateway.table_name(plan_of(target.model))
    write = BatchDelete(table, target.attributes)
    return Entry(
        (table, target.identity), write, target, item_wire_size_bytes(target.attributes) + _FRAME_BYTES
    )


class Backlog:
    """Writes on their way: waiting ones, by key, and those that a worker has taken.

    A worker never takes a write while another one for the same key is under way, so the order of writes to a key
    is kept, and no batch names a key twice.
    """

    def __init__(self, room: int) -> None:
        self.report = WriteReport()
        self._room = room
        self._waiting: dict[Identity, Entry] = {}
        self._taken: set[Identity] = set()
        self._draining = 0
        self._for_work: list[asyncio.Future[None]] = []
        self._for_room: list[asyncio.Future[None]] = []
        self._for_end: list[asyncio.Future[None]] = []

    async def add(self, entry: Entry) -> None:
        """Accept a write; wait while there is no room. It replaces a waiting one for the same key."""
        while entry.identity not in self._waiting and len(self._waiting) >= self._room:
            await _wait(self._for_room)
        self.report.accepted += 1
        if self._waiting.pop(entry.identity, None) is not None:
            self.report.superseded += 1
        self._waiting[entry.identity] = entry
        self._wake_workers()

    async def take(self, left: Iterable[Entry]) -> list[Entry]:
        """The next batch: what is left of the last one, filled up. Waits for a full batch, unless draining."""
        batch = list(left)
        while not self._fill(batch) and not batch:
            await _wait(self._for_work)
        return batch

    def _fill(self, batch: list[Entry]) -> bool:
        """Fill a batch up to 25 writes and 16 MB if that makes it full, or if nothing is to be waited for."""
        size = sum(entry.size_bytes for entry in batch)
        chosen: list[Entry] = []
        full = False
        for entry in self._waiting.values():
            if entry.identity in self._taken:
                continue
            full = len(batch) + len(chosen) == limits.BATCH_WRITE_ITEMS
            full = full or size + entry.size_bytes > limits.BATCH_WRITE_BYTES
            if full:
                break
            size += entry.size_bytes
            chosen.append(entry)
        full = full or len(batch) + len(chosen) == limits.BATCH_WRITE_ITEMS
        if not full and not self._draining and not batch:
            return False
        for entry in chosen:
            del self._waiting[entry.identity]
            self._taken.add(entry.identity)
        batch.extend(chosen)
        _wake(self._for_room)
        return bool(chosen)

    def written(self, entry: Entry) -> None:
        """A write is in the table."""
        self.report.written += 1
        self._release(entry)

    def fail(self, entry: Entry, reason: str, *, unknown: bool) -> None:
        """A write is given up."""
        self.report.failed.append(entry.failure(reason, unknown=unknown))
        self._release(entry)

    def without_superseded(self, entries: Iterable[Entry]) -> list[Entry]:
        """The taken writes for whose keys no later write is waiting; the others are superseded."""
        kept = []
        for entry in entries:
            if entry.identity in self._waiting:
                self.report.superseded += 1
                self._release(entry)
            else:
                kept.append(entry)
        return kept

    def give_back(self, entries: Iterable[Entry]) -> None:
        """Taken writes that were not settled wait again, unless later ones for their keys do."""
        for entry in self.without_superseded(entries):
            self._taken.discard(entry.identity)
            self._waiting[entry.identity] = entry
        self._wake_workers()

    async def drain(self) -> None:
        """Wait until everything that was accepted is settled; batches need not be full until then."""
        self._draining += 1
        try:
            _wake(self._for_work)
            while self._waiting or self._taken:
                await _wait(self._for_end)
        finally:
            self._draining -= 1

    def abandon(self, reason: str) -> None:
        """Give up everything that is still waiting."""
        for entry in list(self._waiting.values()):
            full_reason = f"{reason}; the last attempt: {entry.reason}" if entry.reason else reason
            self.report.failed.append(entry.failure(full_reason, unknown=entry.unknown))
        self._waiting.clear()
        _wake(self._for_room)

    def identity_of(self, write: BatchWrite, batch: Iterable[Entry]) -> Identity | None:
        """The identity of a write that came back from the service, if it is one of the batch."""
        for entry in batch:
            if entry.write.table == write.table and type(entry.write) is type(write):
                names = [name for name, _, _ in entry.identity[1]]
                attributes = write.item if isinstance(write, BatchPut) else write.key
                if all(name in attributes for name in names):
                    return (write.table, identity_of({name: attributes[name] for name in names}))
        return None

    def _release(self, entry: Entry) -> None:
        self._taken.discard(entry.identity)
        self._wake_workers()
        if not self._waiting and not self._taken:
            _wake(self._for_end)

    def _wake_workers(self) -> None:
        if self._draining or len(self._waiting) >= limits.BATCH_WRITE_ITEMS:
            _wake(self._for_work)


async def _wait(waiters: list[asyncio.Future[None]]) -> None:
    waiter = asyncio.get_running_loop().create_future()
    waiters.append(waiter)
    try:
        await waiter
    finally:
        if waiter in waiters:
            waiters.remove(waiter)


def _wake(waiters: list[asyncio.Future[None]]) -> None:
    for waiter in waiters:
        if not waiter.done():
            waiter.set_result(None)
    waiters.clear()
