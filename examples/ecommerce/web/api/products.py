"""Articles: those that are sold most, one of them with price and stock, and edits of how it is presented."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from ddbmodel.backends.fastapi import (
    MapperDependency,
    PageOf,
    PageParameters,
    RequiredIfMatch,
    etag_of,
    problem_responses,
)
from examples.ecommerce.models import Listing, Product, ProductKind, Stock

router = APIRouter(tags=["products"])
StockCode = Annotated[str, Path(min_length=1, max_length=200, description="An article's code.")]


class ProductPage(BaseModel):
    """All there is on an article."""

    product: Product
    listing: Listing | None = Field(description="How the web shop presents it; null if nobody listed it.")
    stock: Stock | None = Field(description="How many there are; null if it is not kept.")


class ListingEdit(BaseModel):
    """What an editor can change; what is left out stays."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"title": "Tea towel with hares", "price": "4.95"}]}
    )

    title: str | None = Field(default=None, min_length=1, max_length=200)
    price: Decimal | None = Field(default=None, ge=0, max_digits=9, decimal_places=3)


@router.get("/products", responses=problem_responses(400, 503))
async def products(mapper: MapperDependency, page: PageParameters) -> PageOf[Product]:
    """The articles that were sold, those that were sold most first."""
    articles = mapper.query(Product).where(Product.kind == ProductKind.ARTICLE, Product.sold > 0)
    return await page.of(articles.reverse().hydrate())


@router.get("/products/{stock_code}", responses=problem_responses(404, 503))
async def product(mapper: MapperDependency, stock_code: StockCode) -> ProductPage:
    """An article with its presentation and its stock, in one request to the table."""
    query = mapper.query(Product, Listing, Stock).where(Product.stock_code == stock_code)
    found = await query.grouped()
    if not found[Product]:
        raise HTTPException(404, "There is no such article")
    listing, stock = next(iter(found[Listing]), None), next(iter(found[Stock]), None)
    return ProductPage(product=found[Product][0], listing=listing, stock=stock)


@router.get("/products/{stock_code}/listing", responses=problem_responses(404, 503))
async def listing_of(mapper: MapperDependency, stock_code: StockCode, response: Response) -> Listing:
    """How an article is presented. The reply's ETag is what an edit sends as If-Match."""
    listing = await mapper.require(Listing, stock_code, consistent=True)
    response.headers["ETag"] = etag_of(listing)
    return listing


@router.patch("/products/{stock_code}/listing", responses=problem_responses(400, 404, 412, 428, 503))
async def edit_listing(
    mapper: MapperDependency,
    stock_code: StockCode,
    edit: ListingEdit,
    match: RequiredIfMatch,
    response: Response,
) -> Listing:
    """Edit how an article is presented, unless somebody has done so since it was read (412)."""
    listing = await mapper.require(Listing, stock_code, consistent=True)
    match.check(listing)
    if edit.title is not None:
        listing.title = edit.title
    if edit.price is not None:
        listing.price = edit.price
    await mapper.save(listing)
    response.headers["ETag"] = etag_of(listing)
    return listing
