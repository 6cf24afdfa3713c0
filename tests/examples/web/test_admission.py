"""How many buy at once."""

from __future__ import annotations

import asyncio

import pytest
from fastapi import HTTPException

from examples.ecommerce.web.services.admission import Admission


async def test_some_are_inside_some_wait_and_others_are_told_to_come_again() -> None:
    """Two are let in and one waits; the fourth is refused at once; when all have left, there is room again."""
    admission, inside, done = Admission(at_once=2, waiting=1), list[int](), asyncio.Event()

    async def buy(number: int) -> None:
        async with admission.enter():
            inside.append(number)
            await done.wait()

    async with asyncio.TaskGroup() as buyers:
        for number in range(3):
            buyers.create_task(buy(number))
        for _ in range(3):
            await asyncio.sleep(0)  # each buyer goes as far as it can
        assert inside == [0, 1]
        with pytest.raises(HTTPException) as refusal:
            async with admission.enter():
                inside.append(99)
        assert (refusal.value.status_code, refusal.value.headers) == (503, {"Retry-After": "1"})
        done.set()
    assert inside == [0, 1, 2]
    async with admission.enter():
        inside.append(3)
    assert inside == [0, 1, 2, 3]


async def test_who_gives_up_waiting_makes_room() -> None:
    """A request that was cancelled while it waited takes no place any more."""
    admission = Admission(at_once=1, waiting=1)
    async with admission.enter():
        waiting = asyncio.create_task(admission.enter().__aenter__())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
        waiting = asyncio.create_task(admission.enter().__aenter__())
        await asyncio.sleep(0)
        assert not waiting.done()
        waiting.cancel()
        await asyncio.wait([waiting])
