"""Idempotency tokens: the same transaction is applied once in ten minutes.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from ddbmodel import limits
from ddbmodel.testing.strict.call import Call
from ddbmodel.testing.strict.refusal import Refused


@dataclass(slots=True)
class _Use:
    fingerprint: bytes
    done_at: float | None = None


class Tokens:
    """The tokens of the transactions of the last ten minutes."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._uses: dict[str, _Use] = {}

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
        use = self._uses.get(token)
        if use is None:
            self._uses[token] = _Use(fingerprint)
            return "new"
        if use.fingerprint != fingerprint:
            raise Refused(
                "IdempotentParameterMismatchException",
                "DynamoDB rejected the request because the token was used with other parameters",
            )
        if use.done_at is None:
            raise Refused(
                "TransactionInProgressException", "The transaction with the given token is in progress"
            )
        return "done"

    def end(self, call: Call, *, applied: bool) -> None:
        """Keep the token of a transaction that was applied; forget that of any other."""
        token = token_of(call)
        if token is None:
            return
        if applied:
            self._uses[token].done_at = self._clock()
        else:
            self._uses.pop(token, None)

    def _forget_old(self) -> None:
        oldest = self._clock() - limits.TRANSACTION_TOKEN_SECONDS
        # In the order of their first use, so that looking stops at the first one that is kept.
        for token in list(self._uses):
            done_at = self._uses[token].done_at
            if done_at is None or done_at > oldest:
                break
            del self._uses[token]


def token_of(call: Call) -> str | None:
    """The token of a transaction that writes."""
    token = (call.body or {}).get("ClientRequestToken") if call.operation == "TransactWriteItems" else None
    return token if isinstance(token, str) else None


def _fingerprint(call: Call) -> bytes:
    parameters = {name: value for name, value in (call.body or {}).items() if name != "ClientRequestToken"}
    return hashlib.sha256(json.dumps(parameters, sort_keys=True).encode()).digest()
