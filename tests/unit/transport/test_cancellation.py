"""Canceled transactions: what their reasons tell, which are repeated, and what is known after a lost reply."""

from __future__ import annotations

import traceback
from typing import Any

import pytest

from ddbmodel.errors import (
    CancellationReason,
    ConnectionFailed,
    DDBModelError,
    Throttled,
    TransactionCanceled,
    WriteOutcomeUnknown,
)
from ddbmodel.operations import Request, TransactCheck, TransactGet, TransactGetItems, TransactWriteItems
from ddbmodel.transport.cancellation import cancellation_reasons, passing_fate
from ddbmodel.transport.failure import Fate
from tests.unit.operations.expressions import Expression
from tests.unit.transport.conftest import Lane, Pauses
from tests.unit.transport.scripted_server import Play, ScriptedServer, answer, fault

KEY = {"pk": {"S": "c1"}}
ACTIONS = (TransactCheck("orders", KEY, Expression("status")),)
WRITE = TransactWriteItems(ACTIONS)
WITH_TOKEN = TransactWriteItems(ACTIONS, token="t1")
READ = TransactGetItems((TransactGet("orders", KEY),))
RESET = Play(reset=True)
IN_PROGRESS = fault("TransactionInProgressException")


def canceled(*codes: str) -> Play:
    """A transaction that was canceled, one reason for each action."""
    reasons = [{"Code": code} if code == "None" else {"Code": code, "Message": "It is so."} for code in codes]
    return fault(
        "TransactionCanceledException", f"Transaction cancelled {codes}", CancellationReasons=reasons
    )


async def _error(lane: Lane, request: Request) -> Any:
    with pytest.raises(DDBModelError) as caught:
        await lane.send(request)
    return caught.value


@pytest.mark.parametrize(
    ("codes", "fate"),
    [
        (["TransactionConflict"], Fate.NOT_APPLIED),
        (["None", "TransactionConflict", "None"], Fate.NOT_APPLIED),
        (["ThrottlingError"], Fate.THROTTLED),
        (["ProvisionedThroughputExceeded", "None"], Fate.THROTTLED),
        (["TransactionConflict", "ThrottlingError"], Fate.THROTTLED),
        (["TransactionConflict", "ConditionalCheckFailed"], None),
        (["ConditionalCheckFailed"], None),
        (["ItemCollectionSizeLimitExceeded"], None),
        (["ValidationError", "ThrottlingError"], None),
        (["AccessDenied"], None),
        (["SomethingNew", "TransactionConflict"], None),
        (["None"], None),
        ([], None),
    ],
)
def test_what_passes_is_told_from_what_stays(codes: list[str], fate: Fate | None) -> None:
    """Only if every action that is to blame met a conflict or throttling is it worth repeating."""
    assert passing_fate(map(CancellationReason, codes)) is fate


