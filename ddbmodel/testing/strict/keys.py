"""What DynamoDB refuses of keys: missing, of another type, empty, too long, or more than the key."""

from __future__ import annotations

import base64
from collections.abc import Hashable, Mapping
from typing import Any, Final

from ddbmodel import limits
from ddbmodel.testing.strict.key_schema import KeySchema
from ddbmodel.testing.strict.refusal import invalid
from ddbmodel.testing.strict.values import number

_WRONG: Final = "One or more parameter values were invalid:"
_NOT_VALID: Final = "One or more parameter values are not valid."
_EMPTY: Final = "The AttributeValue for a key attribute cannot contain an empty"
_KINDS: Final = {"S": "string", "B": "binary"}


def check_item_keys(item: Mapping[str, Any], schema: KeySchema) -> None:
    """Refuse an item that lacks a part of the primary key, or has a wrong value in one or in an index key."""
    for name in schema.names:
        if name not in item:
            raise invalid(f"{_WRONG} Missing the key {name} in the item")
        (kind,) = item[name]
        if kind != schema.types[name]:
            raise invalid(
                f"{_WRONG} Type mismatch for key {name} expected: {schema.types[name]} actual: {kind}"
            )
    _check_primary(item, schema)
    for index, names in schema.indexes.items():
        for name in names:
            if name in item:
                _check_index_key(index, name, item[name], schema.types[name])


def check_key(key: Mapping[str, Any], schema: KeySchema) -> None:
    """Refuse what is not exactly the attributes of the primary key."""
    if {name: next(iter(value)) for name, value in key.items()} != {
        name: schema.types[name] for name in schema.names
    }:
        raise invalid("The provided key element does not match the schema")
    _check_primary(key, schema)


def identity(item: Mapping[str, Any], schema: KeySchema) -> Hashable:
    """What two items with the same key have in common, however their numbers are spelled."""
    return tuple(_comparable(item[name]) for name in schema.names)


def _comparable(value: Mapping[str, Any]) -> Hashable:
    ((kind, held),) = value.items()
    return kind, number(held) if kind == "N" else held


def _check_primary(item: Mapping[str, Any], schema: KeySchema) -> None:
    for name in schema.names:
        ((kind, held),) = item[name].items()
        if kind != "N" and not held:
            raise invalid(f"{_NOT_VALID} {_EMPTY} {_KINDS[kind]} value. Key: {name}")
        size = _key_bytes(kind, held)
        if name == schema.partition_key and size > limits.PARTITION_KEY_BYTES:
            raise invalid(
                f"{_WRONG} Size of hashkey has exceeded the maximum size limit of"
                f"{limits.PARTITION_KEY_BYTES} bytes"
            )
        if name == schema.sort_key and size > limits.SORT_KEY_BYTES:
            raise invalid(
                f"{_WRONG} Aggregated size of all range keys has exceeded the size limit of "
                f"{limits.SORT_KEY_BYTES} bytes"
            )


def _check_index_key(index: str, name: str, value: Mapping[str, Any], expected: str) -> None:
    ((kind, held),) = value.items()
    if kind != expected:
        raise invalid(
            f"{_WRONG} Type mismatch for Index Key {name} Expected: {expected} Actual: {kind} "
            f"IndexName: {index}"
        )
    if kind != "N" and not held:
        raise invalid(
            f"{_NOT_VALID} A value specified for a secondary index key is not supported. {_EMPTY} "
            f"{_KINDS[kind]} value. IndexName: {index}, IndexKey: {name}"
        )


def _key_bytes(kind: str, held: str) -> int:
    match kind:
        case "S":
            return len(held.encode())
        case "B":
            return len(base64.b64decode(held))
        case _:
            return 0
