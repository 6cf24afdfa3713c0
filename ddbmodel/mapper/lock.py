"""Locks that several processes share: one holds it at a time, for as long as it is alive."""

# pyright: reportUnnecessaryIsInstance=false
# The checks are for callers without a type checker.

from __future__ import annotations

import asyncio
import logging
import random
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self

from ddbmodel.errors import DDBModelError, ExpressionError, LockLost, LockTaken, ServiceError
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.mapper.lease import Lease, LockItem, Outcome
from ddbmodel.model import ItemKey

_log: Final = logging.getLogger("ddbmodel.mapper")

# Arbitrary: how often who waits looks, and how long it steps back when others take it at the same time.
_LOOK_SECONDS: Final = 1.0
_STEP_BACK_SECONDS: Final = 0.2
# How often a lost or refused write is followed by another look, though the time to wait is over.
_LAST_TRIES: Final = 3
# How often a lease is renewed in its time, and how many times sooner it is tried again after a failure.
_RENEWALS: Final = 3
_EARLY: Final = 4


@dataclass(slots=True)
class _Watch:
    """Since when a mark has been seen, by the event loop's clock."""

    mark: str | None = None
    since: float = 0.0

    def seconds_left(self, item: LockItem, now: float) -> float:
        """How long the holder's lease still has to be respected."""
        if item.mark != self.mark:
            self.mark, self.since = item.mark, now
        return self.since + item.lease_seconds - now


class Lock:
    """One use of a lock; see `Mapper.lock`.

    Args:
        gateway: the way to the service.
        key: of the item that it is kept in.
        lease_seconds: how long it stays taken after its holder has gone.
        wait_seconds: how long to wait for it; None is for ever.
    """

    def __init__(
        self, gateway: Gateway, key: ItemKey[Any], lease_seconds: float, wait_seconds: float | None
    ) -> None:
        if not isinstance(key, ItemKey) or not issubclass(key.model, LockItem):
            raise ExpressionError("lock takes the key of a class that derives from LockItem")
        if not _is_number(lease_seconds) or lease_seconds <= 0:
            raise ExpressionError("lease_seconds is a number over 0")
        if wait_seconds is not None and (not _is_number(wait_seconds) or wait_seconds < 0):
            raise ExpressionError("wait_seconds is a number from 0 on, or None")
        self._lease = Lease(gateway, key, float(lease_seconds))
        self._wait_seconds = wait_seconds
        self._used = False
        self._leaving = False
        self._lost = False
        self._why: BaseException | None = None
        self._cancelling = 0
        self._holder: asyncio.Task[Any] | None = None
        self._keeper: asyncio.Task[None] | None = None

    @property
    def token(self) -> int:
        """A number that is higher for each later holder: let what you write to refuse lower ones."""
        return self._lease.token

    @property
    def lost(self) -> bool:
        """True once the lock is not held any more, though the block goes on."""
        return self._lost

    async def __aenter__(self) -> Self:
        if self._used:
            raise ExpressionError("a lock is used once: make another one")
        self._used = True
        await self._take()
        self._holder = asyncio.current_task()
        assert self._holder is not None, "a coroutine runs in a task"
        self._cancelling = self._holder.cancelling()
        self._keeper = asyncio.create_task(self._keep())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leaving = True
        if self._lost:
            await self._leave_lost(error)
            return
        assert self._keeper is not None, "there is one while the lock is held"
        self._keeper.cancel()
        await asyncio.gather(self._keeper, return_exceptions=True)
        try:
            await self._lease.release()
        except DDBModelError as failure:
            # What was done under the lock is done; the lease ends by itself.
            _log.warning("a lock could not be released, and ends with its lease: %s", type(failure).__name__)

    def __repr__(self) -> str:
        return f"<Lock of {self._lease.key.model.__name__}>"

    # Taking ---------------------------------------------------------------------------------------------

    async def _take(self) -> None:
        loop, watch, failures = asyncio.get_running_loop(), _Watch(), 0
        deadline = None if self._wait_seconds is None else loop.time() + self._wait_seconds
        while True:
            item = await self._lease.look()
            left = 0.0
            if item is not None and item.held and not self._lease.is_mine(item):
                left = watch.seconds_left(item, loop.time())
            if left <= 0:
                if await self._lease.take(item) is Outcome.APPLIED:
                    return
                failures += 1
            over = deadline is not None and loop.time() >= deadline
            if over and (left > 0 or failures >= _LAST_TRIES):
                raise LockTaken("the lock is held by another; wait longer, or do without")
            pause = min(left, _LOOK_SECONDS) if left > 0 else random.random() * _STEP_BACK_SECONDS
            if deadline is not None and left > 0:
                pause = min(pause, max(deadline - loop.time(), 0.0))
            await asyncio.sleep(pause)

    # Keeping --------------------------------------------------------------------------------------------

    async def _keep(self) -> None:
        lease = self._lease
        try:
            async with asyncio.timeout_at(lease.valid_until) as limit:
                while await self._renewed():
                    limit.reschedule(lease.valid_until)
        except TimeoutError:
            pass
        except Exception as failure:  # noqa: BLE001  # whatever it is, nobody renews the lease any more
            self._why = failure
        self._lose()

    async def _renewed(self) -> bool:
        """Wait until it is time, and renew the lease; False if it is another's now.

        After a failure the next try is early: the lease still ends when it did.
        """
        lease = self._lease
        since = lease.valid_until - lease.seconds
        is_late = asyncio.get_running_loop().time() >= since + lease.seconds / _RENEWALS
        await asyncio.sleep(lease.seconds / _RENEWALS / (_EARLY if is_late else 1))
        try:
            return await lease.renew()
        except ServiceError as failure:
            self._why = failure
            return True

    def _lose(self) -> None:
        if self._leaving:
            return
        self._lost = True
        assert self._holder is not None, "there is one while the lock is kept"
        self._holder.cancel()

    async def _leave_lost(self, error: BaseException | None) -> None:
        """Turn the cancellation of the block into the error that it stands for, as `asyncio.timeout` does."""
        assert self._holder is not None, "it was lost by somebody"
        if error is None:
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(0)  # where the cancellation has not come through yet
        others = self._holder.uncancel() > self._cancelling
        if others:
            raise asyncio.CancelledError
        lost = LockLost("the lock was lost: its lease was not renewed in time, so another may hold it")
        if error is None or isinstance(error, asyncio.CancelledError):
            raise lost from self._why
        error.add_note(str(lost))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
