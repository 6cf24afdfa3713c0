"""From an error reply to what botocore would make of it."""

# aioboto3 and its parents ship no types.
# pyright: reportMissingTypeStubs=false

from __future__ import annotations

from typing import Any, cast

from ddbmodel.codec.wire_item import load_json
from ddbmodel.transport.fast.http_reply import HttpReply
from ddbmodel.transport.fast.members import Members, UnexpectedShape


class Refusals:
    """Reads error replies, by the service's model of its errors."""

    __slots__ = ("_members", "_model")

    def __init__(self, service_model: Any) -> None:
        self._model = service_model
        self._members: dict[str, Members] = {}

    def parse(self, reply: HttpReply, body: bytes) -> dict[str, Any]:
        """The error reply as botocore has it: `Error`, `ResponseMetadata`, and the error's own members.

        Raises:
            ValueError: it is JSON, and not of the form that errors have.
        """
        said = _object(body)
        code = _code(said, reply.status)
        message = said.get("message", said.get("Message", ""))
        parsed: dict[str, Any] = self._own_members(code, body) if said else {}
        parsed["Error"] = {"Message": message, "Code": code}
        parsed["ResponseMetadata"] = metadata(reply)
        return parsed

    def _own_members(self, code: str, body: bytes) -> dict[str, Any]:
        if code not in self._members:
            shape = self._model.shape_for_error_code(code)
            # A service has a few dozen errors; what a stranger answers must not fill the memory.
            if shape is None:
                return {}
            self._members[code] = Members.of(shape)
        return self._members[code].read(body)


def metadata(reply: HttpReply) -> dict[str, Any]:
    """The `ResponseMetadata` of a reply."""
    found: dict[str, Any] = {"HTTPStatusCode": reply.status, "HTTPHeaders": reply.headers}
    request_id = reply.headers.get("x-amzn-requestid")
    if request_id is not None:
        found["RequestId"] = request_id
    found["RetryAttempts"] = 0
    return found


def _object(body: bytes) -> dict[str, Any]:
    try:
        said = load_json(body)
    except ValueError:
        # Of whatever stands between: its status has to do.
        return {}
    if not isinstance(said, dict):
        raise UnexpectedShape("an object was expected")
    return cast("dict[str, Any]", said)


def _code(said: dict[str, Any], status: int) -> str:
    """`com.amazonaws.dynamodb.v20120810#Code:http://...` is `Code`; without one, it is the status."""
    kind = said.get("__type")
    if kind is None:
        kind = str(status)
    if not isinstance(kind, str):
        raise UnexpectedShape("a text was expected")
    return kind.split(":", 1)[0].rsplit("#", 1)[-1]
