"""What the tests of lost replies share: models, every write verb, and a transport that loses a reply."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal
from unittest.mock import patch

from ddbmodel import (
    Attr,
    ConditionalCheckFailed,
    Mapper,
    Model,
    TransactionCanceled,
    WriteOutcomeUnknown,
    field,
    partition_key,
    version,
)
from ddbmodel.operations import GetItem
from ddbmodel.transport import Transport, WireRequest


class Plain(Model, table="plain"):
    name: Attr[str] = partition_key()
    count: Attr[int] = field(default=0)
    note: Attr[str | None] = None


class Versioned(Plain, table="versioned"):
    number: Attr[int] = version()


class Unique(Plain, table="unique"):
    email: Attr[str | None] = field(default=None, unique=True)


class UniqueVersioned(Versioned, table="unique-versioned"):
    email: Attr[str | None] = field(default=None, unique=True)


MODELS: tuple[type[Plain], ...] = (Plain, Versioned, Unique, UniqueVersioned)

Outcome = Literal["written", "unknown"]
Verb = Callable[[Mapper, Any], Awaitable[Any]]


@dataclass(frozen=True)
class Case:
    """One write verb, and what has to come of it.

    Attributes:
        name: of the case.
        model: the model; an item named "a" with a count of 1 is stored of it, unless `new`.
        verb: the write, which makes the count 2, or deletes the item.
        applied: what is known when it was applied, and only the reply is lost.
        dropped: what is known when it was not.
        late: what is known when it was applied after the item was read back; as `dropped`, if not given.
        new: there is no item before.
        deletes: it deletes the item.
        ids: `Mapper(write_ids=True)`.
        repeated: it may reach the engine more than once, as that does no harm.
    """

    name: str
    model: type[Plain]
    verb: Verb
    applied: Outcome
    dropped: Outcome
    new: bool = False
    deletes: bool = False
    ids: bool = False
    repeated: bool = False
    late: Outcome | None = None

    def __str__(self) -> str:
        ids = ", write ids" if self.ids else ""
        return f"{self.model.__name__}: {self.name}{ids}"


def changed(model: Plain) -> Any:
    """The same object, with a count of 2."""
    model.count = 2
    return model


def _fresh(kind: type[Plain]) -> Plain:
    return kind(name="a", count=2)


async def _in_transaction(mapper: Mapper, model: Plain) -> None:
    async with mapper.transaction() as tx:
        tx.update(model, type(model).count.add(1))


async def _in_batch(mapper: Mapper, model: Plain) -> None:
    async with mapper.batch_writer() as writer:
        await writer.put(changed(model))


ADD, SET, ONE = Plain.count.add(1), Plain.count.set(2), Plain.count == 1
P, V, U, W = Plain, Versioned, Unique, UniqueVersioned
KEY = {kind: kind.key("a") for kind in MODELS}

CASES = [
    Case("put", P, lambda m, o: m.put(changed(o)), "written", "written", repeated=True),
    Case("put, when", P, lambda m, o: m.put(changed(o), when=ONE), "unknown", "unknown"),
    Case("put, when", P, lambda m, o: m.put(changed(o), when=ONE), "written", "unknown", ids=True),
    Case("put, return_old", P, lambda m, o: m.put(changed(o), return_old=True), "unknown", "unknown"),
    Case("create", P, lambda m, o: m.create(_fresh(P)), "unknown", "unknown", new=True),
    Case("create", P, lambda m, o: m.create(_fresh(P)), "written", "unknown", new=True, ids=True),
    Case("save", P, lambda m, o: m.save(changed(o)), "written", "written", repeated=True),
    Case("save of a new one", P, lambda m, o: m.save(_fresh(P)), "written", "written", new=True, repeated=True),
    Case("save, when", P, lambda m, o: m.save(changed(o), when=ONE), "unknown", "unknown"),
    Case("save, when", P, lambda m, o: m.save(changed(o), when=ONE), "written", "unknown", ids=True),
    Case("update, set", P, lambda m, o: m.update(o, SET), "written", "written", repeated=True),
    Case("update, add", P, lambda m, o: m.update(o, ADD), "unknown", "unknown"),
    Case("update, add", P, lambda m, o: m.update(o, ADD), "written", "unknown", ids=True),
    Case("update, when", P, lambda m, o: m.update(o, SET, when=ONE), "unknown", "unknown"),
    Case("update, when", P, lambda m, o: m.update(o, SET, when=ONE), "written", "unknown", ids=True),
    Case("delete", P, lambda m, o: m.delete(o), "written", "written", deletes=True, repeated=True),
    Case("delete, when", P, lambda m, o: m.delete(o, when=ONE), "unknown", "unknown", deletes=True),
    Case("delete, when", P, lambda m, o: m.delete(o, when=ONE), "unknown", "unknown", deletes=True, ids=True),
    Case("delete, return_old", P, lambda m, o: m.delete(o, return_old=True), "unknown", "unknown", deletes=True),
    Case("transaction", P, _in_transaction, "written", "written", repeated=True),
    Case("batch writer", P, _in_batch, "written", "written", repeated=True),
    Case("put", V, lambda m, o: m.put(changed(o)), "written", "written"),
    Case("put, when", V, lambda m, o: m.put(changed(o), when=ONE), "written", "written"),
    Case("put, return_old", V, lambda m, o: m.put(changed(o), return_old=True), "unknown", "unknown"),
    Case("put of a new one", V, lambda m, o: m.put(_fresh(V)), "written", "unknown", new=True),
    Case("put of one that was not read", V, lambda m, o: m.put(V(name="a", count=2, number=1)), "written", "unknown"),
    Case("create", V, lambda m, o: m.create(_fresh(V)), "written", "unknown", new=True),
    Case("save", V, lambda m, o: m.save(changed(o)), "written", "written"),
    Case("save, when", V, lambda m, o: m.save(changed(o), when=ONE), "written", "written"),
    Case("save of a new one", V, lambda m, o: m.save(_fresh(V)), "written", "unknown", new=True),
    Case("update, set", V, lambda m, o: m.update(o, SET), "written", "written"),
    Case("update, add", V, lambda m, o: m.update(o, ADD), "written", "written"),
    Case("update, when", V, lambda m, o: m.update(o, ADD, when=ONE), "written", "written"),
    Case("update by key", V, lambda m, o: m.update(KEY[V], ADD), "written", "unknown"),
    Case("update by key, when", V, lambda m, o: m.update(KEY[V], SET, when=ONE), "written", "unknown"),
    Case("delete", V, lambda m, o: m.delete(o), "unknown", "written", late="unknown", deletes=True),
    Case("delete, when", V, lambda m, o: m.delete(o, when=ONE), "unknown", "written", late="unknown", deletes=True),
    Case("delete, return_old", V, lambda m, o: m.delete(o, return_old=True), "unknown", "unknown", deletes=True),
    Case("delete by key", V, lambda m, o: m.delete(KEY[V]), "written", "written", deletes=True, repeated=True),
    Case("delete by key, when", V, lambda m, o: m.delete(KEY[V], when=ONE), "unknown", "unknown", deletes=True),
    Case("transaction", V, _in_transaction, "written", "written", repeated=True),
    *(
        case
        for kind in (U, W)
        for case in (
            Case("create", kind, lambda m, o, kind=kind: m.create(_named(kind)), "written", "written", new=True, repeated=True),
            Case("put", kind, lambda m, o: m.put(_renamed(o)), "written", "written", repeated=True),
            Case("save", kind, lambda m, o: m.save(_renamed(o)), "written", "written", repeated=True),
            Case("update", kind, lambda m, o: m.update(o, ADD, type(o).email.set("new")), "written", "written", repeated=True),
            Case("delete", kind, lambda m, o: m.delete(o), "written", "written", deletes=True, repeated=True),
            Case("transaction", kind, _in_transaction, "written", "written", repeated=True),
        )
    ),
]  # fmt: skip


def _named(kind: type[Any]) -> Any:
    return kind(name="a", count=2, email="new")


def _renamed(model: Any) -> Any:
    model.email = "new"
    return changed(model)


class Losing:
    """A transport that loses the reply to the first write, if that must not be repeated.

    Args:
        inner: the way to the service.
        applied: whether the write that is lost is applied: at once, never, or after the item was read back.
        between: what others do after it was lost, and before anything is read back.
    """

    def __init__(
        self,
        inner: Transport,
        applied: Literal["now", "never", "late"],
        between: Callable[[], Awaitable[Any]] | None = None,
    ) -> None:
        self.inner = inner
        self.statistics = inner.statistics
        self.writes = 0
        self._applied = applied
        self._between = between
        self._late: WireRequest | None = None

    async def send(self, request: WireRequest) -> dict[str, Any]:
        if not request.is_write:
            reply = await self.inner.send(request)
            if isinstance(request, GetItem):
                await self.apply_late()
            return reply
        self.writes += 1
        if self.writes > 1:
            return await self.inner.send(request)
        if self._applied == "late":
            self._late = request
        elif self._applied == "now":
            await self.inner.send(request)
        if self._between is not None:
            await self._between()
        if request.repeatable:
            return await self.inner.send(request)
        raise WriteOutcomeUnknown("as the test says")

    async def apply_late(self) -> None:
        """Apply the write that was lost."""
        late, self._late = self._late, None
        if late is not None:
            with suppress(ConditionalCheckFailed, TransactionCanceled):
                await self.inner.send(late)

    async def close(self) -> None: ...


def mapper_over(transport: Any, **options: Any) -> Mapper:
    """A mapper over a transport."""
    with patch("ddbmodel.mapper.mapper.attach", lambda client, lane: transport):
        return Mapper(object(), **options)
