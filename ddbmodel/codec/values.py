"""The shape of a stored value.

An `AttributeValue` is a dict with one entry whose name is the type: `{"S": "text"}`, `{"N": "12.5"}`,
`{"B": b"..."}`, `{"BOOL": True}`, `{"NULL": True}`, `{"L": [...]}`, `{"M": {...}}`, `{"SS": [...]}`,
`{"NS": [...]}`, `{"BS": [...]}`. Bytes are bytes here; base64 is the transport's business.

An `Item` is read only. What is being made is `Attributes`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from ddbmodel.errors import CodecError

AttributeType: TypeAlias = Literal["S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS"]
KeyType: TypeAlias = Literal["S", "N", "B"]
AttributeValue: TypeAlias = dict[str, Any]
Attributes: TypeAlias = dict[str, AttributeValue]
Item: TypeAlias = Mapping[str, AttributeValue]

NULL: AttributeValue = {"NULL": True}


def text(value: str) -> str:
    """A `str` as DynamoDB can hold it.

    Raises:
        CodecError: half of a surrogate pair, which UTF-8 cannot express.
    """
    plain = str.__str__(value)
    if not plain.isascii():
        try:
            plain.encode()
        except UnicodeEncodeError:
            raise CodecError("the text holds half of a surrogate pair, which UTF-8 cannot express") from None
    return plain
