"""The exception tree: as it is drawn, with what each error says and carries."""

from __future__ import annotations

import inspect
import re

import pytest

from ddbmodel import errors
from ddbmodel.errors import (
    CancellationReason,
    CodecError,
    ConditionalCheckFailed,
    DDBModelError,
    Failure,
    ItemExists,
    ServiceError,
    TransactionCanceled,
    UniqueViolation,
    UnprocessedItems,
    VersionConflict,
)

CLASSES = {
    name: value
    for name, value in vars(errors).items()
    if inspect.isclass(value) and issubclass(value, Exception) and value.__module__ == errors.__name__
}


def test_the_docstring_draws_the_tree_as_it_is() -> None:
    """Each class is drawn once, under the class that it inherits from."""
    drawn: dict[str, str] = {}
    above: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        match = re.match(r"^    ((?:[│ ]   )*(?:[├└]── )?)([A-Z]\w+)", line)
        if match:
            depth = len(match[1]) // 4
            above[depth:] = [match[2]]
            drawn[match[2]] = above[depth - 1] if depth else "Exception"
    assert drawn == {name: value.__mro__[1].__name__ for name, value in CLASSES.items()}


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_every_error_is_ours_and_explained(name: str) -> None:
    """One base class catches all of them, and each says in its docstring what happened."""
    assert issubclass(CLASSES[name], DDBModelError)
    assert CLASSES[name].__doc__


@pytest.mark.parametrize(
    ("segments", "path"),
    [
        ((), "$"),
        (("total",), "$.total"),
        (("lines", 3, "price"), "$.lines[3].price"),
        (("a b", "c.d"), "$.a b.c.d"),
    ],
)
def test_a_codec_error_tells_its_path(segments: tuple[str | int, ...], path: str) -> None:
    """Steps that were added on the way out are in front, and the message has the path."""
    error = CodecError("too long")
    for segment in reversed(segments):
        assert error.within(segment) is error
    assert error.path == path
    assert str(error) == f"{path}: too long"
    assert str(error.about("Order")) == f"Order at {path}: too long"


def test_a_codec_error_keeps_its_first_subject() -> None:
    """The innermost name wins, for it is nearer to what went wrong."""
    assert CodecError("bad", subject="Line").about("Order").subject == "Line"


def test_errors_carry_what_they_are_about() -> None:
    """Items, values and reasons are on attributes, and not in messages."""
    secret = {"password": "hunter2"}
    failure = Failure("put", secret, "throttled", 3)
    carried = [
        ItemExists("there is one", secret),
        ConditionalCheckFailed("refused", secret),
        UniqueViolation("taken", "email", "hunter2"),
        UnprocessedItems("1 write is left", [failure]),
        TransactionCanceled("cancelled", [CancellationReason("ConditionalCheckFailed", item=secret)]),
    ]
    assert [error.args for error in carried] == [
        ("there is one",),
        ("refused",),
        ("taken",),
        ("1 write is left",),
        ("cancelled",),
    ]
    assert all("hunter2" not in str(error) for error in carried)
    assert all("hunter2" not in repr(reason) for reason in carried[4].reasons)  # type: ignore[attr-defined]
    assert carried[3].leftover == (failure,)  # type: ignore[attr-defined]  # of the fourth


@pytest.mark.parametrize("kind", [ConditionalCheckFailed, VersionConflict])
def test_a_refused_condition_carries_what_was_false(kind: type[ConditionalCheckFailed]) -> None:
    """Item and clauses may both be left out."""
    refusal = kind("refused", {"a": 1}, iter(["x", "y"]))
    assert (refusal.args, refusal.item, refusal.failed) == (("refused",), {"a": 1}, ("x", "y"))
    assert (kind("refused").item, kind("refused").failed) == (None, ())


def test_a_service_error_says_where_it_came_from() -> None:
    """Operation, table, code and request id are attributes, for handlers and logs."""
    error = ServiceError("slow down", operation="PutItem", code="X", table="orders", request_id="r1")
    assert (error.operation, error.table, error.code, error.request_id) == ("PutItem", "orders", "X", "r1")
