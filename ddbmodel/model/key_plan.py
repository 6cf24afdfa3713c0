"""The keys of a model: which attributes they are in, and how each is written from the model's fields."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import msgspec

from ddbmodel import limits
from ddbmodel.codec.numbers import canonical_number
from ddbmodel.codec.parts import FieldCodec
from ddbmodel.codec.sizes import value_size_bytes
from ddbmodel.codec.values import Attributes, AttributeValue, Item
from ddbmodel.codec.wire_decoder import values_decoder
from ddbmodel.codec.wire_item import WireItem
from ddbmodel.errors import CodecError
from ddbmodel.schema import IndexSchema, KeyAttribute, TableSchema
from ddbmodel.schema.key_templates import SEPARATOR, KeyTemplate, Values
from ddbmodel.schema.shards import shard_of, shard_text


@dataclass(frozen=True, slots=True)
class KeyBinding:
    """One key attribute, and where its value comes from: the field that is stored there, or other fields.

    Attributes:
        attribute: its name and type.
        sources: the fields that it is written from.
        template: how it is written; None if it has the value of one field as it is.
    """

    attribute: KeyAttribute
    sources: tuple[FieldCodec, ...]
    template: KeyTemplate | None = None

    @property
    def name(self) -> str:
        """The attribute's name."""
        return self.attribute.name

    @property
    def label(self) -> str:
        """The field or template, for messages."""
        if self.template is not None:
            return f"{self.name} {self.template.text!r}"
        field = self.sources[0].name
        return f"{self.name} '{{{field}}}'" if self.is_composed else field

    @property
    def is_composed(self) -> bool:
        """False if the attribute is the field's own."""
        return self.template is not None or self.sources[0].stored_name != self.name

    @property
    def optional(self) -> tuple[FieldCodec, ...]:
        """The fields that can be None, so that the attribute is missing then."""
        return tuple(field for field in self.sources if field.codec.nullable)

    def render(self, values: Values) -> AttributeValue | None:
        """Give the attribute's value, from stored values by field name; None if one of them is missing.

        Raises:
            CodecError: a value has no place in the key.
        """
        if self.template is None:
            return values.get(self.sources[0].name)
        key = self.template.render(values)
        return None if key is None else {"S": key}


