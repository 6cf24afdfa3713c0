"""Hooks: when they are called, with what, and what their failures do."""

from __future__ import annotations

import asyncio
import functools
import logging
from typing import Any

import pytest

from ddbmodel import Exchange, ExpressionError, Hook, Request, ServiceError, UnprocessedItems
from tests.unit.mapper.telling import Answer, Diary, Telling, Thing, mapper_on, refused, units

SECRET = "s3cr3t-value"


class Refused(Exception):
    """What a hook of a program raises."""


class Only:
    """A hook with one method."""

    def __init__(self, **methods: Any) -> None:
        vars(self).update(methods)


def _stop(request: Request) -> None:
    raise Refused(SECRET)


def _break(request: Request, exchange: Exchange) -> None:
    raise ValueError(SECRET)


async def test_hooks_are_called_around_each_request_in_order() -> None:
    """In the order in which they were added, and in reverse order afterwards, like nested blocks."""
    calls: list[str] = []
    mapper = mapper_on(Telling(), hooks=[Diary("1 ", calls)])
    mapper.add_hook(Diary("2 ", calls))
    await mapper.put(Thing(thing_id="a"))
    assert calls == ["1 before PutItem", "2 before PutItem", "2 after PutItem: OK", "1 after PutItem: OK"]


async def test_a_hook_is_called_once_for_each_request_not_for_each_attempt() -> None:
    """Repetitions and throttled attempts are told in the exchange."""
    hook = Diary()
    transport = Telling(Answer(told={"attempts": 3, "throttles": 1, "seconds": 1.5}))
    mapper = mapper_on(transport, hooks=[hook])
    await mapper.delete(Thing.key("a"))
    (exchange,) = hook.exchanges
    assert (exchange.attempts, exchange.retries, exchange.throttles, exchange.seconds) == (3, 2, 1, 1.5)
    assert hook.requests == transport.requests


async def test_the_exchange_tells_capacity_counts_and_request() -> None:
    """What the reply says of them, without the items."""
    hook = Diary()
    reply = {
        "Items": [{"thing_id": {"S": SECRET}, "count": {"N": "1"}}],
        "Count": 1,
        "ScannedCount": 5,
        "ConsumedCapacity": units("things", 2.5),
        "ResponseMetadata": {"RequestId": "r7", "HTTPStatusCode": 200},
    }
    mapper = mapper_on(Telling(Answer(reply)), hooks=[hook])
    await mapper.scan(Thing).all()
    (exchange,) = hook.exchanges
    assert (exchange.operation, exchange.table, exchange.outcome, exchange.sent) == (
        "Scan",
        "things",
        "OK",
        True,
    )
    assert (exchange.items_read, exchange.items_scanned, exchange.request_id) == (1, 5, "r7")
    assert [consumed.units for consumed in exchange.capacity] == [2.5]
    assert SECRET not in repr(exchange)


async def test_hooks_change_nothing_on_the_wire() -> None:
    """Without a measure, capacity is not asked for."""
    transport = Telling()
    await mapper_on(transport, hooks=[Diary()]).get(Thing, "a")
    await mapper_on(transport).get(Thing, "a")
    assert transport.requests[0] == transport.requests[1]


async def test_a_hook_sees_the_request_as_it_is_sent() -> None:
    """With its keys and values, if it looks: `to_wire()` has them, the repr has not."""
    hook = Diary()
    mapper = mapper_on(Telling(), hooks=[hook])
    with mapper.measure():
        await mapper.get(Thing, SECRET)
    (request,) = hook.requests
    assert request.to_wire() == {
        "TableName": "things",
        "Key": {"thing_id": {"S": SECRET}},
        "ReturnConsumedCapacity": "INDEXES",
    }
    assert SECRET not in repr(request)


@pytest.mark.parametrize("method", ["before", "after"])
async def test_a_hook_needs_one_method_only(method: str) -> None:
    """Either."""
    calls: list[str] = []
    mapper = mapper_on(Telling(), hooks=[Only(**{method: lambda request, *_: calls.append(request.name)})])
    await mapper.get(Thing, "a")
    assert calls == ["GetItem"]


async def test_a_hook_may_derive_from_the_protocol_and_override_nothing() -> None:
    """Its methods do nothing by themselves."""

    class Idle(Hook):
        pass

    await mapper_on(Telling(), hooks=[Idle()]).get(Thing, "a")


async def test_a_hook_that_was_removed_is_not_called() -> None:
    """Each registration is removed by itself, and removing it twice does no harm."""
    hook = Diary()
    mapper = mapper_on(Telling())
    remove, _ = mapper.add_hook(hook), mapper.add_hook(hook)
    await mapper.get(Thing, "a")
    remove()
    remove()
    await mapper.get(Thing, "a")
    assert [call.split()[0] for call in hook.calls] == [
        "before",
        "before",
        "after",
        "after",
        "before",
        "after",
    ]


async def test_requests_under_way_keep_the_hooks_that_they_began_with() -> None:
    """A hook removed in the meantime gets its `after`, one that was added does not."""
    until = asyncio.Event()
    transport = Telling(Answer(until=until))
    mapper = mapper_on(transport)
    first, second = Diary(), Diary()
    remove = mapper.add_hook(first)
    task = asyncio.create_task(mapper.get(Thing, "a"))
    await transport.arrived.wait()
    remove()
    mapper.add_hook(second)
    until.set()
    await task
    assert (first.calls, second.calls) == (["before GetItem", "after GetItem: OK"], [])


