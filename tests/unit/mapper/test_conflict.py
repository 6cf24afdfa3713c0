"""`retry_on_conflict`: read, change and save again while another writer is faster."""

from __future__ import annotations

from typing import Any

import pytest

from ddbmodel import ExpressionError, ItemNotFound, UniqueViolation, VersionConflict, WriteOutcomeUnknown
from ddbmodel.mapper.backoff import Backoff
from ddbmodel.mapper.conflict import retry_on_conflict
from tests.unit.mapper.keeping import Bare, Kept, expression, opened, refused, stored
from tests.unit.mapper.telling import Answer


def _there(number: int, count: int = 0) -> Answer:
    return Answer({"Item": stored(Kept(name="a", number=number, count=count))})


def _newer(number: int) -> Answer:
    return refused(stored(Kept(name="a", number=number)))


async def _retry(answers: list[Answer], change: Any, attempts: int = 3) -> tuple[Any, Any, list[float]]:
    mapper, sent = opened(*answers)
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    backoff = Backoff(sleep=sleep, jitter=lambda: 1.0)
    key = Kept.key("a")
    saved = await retry_on_conflict(mapper._gateway, key, change, attempts=attempts, backoff=backoff)
    return saved, sent, pauses


def _add_one(kept: Kept) -> None:
    kept.count += 1


async def _add_one_slowly(kept: Kept) -> None:
    kept.count += 1


@pytest.mark.parametrize("change", [_add_one, _add_one_slowly])
async def test_the_change_is_made_again_to_what_is_there(change: Any) -> None:
    """Each attempt reads consistently; a pause is between two of them."""
    saved, sent, pauses = await _retry([_there(1, 10), _newer(2), _there(2, 20), Answer()], change)
    assert (saved.count, saved.number) == (21, 3)
    assert [request.name for request in sent.requests] == ["GetItem", "UpdateItem"] * 2
    assert sent.wires[0]["ConsistentRead"] is True
    assert "count = '21'" in expression(sent.wires[3], "Update")
    assert len(pauses) == 1


async def test_a_change_that_changes_nothing_sends_nothing() -> None:
    """The model is returned as it was read."""
    saved, sent, _ = await _retry([_there(1)], lambda kept: None)
    assert (saved.number, len(sent.requests)) == (1, 1)


async def test_attempts_come_to_an_end() -> None:
    """The last conflict is raised."""
    with pytest.raises(VersionConflict):
        await _retry([_there(1), _newer(2), _there(2), _newer(3)], _add_one, attempts=2)


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ([Answer({})], ItemNotFound),
        ([_there(1), refused(None), Answer({})], ItemNotFound),
        ([_there(1), Answer(error=UniqueViolation("taken", "email", "x"))], UniqueViolation),
        ([_there(1), Answer(error=WriteOutcomeUnknown("lost")), Answer({})], WriteOutcomeUnknown),
    ],
    ids=["missing", "deleted meanwhile", "another error", "unknown"],
)
async def test_other_errors_are_raised(answers: list[Answer], error: type[Exception]) -> None:
    """Only a conflict is a reason to try again."""
    with pytest.raises(error):
        await _retry(answers, _add_one)


@pytest.mark.parametrize(("key", "attempts"), [(Bare.key("a"), 3), (Kept.key("a"), 0), (Kept.key("a"), True)])
async def test_what_cannot_work_is_refused(key: Any, attempts: Any) -> None:
    """No version, or no attempt: nothing is sent."""
    mapper, sent = opened()
    with pytest.raises(ExpressionError):
        await mapper.retry_on_conflict(key, _add_one, attempts=attempts)
    assert sent.wires == []
