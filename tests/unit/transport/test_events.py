"""Observing exchanges."""

from __future__ import annotations

import asyncio

import pytest

from ddbmodel.errors import MapperClosed, RequestRefused
from ddbmodel.operations import GetItem, PutItem
from ddbmodel.transport import Exchange, listening
from tests.unit.transport.conftest import Lane
from tests.unit.transport.scripted_server import Play, ScriptedServer, answer, fault

KEY = {"pk": {"S": "c1"}}


def _facts(exchange: Exchange) -> tuple[object, ...]:
    return (
        exchange.operation,
        exchange.table,
        exchange.outcome,
        exchange.status,
        exchange.attempts,
        exchange.throttles,
    )


async def test_an_observer_is_told_of_every_exchange(lane: Lane, server: ScriptedServer) -> None:
    """Once for each request, however many attempts it took, until it stops observing."""
    seen: list[Exchange] = []
    stop = lane.observe(seen.append)
    server.script.extend([fault("ThrottlingException"), answer(), fault("ValidationException")])
    await lane.send(GetItem("orders", KEY))
    with pytest.raises(RequestRefused):
        await lane.send(PutItem("orders", KEY))
    stop()
    await lane.send(GetItem("orders", KEY))
    assert [_facts(exchange) for exchange in seen] == [
        ("GetItem", "orders", "OK", 200, 2, 1),
        ("PutItem", "orders", "ValidationException", 400, 1, 0),
    ]
    assert all(exchange.seconds >= 0 for exchange in seen)


async def test_one_observer_stopping_leaves_the_others(lane: Lane) -> None:
    """Observers do not know of each other."""
    first: list[Exchange] = []
    second: list[Exchange] = []
    stop = lane.observe(first.append)
    lane.observe(second.append)
    stop()
    await lane.send(GetItem("orders", KEY))
    assert (len(first), len(second)) == (0, 1)


async def test_whoever_listens_is_told_of_the_exchanges_of_its_own_task(
    lane: Lane, server: ScriptedServer
) -> None:
    """Of success and failure, with all attempts, and of nothing that other tasks send at the same time."""
    heard: list[Exchange] = []
    release = asyncio.Event()
    server.script.extend([Play(hold=release), Play(reset=True), answer(), fault("ValidationException")])
    other = asyncio.create_task(lane.send(GetItem("customers", KEY)))
    await server.arrived.wait()
    with listening(heard.append):
        await lane.send(GetItem("orders", KEY))
        with pytest.raises(RequestRefused):
            await lane.send(PutItem("orders", KEY))
        release.set()
        await other
    await lane.send(GetItem("orders", KEY))
    assert [_facts(exchange) for exchange in heard] == [
        ("GetItem", "orders", "OK", 200, 2, 0),
        ("PutItem", "orders", "ValidationException", 400, 1, 0),
    ]


async def test_nobody_is_told_of_what_was_not_sent(lane: Lane) -> None:
    """A closed lane refuses at once."""
    heard: list[Exchange] = []
    await lane.close()
    with listening(heard.append), pytest.raises(MapperClosed):
        await lane.send(GetItem("orders", KEY))
    assert heard == []
