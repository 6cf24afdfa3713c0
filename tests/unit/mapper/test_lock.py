"""Locks: one holder at a time, whatever happens to its requests; in virtual time."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddbmodel import (
    Attr,
    ExpressionError,
    LockLost,
    LockTaken,
    Mapper,
    Model,
    Throttled,
    WriteOutcomeUnknown,
    partition_key,
)
from tests.unit.mapper.lock_table import DROPPED, KEY, LOST, THROTTLED, WELL, Store, Way, mapper_on
from tests.unit.mapper.virtual_time import run


class Other(Model, table="others"):
    name: Attr[str] = partition_key()


def _now() -> float:
    return asyncio.get_running_loop().time()


def test_holders_take_turns() -> None:
    """Each has the block to itself, and a higher token than all before."""
    store = Store()
    inside: list[int] = []
    tokens: list[int] = []

    async def work(mapper: Mapper) -> None:
        for _ in range(3):
            async with mapper.lock(KEY, lease_seconds=30) as lock:
                assert not inside
                inside.append(lock.token)
                await asyncio.sleep(2)
                assert not lock.lost
                tokens.append(inside.pop())

    async def main() -> None:
        await asyncio.gather(*[work(mapper_on(store)) for _ in range(4)])

    run(main())
    assert tokens == sorted(set(tokens))
    assert len(tokens) == 12


def test_it_is_kept_as_long_as_it_takes() -> None:
    """The lease is renewed while the block runs, however long that is."""
    store = Store()

    async def main() -> None:
        async with mapper_on(store).lock(KEY, lease_seconds=6):
            with pytest.raises(LockTaken):
                async with mapper_on(store).lock(KEY, wait_seconds=100):
                    pass

    run(main())


def test_what_a_dead_holder_leaves_is_taken_over() -> None:
    """After its lease, which is the holder's own and not that of who waits; not before."""
    store = Store()

    async def main() -> float:
        dead = mapper_on(store).lock(KEY, lease_seconds=20)
        await dead._take()
        began = _now()
        async with mapper_on(store).lock(KEY, lease_seconds=5, wait_seconds=60) as lock:
            assert lock.token == dead.token + 1
            return _now() - began

    assert 20 <= run(main()) < 22


def test_without_waiting() -> None:
    """It is taken now or not; and when it has been released, at once."""
    store = Store()

    async def main() -> None:
        one, other = mapper_on(store), mapper_on(store)
        async with one.lock(KEY):
            began = _now()
            with pytest.raises(LockTaken):
                async with other.lock(KEY, wait_seconds=0):
                    pass
            assert _now() - began < 1
        async with other.lock(KEY, wait_seconds=0) as lock:
            assert lock.token == 2

    run(main())


@pytest.mark.parametrize("way", [LOST, DROPPED, Way(3.0, 0.05), Way(1.9, 1.0)], ids=repr)
def test_a_lost_reply_while_taking(way: Way) -> None:
    """Applied, not applied or late: the lock is held in the end, by one, with one token."""
    store = Store()

    async def main() -> None:
        async with mapper_on(store, way).lock(KEY, lease_seconds=30, wait_seconds=0) as lock:
            await asyncio.sleep(20)
            assert store.item is not None
            assert store.item["token"] == {"N": str(lock.token)}
            with pytest.raises(LockTaken):
                async with mapper_on(store).lock(KEY, wait_seconds=1):
                    pass
        async with mapper_on(store).lock(KEY, wait_seconds=0):
            pass

    run(main())


@pytest.mark.parametrize("way", [LOST, DROPPED, Way(3.0, 0.05), THROTTLED], ids=repr)
def test_trouble_while_renewing(way: Way) -> None:
    """Two renewals in trouble lose nothing, whether they were applied or not."""
    store = Store()

    async def main() -> None:
        async with mapper_on(store, WELL, way, way).lock(KEY, lease_seconds=15) as lock:
            await asyncio.sleep(60)
            assert not lock.lost
        async with mapper_on(store).lock(KEY, wait_seconds=0):
            pass

    run(main())


@pytest.mark.parametrize("way", [LOST, DROPPED, Way(3.0, 0.05)], ids=repr)
def test_a_lost_reply_while_releasing(way: Way) -> None:
    """The lock is free afterwards, and what was done in the block is no error."""
    store = Store()

    async def main() -> None:
        async with mapper_on(store, WELL, way).lock(KEY, lease_seconds=30):
            pass
        async with mapper_on(store).lock(KEY, wait_seconds=0):
            pass

    run(main())


def test_a_lock_that_cannot_be_released_ends_with_its_lease(caplog: pytest.LogCaptureFixture) -> None:
    """The log says so, without the lock's name; the block has succeeded."""
    store = Store()

    async def main() -> None:
        async with mapper_on(store, WELL, THROTTLED).lock(KEY, lease_seconds=30):
            pass
        async with mapper_on(store).lock(KEY, wait_seconds=40):
            pass

    with caplog.at_level(logging.WARNING):
        run(main())
    (record,) = caplog.records
    assert "Throttled" in record.getMessage()
    assert "nightly" not in record.getMessage()


