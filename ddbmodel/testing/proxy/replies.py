"""Replies as DynamoDB sends them, sound or damaged on purpose.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

from ddbmodel.testing.proxy.faults import DropReply, Garble, SingleFault, Truncate, WrongChecksum
from ddbmodel.testing.proxy.http_messages import render
from ddbmodel.testing.proxy.http_server import Answer
from ddbmodel.testing.strict.refusal import Refused

OK: Final = 200
_CONTENT_TYPE: Final = "application/x-amz-json-1.0"
_NAMESPACE: Final = "com.amazonaws.dynamodb.v20120810#"
# Turns printable characters into others; an opening brace becomes an exclamation mark.
_NOISE: Final = 0x5A


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply that is not damaged yet.

    Attributes:
        code: the error code; None for a success.
    """

    status: int
    body: bytes = field(repr=False)
    code: str | None = None


def success(members: Mapping[str, Any]) -> Reply:
    """A reply with these members."""
    return Reply(OK, json.dumps(members).encode())


def refusal(refused: Refused) -> Reply:
    """The reply that a refusal is."""
    # Most errors spell the member with a small letter, the one of transactions with a capital.
    word = "Message" if refused.code == "TransactionCanceledException" else "message"
    body = {"__type": _NAMESPACE + refused.code, word: refused.message, **refused.members}
    return Reply(refused.status, json.dumps(body).encode(), refused.code)


def error_code(body: bytes) -> str | None:
    """The code in the body of an error reply of the engine."""
    try:
        kind = json.loads(body).get("__type")
    except (ValueError, AttributeError):
        return None
    return kind.rpartition("#")[2] if isinstance(kind, str) else None


def answer(reply: Reply, fault: SingleFault | None, request_id: str) -> Answer:
    """The reply as bytes, with its checksum; damaged if the fault says so."""
    if isinstance(fault, DropReply):
        return Answer(broken=True)
    body, checksum = reply.body, str(zlib.crc32(reply.body))
    headers = {"content-type": _CONTENT_TYPE, "x-amzn-requestid": request_id}
    if isinstance(fault, WrongChecksum):
        checksum = str(zlib.crc32(reply.body) ^ 1)
    if isinstance(fault, Garble):
        body = bytes(byte ^ _NOISE for byte in body) or b"?"
    else:
        headers["x-amz-crc32"] = checksum
    data = render(f"HTTP/1.1 {reply.status} {_phrase(reply.status)}", headers, body)
    if isinstance(fault, Truncate):
        cut = len(body) - int(len(body) * fault.kept)
        return Answer(data[: len(data) - max(1, cut)], broken=True)
    return Answer(data)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
