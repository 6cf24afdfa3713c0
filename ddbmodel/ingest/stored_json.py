"""Items in DynamoDB JSON."""

from __future__ import annotations

import base64
from typing import Any

from ddbmodel.codec.values import AttributeValue, Item


def stored_json(item: Item) -> dict[str, Any]:
    """Give an item as JSON, with bytes in base64."""
    return {name: _value(stored) for name, stored in item.items()}


def _value(stored: AttributeValue) -> dict[str, Any]:
    kind, value = next(iter(stored.items()))
    content: Any = value
    if kind == "B":
        return {kind: base64.b64encode(content).decode()}
    if kind == "BS":
        return {kind: [base64.b64encode(one).decode() for one in content]}
    if kind == "M":
        return {kind: {name: _value(one) for name, one in content.items()}}
    if kind == "L":
        return {kind: [_value(one) for one in content]}
    return {kind: content}
