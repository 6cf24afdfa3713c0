"""The metered size of items in the protocol's JSON, where bytes are base64."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from ddbmodel.codec.sizes import item_size_bytes


def item_bytes(item: Mapping[str, Any]) -> int:
    """The size of an item as the service meters it; 0 for what is none, which whoever stores it refuses."""
    try:
        return item_size_bytes({name: with_bytes(value) for name, value in item.items()})
    except (ValueError, TypeError, AttributeError):
        return 0


def with_bytes(value: dict[str, Any]) -> dict[str, Any]:
    """One value with its bytes as bytes; itself, if it has none.

    Raises:
        ValueError: it is not of one type, or its base64 is wrong.
    """
    ((kind, held),) = value.items()
    match kind:
        case "B":
            return {kind: base64.b64decode(held, validate=True)}
        case "BS":
            return {kind: [base64.b64decode(member, validate=True) for member in held]}
        case "L":
            return {kind: [with_bytes(element) for element in held]}
        case "M":
            return {kind: {name: with_bytes(element) for name, element in held.items()}}
        case _:
            return value
