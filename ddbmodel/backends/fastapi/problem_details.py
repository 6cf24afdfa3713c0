"""Errors as replies: handlers for ddbmodel's errors, FastAPI's, and whatever else is raised."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any, Final, cast

from fastapi import FastAPI, Request, Response
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from ddbmodel.backends.fastapi.problem import MEDIA_TYPE, SCHEMA_REF, Problem, problem_response
from ddbmodel.backends.fastapi.problem_kinds import kind_of
from ddbmodel.errors import DDBModelError, ItemExists, UniqueViolation, VersionConflict

_LOG: Final = logging.getLogger("ddbmodel.backends.fastapi")
_WITHOUT_BODY: Final = frozenset({204, 205, 304})


def install_problem_details(
    app: FastAPI, *, type_prefix: str = "urn:ddbmodel:problem:", retry_after_seconds: int = 1
) -> None:
    """Reply to every error with problem details (RFC 9457, `application/problem+json`), and tell OpenAPI so.

    Errors are ddbmodel's, `HTTPException`, invalid requests, and whatever else is raised. Replies hold
    neither keys nor values of items, nor the messages of ddbmodel's errors. What is no fault of whoever asked
    is logged with its message on the logger `ddbmodel.backends.fastapi`; exceptions that are not ddbmodel's
    are raised to the server besides, which logs them.

    `VersionConflict` is 412 for a request with If-Match, and `ItemExists` for one with If-None-Match; both
    are 409 otherwise. `WriteOutcomeUnknown` is 500, as what stands between repeats a 503 by itself.

    Args:
        app: the application; call it before the first request.
        type_prefix: what the URIs of problem types begin with, such as the address of your documentation.
        retry_after_seconds: what `Retry-After` says where trying again helps.
    """

    def on_mapper_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, DDBModelError)
        return _mapper_problem(request, error, type_prefix, retry_after_seconds)

    app.add_exception_handler(DDBModelError, on_mapper_error)
    app.add_exception_handler(HTTPException, _http_problem)
    app.add_exception_handler(RequestValidationError, _invalid_problem)
    app.add_exception_handler(Exception, _unknown_problem)
    _describe(app)


def _mapper_problem(
    request: Request, error: DDBModelError, prefix: str, retry_after_seconds: int
) -> Response:
    kind = kind_of(error)
    status = _precondition_status(request, error) or kind.status
    if status >= 500:
        _log(request, error)
    further = {"field": error.field} if isinstance(error, UniqueViolation) else {}
    problem = Problem(type=prefix + kind.name, title=kind.title, status=status, detail=kind.detail, **further)
    return problem_response(problem, {"retry-after": str(retry_after_seconds)} if kind.transient else None)


def _precondition_status(request: Request, error: DDBModelError) -> int | None:
    """412 if the request named what it wanted to find, and that is why it failed."""
    header = None
    if isinstance(error, VersionConflict):
        header = "if-match"
    elif isinstance(error, ItemExists):
        header = "if-none-match"
    return 412 if header is not None and header in request.headers else None


def _log(request: Request, error: DDBModelError) -> None:
    route = getattr(request.scope.get("route"), "path", "")
    # Frames without the chain of causes: messages of others may hold values, and so may the request's path.
    frames = "".join(traceback.format_tb(error.__traceback__))
    _LOG.error("%s %s: %s: %s\n%s", request.method, route, type(error).__name__, error, frames)


def _http_problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code in _WITHOUT_BODY or error.status_code < 200:
        return Response(status_code=error.status_code, headers=error.headers)
    title = _phrase(error.status_code)
    further: dict[str, Any] = {}
    detail: Any = error.detail
    if not isinstance(detail, str):
        further["errors"], detail = jsonable_encoder(detail), None
    shown = detail if detail != title else None
    problem = Problem(title=title, status=error.status_code, detail=shown, **further)
    return problem_response(problem, error.headers)


def _invalid_problem(_: Request, error: Exception) -> Response:
    """Say where and what, without what was sent."""
    assert isinstance(error, RequestValidationError)
    given: Sequence[Any] = error.errors()
    found = [{"loc": list(one["loc"]), "msg": one["msg"], "type": one["type"]} for one in given]
    problem = Problem.model_validate(
        {"title": _phrase(422), "status": 422, "detail": "The request is not valid.", "errors": found}
    )
    return problem_response(problem)


def _unknown_problem(_: Request, __: Exception) -> Response:
    return problem_response(Problem(title=_phrase(500), status=500))


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"


# OpenAPI ----------------------------------------------------------------------------------------------------


def _describe(app: FastAPI) -> None:
    """Add the schema of problems, and put it where FastAPI describes its own form of invalid requests."""
    made: Callable[[], dict[str, Any]] = app.openapi

    def openapi() -> dict[str, Any]:
        schema = made()
        schemas = schema.setdefault("components", {}).setdefault("schemas", {})
        schemas["Problem"] = Problem.model_json_schema()
        for path in schema.get("paths", {}).values():
            for operation in path.values():
                if isinstance(operation, dict):
                    _replace(cast("dict[str, Any]", operation))
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        return schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way


def _replace(operation: dict[str, Any]) -> None:
    invalid = operation.get("responses", {}).get("422")
    if invalid is not None and "HTTPValidationError" in str(invalid.get("content")):
        invalid["content"] = {MEDIA_TYPE: {"schema": {"$ref": SCHEMA_REF}}}
