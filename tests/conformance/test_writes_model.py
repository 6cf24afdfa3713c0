"""Random writes by several stale copies, against plain Python: items, indexes and guards after every step."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ddbmodel import (
    ConditionalCheckFailed,
    DDBModelError,
    ExpressionError,
    ItemExists,
    ItemNotFound,
    Mapper,
    UniqueViolation,
    VersionConflict,
)
from tests.conformance.ledger import START, Note, NoteRow, Row, User, UserRow, contents, moment
from tests.engines.engine import Engine

NAMES, EMAILS, TEAMS, KINDS = ("a", "b", "c"), (None, "x", "y"), (None, "t", "u"), (None, "k", "l")
USER = {
    "email": st.sampled_from(EMAILS),
    "team": st.sampled_from(TEAMS),
    "level": st.integers(0, 2),
    "expires": st.sampled_from((None, 1_800_000_000)),
}
NOTE = {
    "kind": st.sampled_from(KINDS),
    "rank": st.integers(0, 2),
    "tags": st.frozensets(st.sampled_from("pq"), max_size=2),
}
VERBS = ("create", "put", "save", "save", "save", "update", "update", "delete", "delete by key")


@dataclass(frozen=True)
class Step:
    """One write.

    Attributes:
        verb: what is done.
        row: whose key it is to, and the values of a new model.
        changes: the fields that are changed, by `save` and `update`.
        copy: which of the copies of the item is written; the latest is 0.
        honest: what `given=` says is true.
        by_key: an update is of the key, not of a copy.
    """

    verb: str
    row: Row
    changes: dict[str, Any]
    copy: int = 0
    honest: bool = True
    by_key: bool = True


def _steps(row: st.SearchStrategy[Any], changes: dict[str, Any]) -> st.SearchStrategy[Step]:
    some = st.fixed_dictionaries({}, optional=changes)
    return st.builds(
        Step, st.sampled_from(VERBS), row, some, st.integers(0, 2), st.integers(0, 4).map(bool), st.booleans()
    )


USER_STEP = _steps(st.builds(UserRow, st.sampled_from(NAMES), **USER), USER)
NOTE_STEP = _steps(st.builds(NoteRow, st.just("a"), st.integers(0, 1), **NOTE), NOTE)
STEP = USER_STEP | NOTE_STEP
STEPS = st.lists(
    STEP | STEP | NOTE_STEP | st.lists(STEP, min_size=1, max_size=4) | st.tuples(NOTE_STEP, NOTE_STEP),
    min_size=5,
    max_size=25,
)


@dataclass
class Copy:
    """A model in memory, what was stored when it was read, and what it has now."""

    model: Any
    read: Any
    now: Any


@dataclass
class Refused(Exception):
    """What the write has to be refused with."""

    error: type[DDBModelError]


@dataclass
class World:
    """The table, and what has to be in it."""

    mapper: Mapper
    client: Any
    table: str
    clock: list[datetime]
    rows: dict[tuple[str, str], Row] = field(default_factory=dict)
    copies: dict[tuple[str, str], list[Copy]] = field(default_factory=dict)

    # Steps ------------------------------------------------------------------------------------------------

    async def take(self, steps: Step | list[Step] | tuple[Step, Step]) -> None:
        """Take one step, several as a transaction (a list), or as a batch of notes (a tuple)."""
        self.clock[0] += timedelta(seconds=1)
        if isinstance(steps, Step):
            await self._alone(steps)
        elif isinstance(steps, list):
            await self._together(list({step.row.key: step for step in steps}.values()))
        else:
            await self._in_batch(steps)

    async def _alone(self, step: Step) -> None:
        verb, copy = self._verb(step)
        refused = self._refusal(step, verb, copy)
        if refused is None:
            after = self._after(step, verb, copy)
            await self._write(self.mapper, step, verb, copy)
            self._keep(step, after, copy)
            return
        with pytest.raises(refused) as error:
            await self._write(self.mapper, step, verb, copy)
        assert type(error.value) is refused, (step, error.value)

    def _refusal(self, step: Step, verb: str, copy: Copy | None) -> type[DDBModelError] | None:
        try:
            self._check_unique([(step.row.key, self._after(step, verb, copy))])
        except Refused as refused:
            return refused.error
        return None

    async def _together(self, steps: list[Step]) -> None:
        expected: list[tuple[tuple[str, str], Row | None]] = []
        refusals: set[type[DDBModelError]] = set()
        chosen = [(step, *self._verb(step)) for step in steps]
        for step, verb, copy in chosen:
            try:
                expected.append((step.row.key, self._after(step, verb, copy)))
            except Refused as refused:
                refusals.add(refused.error)
        try:
            self._check_unique(expected)
        except Refused as refused:
            refusals.add(refused.error)
        if refusals:
            with pytest.raises(DDBModelError) as error:
                await self._send_together(chosen)
            # Where several refuse, what one would have done is not known, and others may claim its values.
            assert len(refusals) > 1 or type(error.value) in {*refusals, ExpressionError}, (
                chosen,
                error.value,
            )
            return
        await self._send_together(chosen)
        for (step, _, copy), (_, after) in zip(chosen, expected, strict=True):
            self._keep(step, after, copy)

    async def _send_together(self, chosen: list[tuple[Step, str, Copy | None]]) -> None:
        async with self.mapper.transaction() as tx:
            for step, verb, copy in chosen:
                await self._write(tx, step, verb, copy)

    async def _in_batch(self, steps: tuple[Step, Step]) -> None:
        async with self.mapper.batch_writer() as writer:
            for step in steps:
                if step.verb.startswith("delete"):
                    await writer.delete(step.row.model())
                    self.rows.pop(step.row.key, None)
                else:
                    await writer.put(step.row.model())
                    self.rows[step.row.key] = step.row

    def _verb(self, step: Step) -> tuple[str, Copy | None]:
        """What can be done: without a copy, an item can only be made or be changed by its key."""
        copies = self.copies.get(step.row.key, [])
        copy = copies[-1 - step.copy] if len(copies) > step.copy else None
        if copy is None and step.verb in ("save", "delete"):
            return "put", None
        return step.verb, None if step.verb in ("create", "delete by key") else copy

    async def _write(self, writer: Any, step: Step, verb: str, copy: Copy | None) -> None:
        """Send it, or put it into a transaction."""
        model = step.row.model() if copy is None else copy.model
        kind: Any = type(model)
        key = kind.key(*([step.row.name] if kind is User else [step.row.name, step.row.place]))  # type: ignore[union-attr]
        match verb:
            case "create" | "put":
                sent = getattr(writer, verb)(model)
            case "save":
                for name, value in step.changes.items():
                    setattr(model, name, _python(name, value))
                copy.now = replace(copy.now, **step.changes)  # type: ignore[union-attr]
                sent = writer.save(model)
            case "update":
                target = key if step.by_key or copy is None else model
                actions = [
                    getattr(kind, name).set(_python(name, value))
                    for name, value in self._changes(step).items()
                ]
                sent = writer.update(target, *actions, given=self._given(step))
            case "delete":
                sent = writer.delete(model)
            case _:
                sent = writer.delete(key)
        if sent is not None:
            await sent

    def _changes(self, step: Step) -> dict[str, Any]:
        """An update changes something."""
        return step.changes or ({"level": 1} if isinstance(step.row, UserRow) else {"rank": 1})

    def _given(self, step: Step) -> dict[str, Any]:
        """What the caller says of the item: what is true, or else that something is one higher."""
        row = self.rows.get(step.row.key, step.row)
        if isinstance(row, UserRow):
            return {"level": row.level + (not step.honest), "team": row.team}
        return {"kind": row.kind, "rank": row.rank + (not step.honest)}

    # What has to come of it -----------------------------------------------------------------------------------

    def _after(self, step: Step, verb: str, copy: Copy | None) -> Row | None:
        """What is stored afterwards.

        Raises:
            Refused: nothing is written.
        """
        stored = self.rows.get(step.row.key)
        if isinstance(step.row, UserRow):
            return self._user_after(step, verb, copy, stored)
        return self._note_after(step, verb, copy, stored)

    def _user_after(  # noqa: C901, PLR0912  # one case for each verb
        self, step: Step, verb: str, copy: Copy | None, stored: Any
    ) -> UserRow | None:
        number, found = 0 if copy is None else copy.read.number, 0 if stored is None else stored.number
        now = self.clock[0]
        match verb:
            case "create":
                if stored is not None:
                    raise Refused(ItemExists)
                return replace(step.row, seen=now, number=1)  # type: ignore[arg-type]
            case "save":
                mine = replace(copy.now, **step.changes)  # type: ignore[union-attr]
                changed = {
                    name: getattr(mine, name)
                    for name in USER
                    if getattr(mine, name) != getattr(copy.read, name)
                }  # type: ignore[union-attr]
                if not changed:
                    return stored  # type: ignore[no-any-return]
                if number != found:
                    raise Refused(VersionConflict)
                return replace(stored, **changed, seen=now, number=found + 1)
            case "put":
                if number != found:
                    raise Refused(VersionConflict)
                return replace(step.row if copy is None else copy.now, seen=now, number=found + 1)
            case "update":
                checked = not step.by_key and copy is not None
                if stored is None:
                    raise Refused(VersionConflict if checked and number else ItemNotFound)
                if checked and number != found:
                    raise Refused(VersionConflict)
                changes = self._changes(step)
                if "level" not in changes and not step.honest:
                    raise Refused(ConditionalCheckFailed)
                return replace(stored, **changes, seen=now, number=found + 1)
            case "delete" if number != found:
                raise Refused(VersionConflict)
            case _:
                return None

    def _note_after(self, step: Step, verb: str, copy: Copy | None, stored: Any) -> NoteRow | None:
        match verb:
            case "create":
                if stored is not None:
                    raise Refused(ItemExists)
                return step.row  # type: ignore[return-value]
            case "save":
                mine = replace(copy.now, **step.changes)  # type: ignore[union-attr]
                changed = {
                    name: getattr(mine, name)
                    for name in NOTE
                    if getattr(mine, name) != getattr(copy.read, name)
                }  # type: ignore[union-attr]
                if not changed:
                    return stored  # type: ignore[no-any-return]
                sources = {"kind", "rank"}
                beside = sources - changed.keys() if sources & changed.keys() else set()
                if stored is None:
                    raise Refused(ItemNotFound)
                if any(getattr(stored, name) != getattr(copy.read, name) for name in beside):  # type: ignore[union-attr]
                    raise Refused(ConditionalCheckFailed)
                return replace(stored, **changed)
            case "put":
                return step.row if copy is None else copy.now  # type: ignore[return-value]
            case "update":
                changes = self._changes(step)
                if stored is None:
                    if {"kind", "rank"} <= changes.keys():
                        return replace(NoteRow(step.row.name, step.row.place), **changes)  # type: ignore[union-attr]
                    raise Refused(ItemNotFound)
                if "kind" in changes and "rank" not in changes and not step.honest:
                    raise Refused(ConditionalCheckFailed)
                return replace(stored, **changes)
            case _:
                return None

    def _check_unique(self, after: list[tuple[tuple[str, str], Row | None]]) -> None:
        """Refuse emails that others have, and keep, and emails that are claimed twice."""
        owners = {row.email: key for key, row in self.rows.items() if isinstance(row, UserRow)}
        changing = dict(after)
        claimed: set[str] = set()
        for key, row in after:
            email = row.email if isinstance(row, UserRow) else None
            before = self.rows.get(key)
            if email is None or (isinstance(before, UserRow) and before.email == email):
                continue
            owner = owners.get(email)
            other = changing.get(owner, self.rows.get(owner)) if owner is not None else None
            if email in claimed:
                raise Refused(ExpressionError)
            if isinstance(other, UserRow) and other.email == email:
                raise Refused(UniqueViolation)
            claimed.add(email)

    def _keep(self, step: Step, after: Row | None, copy: Copy | None) -> None:
        """Take over what was written; the object that was written knows it."""
        key = step.row.key
        if after is None:
            self.rows.pop(key, None)
        else:
            self.rows[key] = after
        wrote = step.verb in ("put", "save") and copy is not None
        if wrote and copy is not None and after is not None and not self._sent_nothing(step, copy):
            if step.verb == "save" and isinstance(after, NoteRow):
                copy.read = copy.now
            else:
                copy.read = copy.now = after

    def _sent_nothing(self, step: Step, copy: Copy) -> bool:
        fields = USER if isinstance(step.row, UserRow) else NOTE
        return step.verb == "save" and all(
            getattr(copy.now, name) == getattr(copy.read, name) for name in fields
        )

    # Comparing ------------------------------------------------------------------------------------------------

    async def check(self) -> None:
        """Compare the table, and every index, with what has to be there."""
        for name, expected in contents(self.rows).items():
            found = await self._scan({} if name == "table" else {"IndexName": name})
            assert _ordered(found) == _ordered(expected), name

    async def read(self, key: tuple[str, str]) -> None:
        """Read another copy of an item."""
        row = self.rows.get(key)
        if row is None:
            return
        if isinstance(row, UserRow):
            model: Any = await self.mapper.require(User, row.name)
            assert (model.number, model.seen, model.email) == (row.number, row.seen, row.email)
        else:
            model = await self.mapper.require(Note, row.name, row.place)
            assert model == row.model()
        self.copies.setdefault(key, []).append(Copy(model, row, row))

    async def clear(self) -> None:
        """Delete everything."""
        for item in await self._scan({}):
            await self.client.delete_item(TableName=self.table, Key={"pk": item["pk"], "sk": item["sk"]})

    async def _scan(self, options: dict[str, str]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.client.scan(TableName=self.table, **options))["Items"]
        return found


def _python(name: str, value: Any) -> Any:
    """The value of a row as the model has it."""
    if name == "expires":
        return None if value is None else moment(value)
    return set(value) if name == "tags" else value


def _ordered(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    known = [{name: stored for name, stored in item.items() if name != "_write"} for item in items]
    for item in known:
        if "tags" in item:
            item["tags"] = {"SS": sorted(item["tags"]["SS"])}
    return sorted(known, key=lambda item: (item["pk"]["S"], item["sk"]["S"]))


@pytest.mark.behaviour("transactions")
def test_random_writes(engine: Engine, table_prefix: str) -> None:
    """Whoever writes what, the table, its indexes and its guards hold exactly what plain Python says."""
    with asyncio.Runner() as runner:
        clock = [START]
        opened = engine.connect(table_prefix=table_prefix, clock=lambda: clock[0])
        mapper, client = runner.run(opened.__aenter__()), engine.client()
        try:
            raw = runner.run(client.__aenter__())
            runner.run(mapper.create_table(User))

            # Without shrinking, which takes minutes here; a failing example is short enough to be read.
            @settings(
                max_examples=30,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                phases=(Phase.explicit, Phase.reuse, Phase.generate),
            )
            @given(STEPS)
            def play(steps: list[Any]) -> None:
                runner.run(_play(World(mapper, raw, f"{table_prefix}ledger", clock), steps))

            play()
        finally:
            runner.run(client.__aexit__(None, None, None))
            runner.run(opened.__aexit__(None, None, None))


async def _play(world: World, steps: list[Any]) -> None:
    await world.clear()
    for step in steps:
        await world.take(step)
        await world.check()
        for one in [step] if isinstance(step, Step) else step:
            await world.read(one.row.key)
