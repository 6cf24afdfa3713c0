"""What all pages share: templates, the visitor, security headers, and errors that are pages as well.

app = FastAPI(lifespan=mapper_lifespan(connect, then=open_services))
install(app, secret=...)                     # adds every page to an application
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from datetime import datetime
from decimal import Decimal
from inspect import isawaitable
from pathlib import Path
from secrets import token_hex
from typing import Any, Final, cast

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from starlette.exceptions import HTTPException

from ddbmodel import DDBModelError
from examples.ecommerce.web.services.opened import Services, current_services
from examples.ecommerce.web.services.shelf import CATEGORIES

_HERE: Final = Path(__file__).parents[1]
_STATIC: Final = _HERE / "static"
_COOKIE: Final = "shop"
_MINUS: Final = "\N{MINUS SIGN}"
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_ERRORS: Final = {
    400: ("That address is not right", "A part of it was changed or cut off. Begin from the list again."),
    403: ("That form is not ours", "It was sent from another site, so nothing was done."),
    404: ("There is nothing here", "The page or article that you look for is not in this shop."),
    409: ("Somebody was faster", "What you wanted to change has been changed meanwhile. Look at it again."),
    422: ("Something in the form is missing", "Go back, look at the fields once more, and send it again."),
    500: ("That went wrong", "It is our fault, and is noted. Look at what is there, then try again."),
    503: ("One moment, please", "The shop cannot reach its shelves. Nothing is lost: try again soon."),
}  # fmt: skip


def site_of(request: Request) -> Services:
    """What the pages share with the API: the mapper, the shelf, the ingestion."""
    return current_services(request)


def _secret_of(request: Request) -> str:
    secret: str = request.app.state.secret
    return secret


def _asset(name: str) -> str:
    """A static file's address, with a fingerprint of its content, so that it can be kept for ever."""
    digest = hashlib.sha256((_STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={digest}"


def money(amount: Decimal | None) -> str:
    """An amount in pounds."""
    if amount is None:
        return "—"
    return f"{_MINUS if amount < 0 else ''}£{abs(amount):,.2f}"


def moment(at: datetime) -> str:
    """A time to the minute."""
    return at.strftime("%d %b %Y, %H:%M")


def _made_templates() -> Jinja2Templates:
    templates = Jinja2Templates(directory=_HERE / "templates")
    environment: Any = templates.env  # Jinja types what it puts there itself, and nothing else
    environment.filters |= {"money": money, "moment": moment}
    assets = {"css": _asset("shop.css"), "script": _asset("shop.js"), "chart": _asset("chart.js")}
    environment.globals |= {**assets, "categories": CATEGORIES}
    return templates


_templates: Final = _made_templates()


def page(request: Request, template: str, *, status: int = 200, **shown: Any) -> HTMLResponse:
    """Fill a template."""
    context = {"signed_in": is_customer(visitor(request)), "path": request.url.path, **shown}
    return _templates.TemplateResponse(request, template, context, status_code=status)


def go(to: str) -> RedirectResponse:
    """Answer a form: look at another page, which can be loaded again without sending the form again."""
    return RedirectResponse(to, status_code=303)


def _signature(secret: str, visitor_id: str) -> str:
    return hmac.new(secret.encode(), visitor_id.encode(), hashlib.sha256).hexdigest()[:32]


def visitor(request: Request) -> str | None:
    """The customer number in the cookie; None if there is none, or its signature is not ours."""
    visitor_id, _, signature = request.cookies.get(_COOKIE, "").rpartition(".")
    known = hmac.compare_digest(signature.encode(), _signature(_secret_of(request), visitor_id).encode())
    return visitor_id if visitor_id and known else None


def is_customer(visitor_id: str | None) -> bool:
    """True if somebody is signed in; a visitor who only has a cart is not."""
    return visitor_id is not None and visitor_id.startswith("in-")


def customer_number(visitor_id: str) -> str:
    """The customer number of a visitor, signed in or not."""
    return visitor_id.partition("-")[2]


def remember(request: Request, response: Response, number: str, *, signed_in: bool) -> None:
    """Write the cookie."""
    visitor_id = f"{'in' if signed_in else 'at'}-{number}"
    value = f"{visitor_id}.{_signature(_secret_of(request), visitor_id)}"
    response.set_cookie(_COOKIE, value, max_age=30 * 24 * 3600, httponly=True, samesite="lax")


def forget(response: Response) -> None:
    """Sign out."""
    response.delete_cookie(_COOKIE)


def new_number() -> str:
    """A customer number that nobody has."""
    return f"V{token_hex(8)}"


def error_page(request: Request, status: int) -> HTMLResponse:
    """An error in the shop's look."""
    title, message = _ERRORS.get(status, ("That did not work", "Try it again, or begin from the front page."))
    answer = page(request, "error.html", status=status, code=status, title=title, message=message)
    answer.headers.update(_HEADERS)  # what nobody expected is answered outside of `_guard`
    if status == 503:
        answer.headers["Retry-After"] = "5"
    return answer


def _is_page(request: Request) -> bool:
    return not request.url.path.startswith(("/api", "/health"))


async def _guard(request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
    """Refuse forms of other sites, and add the headers."""
    foreign = request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none")
    is_page = _is_page(request)
    if foreign and is_page and request.method == "POST":
        response: Response = error_page(request, 403)
    else:
        response = await call(request)
    if is_page:
        response.headers.update({**_HEADERS, **response.headers})
    if request.url.path.startswith("/static") and "v" in request.query_params:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def install(app: FastAPI, *, secret: str) -> None:
    """Add the pages to an application whose lifespan opens `open_services`.

    Call it after `install_problem_details`: an error on a page becomes a page of the same status, and is
    logged as it would be anyway.
    """
    from examples.ecommerce.web.pages import account, catalogue, checking_out, office

    app.state.secret = secret
    for router in (catalogue.router, checking_out.router, account.router, office.router):
        app.include_router(router, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=_STATIC))
    app.middleware("http")(_guard)
    for kind in (HTTPException, RequestValidationError, DDBModelError, Exception):
        app.add_exception_handler(kind, _shown_on_pages(app.exception_handlers[kind]))


def _shown_on_pages(problem: Any) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def show(request: Request, error: Exception) -> Response:
        found = problem(request, error)
        answer = cast("Response", await found if isawaitable(found) else found)
        return error_page(request, answer.status_code) if _is_page(request) else answer

    return show
