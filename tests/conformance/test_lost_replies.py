"""Writes whose reply is lost, verb by verb: never applied twice, and what is said of them is true."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Literal

import pytest

from ddbmodel import ItemExists, Mapper, VersionConflict, WriteOutcomeUnknown
from ddbmodel.operations import GetItem, PutItem
from ddbmodel.testing import DropReply, FaultProxy, LocalDynamoDB, ResetBefore
from ddbmodel.testing.strict.call import Call
from ddbmodel.transport.client_lane import ClientLane
from ddbmodel.transport.connect import attach
from tests.conformance.losing import (
    CASES,
    KEY,
    MODELS,
    SET,
    Case,
    Losing,
    Plain,
    Versioned,
    changed,
    mapper_over,
)

OpenProxy = Callable[..., Awaitable[FaultProxy]]
WRITES = frozenset(("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem"))


class Armed:
    """Matches the next write, once, when it is ready."""

    ready = False

    def __call__(self, call: Call) -> bool:
        fires = self.ready and call.operation in WRITES
        self.ready = self.ready and not fires
        return fires


@pytest.fixture
async def direct(dynamodb: LocalDynamoDB) -> AsyncIterator[Mapper]:
    """A mapper that loses nothing, whose tables are there."""
    async with dynamodb.connect() as mapper:
        for model in MODELS:
            await mapper.create_table(model)
        yield mapper


@pytest.fixture
async def lane(dynamodb: LocalDynamoDB) -> AsyncIterator[ClientLane]:
    """A lane to the engine."""
    async with dynamodb.client() as client:
        yield attach(client)


async def _before(mapper: Mapper, case: Case) -> Any:
    """The item that is there before, as the mapper reads it; None if there is none."""
    await mapper.delete(KEY[case.model])
    if case.new:
        return None
    await mapper.create(case.model(name="a", count=1))
    return await mapper.require(KEY[case.model])


async def _counted(mapper: Mapper, case: Case) -> int | None:
    found = await mapper.get(KEY[case.model], consistent=True)
    return None if found is None else found.count


async def _outcome(write: Awaitable[Any]) -> str:
    try:
        await write
    except WriteOutcomeUnknown:
        return "unknown"
    return "written"


@pytest.mark.parametrize("applied", [True, False], ids=["applied", "dropped"])
async def test_through_the_proxy(direct: Mapper, fault_proxy: OpenProxy, applied: bool) -> None:
    """The reply is lost after the write, or the request before it: applied at most once, and truly told."""
    armed = Armed()
    proxy = await fault_proxy(faults=[(armed, DropReply() if applied else ResetBefore())] * len(CASES))
    async with proxy.connect() as plain, proxy.connect(write_ids=True) as marking:
        for case in CASES:
            stored = await _before(direct, case)
            version = getattr(stored, "number", None)
            armed.ready, seen = True, len(proxy.log)
            outcome = await _outcome(case.verb(marking if case.ids else plain, stored))
            assert outcome == (case.applied if applied else case.dropped), case
            count = await _counted(direct, case)
            if applied or outcome == "written":
                assert count == (None if case.deletes else 2), case
            else:
                assert count == (None if case.new else 1), case
                assert getattr(stored, "number", None) == version, case
            writes = [one.applied for one in proxy.log[seen:] if one.operation in WRITES]
            assert writes[0] is applied, case
            if not case.repeated:
                assert sum(map(bool, writes)) == (applied or outcome == "written"), case


async def test_applied_late(direct: Mapper, lane: ClientLane) -> None:
    """A request that arrives after everything else is applied once, or refused by its own condition."""
    for case in CASES:
        stored = await _before(direct, case)
        losing = Losing(lane, "late")
        outcome = await _outcome(case.verb(mapper_over(losing, write_ids=case.ids), stored))
        assert outcome == (case.late or case.dropped), case
        # Of what may be repeated, the tokens of transactions are honoured by the proxy above, and not here.
        if not case.repeated:
            await losing.apply_late()
            assert await _counted(direct, case) == (None if case.deletes else 2), case


# Others in between ----------------------------------------------------------------------------------------

Applied = Literal["now", "never", "late"]


async def _versioned(direct: Mapper) -> Versioned:
    await direct.create(Versioned(name="a", count=1))
    return await direct.require(KEY[Versioned])


@pytest.mark.parametrize("verb", ["put", "save", "update", "delete"])
async def test_another_writer_was_faster(direct: Mapper, lane: ClientLane, verb: str) -> None:
    """The write was never applied, and the item has the next version: that is a conflict, with the item."""
    stored = await _versioned(direct)
    losing = Losing(lane, "never", lambda: direct.update(KEY[Versioned], Versioned.note.set("other")))
    with pytest.raises(VersionConflict) as conflict:
        await _write(mapper_over(losing), verb, stored)
    assert (conflict.value.item.note, conflict.value.item.number) == ("other", 2)
    assert stored.number == 1
    assert losing.writes == 1


@pytest.mark.parametrize("verb", ["put", "save", "update", "delete"])
async def test_an_item_of_the_same_version_can_be_another_one(
    direct: Mapper, lane: ClientLane, verb: str
) -> None:
    """What was written, deleted and made anew by others is left alone, whatever its version."""
    stored = await _versioned(direct)

    async def others() -> None:
        await direct.delete(KEY[Versioned])
        await direct.create(Versioned(name="a", count=9))

    with pytest.raises(WriteOutcomeUnknown):
        await _write(mapper_over(Losing(lane, "now", others)), verb, stored)
    assert (await direct.require(KEY[Versioned])).count == 9


@pytest.mark.parametrize("verb", ["put", "save", "update", "create"])
async def test_what_was_deleted_does_not_come_back(direct: Mapper, lane: ClientLane, verb: str) -> None:
    """An item that is gone may have been written and deleted since: it is not written again."""
    stored = await _versioned(direct) if verb != "create" else Versioned(name="a")
    losing = Losing(lane, "now", lambda: direct.delete(KEY[Versioned]))
    with pytest.raises(WriteOutcomeUnknown) as unknown:
        await _write(mapper_over(losing), verb, stored)
    assert "there is no item now" in unknown.value.__notes__[0]
    assert await direct.get(KEY[Versioned]) is None
    assert losing.writes == 1


@pytest.mark.parametrize("verb", ["put", "save", "update"])
async def test_written_over_by_others(direct: Mapper, lane: ClientLane, verb: str) -> None:
    """Two versions on, nobody knows whose the first one was."""
    stored = await _versioned(direct)

    async def others() -> None:
        await direct.update(KEY[Versioned], Versioned.note.set("other"))

    with pytest.raises(WriteOutcomeUnknown) as unknown:
        await _write(mapper_over(Losing(lane, "now", others)), verb, stored)
    assert "does not tell" in unknown.value.__notes__[0]
    assert (await direct.require(KEY[Versioned])).number == 3


async def test_a_create_that_lost_to_another_one(direct: Mapper, lane: ClientLane) -> None:
    """The item that is there has another mark: it exists."""
    losing = Losing(lane, "never", lambda: direct.create(Versioned(name="a", note="other")))
    with pytest.raises(ItemExists) as exists:
        await mapper_over(losing).create(Versioned(name="a"))
    assert exists.value.item.note == "other"


@pytest.mark.parametrize("failing", [GetItem, PutItem], ids=["reading back", "sending again"])
async def test_a_failure_on_the_way_does_not_hide_the_doubt(
    direct: Mapper, lane: ClientLane, failing: type[Any]
) -> None:
    """Whatever the next request meets, the first one may have been applied."""
    stored = await _versioned(direct)
    losing = Losing(lane, "never")
    send, met = losing.send, RuntimeError("as the test says")

    async def fail(request: Any) -> dict[str, Any]:
        if isinstance(request, failing) and losing.writes:
            raise met
        return await send(request)

    losing.send = fail  # type: ignore[method-assign]
    with pytest.raises(WriteOutcomeUnknown) as unknown:
        await mapper_over(losing).put(changed(stored))
    assert unknown.value.__cause__ is met
    assert "RuntimeError" in unknown.value.__notes__[0]


async def test_a_false_condition_stays_one(direct: Mapper, lane: ClientLane) -> None:
    """The item is as it was read, so it is the caller's condition that was false."""
    stored = await _versioned(direct)
    losing = Losing(lane, "never")
    with pytest.raises(Exception, match="count == <N>") as refusal:
        await mapper_over(losing).put(stored, when=Plain.count == 5)
    assert type(refusal.value).__name__ == "ConditionalCheckFailed"
    assert losing.writes == 2


async def _write(mapper: Mapper, verb: str, stored: Any) -> None:
    match verb:
        case "put":
            await mapper.put(changed(stored))
        case "save":
            await mapper.save(changed(stored))
        case "update":
            await mapper.update(stored, SET)
        case "create":
            await mapper.create(stored)
        case _:
            await mapper.delete(stored)
