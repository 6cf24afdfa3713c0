"""The dependencies that read If-Match and If-None-Match."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from fastapi import Depends, Header, HTTPException, Request

from ddbmodel.backends.fastapi.preconditions import EntityTags, Match, NoneMatch, parse_entity_tags


def if_match(
    request: Request,
    header: Annotated[  # noqa: ARG001  # for OpenAPI; see _tags
        str | None, Header(alias="If-Match", description="The entity tag of the state to change.")
    ] = None,
) -> Match:
    """Read If-Match, if there is one.

    Raises:
        HTTPException: 400, it is malformed.
    """
    return Match(_tags(request, "If-Match"))


def require_if_match(match: Annotated[Match, Depends(if_match)]) -> Match:
    """Read If-Match, without which nothing is changed.

    Raises:
        HTTPException: 400, it is malformed; 428, there is none.
    """
    if match.tags is None:
        raise HTTPException(428, "Say which state you want to change: send its ETag as If-Match")
    return match


def if_none_match(
    request: Request,
    header: Annotated[  # noqa: ARG001  # for OpenAPI; see _tags
        str | None, Header(alias="If-None-Match", description="The entity tags that are known already.")
    ] = None,
) -> NoneMatch:
    """Read If-None-Match, if there is one.

    Raises:
        HTTPException: 400, it is malformed.
    """
    return NoneMatch(_tags(request, "If-None-Match"))


def _tags(request: Request, name: str) -> EntityTags | None:
    # The declared parameter is for OpenAPI: of a header that comes in several lines it holds one.
    lines = request.headers.getlist(name)
    return parse_entity_tags(name, lines) if lines else None


IfMatch: TypeAlias = Annotated[Match, Depends(if_match)]
"""If-Match, if the request has one: `match.check(order)`."""

RequiredIfMatch: TypeAlias = Annotated[Match, Depends(require_if_match)]
"""If-Match; a request without one is refused with 428."""

IfNoneMatch: TypeAlias = Annotated[NoneMatch, Depends(if_none_match)]
"""If-None-Match, if the request has one: `known.unchanged(order)`."""
