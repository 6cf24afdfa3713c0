"""Which regions may serve a read, in which order they are asked, and how one that was in trouble comes back."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from ddbmodel import (
    AccessDenied,
    ConnectionFailed,
    ReplyCorrupt,
    RequestRefused,
    ServiceError,
    TableInUse,
    TableNotFound,
    TableSettings,
    Throttled,
)
from ddbmodel.mapper.backoff import Backoff
from ddbmodel.mapper.batch_get import fetch_items
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.mapper.regions import REST_SECONDS, Region, Regions, Route, is_trouble
from ddbmodel.model import plan_of
from tests.unit.mapper.telling import Answer, Telling, Thing


class Sky:
    """Regions of which a test says how they are.

    Attributes:
        now: the time.
        down: the names of those that do not answer.
        asked: whom the reads asked, in order.
    """

    def __init__(self, *names: str, home: str = "home") -> None:
        self.now = 0.0
        self.down: set[str] = set()
        self.asked: list[str] = []
        regions = {name: Region(name, Telling()) for name in (*names, home)}
        self.regions = Regions([regions[name] for name in names], regions[home], lambda: self.now)

    def route(self, *, stays: bool = False) -> Route:
        serving = list(dict.fromkeys((*self.regions.preferred, self.regions.home)))
        return Route(self.regions, serving, stays)

    async def read(self) -> str:
        return await self.route().first(self._work)

    async def _work(self, region: Region) -> str:
        self.asked.append(region.name)
        if region.name in self.down:
            raise error(ConnectionFailed)
        return region.name


def error(kind: type[ServiceError] = ServiceError) -> ServiceError:
    return kind("as the test says", operation="GetItem", table="things", code="?")


SERVING: list[tuple[str, dict[str, Any], list[str], list[str]]] = [
    ("no replicas", {}, ["a", "b"], ["home"]),
    ("an empty list", {"replicas": []}, ["a"], ["home"]),
    ("in order of preference", {"replicas": ["b", "a"]}, ["a", "b"], ["a", "b", "home"]),
    ("home among them", {"replicas": ["a", "b"]}, ["a", "home", "b"], ["a", "home", "b"]),
    ("not a replica", {"replicas": ["b"]}, ["a", "b"], ["b", "home"]),
    ("declared from elsewhere", {"replicas": ["home", "b"]}, ["a", "b"], ["a", "b", "home"]),
    ("a witness", {"replicas": ["home"], "witness": "a", "consistency": "STRONG"}, ["a", "b"], ["b", "home"]),
]


@pytest.mark.parametrize(("declared", "preferred", "serving"), [case[1:] for case in SERVING], ids=[case[0] for case in SERVING])  # fmt: skip
def test_regions_serve_what_is_declared_there(
    declared: dict[str, Any], preferred: Sequence[str], serving: Sequence[str]
) -> None:
    """Declared replicas do, and home; the region that declared home as a replica is any but the witness."""
    regions = Sky(*preferred).regions
    found = regions.serving(TableSettings(**declared))
    assert [region.name for region in found] == serving
    route = regions.route(TableSettings(**declared), stays=False)
    assert (route is None) == (serving == ["home"])


TROUBLE: dict[type[ServiceError], bool] = {
    ServiceError: True,
    ConnectionFailed: True,
    ReplyCorrupt: True,
    Throttled: True,
    TableNotFound: False,
    TableInUse: False,
    AccessDenied: False,
    RequestRefused: False,
}


@pytest.mark.parametrize(
    ("kind", "is_so"), TROUBLE.items(), ids=lambda value: getattr(value, "__name__", value)
)
def test_what_passes_is_trouble(kind: type[ServiceError], is_so: bool) -> None:
    """What is refused is an answer."""
    assert is_trouble(error(kind)) is is_so


async def test_a_region_in_trouble_is_asked_last_for_a_while() -> None:
    """Then one read asks it, and finds it well, or lets it rest again."""
    sky = Sky("near")
    sky.down = {"near"}
    assert [await sky.read(), await sky.read()] == ["home", "home"]
    assert sky.asked == ["near", "home", "home"]
    sky.asked.clear()
    sky.now = REST_SECONDS
    assert [await sky.read(), await sky.read()] == ["home", "home"]
    assert sky.asked == ["near", "home", "home"]
    sky.asked.clear()
    sky.down, sky.now = set(), 2 * REST_SECONDS
    assert [await sky.read(), await sky.read()] == ["near", "near"]
    assert sky.asked == ["near", "near"]


async def test_a_region_that_rests_is_asked_if_no_other_answers() -> None:
    """It is asked last, not never."""
    sky = Sky("near")
    sky.down = {"near"}
    await sky.read()
    sky.down = {"home"}
    assert await sky.read() == "near"


@pytest.mark.parametrize("end", ["answer", "failure", "cancellation"])
async def test_one_read_at_a_time_finds_out_whether_a_region_is_back(end: str) -> None:
    """While it waits, others do not; and however it ends, the next one may ask."""
    sky, gate, began = Sky("near"), asyncio.Event(), asyncio.Event()
    sky.regions.preferred[0].rests_until = 0.0

    async def slow(region: Region) -> str:
        if region.name == "near":
            began.set()
            await gate.wait()
            if end == "failure":
                raise error(ConnectionFailed)
        return region.name

    probe = asyncio.create_task(sky.route().first(slow))
    await began.wait()
    assert await sky.read() == "home"
    probe.cancel() if end == "cancellation" else gate.set()
    (outcome,) = await asyncio.gather(probe, return_exceptions=True)
    assert outcome == {"answer": "near", "failure": "home"}.get(end) or isinstance(
        outcome, asyncio.CancelledError
    )
    sky.now = REST_SECONDS
    assert await sky.read() == "near"


async def test_keys_that_stay_unprocessed_are_asked_for_elsewhere() -> None:
    """A batch that a region does not get done is read whole in the next one."""

    async def at_once(seconds: float) -> None:
        return None

    keys = [{"thing_id": {"S": name}} for name in "ab"]
    left = {"UnprocessedKeys": {"things": {"Keys": keys}}}
    found = {"Responses": {"things": [key | {"count": {"N": "1"}} for key in keys]}}
    near, home = Telling(*[Answer(left)] * 3), Telling(Answer(found))
    own = Region("home", home)
    route = Route(Regions([Region("near", near)], own), [Region("near", near), own], stays=False)
    backoff = Backoff(tries_max=2, sleep=at_once)
    items = await fetch_items(
        Gateway(home), plan_of(Thing), keys, consistent=False, backoff=backoff, route=route
    )
    assert items == found["Responses"]["things"]
    assert (len(near.requests), len(home.requests)) == (3, 1)
