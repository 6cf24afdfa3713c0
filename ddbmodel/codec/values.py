"""The shape of a stored value.

An `AttributeValue` is a dict with one entry whose name is the type: `{"S": "text"}`, `{"N": "12.5"}`,
`{"B": b"..."}`, `{"BOOL": True}`, `{"NULL": True}`, `{"L": [...]}`, `{"M": {...}}`, `{"SS": [...]}`,
`{"NS": [...]}`, `{"BS": [...]}`. Bytes are bytes here; base64 is the transport's business.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from ddbmodel.errors import CodecError

AttributeType: TypeAlias = Literal["S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS"]
KeyType: TypeAlias = Literal["S", "N", "B"]
AttributeValue: TypeAlias = dict[str, Any]
Item: TypeAlias = dict[str, AttributeValue]

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
