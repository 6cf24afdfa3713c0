"""JSON as DynamoDB takes it: by orjson, and by Python where orjson is stricter."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import orjson

from ddbmodel.codec.wire_item import WireItem, plain


def dump(wire: Mapping[str, Any]) -> bytes:
    """The body of a request; bytes become base64."""
    try:
        return orjson.dumps(wire, plain)
    except orjson.JSONEncodeError:
        # Halves of surrogate pairs, integers over 64 bits: the service shall say what it thinks of them.
        return json.dumps(wire, default=_plain, separators=(",", ":")).encode()


def _plain(value: Any) -> Any:
    return value.attributes if isinstance(value, WireItem) else plain(value)
