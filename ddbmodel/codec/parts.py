"""Records: models, dataclasses and typed dicts, field by field.

Absence has a meaning for each field, and a value is left out only if its absence reads back as that value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ddbmodel.codec import untyped
from ddbmodel.codec.base import Codec, unexpected
from ddbmodel.codec.values import NULL, AttributeValue, Item
from ddbmodel.errors import CodecError


class Absent(Enum):
    """What it means when a field's attribute is not there."""

    NONE = "None"
    EMPTY = "an empty set"
    DEFAULT = "the field's default"
    ERROR = "the item is incomplete"


@dataclass(frozen=True, slots=True)
class FieldCodec:
    """One field: its name in Python, its stored name, how it is stored, and what its absence means.

    `visible_null` stores None as NULL even where its absence would read back as None.
    """

    name: str
    stored_name: str
    codec: Codec
    absent: Absent
    visible_null: bool = False

    def encode(self, value: Any) -> AttributeValue | None:
        """The stored form; None where the attribute is left out."""
        if value is None and self.codec.nullable:
            return None if self.absent is Absent.NONE and not self.visible_null else NULL
        try:
            stored = self.codec.encode(value)
        except CodecError as error:
            raise error.within(self.name) from error.__cause__
        if self.absent is Absent.EMPTY and stored == {"L": []}:
            return None
        return stored

    def decode(self, stored: AttributeValue) -> Any:
        """What validation takes for this field."""
        try:
            return self.codec.decode(stored)
        except CodecError as error:
            raise error.within(self.name) from error.__cause__


class PartCodec(Codec):
    """A record of fields, stored as M; at the top level its fields are the item's attributes.

    Args:
        owner: the class whose instances are stored.
        fields: its fields in order of declaration.
        read: the fields' values of an instance, by name.
        accepts: True for instances that come back as `owner`.
        extra: the undeclared values of an instance; None where the class keeps none.
    """

    def __init__(
        self,
        owner: type,
        fields: Sequence[FieldCodec],
        read: Callable[[Any], Mapping[str, Any]],
        accepts: Callable[[Any], bool],
        extra: Callable[[Any], Mapping[str, Any]] | None = None,
    ) -> None:
        self.name = owner.__name__
        self.owner = owner
        self.fields = {field.name: field for field in fields}
        self.by_stored_name = {field.stored_name: field for field in fields}
        self._read = read
        self._accepts = accepts
        self._extra = extra

    @property
    def types(self) -> frozenset[str]:
        return frozenset(("M",))

    def exact(self, value: object) -> bool:
        return type(value) is self.owner

    def encode(self, value: Any) -> AttributeValue:
        return {"M": self.encode_attributes(value)}

    def encode_attributes(self, value: Any) -> Item:
        """The attributes of a record, by stored name."""
        if not self._accepts(value):
            raise unexpected(self.name, value)
        values = self._read(value)
        item: Item = {}
        for field in self.fields.values():
            if field.name in values:
                stored = field.encode(values[field.name])
                if stored is not None:
                    item[field.stored_name] = stored
        if self._extra is not None:
            self._encode_extra(self._extra(value), item)
        return item

    def _encode_extra(self, extra: Mapping[str, Any], item: Item) -> None:
        for name, value in extra.items():
            if name in self.by_stored_name or name in self.fields:
                raise CodecError("an extra value has the name of a declared field's attribute", (name,))
            item[name] = untyped.encode_entry(name, value, untyped.encode)

    def decode(self, stored: AttributeValue) -> Any:
        attributes = stored.get("M")
        return untyped.decode(stored) if attributes is None else self.decode_attributes(attributes)

    def decode_attributes(self, item: Item) -> dict[str, Any]:
        """What validation takes, by field name. Undeclared attributes are ignored unless extras are kept."""
        values: dict[str, Any] = {}
        for field in self.fields.values():
            stored = item.get(field.stored_name)
            if stored is not None:
                values[field.name] = field.decode(stored)
            elif field.absent is Absent.NONE:
                values[field.name] = None
            elif field.absent is Absent.EMPTY:
                values[field.name] = set()
        if self._extra is not None:
            for name, stored in item.items():
                if name not in self.by_stored_name:
                    if name in self.fields:
                        raise CodecError("an undeclared attribute has the name of a field", (name,))
                    values[name] = untyped.decode_entry(name, stored, untyped.decode)
        return values


class SerializedPartCodec(PartCodec):
    """A model with a serializer of its own: what it returns is stored, whole.

    Where it returns a mapping, entries with the name of a field are read by that field's codec.
    """

    def __init__(self, fields: PartCodec, serialize: Callable[[Any], Any]) -> None:
        super().__init__(
            fields.owner, list(fields.fields.values()), fields._read, fields._accepts, fields._extra
        )
        self._serialize = serialize

    @property
    def types(self) -> frozenset[str]:
        return frozenset()

    def encode(self, value: Any) -> AttributeValue:
        if not self._accepts(value):
            raise unexpected(self.name, value)
        dumped = self._serialize(value)
        if not isinstance(dumped, Mapping):
            return untyped.encode_dumped(dumped)
        return {
            "M": {
                self._stored_name(k): untyped.encode_entry(k, v, untyped.encode_dumped)
                for k, v in dumped.items()
            }
        }

    def _stored_name(self, name: str) -> str:
        field = self.fields.get(name)
        return name if field is None else field.stored_name

    def encode_attributes(self, value: Any) -> Item:
        stored = self.encode(value)
        if "M" not in stored:
            raise CodecError(
                f"the serializer of {self.name} does not return a dict, which an item is made of"
            )
        attributes: Item = stored["M"]
        return attributes

    def decode_attributes(self, item: Item) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for stored_name, stored in item.items():
            field = self.by_stored_name.get(stored_name)
            if field is not None:
                values[field.name] = field.decode(stored)
            else:
                values[stored_name] = untyped.decode_entry(stored_name, stored, untyped.decode)
        return values
