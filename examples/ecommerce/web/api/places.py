"""A place in the queue as a token, signed so that nobody makes one up."""

from __future__ import annotations

import binascii
import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Final

from fastapi import HTTPException

from examples.ecommerce.web.services.backroom import Place

_DIGEST_BYTES: Final = 16


def token_of(secret: str, status: str, place: Place) -> str:
    """Make the token of a place in the queue of a status."""
    text = f"{place.waiting_since.isoformat()} {place.invoice_no}".encode()
    return urlsafe_b64encode(_signature(secret, status, text) + text).decode().rstrip("=")


def place_of(secret: str, status: str, token: str) -> Place:
    """Read a token.

    Raises:
        HTTPException: 400, it is damaged, or of the queue of another status.
    """
    try:
        content = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except (UnicodeEncodeError, binascii.Error):
        content = b""
    signature, text = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
    if not hmac.compare_digest(signature, _signature(secret, status, text)):
        raise HTTPException(400, "The token is not one of this queue. Start anew.")
    since, _, invoice_no = text.decode().partition(" ")
    return Place(datetime.fromisoformat(since), invoice_no)


def _signature(secret: str, status: str, text: bytes) -> bytes:
    made = hmac.new(secret.encode(), b"queue " + status.encode() + b" " + text, hashlib.sha256)
    return made.digest()[:_DIGEST_BYTES]
