"""Signing in, and opening an account."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from ddbmodel.backends.fastapi import MapperDependency, problem_responses
from examples.ecommerce.models import Customer
from examples.ecommerce.web.api.signing import sign

router = APIRouter(tags=["customers"])


class SignIn(BaseModel):
    """Who wants to sign in."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"customer_id": "12003"}]})

    customer_id: str = Field(min_length=1, max_length=40, description="A customer's number.")


class Session(BaseModel):
    """What a customer sends with requests: `Authorization: Bearer` and the token."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"token": "12003.5f0c..."}]})

    token: str


@router.post("/sessions", status_code=201, responses=problem_responses(404, 503))
async def sign_in(mapper: MapperDependency, request: Request, wanted: SignIn) -> Session:
    """Sign in by a customer's number. This is a demonstration, so nobody is asked for a password."""
    customer = await mapper.require(Customer, wanted.customer_id)
    return Session(token=sign(request.app.state.secret, customer.customer_id))