# Failures ---------------------------------------------------------------------------------------------------


async def test_a_failed_request_has_its_exchange_too() -> None:
    """With the error's code, the status and the request's id; the error reaches the caller as it is."""
    hook = Diary()
    answer = refused("ValidationException", attempts=2)
    mapper = mapper_on(Telling(answer), hooks=[hook])
    with pytest.raises(ServiceError) as failure:
        await mapper.get(Thing, "a")
    assert failure.value is answer.error
    (exchange,) = hook.exchanges
    assert (exchange.outcome, exchange.status, exchange.request_id) == ("ValidationException", 400, "r1")
    assert (exchange.attempts, exchange.sent, exchange.items_read) == (2, True, 0)


async def test_a_cancelled_request_has_its_exchange_too() -> None:
    """Its outcome is `Cancelled`, also where an attempt had failed before."""
    hook = Diary()
    told = {"outcome": "ThrottlingException"}
    transport = Telling(Answer(until=asyncio.Event()), Answer(error=asyncio.CancelledError(), told=told))
    mapper = mapper_on(transport, hooks=[hook])
    task = asyncio.create_task(mapper.get(Thing, "a"))
    await transport.arrived.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(asyncio.CancelledError):
        await mapper.get(Thing, "a")
    assert [exchange.outcome for exchange in hook.exchanges] == ["Cancelled", "Cancelled"]


async def test_an_error_that_nobody_expected_is_told_by_its_class() -> None:
    """The transport knows no code for it."""
    hook = Diary()
    answer = Answer(error=ZeroDivisionError(SECRET), told={"outcome": "Cancelled", "status": None})
    with pytest.raises(ZeroDivisionError):
        await mapper_on(Telling(answer), hooks=[hook]).get(Thing, "a")
    assert [exchange.outcome for exchange in hook.exchanges] == ["ZeroDivisionError"]


async def test_an_exception_before_stops_the_request() -> None:
    """It reaches the caller as it is; nothing is sent, nor counted, and only earlier hooks see the end."""
    calls: list[str] = []
    transport = Telling()
    mapper = mapper_on(
        transport, hooks=[Diary("1 ", calls), Only(before=_stop, after=_break), Diary("3 ", calls)]
    )
    with mapper.measure() as usage:
        with pytest.raises(Refused):
            await mapper.put(Thing(thing_id="a"))
    assert transport.requests == []
    assert calls == ["1 before PutItem", "1 after PutItem: Stopped"]
    assert usage.requests == 0


async def test_a_batch_writer_accounts_for_what_a_hook_stops() -> None:
    """The writes have failed, with the class of the hook's error as the reason."""
    transport = Telling()
    mapper = mapper_on(transport, hooks=[Only(before=_stop)])
    with pytest.raises(UnprocessedItems) as failure:
        async with mapper.batch_writer() as writer:
            await writer.put(Thing(thing_id="a"))
    assert [one.reason for one in failure.value.leftover] == ["Refused"]
    assert transport.requests == []


async def test_an_exception_after_does_not_hide_that_something_was_written(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The call succeeds, other hooks are called, and the log tells hook, class and place, but no values."""
    hook = Diary()
    mapper = mapper_on(Telling(), hooks=[hook, Only(after=_break)])
    await mapper.put(Thing(thing_id=SECRET))
    assert hook.calls == ["before PutItem", "after PutItem: OK"]
    (record,) = caplog.records
    assert (record.name, record.levelno, record.exc_info) == ("ddbmodel.mapper", logging.ERROR, None)
    message = record.getMessage()
    assert message.startswith("hook Only: after() failed with ValueError in test_hooks.py:")
    assert message.endswith("PutItem on table things had ended with OK")
    assert SECRET not in message


async def test_an_exception_after_a_failed_request_is_noted_on_its_error() -> None:
    """The request's error stays the one that is raised."""
    answer = refused()
    mapper = mapper_on(Telling(answer), hooks=[Only(after=_break)])
    with pytest.raises(ServiceError) as failure:
        await mapper.get(Thing, "a")
    assert failure.value is answer.error
    assert failure.value.__notes__ == ["hook Only: after() failed as well, with ValueError"]


# What is no hook --------------------------------------------------------------------------------------------


async def _late(*_: Any) -> None: ...


REFUSED: list[tuple[Any, str]] = [
    (object(), "object is no hook: it needs a method before(request) or after(request, exchange)"),
    (None, "NoneType is no hook"),
    (Diary, "Diary is a class: add a hook of it, Diary()"),
    (Only(before=1), "hook Only: before has to be a plain method"),
    (Only(before=_late), "hook Only: before has to be a plain method"),
    (Only(after=_late), "hook Only: after has to be a plain method"),
    (Only(before=functools.partial(_late)), "hook Only: before has to be a plain method"),
]


@pytest.mark.parametrize(("hook", "message"), REFUSED)
def test_what_is_no_hook_is_refused_when_it_is_added(hook: Any, message: str) -> None:
    """By `hooks=` and `add_hook` alike; a method that has to be awaited could hide that something was written."""
    with pytest.raises(ExpressionError) as refusal:
        mapper_on(Telling(), hooks=[hook])
    assert str(refusal.value).startswith(message)
    mapper = mapper_on(Telling())
    with pytest.raises(ExpressionError):
        mapper.add_hook(hook)


def test_hooks_are_a_list() -> None:
    """One hook alone is refused."""
    with pytest.raises(ExpressionError, match="hooks= takes a list of hooks, not a Diary"):
        mapper_on(Telling(), hooks=Diary())
