"""Pages of a query as parameters and reply of an endpoint."""

# No `from __future__ import annotations`: FastAPI could not resolve the bounds that a closure holds.

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Generic, TypeAlias, TypeVar
from urllib.parse import urlencode

from fastapi import Depends, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field

from ddbmodel.mapper.cursor import TOKEN_MAX
from ddbmodel.mapper.ordered import Ordered

R = TypeVar("R")
T = TypeVar("T")


class PageOf(BaseModel, Generic[T]):
    """Some of the results, and the tokens that lead on from them."""

    items: list[T] = Field(description="The results of this page, in order.")
    next: str | None = Field(description="Pass as `after` for the page after this one; null on the last.")
    previous: str | None = Field(description="Pass as `before` for the page before it; null on the first.")


@dataclass(frozen=True, slots=True)
class WantedPage:
    """Which page a request asks for.

    Attributes:
        size: how many results at most.
        after: the token of the page before; None is the first page.
        before: the token of the page after.
    """

    size: int
    after: str | None
    before: str | None
    _request: Request = field(repr=False)
    _response: Response = field(repr=False)

    async def of(self, query: Ordered[R], *, scope: str | None = None) -> PageOf[R]:
        """Read this page of a query, and say in the header `Link` (RFC 8288) where the others are.

        Cost: see `Query.page`.

        Args:
            query: what is paged.
            scope: whom the tokens are for, such as a user or tenant: they serve no other.

        Raises:
            InvalidCursor: the token is damaged, or of another query or scope.
        """
        page = await query.page(size=self.size, after=self.after, before=self.before, scope=scope)
        links = [("next", "after", page.next), ("prev", "before", page.previous)]
        given = [self._link(*link[:2], link[2]) for link in links if link[2] is not None]
        if given:
            self._response.headers.append("link", ", ".join(given))
        return PageOf[R](items=page.items, next=page.next, previous=page.previous)

    def _link(self, relation: str, name: str, token: str) -> str:
        kept = [
            pair for pair in self._request.query_params.multi_items() if pair[0] not in ("after", "before")
        ]
        # Relative to the request's own URL, which a proxy in front may know by another name.
        return f'<?{urlencode([*kept, (name, token)])}>; rel="{relation}"'


def page_parameters(*, default_size: int = 50, max_size: int = 200) -> Callable[..., WantedPage]:
    """Give a dependency like `PageParameters`, with other bounds.

        LongPage = Annotated[WantedPage, Depends(page_parameters(default_size=100, max_size=1000))]

    Args:
        default_size: how many results a page has if the request does not say.
        max_size: how many it may ask for. What 200 items of your model cost and weigh is for you to judge.

    Raises:
        ValueError: the bounds contradict each other.
    """
    if not 1 <= default_size <= max_size:
        raise ValueError("a page has at least one result, and default_size is no more than max_size")

    def wanted(
        request: Request,
        response: Response,
        size: Annotated[
            int, Query(ge=1, le=max_size, description="How many results the page has at most.")
        ] = default_size,
        after: Annotated[
            str | None,
            Query(
                max_length=TOKEN_MAX, description="`next` of the page before; left out for the first page."
            ),
        ] = None,
        before: Annotated[
            str | None, Query(max_length=TOKEN_MAX, description="`previous` of the page after.")
        ] = None,
    ) -> WantedPage:
        if after is not None and before is not None:
            message = "Give `after` or `before`, not both"
            raise RequestValidationError(
                [{"type": "value_error", "loc": ("query", "before"), "msg": message}]
            )
        return WantedPage(size, after, before, request, response)

    return wanted


PageParameters: TypeAlias = Annotated[WantedPage, Depends(page_parameters())]
"""The page that a request asks for: `size` (50, at most 200), `after` and `before`."""
