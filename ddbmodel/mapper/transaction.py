"""Transactions: up to 100 writes and checks of any models, all of them or none.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
"""

# pyright: reportUnnecessaryIsInstance=false
# The checks are for callers without a type checker.

from __future__ import annotations

from types import TracebackType
from typing import Any, Final, Self

from pydantic import BaseModel

from ddbmodel import limits
from ddbmodel.errors import ExpressionError
from ddbmodel.expressions import Action, Condition
from ddbmodel.mapper.arguments import key_of_target
from ddbmodel.mapper.commit import commit
from ddbmodel.mapper.drafts import Drafts
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.mapper.knowledge import Given
from ddbmodel.mapper.stamps import mark_of_token
from ddbmodel.mapper.unique import concerns_guards
from ddbmodel.mapper.write import Identity, Write
from ddbmodel.model import ItemKey

_CLOSED: Final = "the transaction is over: write inside of its `async with` block, and only there"


class Transaction:
    """Collects writes, and sends them as one when its block is left; none if it is left by an exception.

        async with mapper.transaction() as tx:
            tx.update(Stock.key(sku), Stock.left.add(-1), when=Stock.left >= 1)
            tx.create(order)

    Its methods send nothing. They take what the mapper's own verbs take, with the same checks of versions and
    unique fields, and describe the models as they are when they are called.

    Atomicity: all writes, or none.
    Cost: twice the write units of the same writes without a transaction.

    Args:
        gateway: the way to the service.
        token: up to 36 characters that name the transaction, one of its own if not given. Sent again within
            ten minutes with the same token and writes, it is not applied a second time. Writes that set the
            time, for `updated_at()` or a first `created_at()`, are not the same, and are refused then.

    Raises:
        ExpressionError: more than 100 writes, two to one item, or over 4 MB; nothing was sent.
        ItemExists, ItemNotFound, VersionConflict, UniqueViolation, ConditionalCheckFailed: on leaving: of the
            first write whose condition was false. Nothing was written. The cause is a `TransactionCanceled`
            with the reasons of all.
        TransactionCanceled: on leaving: for other reasons, such as a conflict with another writer that did
            not end.
    """

    def __init__(self, gateway: Gateway, token: str | None = None) -> None:
        if token is not None and not (
            isinstance(token, str) and 1 <= len(token) <= limits.TRANSACTION_TOKEN_CHARACTERS
        ):
            raise ExpressionError(
                f"a transaction's token is text of 1 to {limits.TRANSACTION_TOKEN_CHARACTERS} characters"
            )
        self._gateway = gateway
        self._drafts = Drafts(gateway, None if token is None else mark_of_token(token))
        self._token = token
        self._writes: list[Write] = []
        self._identities: set[Identity] = set()
        self._open = False
        self._used = False

    def put(self, model: BaseModel, *, when: Condition | None = None) -> None:
        """Create or replace an item; see `Mapper.put`."""
        self._add(self._drafts.put(model, when))

    def create(self, model: BaseModel, *, when: Condition | None = None) -> None:
        """Write an item whose key is new; see `Mapper.create`."""
        self._add(self._drafts.create(model, when))

    def save(self, model: BaseModel, *, when: Condition | None = None) -> None:
        """Write what has changed since a model was read; see `Mapper.save`."""
        write = self._drafts.save(model, when)
        if write is not None:
            self._add(write)

    def update(
        self,
        target: ItemKey[Any] | BaseModel,
        *actions: Action,
        when: Condition | None = None,
        upsert: bool | None = None,
        given: Given = None,
    ) -> None:
        """Change an item in place; see `Mapper.update`."""
        key = key_of_target("update", target)
        self._add(self._drafts.update(target, key, actions, when, upsert=upsert, given=given))

    def delete(self, target: ItemKey[Any] | BaseModel, *, when: Condition | None = None) -> None:
        """Delete an item; see `Mapper.delete`."""
        self._add(self._drafts.delete(target, key_of_target("delete", target), when))

    def check(self, target: ItemKey[Any] | BaseModel, condition: Condition) -> None:
        """Let the transaction happen only if a condition holds of an item that it does not write."""
        self._add(self._drafts.check(target, key_of_target("check", target), condition))

    def _add(self, write: Write) -> None:
        if not self._open:
            raise ExpressionError(_CLOSED)
        identity = write.identity
        if identity in self._identities:
            raise ExpressionError(
                f"{write.subject}: the transaction has a write or check of this item already, and "
                "DynamoDB takes "
                "one for an item: put them into one update, with when= for the check"
            )
        if len(self._writes) >= limits.TRANSACTION_ACTIONS:
            raise ExpressionError(
                f"{write.subject}: a transaction has at most {limits.TRANSACTION_ACTIONS} writes and checks"
            )
        concerns_guards(write)  # refuses unique values that are not known here
        self._writes.append(write)
        self._identities.add(identity)

    async def __aenter__(self) -> Self:
        if self._used:
            raise ExpressionError("a transaction is used once: make another one")
        self._open = self._used = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open = False
        if error is None and self._writes:
            await commit(self._gateway, self._writes, self._token)

    def __repr__(self) -> str:
        return f"<Transaction of {len(self._writes)} writes>"
