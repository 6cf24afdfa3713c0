"""JSON as DynamoDB sends and takes it: by orjson, and by Python where orjson is stricter."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from typing import Any

import orjson


def dump(wire: Mapping[str, Any]) -> bytes:
    """The body of a request; bytes become base64."""
    try:
        return orjson.dumps(wire, _plain)
    except orjson.JSONEncodeError:
        # Halves of surrogate pairs, integers over 64 bits: the service shall say what it thinks of them.
        return json.dumps(wire, default=_plain, separators=(",", ":")).encode()


def load(body: bytes) -> Any:
    """What a body of JSON holds.

    Raises:
        ValueError: it is not JSON, or nested too deeply.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return _loaded_as_botocore_does(body)


def _loaded_as_botocore_does(body: bytes) -> Any:
    """orjson is stricter about text than botocore, whose answer must be the same."""
    try:
        return json.loads(body)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | bytearray):
        return b64encode(value).decode()
    if isinstance(value, Mapping):
        return dict(value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]  # of anything
    # Without its value, which is the user's.
    raise TypeError(f"{type(value).__name__} is no part of a request")