@pytest.mark.parametrize(
    ("wire", "reason"),
    [
        ({"Code": "None"}, CancellationReason("None")),
        ({"Code": None, "Message": None}, CancellationReason("None")),
        ({"Code": "None", "Item": {}}, CancellationReason("None")),
        (
            {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed", "Item": KEY},
            CancellationReason("ConditionalCheckFailed", "The conditional request failed", KEY),
        ),
    ],
)
def test_a_reason_is_read(wire: dict[str, Any], reason: CancellationReason) -> None:
    """An action that was not to blame has the code `None`, however the engine writes it."""
    assert cancellation_reasons({"CancellationReasons": [wire]}) == (reason,)


def test_a_reason_quotes_no_values() -> None:
    """Where the service's words hold a value, it is taken out, and the item is not in the repr."""
    wire = {
        "Code": "ValidationError",
        "Message": "Attempting numeric value: hush",
        "Item": {"pk": {"S": "hush"}},
    }
    (reason,) = cancellation_reasons({"CancellationReasons": [wire]})
    assert "hush" not in repr(reason)


async def test_a_canceled_transaction_brings_its_reasons(lane: Lane, server: ScriptedServer) -> None:
    """One for each action, in order; items as stored, with bytes as bytes, and in no text of the error."""
    stored = {"pk": {"S": "hush"}, "blob": {"B": "AAE="}}
    reasons = [{"Code": "None"}, {"Code": "ConditionalCheckFailed", "Message": "No.", "Item": stored}]
    server.script.append(fault("TransactionCanceledException", CancellationReasons=reasons))
    error = await _error(lane, WITH_TOKEN)
    assert isinstance(error, TransactionCanceled)
    assert error.reasons == (
        CancellationReason("None"),
        CancellationReason(
            "ConditionalCheckFailed", "No.", {"pk": {"S": "hush"}, "blob": {"B": b"\x00\x01"}}
        ),
    )
    assert "hush" not in "".join(traceback.format_exception(error))
    assert len(server.received) == 1


@pytest.mark.parametrize("request_", [WRITE, WITH_TOKEN, READ], ids=["write", "with token", "read"])
@pytest.mark.parametrize(
    "trouble",
    [
        (("None", "TransactionConflict"), [0.025]),
        (("ThrottlingError",), [1.0]),
        (("TransactionConflict", "ProvisionedThroughputExceeded"), [1.0]),
    ],
)
async def test_a_transaction_that_met_what_passes_is_sent_again(
    lane: Lane,
    server: ScriptedServer,
    pauses: Pauses,
    request_: Request,
    trouble: tuple[tuple[str, ...], list[float]],
) -> None:
    """After a conflict as soon as after other passing trouble, after throttling as late as after throttling."""
    codes, expected = trouble
    server.script.extend([canceled(*codes), answer()])
    await lane.send(request_)
    assert server.operations == [request_.name] * 2
    assert pauses == pytest.approx(expected)


async def test_every_attempt_has_the_same_token(lane: Lane, server: ScriptedServer) -> None:
    """After a conflict, a lost reply and a transaction still in progress alike."""
    server.script.extend([canceled("TransactionConflict"), RESET, IN_PROGRESS, answer()])
    await lane.send(WITH_TOKEN)
    assert [received.body["ClientRequestToken"] for received in server.received] == ["t1"] * 4


async def test_in_the_end_the_reasons_are_told(lane: Lane, server: ScriptedServer) -> None:
    """Four attempts in vain are a canceled transaction, of which nothing was written."""
    server.script.extend([canceled("TransactionConflict")] * 9)
    error = await _error(lane, WRITE)
    assert isinstance(error, TransactionCanceled)
    assert error.reasons == (CancellationReason("TransactionConflict", "It is so."),)
    for words in ("Tried 4 times", "Nothing was written", "try again later"):
        assert words in str(error)
    assert len(server.received) == 4


async def test_without_a_token_a_lost_reply_is_final(lane: Lane, server: ScriptedServer) -> None:
    """The service could not tell that it has applied the transaction already."""
    server.script.extend([RESET, answer()])
    error = await _error(lane, WRITE)
    assert isinstance(error, WriteOutcomeUnknown)
    assert "was not sent again" in str(error)
    assert len(server.received) == 1


@pytest.mark.parametrize("last", [RESET, canceled("TransactionConflict"), IN_PROGRESS])
async def test_with_a_token_repeated_in_vain_the_outcome_is_unknown(
    lane: Lane, server: ScriptedServer, last: Play
) -> None:
    """Whatever passing trouble follows a lost reply: whoever asks again must do so with the same token."""
    server.script.extend([RESET, last, last, last])
    error = await _error(lane, WITH_TOKEN)
    assert isinstance(error, WriteOutcomeUnknown)
    assert "send it again with the same token within 10 minutes" in str(error)
    assert isinstance(error.__cause__, ConnectionFailed)


async def test_with_a_token_a_refusal_settles_what_a_lost_reply_left_open(
    lane: Lane, server: ScriptedServer
) -> None:
    """Had the first attempt been applied, its token would have been answered with success."""
    server.script.extend([RESET, canceled("ConditionalCheckFailed")])
    error = await _error(lane, WITH_TOKEN)
    assert isinstance(error, TransactionCanceled)
    assert [reason.code for reason in error.reasons] == ["ConditionalCheckFailed"]


async def test_a_transaction_still_in_progress_is_waited_for(lane: Lane, server: ScriptedServer) -> None:
    """It is asked again with the pauses of throttling; in vain, it is an error that says so."""
    server.script.extend([IN_PROGRESS] * 4)
    error = await _error(lane, WITH_TOKEN)
    assert isinstance(error, Throttled)
    assert "ask again with its token" in str(error)
