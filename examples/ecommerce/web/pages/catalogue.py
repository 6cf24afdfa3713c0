"""The catalogue, an article's page, and the pictures."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Request, Response

from examples.ecommerce.web.art import Sketch, draw
from examples.ecommerce.web.pages.site import page, site_of
from examples.ecommerce.web.services.shelf import one_offer

router = APIRouter()


@router.get("/")
async def catalogue(request: Request, q: str = "", category: str = "", number: int = 1) -> Response:
    """The articles, by category and words."""
    found = await site_of(request).shelf.find(q[:100], category, number)
    base = urlencode({key: value for key, value in (("q", q), ("category", category)) if value})
    return page(request, "catalogue.html", found=found, q=q, category=category, base=base)


@router.get("/articles/{stock_code}")
async def article(request: Request, stock_code: str, added: int = 0) -> Response:
    """One article."""
    site = site_of(request)
    offer = await one_offer(site.mapper, stock_code)
    if offer is None:
        raise HTTPException(404)
    alike = await site.shelf.find("", offer.entry.category, 1)
    others = [one for one in alike.offers if one.entry.stock_code != stock_code][:4]
    return page(request, "article.html", offer=offer, others=others, added=added)


@router.get("/art/{slug}.svg")
async def picture(slug: str) -> Response:
    """A picture. Its address says what it shows, so it never changes."""
    sketch = Sketch.parse(slug)
    if sketch is None:
        raise HTTPException(404)
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(draw(sketch), media_type="image/svg+xml", headers=headers)
