"""The catalogue as the pages show it: categories, search, prices and stock."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from ddbmodel.backends.fastapi import problem_responses
from examples.ecommerce.web.services.opened import ServicesDependency
from examples.ecommerce.web.services.shelf import CATEGORIES, Offer

router = APIRouter(tags=["catalogue"])


class Category(BaseModel):
    """A part of the catalogue."""

    category: str
    name: str


class Article(BaseModel):
    """An article in the catalogue."""

    stock_code: str
    title: str
    category: str
    price: Decimal | None = Field(description="Null if it has none, and so cannot be bought.")
    on_hand: int
    picture: str = Field(description="The address of its picture, an SVG.")


class CataloguePage(BaseModel):
    """One page of what was looked for."""

    items: list[Article]
    total: int = Field(description="How many articles were found in all.")
    page: int
    pages: int


@router.get("/categories")
async def categories() -> list[Category]:
    """The parts of the catalogue."""
    return [Category(category=key, name=name) for key, (name, _) in CATEGORIES.items()]


@router.get("/catalogue", responses=problem_responses(503))
async def catalogue(
    services: ServicesDependency,
    words: Annotated[str, Query(max_length=100, description="All of them are in the title or code.")] = "",
    category: Annotated[str, Query(max_length=40, description="Of this category only.")] = "",
    page: Annotated[int, Query(ge=1, le=10_000, description="Beyond the last one is the last one.")] = 1,
) -> CataloguePage:
    """The articles with price and stock, those that were sold most first.

    Titles and categories are up to a minute old; price and stock are those of the request.
    """
    found = await services.shelf.find(words, category, page)
    items = [_article(offer) for offer in found.offers]
    return CataloguePage(items=items, total=found.total, page=found.page, pages=found.pages)


def _article(offer: Offer) -> Article:
    entry = offer.entry
    return Article(
        stock_code=entry.stock_code,
        title=entry.title,
        category=entry.category,
        price=offer.price,
        on_hand=offer.on_hand,
        picture=f"/art/{entry.picture}.svg",
    )