@dataclass(frozen=True, slots=True)
class Shards:
    """Over how many keys a partition is spread, and what decides on the one that an item is in.

    Attributes:
        count: how many shards there are.
        identity: the key attributes from whose values an item's shard follows, none of which ever changes.
    """

    count: int
    identity: tuple[KeyBinding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardedBinding(KeyBinding):
    """The attribute of a partition key that ends with the number of a shard.

    Attributes:
        beginning: how it is written up to the number of the shard.
        shards: how the number follows from the item.
    """

    beginning: KeyTemplate
    shards: Shards

    @property
    def label(self) -> str:
        """The template and the number of shards, for messages."""
        return f"{self.name} {self.beginning.text!r} in {self.shards.count} shards"

    def render(self, values: Values) -> AttributeValue | None:
        """Give the attribute's value; None if a field is missing.

        The values of the fields that identify the item are needed as well.

        Raises:
            CodecError: a value has no place in the key, or the key is empty but for the shard.
        """
        beginning = self.beginning.render(values)
        if beginning is None:
            return None
        if beginning == SEPARATOR:
            raise CodecError("a key has at least one byte before the number of its shard", (self.name,))
        identity = [binding.render(values) for binding in self.shards.identity]
        present = [stored for stored in identity if stored is not None]
        return {"S": beginning + shard_text(shard_of(present, self.shards.count))}


@dataclass(frozen=True)
class KeyPath:
    """The table's key, or an index's, as one model writes it.

    Attributes:
        name: the class attribute that declares it; empty for the primary key.
        index: None for the primary key.
        partition: the attributes of the partition key.
        sort: the attributes of the sort key.
    """

    name: str
    index: IndexSchema | None
    partition: tuple[KeyBinding, ...]
    sort: tuple[KeyBinding, ...]

    @property
    def bindings(self) -> tuple[KeyBinding, ...]:
        """All of its attributes, partition key first."""
        return (*self.partition, *self.sort)

    @cached_property
    def sharded(self) -> ShardedBinding | None:
        """The attribute of the partition key that ends with the number of a shard; None if there is none."""
        return next((binding for binding in self.partition if isinstance(binding, ShardedBinding)), None)

    @property
    def described(self) -> str:
        """For messages."""
        return ", ".join(binding.label for binding in self.bindings)


@dataclass(frozen=True, slots=True)
class _KeyRule:
    """What the value of one key attribute must be."""

    field: str
    attribute: KeyAttribute
    limit_bytes: int
    primary: bool

    def check(self, stored: AttributeValue) -> None:
        text = stored.get("S")
        kind = self.attribute.type
        if text and kind == "S" and 4 * len(text) <= self.limit_bytes:
            return  # no character has more than four bytes
        if kind not in stored:
            raise CodecError(
                f"a key attribute of type {kind} cannot hold {next(iter(stored))}: "
                "declare a type of which every value is stored alike",
                (self.field,),
            )
        size = value_size_bytes(stored)
        if not 1 <= size <= self.limit_bytes:
            raise CodecError(
                f"a key attribute holds 1 to {self.limit_bytes:,} bytes, this one {size:,}", (self.field,)
            )


def _comparable(stored: AttributeValue) -> object:
    text = stored.get("S")
    if text is not None:
        return text
    ((kind, value),) = stored.items()
    return canonical_number(value) if kind == "N" else value


_FROM_JSON: Final[Mapping[str, Callable[[str], object]]] = {
    "S": str,
    "N": canonical_number,
    "B": b64decode,
}


@dataclass(frozen=True)
class KeyPlan:
    """All keys of a model.

    Attributes:
        table: the table.
        paths: the primary key, then the indexes in order of declaration.
        entity_attribute: holds the entity's name; None in a table of one model.
        entity_name: the model's name among the entities of its table.
        reserved: what the partition keys of other items begin with, which are in the table of themselves.
    """

    table: TableSchema
    paths: tuple[KeyPath, ...]
    entity_attribute: str | None = None
    entity_name: str | None = None
    reserved: str | None = None

    @property
    def primary(self) -> KeyPath:
        """The table's own key."""
        return self.paths[0]

    @cached_property
    def fields(self) -> tuple[FieldCodec, ...]:
        """The fields of the primary key, in the order in which a key's values are given."""
        sources = (field for binding in self.primary.bindings for field in binding.sources)
        return tuple({field.name: field for field in sources}.values())

    @cached_property
    def composed(self) -> tuple[KeyBinding, ...]:
        """The attributes that are written from fields and are no field's own, each once."""
        bindings = (binding for path in self.paths for binding in path.bindings if binding.is_composed)
        return tuple({binding.name: binding for binding in bindings}.values())

    @cached_property
    def managed(self) -> frozenset[str]:
        """The attributes of an item that are no fields: composed keys, and the entity's name."""
        names = [binding.name for binding in self.composed]
        return frozenset((*names, self.entity_attribute) if self.entity_attribute else names)

    def add_to(self, item: Attributes, fields: Mapping[str, FieldCodec]) -> None:
        """Add the attributes that are no fields to an item of encoded fields.

        Raises:
            CodecError: a value has no place in a key.
        """
        for name in self.managed:
            if name in item:
                raise CodecError("an extra value has the name of a key attribute", (name,))
        if self.composed:
            values = {name: item.get(field.stored_name) for name, field in fields.items()}
            for binding in self.composed:
                stored = binding.render(values)
                if stored is not None:
                    item[binding.name] = stored
        if self.entity_attribute is not None:
            item[self.entity_attribute] = {"S": self.entity_name}

    def identity(self, item: Item) -> tuple[object, ...]:
        """Give the key of an item in a form that is equal for two items exactly if they are the same one.

        Numbers are compared by their value: `5.0`, as another client may have written it, is `5`.
        """
        if isinstance(item, WireItem) and not item.is_parsed:
            return self._identity_of_text(item)
        return tuple([_comparable(item[attribute.name]) for attribute in self.table.key])

    def _identity_of_text(self, item: WireItem) -> tuple[object, ...]:
        try:
            values = self._key_values(item.text)
        except (msgspec.DecodeError, ValueError):  # or a name that the decoder cannot have
            return tuple([_comparable(item.attributes[attribute.name]) for attribute in self.table.key])
        if self._is_text:
            return values
        typed = zip(self.table.key, values, strict=True)
        return tuple([_FROM_JSON[attribute.type](value) for attribute, value in typed])

    @cached_property
    def _is_text(self) -> bool:
        return all(attribute.type == "S" for attribute in self.table.key)

    @cached_property
    def _key_values(self) -> Callable[[bytes], tuple[str, ...]]:
        return values_decoder([(attribute.name, attribute.type) for attribute in self.table.key])

    def completed(self, item: Item) -> Item:
        """Give an item with the fields that stand in its primary key only, as other programs may store it."""
        lacking = [field for field in self.written if field.stored_name not in item]
        if not lacking:
            return item
        found: dict[str, AttributeValue] = {}
        for binding in self.primary.bindings:
            if binding.template is not None:
                found |= binding.template.parse(str(item.get(binding.name, {}).get("S", ""))) or {}
        return {**item, **{field.stored_name: found[field.name] for field in lacking if field.name in found}}

    @cached_property
    def written(self) -> tuple[FieldCodec, ...]:
        """The fields that the templates of the primary key hold the whole value of."""
        exact = {
            slot.name
            for binding in self.primary.bindings
            if binding.template is not None
            for slot in binding.template.slots
            if slot.form.is_exact
        }
        return tuple(field for field in self.fields if field.name in exact)

    def entity_of(self, item: Item) -> str | None:
        """Give the entity's name that stands in an item; None if none does."""
        stored = item.get(self.entity_attribute or "", {})
        name: str | None = stored.get("S")
        return name

    def owns(self, item: Item) -> bool:
        """Tell whether an item of the table is the model's: by the entity's name, else by its key."""
        if self.entity_attribute is None:
            return True
        name = self.entity_of(item)
        return self._has_key_of(item) if name is None else name == self.entity_name

    def _has_key_of(self, item: Item) -> bool:
        return all(
            binding.template is None or binding.template.parse(str(item[binding.name]["S"])) is not None
            for binding in self.primary.bindings
            if "S" in item.get(binding.name, {})
        )

    def check(self, item: Item, *, primary_only: bool = False) -> None:
        """Refuse key attributes that DynamoDB would refuse.

        Raises:
            CodecError: one is of another type, empty or too long, or one of the primary key is missing.
        """
        get = item.get
        for name, rule in self._rules.items():
            stored = get(name)
            if stored is not None:
                if not primary_only or rule.primary:
                    rule.check(stored)
            elif rule.primary:
                raise CodecError("the key attribute has no value", (rule.field,))
        if self.reserved is not None:
            self._check_reserved(self.reserved, self.primary.partition[0], item)

    def check_attribute(self, name: str, stored: AttributeValue) -> None:
        """Refuse the value of one key attribute that DynamoDB would refuse.

        Raises:
            CodecError: it is of another type, empty or too long.
        """
        self._rules[name].check(stored)

    def _check_reserved(self, reserved: str, partition: KeyBinding, item: Item) -> None:
        if str(item[partition.name].get("S", "")).startswith(reserved):
            raise CodecError(
                f"keys that begin with {reserved!r} belong to the guards of unique fields", (partition.label,)
            )

    def bindings(self) -> Iterator[KeyBinding]:
        """Give every key attribute that the model writes, each once."""
        seen: set[str] = set()
        for path in self.paths:
            for binding in path.bindings:
                if binding.name not in seen:
                    seen.add(binding.name)
                    yield binding

    @cached_property
    def _rules(self) -> Mapping[str, _KeyRule]:
        """What the value of each key attribute must be, by its name."""
        sort_keys = (self.table.sort_key, *(index.sort_key for index in self.table.indexes))
        sorts = {attribute.name for key in sort_keys for attribute in key}
        primary = {attribute.name for attribute in self.table.key}
        return {
            binding.name: _KeyRule(
                binding.name if binding.is_composed else binding.sources[0].name,
                binding.attribute,
                limits.SORT_KEY_BYTES if binding.name in sorts else limits.PARTITION_KEY_BYTES,
                binding.name in primary,
            )
            for binding in self.bindings()
        }
