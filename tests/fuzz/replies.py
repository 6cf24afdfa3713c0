"""A fuzzer for what a stranger on the network may send: HTTP replies, their checks, and the members in them.

    pip install atheris
    python -m tests.fuzz.replies -max_total_time=60 [folder of finds]

What it looks for: an error of another kind than the lane expects, a reply that depends on how it is cut, and
memory or time beyond the limits.
"""

from __future__ import annotations

import sys
from typing import Any

import atheris  # type: ignore[import-not-found]  # installed by hand

with atheris.instrument_imports(include=["ddbmodel.transport"]):
    from botocore.loaders import Loader
    from botocore.model import ServiceModel

    from ddbmodel.transport.fast.eligibility import OPERATIONS
    from ddbmodel.transport.fast.http_reply import HttpReply, MalformedReply, ReplyParser
    from ddbmodel.transport.fast.members import Members
    from ddbmodel.transport.fast.refusal import Refusals
    from ddbmodel.transport.reply_check import UntrustedReply, checked_body

MODEL: Any = ServiceModel(Loader().load_service_model("dynamodb", "service-2"))
MEMBERS = [Members.of(MODEL.operation_model(name).output_shape) for name in OPERATIONS]
REFUSALS = Refusals(MODEL)
LIMIT = 1 << 16


def parse(data: bytes, step: int) -> HttpReply | str | None:
    """The reply in the bytes, fed in pieces of this size."""
    parser = ReplyParser(LIMIT)
    try:
        for at in range(0, len(data), step):
            reply = parser.feed(data[at : at + step])
            if reply is not None:
                return reply
        return parser.feed_eof()
    except MalformedReply as error:
        return str(error)


def check(data: bytes) -> None:
    """One input: how to cut it, which operation it answers, and the bytes."""
    if len(data) < 2:
        return
    step, operation, wire = data[0] % 16 + 1, data[1] % len(MEMBERS), data[2:]
    whole, pieces = parse(wire, max(1, len(wire))), parse(wire, step)
    if not (isinstance(whole, HttpReply) and isinstance(pieces, HttpReply)):
        assert whole == pieces
        return
    assert (whole.status, whole.headers, whole.body) == (pieces.status, pieces.headers, pieces.body)
    assert len(whole.body) <= LIMIT
    try:
        body = checked_body(whole.status, whole.headers, whole.body)
        if whole.status < 300:
            MEMBERS[operation].read(body)
        else:
            REFUSALS.parse(whole, body)
    except (UntrustedReply, ValueError):
        return


if __name__ == "__main__":
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()
