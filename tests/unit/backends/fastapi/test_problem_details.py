"""Errors as problem details: status, type and headers, and that nothing leaks."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI, HTTPException
from httpx import ASGITransport, AsyncClient

from ddbmodel import (
    AccessDenied,
    CancellationReason,
    CodecError,
    ConditionalCheckFailed,
    ConnectionFailed,
    ItemExists,
    ItemNotFound,
    ItemTooLarge,
    Mapper,
    MapperClosed,
    NoAccessPath,
    Throttled,
    TransactionCanceled,
    WriteOutcomeUnknown,
)
from ddbmodel.backends.fastapi import install_problem_details
from tests.unit.backends.fastapi.notes import TABLE, app, client_of

SECRET = "secret-table-and-value"
BUSY = [CancellationReason("None"), CancellationReason("TransactionConflict")]
REFUSED = [CancellationReason("ConditionalCheckFailed"), CancellationReason("TransactionConflict")]
STORED = CodecError(SECRET)
STORED.key = {"pk": {"S": SECRET}}


async def replied(error: Exception, headers: dict[str, str] | None = None) -> tuple[int, str, str | None]:
    """Status, end of the type, and Retry-After of the reply to a handler that raises."""
    failing = FastAPI()
    install_problem_details(failing)

    @failing.get("/")
    async def fail() -> None:
        raise error

    transport = ASGITransport(failing, raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url="http://x") as client:
        reply = await client.get("/", headers=headers)
    assert reply.headers["content-type"] == "application/problem+json"
    assert SECRET not in reply.text
    problem = reply.json()
    assert problem["status"] == reply.status_code
    return reply.status_code, problem["type"].rpartition(":")[2], reply.headers.get("retry-after")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ItemNotFound(SECRET), (404, "not-found", None)),
        (ItemExists(SECRET, SECRET), (409, "exists", None)),
        (ConditionalCheckFailed(SECRET, SECRET), (409, "conflict", None)),
        (ItemTooLarge(SECRET), (413, "too-large", None)),
        (CodecError(SECRET), (422, "not-storable", None)),
        (STORED, (500, "internal", None)),
        (TransactionCanceled(SECRET, BUSY), (503, "throttled", "1")),
        (TransactionCanceled(SECRET, REFUSED), (409, "conflict", None)),
        (TransactionCanceled(SECRET), (409, "conflict", None)),
        (Throttled(SECRET, operation="PutItem", code="x"), (503, "throttled", "1")),
        (ConnectionFailed(SECRET, operation="PutItem", code="x"), (503, "unavailable", "1")),
        (MapperClosed(SECRET), (503, "unavailable", "1")),
        (AccessDenied(SECRET, operation="PutItem", code="x"), (502, "database-error", None)),
        (WriteOutcomeUnknown(SECRET), (500, "outcome-unknown", None)),
        (NoAccessPath(SECRET), (500, "internal", None)),
        (ValueError(SECRET), (500, "blank", None)),
        (HTTPException(418, "tea", headers={"Retry-After": "7"}), (418, "blank", "7")),
    ],
)
async def test_each_error_has_its_reply(error: Exception, expected: tuple[int, str, str | None]) -> None:
    """Each error has a status and a type of its own, and its message is not in the reply."""
    assert await replied(error) == expected


async def test_exists_is_a_failed_precondition() -> None:
    """ItemExists is 412 for a request with If-None-Match."""
    assert await replied(ItemExists(SECRET), {"If-None-Match": "*"}) == (412, "exists", None)


@pytest.fixture
async def client(mapper: Mapper) -> AsyncIterator[AsyncClient]:
    await mapper.create_table(TABLE)
    async with client_of(mapper) as client:
        yield client


async def test_a_taken_value_names_its_field_only(client: AsyncClient) -> None:
    """UniqueViolation is 409, and names the field and not the value."""
    note = {"owner": "ada", "number": 1, "text": "hello", "slug": SECRET}
    assert (await client.post("/notes", json=note)).status_code == 201
    reply = await client.post("/notes", json={**note, "number": 2})
    assert (reply.status_code, reply.json()["field"]) == (409, "slug")
    assert SECRET not in reply.text


async def test_an_invalid_request_is_not_echoed(client: AsyncClient) -> None:
    """422 says where and what, without what was sent."""
    reply = await client.post("/notes", json={"owner": "ada", "number": SECRET, "text": "hello"})
    assert reply.headers["content-type"] == "application/problem+json"
    assert (reply.status_code, reply.json()["errors"][0]["loc"]) == (422, ["body", "number"])
    assert SECRET not in reply.text


async def test_an_unknown_address_is_a_problem(client: AsyncClient) -> None:
    """What FastAPI refuses by itself is in the same form."""
    reply = await client.get("/nowhere/at/all/of/it")
    assert reply.json() == {"type": "about:blank", "title": "Not Found", "status": 404}


def test_openapi_tells_of_problems() -> None:
    """Invalid requests and declared refusals refer to the schema of problems, which is there."""
    schema = app.openapi()
    replies = schema["paths"]["/{owner}/notes"]["get"]["responses"]
    for status in ("400", "422"):
        content = replies[status]["content"]
        assert content == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    assert "Problem" in schema["components"]["schemas"]
    assert "HTTPValidationError" not in schema["components"]["schemas"]
