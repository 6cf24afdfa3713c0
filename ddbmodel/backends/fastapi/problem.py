"""`Problem`: what a refusal says, in the form of RFC 9457, and where OpenAPI tells of it."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

MEDIA_TYPE: Final = "application/problem+json"
SCHEMA_REF: Final = "#/components/schemas/Problem"


class Problem(BaseModel):
    """What went wrong with a request (RFC 9457)."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(default="about:blank", description="Which problem it is, for programs.")
    title: str = Field(description="Which problem it is, for people; the same each time.")
    status: int = Field(description="The status of the reply.")
    detail: str | None = Field(default=None, description="What went wrong this time.")


def problem_response(problem: Problem, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """The reply that tells a problem."""
    content = problem.model_dump(mode="json", exclude_none=True)
    return JSONResponse(content, problem.status, headers, media_type=MEDIA_TYPE)


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Tell OpenAPI that an endpoint replies with problem details: `responses=problem_responses(404, 409)`.

    The schema that it refers to is added by `install_problem_details`.
    """
    return {status: _documented(status) for status in statuses}


def _documented(status: int) -> dict[str, Any]:
    return {
        "description": HTTPStatus(status).phrase,
        "content": {MEDIA_TYPE: {"schema": {"$ref": SCHEMA_REF}}},
    }
