"""Records: models, dataclasses and typed dicts, field by field.

Absence has a meaning for each field, and a value is left out only if its absence reads back as that value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any, Final

from pydantic_core import MISSING

from ddbmodel.codec import untyped
from ddbmodel.codec.base import Codec, UnexpectedType, unexpected
from ddbmodel.codec.sameness import same
from ddbmodel.codec.shapes import is_map
from ddbmodel.codec.trial import Refusal, attempt
from ddbmodel.codec.values import NULL, Attributes, AttributeValue, Item
from ddbmodel.errors import CodecError

_EMPTY_SET: Final[AttributeValue] = {"L": []}


class Absent(Enum):
    """What it means when a field's attribute is not there."""

    NONE = "None"
    EMPTY = "an empty set"
    DEFAULT = "the field's default"
    ERROR = "the item is incomplete"


@dataclass(frozen=True, slots=True)
class FieldCodec:
    """One field: its names, how it is stored, and what its absence means.

    Attributes:
        name: in Python.
        stored_name: of the attribute.
        codec: how its values are stored.
        absent: what it means when the attribute is not there.
        visible_null: store None as NULL even where its absence would read back as None.
        input_name: under which validation takes it; the name, but for models with an `__init__` of their own.
        empty: the empty set that absence stands for.
        default: the field's default. Where it is Pydantic's MISSING, that is stored by absence too.
    """

    name: str
    stored_name: str
    codec: Codec
    absent: Absent
    visible_null: bool = False
    input_name: str = ""
    empty: Callable[[], Any] = field(default=set)
    default: Any = None

    def encode(self, value: Any, record: Any = None) -> AttributeValue | None:
        """Give the stored form; None where the attribute is left out.

        Raises:
            CodecError: the value cannot be stored without loss.
        """
        if value is None and self.codec.nullable:
            return None if self.absent is Absent.NONE and not self.visible_null else NULL
        if value is MISSING and self.default is MISSING:
            return None
        try:
            codec = self.codec
            stored = codec.encode_of(record, value) if codec.needs_record else codec.encode(value)
        except CodecError as error:
            raise error.within(self.name) from error.__cause__
        if self.absent is Absent.EMPTY and stored == _EMPTY_SET:
            return None
        return stored

    def decode(self, stored: AttributeValue) -> Any:
        """Give what validation takes for this field.

        Raises:
            CodecError: the stored form is not one of DynamoDB's.
        """
        try:
            return self.codec.decode(stored)
        except CodecError as error:
            raise error.within(self.name) from error.__cause__


