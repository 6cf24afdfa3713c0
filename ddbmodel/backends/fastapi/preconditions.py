"""If-Match and If-None-Match: lists of entity tags, and what they say of a state (RFC 9110, 13.1)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fastapi import HTTPException, Response
from pydantic import BaseModel

from ddbmodel.mapper.stamps import version_of
from ddbmodel.model import plan_of

_TAG: Final = re.compile(r'[ \t]*(?:(W/)?("[\x21\x23-\x7e\x80-\xff]*"))?[ \t]*(?:,|$)')


def etag_of(model: BaseModel) -> str:
    """The strong entity tag of a model that was read or written: its version, in quotes.

        response.headers["ETag"] = etag_of(order)

    An item that was deleted and created again counts from 1 again: where that matters, let no key come back.

    Raises:
        TypeError: its class has no field with `version()`.
    """
    version = version_of(plan_of(type(model)), model)
    if version is None:
        raise TypeError(
            f"{type(model).__name__} has no version, so nothing tells its states apart: "
            "give it a field with version()"
        )
    return f'"{version}"'


@dataclass(frozen=True, slots=True)
class EntityTags:
    """What such a header names.

    Attributes:
        anything: True for `*`.
        strong: the strong tags, with their quotes.
        weak: the weak ones, without `W/`.
    """

    anything: bool = False
    strong: frozenset[str] = frozenset()
    weak: frozenset[str] = frozenset()


def parse_entity_tags(name: str, lines: Sequence[str]) -> EntityTags:
    """Read a header; several lines of it are one list.

    Raises:
        HTTPException: 400, it is no list of entity tags, nor `*`.
    """
    text = ",".join(lines).strip(" \t")
    if text == "*":
        return EntityTags(anything=True)
    strong, weak, at = set[str](), set[str](), 0
    while at < len(text):
        match = _TAG.match(text, at)
        if match is None:
            raise _malformed(name)
        mark, tag = match.groups()
        if tag is not None:
            (strong if mark is None else weak).add(tag)
        at = match.end()
    if not strong and not weak:
        raise _malformed(name)
    return EntityTags(False, frozenset(strong), frozenset(weak))


def _malformed(name: str) -> HTTPException:
    return HTTPException(400, f'{name} is a list of entity tags in quotes, such as "3", or *')


@dataclass(frozen=True, slots=True)
class Match:
    """The request's If-Match: the states that it wants to change.

    Attributes:
        tags: what it names; None if the request has none.
    """

    tags: EntityTags | None

    def check(self, model: BaseModel | None) -> None:
        """Refuse the request if this is not the state that it wants to change. None is nothing there.

        That is before writing. A writer that comes between is found by `mapper.save`, whose `VersionConflict`
        is 412 for requests with If-Match too, with `install_problem_details`.

        Raises:
            HTTPException: 412.
            TypeError: the model has no version.
        """
        if self.tags is None:
            return
        # A weak tag never matches: what is alike may still have changed.
        if model is None or not (self.tags.anything or etag_of(model) in self.tags.strong):
            raise HTTPException(412, "It is not in the state that If-Match names: read it again")


@dataclass(frozen=True, slots=True)
class NoneMatch:
    """The request's If-None-Match: the states that whoever asks knows already.

    Attributes:
        tags: what it names; None if the request has none.
    """

    tags: EntityTags | None

    def unchanged(self, model: BaseModel) -> Response | None:
        """The reply 304 if whoever asks has this state already, else None. For GET and HEAD.

        Raises:
            TypeError: the model has no version.
        """
        tag = etag_of(model)
        if self.tags is None or not (self.tags.anything or tag in self.tags.strong | self.tags.weak):
            return None
        return Response(status_code=304, headers={"etag": tag})
