"""What DynamoDB does to an item between writing and reading: it keeps no order of maps and sets, and no number's text."""

from __future__ import annotations

from decimal import Context
from typing import Any

_EXACT = Context(prec=60)


def kept(item: dict[str, Any]) -> dict[str, Any]:
    """The item as the service would hand it back: maps and sets in another order, numbers in its own form."""
    return {name: _value(value) for name, value in reversed(item.items())}


def _value(stored: dict[str, Any]) -> dict[str, Any]:
    ((kind, value),) = stored.items()
    match kind:
        case "N":
            return {kind: _number(value)}
        case "NS":
            return {kind: [_number(member) for member in reversed(value)]}
        case "SS" | "BS":
            return {kind: list(reversed(value))}
        case "L":
            return {kind: [_value(element) for element in value]}
        case "M":
            return {kind: kept(value)}
        case _:
            return {kind: value}


def _number(text: str) -> str:
    return format(_EXACT.create_decimal(text).normalize(_EXACT), "f")
