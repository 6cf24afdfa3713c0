"""A request as it is written to the connection: head, signature and body."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Final

from ddbmodel.transport.fast.signing import TOKEN_HEADER, CanonicalRequest, Keys, Signer
from ddbmodel.transport.fast.skew import Clock

_TARGET: Final = "x-amz-target"
_CONTENT_TYPE: Final = "content-type"
_IN_LAMBDA: Final = "AWS_LAMBDA_FUNCTION_NAME"
_TRACE: Final = "_X_AMZN_TRACE_ID"


@dataclass(frozen=True, slots=True)
class CallOptions:
    """What all requests have in common.

    Attributes:
        host: the `Host` header.
        target_prefix: such as `DynamoDB_20120810`.
        content_type: such as `application/x-amz-json-1.0`.
        user_agent: the client's.
    """

    host: str
    target_prefix: str
    content_type: str
    user_agent: str


@dataclass(frozen=True, slots=True)
class _Form:
    """What the requests of one operation have in common, as long as the session token is the same."""

    token: str | None
    canonical: CanonicalRequest
    head: str


class Calls:
    """Writes and signs requests."""

    __slots__ = ("_clock", "_forms", "_in_lambda", "_options", "_signer")

    def __init__(self, options: CallOptions, signer: Signer, clock: Clock) -> None:
        self._options = options
        self._signer = signer
        self._clock = clock
        self._forms: dict[str, _Form] = {}
        self._in_lambda = _IN_LAMBDA in os.environ

    def render(self, operation: str, body: bytes, keys: Keys) -> bytes:
        """The request, signed as of now.

        Args:
            operation: DynamoDB's name of it.
            body: JSON.
            keys: who sends it.
        """
        form = self._forms.get(operation)
        if form is None or form.token != keys.token:
            form = self._forms[operation] = self._form(operation, keys.token)
        moment = self._clock.moment()
        authorization = self._signer.authorization(form.canonical, moment, body, keys)
        head = (
            f"{form.head}X-Amz-Date: {moment}\r\nAuthorization: {authorization}\r\n{self._trace()}"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def _form(self, operation: str, token: str | None) -> _Form:
        options = self._options
        signed = {
            "host": options.host,
            _CONTENT_TYPE: options.content_type,
            _TARGET: f"{options.target_prefix}.{operation}",
        }
        if token is not None:
            signed[TOKEN_HEADER] = token
        sent = signed | {"user-agent": options.user_agent, "accept-encoding": "identity"}
        lines = "".join(f"{name.title()}: {value}\r\n" for name, value in sent.items())
        return _Form(
            token,
            CanonicalRequest.of("POST", "/", {}, signed),
            f"POST / HTTP/1.1\r\n{lines}",
        )

    def _trace(self) -> str:
        """What the SDKs send from Lambda functions, so that functions which call each other are noticed."""
        trace = os.environ.get(_TRACE) if self._in_lambda else None
        safe = trace is not None and trace.isascii() and trace.isprintable()
        return f"X-Amzn-Trace-Id: {trace}\r\n" if safe else ""
