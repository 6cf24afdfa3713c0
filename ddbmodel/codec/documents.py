"""Stored documents as text: DynamoDB's JSON, made the same way each time.

`{"M":{"n":{"N":"1"}}}`: compact, the names of maps sorted, bytes as base64, UTF-8. It is what DynamoDB's own
API, exports and every SDK know, so what is kept in this form can be read without this package. The names of
types that it repeats cost next to nothing once it is compressed.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any, Final

from ddbmodel.codec.shapes import is_dict, is_list
from ddbmodel.codec.values import AttributeValue
from ddbmodel.errors import CodecError

_SCALARS: Final[dict[str, type]] = {"S": str, "N": str, "BOOL": bool, "NULL": bool, "B": str}
_SETS: Final = frozenset(("SS", "NS", "BS"))


def document_bytes(stored: AttributeValue) -> bytes:
    """Give a stored value as JSON."""
    plain = _written(stored)
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def _written(stored: AttributeValue) -> dict[str, Any]:
    ((kind, value),) = stored.items()
    match kind:
        case "B":
            return {kind: base64.b64encode(value).decode()}
        case "BS":
            return {kind: [base64.b64encode(member).decode() for member in value]}
        case "L":
            return {kind: [_written(element) for element in value]}
        case "M":
            return {kind: {name: _written(entry) for name, entry in value.items()}}
        case _:
            return stored


def read_document(content: bytes) -> AttributeValue:
    """Give the stored value that `document_bytes` was given.

    Raises:
        CodecError: it is not DynamoDB's JSON.
    """
    value = _attempt(lambda: read_loaded(json.loads(content.decode())))
    if value is None:
        raise CodecError("what is inside of the compressed value is no document of DynamoDB's")
    return value


def _attempt(read: Callable[[], AttributeValue]) -> AttributeValue | None:
    """What is read; None where it is malformed. The errors quote what they are about, so they end here."""
    try:
        return read()
    except (ValueError, RecursionError):
        return None


def read_loaded(loaded: object) -> AttributeValue:
    """Give the stored value of what JSON holds, whose base64 becomes bytes.

    Raises:
        ValueError: it is none, or its base64 is damaged.
    """
    if not is_dict(loaded) or len(loaded) != 1:
        raise ValueError
    ((kind, value),) = loaded.items()
    if kind == "M" and is_dict(value):
        return {"M": {name: read_loaded(entry) for name, entry in value.items()}}
    if kind == "L" and is_list(value):
        return {"L": [read_loaded(element) for element in value]}
    if kind in _SETS and is_list(value):
        return {kind: [_read_scalar(kind[0], member) for member in value]}
    if kind in _SCALARS:
        return {kind: _read_scalar(kind, value)}
    raise ValueError


def _read_scalar(kind: str, value: object) -> Any:
    if not isinstance(value, _SCALARS[kind]):
        raise ValueError  # noqa: TRY004  # as any other malformed text; `read_document` says so
    return base64.b64decode(value, validate=True) if kind == "B" and isinstance(value, str) else value
