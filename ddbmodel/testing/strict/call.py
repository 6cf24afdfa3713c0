"""One request of DynamoDB's protocol, taken apart into the items that it is about."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Literal, TypeAlias

from ddbmodel.testing.strict.shapes import is_object
from ddbmodel.testing.strict.weight import item_bytes

PartKind: TypeAlias = Literal["put", "update", "delete", "check", "get"]

_SINGLE: Final[Mapping[str, PartKind]] = {
    "PutItem": "put",
    "UpdateItem": "update",
    "DeleteItem": "delete",
    "GetItem": "get",
}
_ACTIONS: Final[Mapping[str, PartKind]] = {
    "Put": "put",
    "Update": "update",
    "Delete": "delete",
    "ConditionCheck": "check",
    "Get": "get",
}
_WRITES: Final[frozenset[PartKind]] = frozenset({"put", "update", "delete"})

DATA_OPERATIONS: Final = frozenset(
    {*_SINGLE, "Query", "Scan", "BatchGetItem", "BatchWriteItem", "TransactGetItems", "TransactWriteItems"}
)
BATCHES: Final = frozenset({"BatchGetItem", "BatchWriteItem"})
TRANSACTIONS: Final = frozenset({"TransactGetItems", "TransactWriteItems"})


@dataclass(frozen=True)
class Part:
    """One item that a call is about.

    Attributes:
        item: the whole item of a put, else the key, in the protocol's JSON.
        wire: the structure it stands in, with its expressions; for a batch the entry of its list.
    """

    table: str
    kind: PartKind
    item: Mapping[str, Any] = field(repr=False)
    wire: Any = field(repr=False)

    @property
    def is_write(self) -> bool:
        """True if it can change the item."""
        return self.kind in _WRITES

    @cached_property
    def size_bytes(self) -> int:
        """The size of `item` as the service meters it."""
        return item_bytes(self.item)


@dataclass(frozen=True)
class Call:
    """One request.

    Attributes:
        operation: DynamoDB's name of it.
        body: its parameters; None if they are no JSON object.
        size_bytes: of the parameters as sent.
    """

    operation: str
    body: Mapping[str, Any] | None = field(repr=False)
    size_bytes: int = 0

    @classmethod
    def from_wire(cls, target: str, body: bytes) -> Call:
        """Read the `X-Amz-Target` header and the body."""
        try:
            parsed = json.loads(body)
        except ValueError:
            parsed = None
        return cls(target.rpartition(".")[2], parsed if is_object(parsed) else None, len(body))

    @cached_property
    def parts(self) -> tuple[Part, ...] | None:
        """The items that it is about: none for a query and the like, None if it has another shape."""
        try:
            return tuple(_parts(self.operation, self.body or {}))
        except (KeyError, TypeError, AttributeError, ValueError):
            return None

    @cached_property
    def tables(self) -> tuple[str, ...]:
        """The tables that it names, each once, in order."""
        named = [part.table for part in self.parts or ()]
        name = (self.body or {}).get("TableName")
        return tuple(dict.fromkeys([name, *named] if isinstance(name, str) else named))

    @property
    def is_batch(self) -> bool:
        """True if part of it can come back unprocessed."""
        return self.operation in BATCHES

    def reduced_to(self, parts: Sequence[Part]) -> dict[str, Any]:
        """The parameters of a batch with only these of its parts."""
        assert self.body is not None
        return {**self.body, "RequestItems": self.request_items(parts)}

    def request_items(self, parts: Sequence[Part]) -> dict[str, Any]:
        """These parts of a batch as `RequestItems`, with what the batch says of their tables."""
        assert self.body is not None
        by_table: dict[str, list[Any]] = {}
        for part in parts:
            by_table.setdefault(part.table, []).append(part.wire)
        if self.operation == "BatchWriteItem":
            return by_table
        said = self.body["RequestItems"]
        return {table: {**said[table], "Keys": keys} for table, keys in by_table.items()}


def _parts(operation: str, body: Mapping[str, Any]) -> Iterator[Part]:
    if operation in _SINGLE:
        yield _single(_SINGLE[operation], body)
    elif operation == "BatchWriteItem":
        for table, writes in body["RequestItems"].items():
            for write in writes:
                yield _batch_write(table, write)
    elif operation == "BatchGetItem":
        for table, keys in body["RequestItems"].items():
            for key in keys["Keys"]:
                yield Part(table, "get", key, key)
    elif operation in TRANSACTIONS:
        for action in body["TransactItems"]:
            ((name, structure),) = ((name, wire) for name, wire in action.items() if wire is not None)
            yield _single(_ACTIONS[name], structure)


def _single(kind: PartKind, structure: Mapping[str, Any]) -> Part:
    item = structure["Item" if kind == "put" else "Key"]
    return Part(structure["TableName"], kind, dict(item), structure)


def _batch_write(table: str, write: Mapping[str, Any]) -> Part:
    put = write.get("PutRequest")
    if put is not None:
        return Part(table, "put", dict(put["Item"]), write)
    return Part(table, "delete", dict(write["DeleteRequest"]["Key"]), write)