def _no_extra(_: Any) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True, slots=True)
class Unrolled:
    """Writes functions for the fields of one class: see `unrolled`.

    Attributes:
        encoder: gives a function from a record to its attributes.
        decoder: gives a function from attributes to what validation takes.
    """

    encoder: Callable[[Sequence[FieldCodec]], Callable[[Any], Attributes]]
    decoder: Callable[[Sequence[FieldCodec]], Callable[[Item], dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Access:
    """How a class keeps its values.

    Attributes:
        accepts: True for instances that come back as the class.
        read: the fields' values of an instance, by name.
        extra: the undeclared values of an instance.
        extra_codec: how these are stored; None where the class keeps none.
        may_lack: the fields that an instance need not have, as in a typed dict.
        unstored: what else must come back, such as the fields that a dataclass computes.
        unrolled: writes functions for the fields; None where there is the plain way only.
    """

    accepts: Callable[[Any], bool]
    read: Callable[[Any], Mapping[str, Any]]
    extra: Callable[[Any], Mapping[str, Any]] = _no_extra
    extra_codec: Codec | None = None
    may_lack: frozenset[str] = frozenset()
    unstored: frozenset[str] = frozenset()
    unrolled: Unrolled | None = None


class PartCodec(Codec):
    """A record of fields, stored as M; at the top level its fields are the item's attributes.

    Args:
        owner: the class whose instances are stored.
        fields: its fields in order of declaration.
        access: how the class keeps its values.
        validate: validation of the record as reading does it, where functions of the user's take part in it:
            each record is then read back before it is written, and refused if it would come back changed.
    """

    def __init__(
        self,
        owner: type,
        fields: Sequence[FieldCodec],
        access: Access,
        validate: Callable[[Any], Any] | None = None,
    ) -> None:
        self.name = owner.__name__
        self.owner = owner
        self.fields = {field.name: field for field in fields}
        self.by_stored_name = {field.stored_name: field for field in fields}
        self._access = access
        self._validate = validate

    @property
    def types(self) -> frozenset[str]:
        return frozenset(("M",))

    def exact(self, value: object) -> bool:
        return type(value) is self.owner

    @property
    def is_proved(self) -> bool:
        """True if each record is read back before it is written."""
        return self._validate is not None

    @property
    def is_unrolled(self) -> bool:
        """True if there can be functions that are written for the class."""
        return self._access.unrolled is not None

    @property
    def keeps_extra(self) -> bool:
        """True if undeclared values are kept."""
        return self._access.extra_codec is not None

    # Storing ------------------------------------------------------------------------------------------

    def encode(self, value: Any) -> AttributeValue:
        return {"M": self.encode_attributes(value)}

    def encode_attributes(self, value: Any) -> Attributes:
        """Give the attributes of a record, by stored name.

        Raises:
            UnexpectedType: the value is no such record.
            CodecError: a value cannot be stored without loss.
        """
        self._check_type(value)
        item = self._encoded(value)
        if self._validate is not None:
            change = self._change(self._validate, value, self.decode_attributes(item))
            if change is not None:
                raise change
        return item

    def _check_type(self, value: Any) -> None:
        if self._access.accepts(value):
            return
        if self.owner in type(value).__mro__:
            kind = type(value).__name__
            raise UnexpectedType(
                f"a {kind} would be read back as a {self.name}: declare {self.name} | {kind}, or {kind}"
            )
        raise unexpected(self.name, value)

    def _encoded(self, value: Any) -> Attributes:
        """The attributes by the function that is written for the class; in the plain way if that fails."""
        encode = self.encoder
        if encode is not None and type(value) is self.owner and not self._access.extra(value):
            try:
                return encode(value)
            except Exception:  # noqa: BLE001, S110  # whatever it is, the plain way says what and where
                pass
        return self._encode_fields(value)

    @cached_property
    def encoder(self) -> Callable[[Any], Attributes] | None:
        """The function that is written for instances of the class, without extra values; None without."""
        unrolled = self._access.unrolled
        return None if unrolled is None else unrolled.encoder(tuple(self.fields.values()))

    @cached_property
    def decoder(self) -> Callable[[Item], dict[str, Any]] | None:
        """The function that is written for the attributes of the class; None without."""
        unrolled = self._access.unrolled
        if unrolled is None or self._access.extra_codec is not None:
            return None
        return unrolled.decoder(tuple(self.fields.values()))

    def _encode_fields(self, value: Any) -> Attributes:
        values = self._access.read(value)
        item: Attributes = {}
        for name, declared in self.fields.items():
            if name in values:
                stored = declared.encode(values[name], value)
                if stored is not None:
                    item[declared.stored_name] = stored
            elif name not in self._access.may_lack:
                raise CodecError("the field has no value, so the record is incomplete", (name,))
        if self._access.extra_codec is not None:
            item.update(self._encode_extra(self._access.extra_codec, self._access.extra(value)))
        return item

    def _encode_extra(self, codec: Codec, extra: Mapping[str, Any]) -> Iterator[tuple[str, AttributeValue]]:
        for name, value in extra.items():
            if name in self.by_stored_name or name in self.fields:
                raise CodecError("an extra value has the name of a declared field's attribute", (name,))
            yield name, untyped.encode_entry(name, value, codec.encode)

    def _change(self, validate: Callable[[Any], Any], value: Any, plain: Any) -> CodecError | None:
        """What is wrong if validation, with the user's functions in it, does not give the record back."""
        back = attempt(validate, plain)
        if isinstance(back, Refusal):
            return CodecError(
                f"what would be stored could not be read back: {back.reason}; validators must take Python "
                "values, or what a serializer makes of them, by field name",
                back.path,
            )
        if not self._access.accepts(back):
            return CodecError(f"a validator of {self.name} makes a {type(back).__name__} of it")
        before, after = self._access.read(value), self._access.read(back)
        for name in (*self.fields, *self._access.unstored):
            if (name in before) != (name in after) or not same(before.get(name), after.get(name)):
                return CodecError(
                    "a validator or serializer changes the value, so it would come back as another", (name,)
                )
        if not same(dict(self._access.extra(value)), dict(self._access.extra(back))):
            return CodecError("a validator changes the extra values, so they would not come back")
        return None

    # Reading ------------------------------------------------------------------------------------------

    def decode(self, stored: AttributeValue) -> Any:
        attributes = stored.get("M")
        return untyped.decode(stored) if attributes is None else self.decode_attributes(attributes)

    def decode_attributes(self, item: Item) -> dict[str, Any]:
        """Give what validation takes, by field name.

        Undeclared attributes are ignored unless the class keeps extra values.

        Raises:
            CodecError: an attribute cannot be read.
        """
        decode = self.decoder
        if decode is not None:
            try:
                return decode(item)
            except Exception:  # noqa: BLE001, S110  # whatever it is, the plain way says what and where
                pass
        return self._decode_fields(item)

    def _decode_fields(self, item: Item) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for declared in self.fields.values():
            stored = item.get(declared.stored_name)
            name = declared.input_name or declared.name
            if stored is not None:
                values[name] = declared.decode(stored)
            elif declared.absent is Absent.NONE:
                values[name] = None
            elif declared.absent is Absent.EMPTY:
                values[name] = declared.empty()
        if self._access.extra_codec is not None:
            values.update(self._decode_extra(self._access.extra_codec, item))
        return values

    def _decode_extra(self, codec: Codec, item: Item) -> Iterator[tuple[str, Any]]:
        for name, stored in item.items():
            if name not in self.by_stored_name:
                if name in self.fields:
                    raise CodecError("an undeclared attribute has the name of a field", (name,))
                yield name, untyped.decode_entry(name, stored, codec.decode)


class SerializedPartCodec(PartCodec):
    """A record with a serializer of its own.

    It is stored field by field if that comes back, else as it serialises itself.

    Args:
        owner, fields, access, validate: as for any record.
        serialize: gives what the record's serializer returns.
        keeps_unknown: True if validation gets the undeclared attributes, which the serializer may have added.
    """

    def __init__(
        self,
        owner: type,
        fields: Sequence[FieldCodec],
        access: Access,
        validate: Callable[[Any], Any],
        *,
        serialize: Callable[[Any], Any],
        keeps_unknown: bool,
    ) -> None:
        super().__init__(owner, fields, access)
        self._proof = validate
        self._serialize = serialize
        self._keeps_unknown = keeps_unknown

    @property
    def types(self) -> frozenset[str]:
        return frozenset()

    def encode(self, value: Any) -> AttributeValue:
        self._check_type(value)
        try:
            stored: AttributeValue = {"M": self._encode_fields(value)}
            refusal = self._change(self._proof, value, self.decode(stored))
        except CodecError as error:
            refusal = error
        else:
            if refusal is None:
                return stored
        stored = self._encode_dumped(value)
        if self._change(self._proof, value, self.decode(stored)) is None:
            return stored
        raise refusal

    def _encode_dumped(self, value: Any) -> AttributeValue:
        dumped = self._serialize(value)
        return {"M": self._encode_entries(dumped)} if is_map(dumped) else untyped.encode_dumped(dumped)

    def _encode_entries(self, entries: Mapping[str, Any]) -> Attributes:
        item: Attributes = {}
        for name, entry in entries.items():
            declared = self.fields.get(name)
            stored_name = name if declared is None else declared.stored_name
            item[stored_name] = untyped.encode_entry(name, entry, untyped.encode_dumped)
        return item

    def encode_attributes(self, value: Any) -> Attributes:
        stored = self.encode(value)
        if "M" not in stored:
            raise CodecError(
                f"only what the serializer of {self.name} returns would come back, and that is no dict, "
                "which an item is made of"
            )
        attributes: Attributes = stored["M"]
        return attributes

    def decode_attributes(self, item: Item) -> dict[str, Any]:
        values = super().decode_attributes(item)
        if self._keeps_unknown:
            for name, stored in item.items():
                if name not in self.by_stored_name and name not in values:
                    values[name] = untyped.decode_entry(name, stored, untyped.decode)
        return values
