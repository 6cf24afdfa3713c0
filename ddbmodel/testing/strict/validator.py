"""Refusing whole requests: what a call may hold, and each of its items.

Where several things are wrong, the service's choice of which to name is not documented; here it is the count,
then item by item values, keys, size and expressions, then what concerns items together.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ddbmodel import limits
from ddbmodel.testing.strict.call import DATA_OPERATIONS, TRANSACTIONS, Call, Part
from ddbmodel.testing.strict.expressions import check_expressions
from ddbmodel.testing.strict.key_schema import KeySchema
from ddbmodel.testing.strict.keys import check_item_keys, check_key, identity
from ddbmodel.testing.strict.refusal import Refused, invalid
from ddbmodel.testing.strict.values import check_value

_TOO_MANY: Final[Mapping[str, tuple[int, str]]] = {
    "BatchWriteItem": (
        limits.BATCH_WRITE_ITEMS,
        "Too many items requested for the BatchWriteItem call",
    ),
    "BatchGetItem": (limits.BATCH_GET_KEYS, "Too many items requested for the BatchGetItem call"),
}
_CONSTRAINT: Final = "1 validation error detected: Value at '{}' failed to satisfy constraint: {}"


def check_call(call: Call, schemas: Mapping[str, KeySchema]) -> None:
    """Refuse what DynamoDB would refuse, whatever is stored.

    Args:
        call: the request; one that is not about items passes.
        schemas: the keys of the tables that there are; a table that is missing is the engine's to refuse.

    Raises:
        Refused: with the service's code, in words like the service's.
    """
    if call.operation not in DATA_OPERATIONS:
        return
    parts = call.parts
    if call.body is None or parts is None:
        raise Refused("SerializationException", "The request has not the shape of this operation")
    _check_count(call, len(parts))
    for part in parts:
        _check_part(part, schemas.get(part.table))
    for wire in _expression_scopes(call, parts):
        check_expressions(wire)
    _check_together(call, parts, schemas)
    _check_token(call.body.get("ClientRequestToken"))


def _check_count(call: Call, count: int) -> None:
    if call.is_batch:
        limit, words = _TOO_MANY[call.operation]
        if count == 0:
            raise invalid(
                _CONSTRAINT.format("requestItems", "Member must have length greater than or equal to 1")
            )
        if count > limit:
            raise invalid(words)
        if call.operation == "BatchWriteItem" and call.size_bytes > limits.BATCH_WRITE_BYTES:
            # The service's words for this are not documented.
            raise invalid("Request size has exceeded the maximum allowed size of 16777216 bytes")
    elif call.operation in TRANSACTIONS and not 1 <= count <= limits.TRANSACTION_ACTIONS:
        bound = "less than or equal to 100" if count else "greater than or equal to 1"
        raise invalid(_CONSTRAINT.format("transactItems", f"Member must have length {bound}"))


def _check_part(part: Part, schema: KeySchema | None) -> None:
    for name, value in part.item.items():
        check_value(value)
        if len(name.encode()) > limits.ATTRIBUTE_NAME_BYTES:
            raise invalid("One or more parameter values were invalid: Attribute name is too long")
    if part.kind == "put" and part.size_bytes > limits.ITEM_BYTES:
        raise invalid("Item size has exceeded the maximum allowed size")
    if schema is None:
        return
    if part.kind == "put":
        check_item_keys(part.item, schema)
    else:
        check_key(part.item, schema)


def _expression_scopes(call: Call, parts: tuple[Part, ...]) -> list[Mapping[str, Any]]:
    """The structures that have expressions with placeholders of their own."""
    assert call.body is not None
    if call.operation in TRANSACTIONS:
        return [part.wire for part in parts]
    if call.operation == "BatchGetItem":
        return list(call.body["RequestItems"].values())
    return [] if call.operation == "BatchWriteItem" else [call.body]


def _check_together(call: Call, parts: tuple[Part, ...], schemas: Mapping[str, KeySchema]) -> None:
    if len(parts) > 1 and not _distinct(parts, schemas):
        raise invalid(
            "Provided list of item keys contains duplicates"
            if call.is_batch
            else "Transaction request cannot include multiple operations on one item"
        )
    if call.operation in TRANSACTIONS and sum(part.size_bytes for part in parts) > limits.TRANSACTION_BYTES:
        # Nor are these.
        raise invalid("Transaction request size has exceeded the maximum allowed size of 4194304 bytes")


def _distinct(parts: tuple[Part, ...], schemas: Mapping[str, KeySchema]) -> bool:
    known = [part for part in parts if part.table in schemas]
    return len({(part.table, identity(part.item, schemas[part.table])) for part in known}) == len(known)


def _check_token(token: object) -> None:
    if isinstance(token, str) and not 1 <= len(token) <= limits.TRANSACTION_TOKEN_CHARACTERS:
        bound = "less than or equal to 36" if token else "greater than or equal to 1"
        raise invalid(_CONSTRAINT.format("clientRequestToken", f"Member must have length {bound}"))
