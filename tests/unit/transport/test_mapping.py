"""From codes to errors."""

from __future__ import annotations

import pytest

from ddbmodel.errors import (
    CancellationReason,
    ConditionalCheckFailed,
    RequestRefused,
    ServiceError,
    Throttled,
    TransactionCanceled,
    WriteOutcomeUnknown,
)
from ddbmodel.operations import BatchGetItem, PutItem, TableKeys
from ddbmodel.transport.failure import Failure, Fate
from ddbmodel.transport.mapping import (
    MEANINGS,
    Meaning,
    error_for,
    error_in_doubt,
    meaning_of,
    registry,
)
from tests.unit.operations.expressions import Expression

PUT = PutItem("orders", {"pk": {"S": "c1"}})
CONDITIONAL = PutItem("orders", {"pk": {"S": "c1"}}, condition=Expression("status"))


def test_a_code_has_one_meaning() -> None:
    """A second one is refused when the registry is built, which is when the module is imported."""
    one = Meaning(("Busy",), Throttled, Fate.THROTTLED, "")
    with pytest.raises(ValueError, match="'Busy' is registered twice"):
        registry([one, Meaning(("Idle", "Busy"), RequestRefused, Fate.REFUSED, "")])


def test_the_registry_cannot_be_changed() -> None:
    """Meanings are fixed at import."""
    with pytest.raises(TypeError):
        MEANINGS["Busy"] = meaning_of("Busy", 400)  # type: ignore[index]  # that is the point


@pytest.mark.parametrize(
    ("status", "fate"),
    [
        (400, Fate.REFUSED),
        (404, Fate.REFUSED),
        (301, Fate.REFUSED),
        (500, Fate.UNKNOWN),
        (599, Fate.UNKNOWN),
        (None, Fate.UNKNOWN),
    ],
)
def test_an_unknown_code_is_judged_by_its_status(status: int | None, fate: Fate) -> None:
    """Client errors changed nothing; after a server error nobody knows."""
    meaning = meaning_of("SomethingNew", status)
    assert (meaning.error, meaning.fate) == (ServiceError, fate)


def test_a_message_says_what_where_and_what_to_do() -> None:
    """Operation, table, the service's words, code, request, attempts and remedy are all in it."""
    cause = OSError("gone")
    failure = Failure(
        "Busy", Fate.THROTTLED, Throttled, "too much", "Slow down.", request_id="R1", cause=cause
    )
    error = error_for(failure, PUT, 4)
    assert str(error) == "PutItem on table 'orders': too much (Busy, request R1). Tried 4 times. Slow down."
    assert isinstance(error, Throttled)
    assert (error.operation, error.table, error.code, error.request_id) == ("PutItem", "orders", "Busy", "R1")
    assert error.__cause__ is cause


def test_a_message_leaves_out_what_there_is_not() -> None:
    """A request about several tables has no table, and a first attempt is not counted."""
    keys = ({"pk": {"S": "c1"}},)
    request = BatchGetItem((TableKeys("a", keys), TableKeys("b", keys)))
    error = error_for(Failure("Odd", Fate.REFUSED, ServiceError, "no"), request, 1)
    assert str(error) == "BatchGetItem: no (Odd)."


def test_a_refused_condition_carries_the_stored_item() -> None:
    """As it is stored: decoding it is the mapper's business."""
    item = {"pk": {"S": "c1"}}
    error = error_for(Failure("C", Fate.REFUSED, ConditionalCheckFailed, "no", item=item), PUT, 1)
    assert isinstance(error, ConditionalCheckFailed)
    assert error.item == item


def test_a_canceled_transaction_carries_the_reasons() -> None:
    """As the service gives them, one for each action."""
    reasons = (CancellationReason("None"), CancellationReason("ConditionalCheckFailed"))
    error = error_for(Failure("T", Fate.REFUSED, TransactionCanceled, "no", reasons=reasons), PUT, 1)
    assert isinstance(error, TransactionCanceled)
    assert error.reasons == reasons


def test_doubt_about_an_unrepeatable_write_is_an_error_of_its_own() -> None:
    """What went wrong is its cause."""
    failure = Failure("InternalServerError", Fate.UNKNOWN, ServiceError, "oops", "Wait.")
    error = error_in_doubt(failure, CONDITIONAL, 1)
    assert isinstance(error, WriteOutcomeUnknown)
    assert "read what is stored to find out" in str(error)
    assert isinstance(error.__cause__, ServiceError)
    assert error.__cause__.code == "InternalServerError"


def test_doubt_about_a_repeatable_write_is_told_in_the_message() -> None:
    """It is the error of what went wrong, as repeating does no harm."""
    failure = Failure("InternalServerError", Fate.UNKNOWN, ServiceError, "oops", "Wait.")
    error = error_in_doubt(failure, PUT, 4)
    assert type(error) is ServiceError
    assert str(error).endswith(
        "Tried 4 times. It may or may not have been applied; sending it again does no harm. Wait."
    )
