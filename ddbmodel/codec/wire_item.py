"""Items as the JSON that is sent and received, whose attributes are there when somebody asks for them.

An item of eleven attributes is some twenty-five dicts and lists, and the garbage collector looks at each of
them, over and over, as long as the item lives: that is a third of what it costs to read or write many items.
Its JSON is one object that the collector never looks at.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import ItemsView, Iterator, KeysView, Mapping
from typing import Any, TypeVar, overload

import orjson

from ddbmodel.codec.values import Attributes, AttributeValue, Item
from ddbmodel.errors import CodecError

T = TypeVar("T")

_TYPES = frozenset(("S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS"))


class WireItem(Mapping[str, AttributeValue]):
    """An item as compact JSON in UTF-8, with bytes in base64.

    Args:
        text: the JSON, known to be an object.
        attributes: the same as Python has it, where that is known; kept until `forget` is called.
    """

    __slots__ = ("_attributes", "text")

    def __init__(self, text: bytes, attributes: Attributes | None = None) -> None:
        self.text = text
        self._attributes = attributes

    @property
    def attributes(self) -> Attributes:
        """The attributes. Cost: the JSON is parsed the first time.

        Raises:
            CodecError: the text is not an item's JSON.
        """
        found = self._attributes
        if found is None:
            found = self._attributes = self._load()
        return found

    def _load(self) -> Attributes:
        try:
            return load_item(self.text)
        except (TypeError, AttributeError, ValueError, LookupError, RecursionError) as error:
            # Not DynamoDB's, which has texts and lists in their places. Not chained: it may quote the value.
            refusal = CodecError(f"what is stored has another form ({type(error).__name__})")
        raise refusal

    @property
    def is_parsed(self) -> bool:
        """True if the attributes are there without parsing."""
        return self._attributes is not None

    def forget(self) -> None:
        """Keep the JSON alone, which is as good and lighter."""
        self._attributes = None

    def __getitem__(self, name: str) -> AttributeValue:
        return self.attributes[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.attributes)

    def __len__(self) -> int:
        return len(self.attributes)

    def __contains__(self, name: object) -> bool:
        return name in self.attributes

    @overload
    def get(self, name: str, /) -> AttributeValue | None: ...
    @overload
    def get(self, name: str, /, default: AttributeValue | T) -> AttributeValue | T: ...
    def get(self, name: str, /, default: Any = None) -> Any:
        """The value of an attribute, or else the default."""
        return self.attributes.get(name, default)

    def keys(self) -> KeysView[str]:
        """The names of the attributes."""
        return self.attributes.keys()

    def items(self) -> ItemsView[str, AttributeValue]:
        """The attributes, with their names."""
        return self.attributes.items()

    def __or__(self, other: Item) -> Attributes:
        return self.attributes | dict(other)

    def __repr__(self) -> str:
        # Without what it holds, which is the user's.
        return f"<WireItem of {len(self.text):,} bytes>"


def dump_item(item: Item) -> bytes:
    """Give an item as compact JSON; bytes become base64.

    Raises:
        TypeError: it holds half of a surrogate pair, or is nested over 250 levels deep.
    """
    return orjson.dumps(item, plain)


def load_item(text: bytes) -> Attributes:
    """Give the attributes that an item's JSON holds, without members that DynamoDB does not have, and nulls.

    Raises:
        ValueError: it is not an item's JSON.
    """
    loaded = load_json(text)
    if not isinstance(loaded, dict):
        raise ValueError("an item is an object")  # noqa: TRY004  # of the reply, not of the caller
    attributes: Attributes = loaded  # pyright: ignore[reportUnknownVariableType]  # looked into below
    if may_need_reading(text):
        return {name: read_value(stored) for name, stored in attributes.items()}
    if any(stored.__class__ is not dict for stored in attributes.values()):
        raise ValueError("an attribute is an object")
    return attributes


def attributes_of(item: Item) -> Item:
    """Give an item as dicts and lists all the way down."""
    return item.attributes if isinstance(item, WireItem) else item


def may_need_reading(text: bytes) -> bool:
    """Tell whether JSON of the service can hold bytes or nulls: what has them has one of these in any case.

    An escape may spell a type.
    """
    return b'"B"' in text or b'"BS"' in text or b"null" in text or b"\\u00" in text


def load_json(text: bytes) -> Any:
    """Give what JSON of the service holds.

    Raises:
        ValueError: it is not JSON, or nested too deeply.
    """
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return _loaded_leniently(text)


def _loaded_leniently(text: bytes) -> Any:
    """orjson is stricter about text than botocore, whose answer must be the same."""
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def read_value(stored: Any) -> AttributeValue:
    """Give a value as it stands in JSON with its base64 as bytes, and without unknown members and nulls.

    Raises:
        ValueError: it is no attribute's value.
    """
    if not isinstance(stored, dict):
        raise ValueError("an attribute is an object")  # noqa: TRY004  # of the reply, not of the caller
    members: AttributeValue = stored  # pyright: ignore[reportUnknownVariableType]  # whatever JSON holds
    known = ((kind, value) for kind, value in members.items() if kind in _TYPES and value is not None)
    return {kind: _value(kind, value) for kind, value in known}


def _value(kind: str, value: Any) -> Any:
    match kind:
        case "B":
            return b64decode(value)
        case "BS":
            return [b64decode(member) for member in _list(value)]
        case "L":
            return [read_value(element) for element in _list(value)]
        case "M":
            return {name: read_value(entry) for name, entry in value.items()}
        case _:
            return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("a list was expected")  # noqa: TRY004  # of the reply, not of the caller
    return value  # pyright: ignore[reportUnknownVariableType]  # whatever JSON holds


def plain(value: Any) -> Any:
    """Give what orjson can write of what it does not know.

    Raises:
        TypeError: it is no part of a request.
    """
    if isinstance(value, WireItem):
        return orjson.Fragment(value.text)
    if isinstance(value, bytes | bytearray):
        return b64encode(value).decode()
    if isinstance(value, Mapping):
        return dict(value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]  # of anything
    # Without its value, which is the user's.
    raise TypeError(f"{type(value).__name__} is no part of a request")
