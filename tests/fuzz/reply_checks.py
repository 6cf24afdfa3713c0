"""What must hold of whatever a stranger on the network sends: HTTP replies, their checks, the members in them.

The fuzzer (`replies`) and a test of the suite give it bytes; it looks for an error of another kind than the
lane expects, a reply that depends on how it is cut, and memory beyond the limit.
"""

from __future__ import annotations

import gzip
import json
import zlib
from typing import Any, Final

from botocore.loaders import Loader
from botocore.model import ServiceModel

from ddbmodel.transport.fast.eligibility import OPERATIONS
from ddbmodel.transport.fast.http_reply import HttpReply, MalformedReply, ReplyParser
from ddbmodel.transport.fast.members import Members
from ddbmodel.transport.fast.refusal import Refusals
from ddbmodel.transport.reply_check import UntrustedReply, checked_body

LIMIT_BYTES: Final = 1 << 16
NAMES: Final = tuple(sorted(OPERATIONS))

_model: Final[Any] = ServiceModel(Loader().load_service_model("dynamodb", "service-2"))
_members: Final = [Members.of(_model.operation_model(name).output_shape) for name in NAMES]
_refusals: Final = Refusals(_model)


def _seed(operation: str, body: bytes, *headers: str, status: int = 200, step: int = 3) -> bytes:
    lines = (f"HTTP/1.1 {status} X", *headers, "", "")
    return bytes([step, NAMES.index(operation)]) + "\r\n".join(lines).encode() + body


def _sized(operation: str, body: bytes, *headers: str, status: int = 200) -> bytes:
    told = (f"Content-Length: {len(body)}", f"x-amz-crc32: {zlib.crc32(body)}", *headers)
    return _seed(operation, body, *told, status=status)


_ITEM: Final = {"pk": {"S": "c1"}, "b": {"B": "eA=="}, "l": {"L": [{"M": {"n": {"N": "1"}}}, {"NULL": True}]}}
_GET: Final = json.dumps({"Item": _ITEM}).encode()
_PAGE: Final = json.dumps({"Items": [_ITEM], "Count": 1, "LastEvaluatedKey": {"pk": {"S": "c1"}}}).encode()
_REFUSED: Final = json.dumps(
    {"__type": "x#ConditionalCheckFailedException", "message": "no", "Item": _ITEM}
).encode()
_CANCELED: Final = json.dumps(
    {"__type": "TransactionCanceledException", "CancellationReasons": [{"Code": "None"}, {"Item": _ITEM}]}
).encode()

SEEDS: Final = (
    _sized("GetItem", _GET),
    _seed("GetItem", _GET, f"Content-Length: {len(_GET)}"),
    _sized("Query", _PAGE, "Connection: close"),
    _sized("Scan", gzip.compress(_PAGE, mtime=0), "Content-Encoding: gzip"),
    _seed("PutItem", b"2;x=y\r\n{}\r\n0\r\nx-t: 1\r\n\r\n", "Transfer-Encoding: chunked"),
    _seed("DeleteItem", b"{}"),
    _seed("UpdateItem", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", status=100),
    _seed("PutItem", b"", status=204),
    _sized("PutItem", _REFUSED, status=400),
    _sized("TransactWriteItems", _CANCELED, status=400),
    _sized("BatchWriteItem", b"<html>", status=503),
)
"""Inputs of every kind, which others are made of: how to cut it, which operation it answers, and the bytes."""


def parse(data: bytes, step: int) -> HttpReply | str | None:
    """The reply in the bytes, fed in pieces of this size."""
    parser = ReplyParser(LIMIT_BYTES)
    try:
        for at in range(0, len(data), step):
            reply = parser.feed(data[at : at + step])
            if reply is not None:
                return reply
        return parser.feed_eof()
    except MalformedReply as error:
        return str(error)


def check(data: bytes) -> None:
    """One input, as `SEEDS` are."""
    if len(data) < 2:
        return
    step, operation, wire = data[0] % 16 + 1, data[1] % len(_members), data[2:]
    whole, pieces = parse(wire, max(1, len(wire))), parse(wire, step)
    if not (isinstance(whole, HttpReply) and isinstance(pieces, HttpReply)):
        assert whole == pieces
        return
    assert (whole.status, whole.headers, whole.body) == (pieces.status, pieces.headers, pieces.body)
    assert len(whole.body) <= LIMIT_BYTES
    try:
        body = checked_body(whole.status, whole.headers, whole.body)
        if whole.status < 300:
            _members[operation].read(body)
        else:
            _refusals.parse(whole, body)
    except (UntrustedReply, ValueError):
        return
