"""The shape of a stored value.

An `AttributeValue` is a dict with one entry whose name is the type: `{"S": "text"}`, `{"N": "12.5"}`,
`{"B": b"..."}`, `{"BOOL": True}`, `{"NULL": True}`, `{"L": [...]}`, `{"M": {...}}`, `{"SS": [...]}`,
`{"NS": [...]}`, `{"BS": [...]}`. Bytes are bytes here; base64 is the transport's business.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

AttributeType: TypeAlias = Literal["S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS"]
KeyType: TypeAlias = Literal["S", "N", "B"]
AttributeValue: TypeAlias = dict[str, Any]
Item: TypeAlias = dict[str, AttributeValue]

NULL: AttributeValue = {"NULL": True}
