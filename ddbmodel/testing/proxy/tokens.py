"""Idempotency tokens: the same transaction is applied once in ten minutes.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Literal

from ddbmodel import limits
from ddbmodel.testing.strict.call import Call
from ddbmodel.testing.strict.refusal import Refused


class Tokens:
    """The tokens of the transactions that are in progress, or were applied in the last ten minutes."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._in_progress: dict[str, bytes] = {}
        self._applied: dict[str, tuple[float, bytes]] = {}  # the first to end comes first

    def begin(self, call: Call) -> Literal["none", "new", "done"]:
        """Say whether a call has no token, a new one, or one whose transaction was applied.

        Raises:
            Refused: other parameters had the token, or the transaction is still in progress.
        """
        token = token_of(call)
        if token is None:
            return "none"
        self._forget_old()
        fingerprint = _fingerprint(call)
        running = self._in_progress.get(token)
        _, used = self._applied.get(token, (0.0, running))
        if used is None:
            self._in_progress[token] = fingerprint
            return "new"
        if used != fingerprint:
            raise Refused(
                "IdempotentParameterMismatchException",
                "DynamoDB rejected the request because the token was used with other parameters",
            )
        if running is not None:
            raise Refused(
                "TransactionInProgressException", "The transaction with the given token is in progress"
            )
        return "done"

    def end(self, call: Call, *, applied: bool) -> None:
        """Keep the token of a new transaction that was applied; forget that of any other."""
        token = token_of(call)
        fingerprint = None if token is None else self._in_progress.pop(token, None)
        if token is not None and fingerprint is not None and applied:
            self._applied[token] = (self._clock(), fingerprint)

    def _forget_old(self) -> None:
        oldest = self._clock() - limits.TRANSACTION_TOKEN_SECONDS
        while self._applied:
            token, (ended_at, _) = next(iter(self._applied.items()))
            if ended_at > oldest:
                break
            del self._applied[token]


def token_of(call: Call) -> str | None:
    """The token of a transaction that writes."""
    token = (call.body or {}).get("ClientRequestToken") if call.operation == "TransactWriteItems" else None
    return token if isinstance(token, str) else None


def _fingerprint(call: Call) -> bytes:
    parameters = {name: value for name, value in (call.body or {}).items() if name != "ClientRequestToken"}
    return hashlib.sha256(json.dumps(parameters, sort_keys=True).encode()).digest()