@pytest.mark.parametrize("first", [WELL, Way(0.05, 1.9)], ids=["a quick reply", "a slow reply"])
def test_a_lock_that_cannot_be_renewed_is_lost(first: Way) -> None:
    """The block is cancelled before anybody else can hold it, and the error has its cause."""
    store = Store()
    ends: dict[str, float] = {}

    async def mine() -> None:
        with pytest.raises(LockLost) as lost:
            async with mapper_on(store, first, *[THROTTLED] * 99).lock(KEY, lease_seconds=12) as lock:
                try:
                    await asyncio.sleep(1000)
                finally:
                    assert lock.lost
                    ends["mine"] = _now()
        assert isinstance(lost.value.__cause__, Throttled)
        task = asyncio.current_task()
        assert task is not None
        assert task.cancelling() == 0
        await asyncio.sleep(0)

    async def main() -> None:
        task = asyncio.create_task(mine())
        await asyncio.sleep(0.2)
        async with mapper_on(store).lock(KEY):
            ends["other's"] = _now()
        await task

    run(main())
    assert ends["mine"] <= ends["other's"]


def test_a_lock_that_another_has_is_lost() -> None:
    """Whatever took it, the block learns of it with the next renewal."""
    store = Store()

    async def main() -> None:
        with pytest.raises(LockLost):
            async with mapper_on(store).lock(KEY, lease_seconds=30):
                assert store.item is not None
                store.item = store.item | {"mark": {"S": "another"}}
                await asyncio.sleep(11)

    run(main())


def test_a_block_that_ends_after_the_loss_is_told_too() -> None:
    """Though it caught the cancellation, or failed with an error of its own, which has a note then."""
    store = Store()

    async def main() -> None:
        with pytest.raises(LockLost):
            async with mapper_on(store, WELL, *[THROTTLED] * 99).lock(KEY, lease_seconds=3):
                with pytest.raises(asyncio.CancelledError):
                    await asyncio.sleep(100)
        with pytest.raises(KeyError) as error:
            async with mapper_on(store, WELL, *[THROTTLED] * 99).lock(KEY, lease_seconds=3):
                try:
                    await asyncio.sleep(100)
                finally:
                    raise KeyError
        assert "lost" in error.value.__notes__[0]

    run(main())


@pytest.mark.parametrize("seconds", [0.01, 0.5, 5.0], ids=["while looking", "while inside", "later"])
def test_cancelled(seconds: float) -> None:
    """Whoever is cancelled ends as cancelled, and the lock is free afterwards, at the latest after the lease."""
    store = Store()

    async def hold() -> None:
        async with mapper_on(store).lock(KEY, lease_seconds=10):
            await asyncio.sleep(100)

    async def main() -> None:
        task = asyncio.create_task(hold())
        await asyncio.sleep(seconds)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with mapper_on(store).lock(KEY, wait_seconds=12):
            pass
        assert asyncio.all_tasks() == {asyncio.current_task()}

    run(main())


def test_an_exception_releases_it() -> None:
    """And passes through."""
    store = Store()

    async def main() -> None:
        with pytest.raises(KeyError):
            async with mapper_on(store).lock(KEY):
                raise KeyError
        async with mapper_on(store).lock(KEY, wait_seconds=0):
            pass

    run(main())


@pytest.mark.parametrize(
    ("key", "options"),
    [
        (Other.key("a"), {}),
        ("nightly", {}),
        (KEY, {"lease_seconds": 0}),
        (KEY, {"lease_seconds": True}),
        (KEY, {"lease_seconds": "5"}),
        (KEY, {"wait_seconds": -1}),
    ],
    ids=repr,
)
def test_what_cannot_be_is_refused(key: Any, options: dict[str, Any]) -> None:
    """Before anything is sent."""
    store = Store()
    with pytest.raises(ExpressionError):
        mapper_on(store).lock(key, **options)
    assert store.applied == 0


def test_it_is_used_once() -> None:
    """A lock is one use of it."""

    async def main() -> None:
        lock = mapper_on(Store()).lock(KEY)
        async with lock:
            pass
        with pytest.raises(ExpressionError, match="once"):
            async with lock:
                pass

    run(main())


_SECONDS = st.sampled_from((0.05, 0.5, 1.9, 3.0, 7.0))
_WAYS = st.builds(Way, st.none() | _SECONDS, st.none() | _SECONDS) | st.just(THROTTLED) | st.just(WELL)
_HOLDERS = st.lists(
    st.tuples(
        st.sampled_from((3.0, 6.0, 20.0)), st.lists(_WAYS, max_size=12), st.sampled_from((0.0, 1.0, 9.0))
    ),
    min_size=2,
    max_size=4,
)


@given(_HOLDERS)
def test_never_two_at_once(holders: list[tuple[float, list[Way], float]]) -> None:
    """However requests are lost, late or refused: no two blocks run at once, and tokens rise."""
    store = Store()
    inside: list[int] = []
    tokens: list[int] = []

    async def hold(lease: float, ways: list[Way], seconds: float) -> None:
        mapper = mapper_on(store, *ways)
        for _ in range(2):
            try:
                async with mapper.lock(KEY, lease_seconds=lease, wait_seconds=200) as lock:
                    assert not inside, "two at once"
                    inside.append(lock.token)
                    tokens.append(lock.token)
                    try:
                        await asyncio.sleep(seconds)
                    finally:
                        inside.pop()
            except (LockLost, LockTaken, Throttled, WriteOutcomeUnknown):
                await asyncio.sleep(0.1)

    async def main() -> None:
        await asyncio.gather(*[hold(*holder) for holder in holders])

    run(main())
    assert tokens == sorted(set(tokens))
