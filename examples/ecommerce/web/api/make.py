"""The API as an application."""

from __future__ import annotations

from fastapi import FastAPI

from ddbmodel.backends.fastapi import install_problem_details, problem_responses
from examples.ecommerce.web.api import carts, catalogue, ingestion, office, orders, products, sessions


def make_api(secret: str) -> FastAPI:
    """Make the API. It takes the mapper from the application that it is mounted in.

    Args:
        secret: signs customers' tokens.
    """
    api = FastAPI(title="The shop", description="Articles, carts and orders in one DynamoDB table.")
    api.state.secret = secret
    for part in (sessions, catalogue, products, carts, orders, office, ingestion):
        api.include_router(part.router, responses=problem_responses(400))
    install_problem_details(api)
    return api
