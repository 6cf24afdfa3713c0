"""Who a request is of: a customer's number with a signature, sent as a bearer token.

A browser sends such a token only when a script of the same site adds it, so no other site can use it. It
names a customer and proves no password: this shop has none.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Annotated, TypeAlias

from fastapi import Depends, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

_bearer = HTTPBearer(auto_error=False, description="The token of POST /sessions.")


def sign(secret: str, customer_id: str) -> str:
    """Make the token of a customer."""
    signature = hmac.new(secret.encode(), customer_id.encode(), hashlib.sha256).hexdigest()
    return f"{customer_id}.{signature}"


def signed_customer(
    request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> str:
    """Read the customer's number.

    Raises:
        HTTPException: 401, there is no token, or we did not sign it.
    """
    token = given.credentials if given is not None else ""
    customer_id = token.rpartition(".")[0]
    secret: str = request.app.state.secret
    if not customer_id or not hmac.compare_digest(sign(secret, customer_id).encode(), token.encode()):
        raise HTTPException(401, "Sign in: POST /sessions", {"WWW-Authenticate": "Bearer"})
    return customer_id


SignedCustomer: TypeAlias = Annotated[str, Depends(signed_customer)]
