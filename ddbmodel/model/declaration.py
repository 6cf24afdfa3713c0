"""From what a class with a table of its own declares about keys and indexes to its keys, checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, cast

from ddbmodel.codec.parts import Absent, FieldCodec, PartCodec
from ddbmodel.codec.shapes import is_list, is_tuple
from ddbmodel.codec.values import KeyType
from ddbmodel.errors import ModelDefinitionError
from ddbmodel.model.fields import FieldOptions
from ddbmodel.model.indexes import GlobalIndex, Index, Key, LocalIndex
from ddbmodel.model.key_plan import KeyBinding, KeyPath, KeyPlan, ShardedBinding, Shards
from ddbmodel.model.sharding import shard_attribute, spread
from ddbmodel.schema import IndexSchema, KeyAttribute, Projection, TableSchema
from ddbmodel.schema.shards import check_shards
from ddbmodel.schema.tables import check_resource_name

_KEY_TYPES: Final = frozenset(("S", "N", "B"))


def build_keys(
    model: str,
    table: str,
    part: PartCodec,
    options: Mapping[str, FieldOptions],
    indexes: Mapping[str, Index],
) -> KeyPlan:
    """Give the keys of a model: each key attribute is a field's, or the sharded one of some fields.

    Raises:
        ModelDefinitionError: no partition key or several, a key of an impossible type, an unknown field in an
            index, or a name that DynamoDB does not take.
    """
    try:
        return _Declaration(part, options).keys(table, indexes)
    except ModelDefinitionError as error:
        raise ModelDefinitionError(f"{model}: {error}") from error


class _Declaration:
    def __init__(self, part: PartCodec, options: Mapping[str, FieldOptions]) -> None:
        self._part = part
        self._options = options
        self._sharded: dict[str, ShardedBinding] = {}
        self._primary: tuple[KeyBinding, ...] = ()

    def keys(self, name: str, indexes: Mapping[str, Index]) -> KeyPlan:
        check_resource_name("table", name)
        own = dict(_own_indexes(indexes))
        partition, sort = self._primary_key()
        self._primary = (*self._bindings(partition), *self._bindings(sort))
        key = (*partition, *sort)
        built = {attribute: self._index(attribute, index, key) for attribute, index in own.items()}
        table = TableSchema(name, partition, sort, tuple(built.values()))
        paths = [KeyPath("", None, self._bindings(partition), self._bindings(sort))]
        for attribute, index in built.items():
            bindings = self._bindings(index.partition_key), self._bindings(index.sort_key)
            paths.append(KeyPath(attribute, index, *bindings))
        return KeyPlan(table, tuple(paths))

    def _bindings(self, key: Sequence[KeyAttribute]) -> tuple[KeyBinding, ...]:
        return tuple(map(self._binding, key))

    def _binding(self, attribute: KeyAttribute) -> KeyBinding:
        sharded = self._sharded.get(attribute.name)
        return sharded or KeyBinding(attribute, (self._part.by_stored_name[attribute.name],))

    # Keys ---------------------------------------------------------------------------------------------

    def _primary_key(self) -> tuple[tuple[KeyAttribute, ...], tuple[KeyAttribute, ...]]:
        partition = self._with_role("partition key")
        if len(partition) != 1:
            found = f"it has {len(partition)} ({', '.join(partition)})" if partition else "it has none"
            raise ModelDefinitionError(
                f"a table needs exactly one partition key, {found}: declare one field with partition_key()"
            )
        sort = self._with_role("sort key")
        if len(sort) > 1:
            raise ModelDefinitionError(
                f"a table has one sort key at most, it has {len(sort)} ({', '.join(sort)}): "
                "declare one field with sort_key()"
            )
        sorted_by = tuple(map(self._primary_attribute, sort))
        shards = self._options[partition[0]].shards
        if shards is None:
            return (self._primary_attribute(partition[0]),), sorted_by
        if not sort:
            raise ModelDefinitionError(
                f"field {partition[0]!r}: partition_key(shards=) needs a sort key, which tells the shard of "
                "an item: declare a field with sort_key(), or leave shards= out"
            )
        field = self._not_nullable(partition[0])
        return (
            self._spread(field.stored_name, [field], Shards(shards, self._bindings(sorted_by))),
        ), sorted_by

    def _spread(self, name: str, fields: Sequence[FieldCodec], shards: Shards) -> KeyAttribute:
        """The attribute that holds the values of fields and the number of a shard."""
        attribute = shard_attribute(name)
        if attribute.name in self._part.by_stored_name or attribute.name in self._sharded:
            raise ModelDefinitionError(
                f"attribute {attribute.name!r} holds a key that is spread over shards: "
                "give the field another attribute=, or the index another name="
            )
        self._sharded[attribute.name] = spread(attribute, fields, shards)
        return attribute

    def _with_role(self, role: str) -> list[str]:
        return [name for name, options in self._options.items() if options.role == role]

    def _primary_attribute(self, name: str) -> KeyAttribute:
        self._not_nullable(name)
        return self._key_attribute(name)

    def _not_nullable(self, name: str) -> FieldCodec:
        field = self._part.fields[name]
        if field.codec.nullable:
            raise ModelDefinitionError(
                f"field {name!r} is part of the primary key and cannot be None: declare a type without None"
            )
        return field

    def _field(self, name: str) -> FieldCodec:
        field = self._part.fields.get(name)
        if field is None:
            raise ModelDefinitionError(
                f"there is no field {name!r}; the fields are {', '.join(self._part.fields)}"
            )
        return field

    def _key_attribute(self, name: str) -> KeyAttribute:
        field = self._field(name)
        if field.codec.opaque:
            raise ModelDefinitionError(
                f"field {name!r} is stored compressed, and a key is stored as it is: "
                "leave stored_as=Compressed() out"
            )
        types = field.codec.types - {"NULL"}
        if len(types) != 1 or not types <= _KEY_TYPES:
            stored = "/".join(sorted(types)) or "whatever its serializer returns"
            raise ModelDefinitionError(
                f"field {name!r} is stored as {stored}: a key is stored as text, a number or bytes; "
                "declare such a type"
            )
        (stored_type,) = types
        return KeyAttribute(field.stored_name, cast("KeyType", stored_type))

    # Indexes ------------------------------------------------------------------------------------------

    def _index(
        self, attribute: str, index: GlobalIndex | LocalIndex, key: tuple[KeyAttribute, ...]
    ) -> IndexSchema:
        try:
            return self._index_of(index, key)
        except ModelDefinitionError as error:
            if str(error).startswith("index "):
                raise
            raise ModelDefinitionError(f"index {attribute!r}: {error}") from error

    def _index_of(self, index: GlobalIndex | LocalIndex, key: tuple[KeyAttribute, ...]) -> IndexSchema:
        sort = tuple(map(self._index_key, _names(index.sort_key)))
        if isinstance(index, GlobalIndex):
            names = _names(index.partition_key)
            if not names:
                raise ModelDefinitionError("it names no field as its partition key")
            partition = self._index_partition(index, names)
            projection = self._projection(index, (*key, *partition, *sort))
            return IndexSchema(index.name, "global", partition, sort, projection)
        if len(sort) != 1:
            raise ModelDefinitionError("a local index has one sort key field")
        return IndexSchema(index.name, "local", key[:1], sort, self._projection(index, (*key, *sort)))

    def _index_partition(self, index: GlobalIndex, names: Sequence[str]) -> tuple[KeyAttribute, ...]:
        if index.shards is None:
            return tuple(map(self._index_key, names))
        check_shards(index.shards)
        fields = list({name: self._field(name) for name in names}.values())
        return (self._spread(index.name, fields, Shards(index.shards, self._primary)),)

    def _index_key(self, name: str) -> KeyAttribute:
        key = self._key_attribute(name)
        field = self._part.fields[name]
        if field.codec.nullable and not _none_is_absent(field):
            raise ModelDefinitionError(
                f"field {name!r} stores None as NULL, which no key can hold; "
                "give it no default but None, and no stored_as=Null"
            )
        return key

    def _projection(self, index: GlobalIndex | LocalIndex, key: Sequence[KeyAttribute]) -> Projection:
        given = index.projection
        if given == "ALL":
            return Projection("ALL")
        if given == "KEYS_ONLY":
            return self._including((), key)
        if isinstance(given, str) or not given:
            raise ModelDefinitionError('projection= takes "ALL", "KEYS_ONLY", or the names of fields')
        return self._including(map(self._projected, given), key)

    def _including(self, stored_names: Iterable[str], key: Sequence[KeyAttribute]) -> Projection:
        """With the fields that are spread over shards: they are keys to whoever declares them."""
        keys = {attribute.name for attribute in key}
        spread_over = (self._sharded[name].sources for name in keys if name in self._sharded)
        fields = sorted(field.stored_name for sources in spread_over for field in sources)
        others = tuple(name for name in dict.fromkeys((*stored_names, *fields)) if name not in keys)
        return Projection("INCLUDE", others) if others else Projection("KEYS_ONLY")

    def _projected(self, name: str) -> str:
        field = self._part.fields.get(name)
        if field is None:
            raise ModelDefinitionError(
                f"it projects {name!r}, which is no field; the fields are {', '.join(self._part.fields)}"
            )
        return field.stored_name


def _own_indexes(indexes: Mapping[str, Index]) -> Iterator[tuple[str, GlobalIndex | LocalIndex]]:
    for attribute, index in indexes.items():
        if isinstance(index, Key):
            raise ModelDefinitionError(
                f"{attribute}: a Key is for a model on a Table(...), and this one has a table of its own: "
                "declare partition_key() and GlobalIndex, or share a Table"
            )
        yield attribute, index


def _names(key: Any) -> tuple[str, ...]:
    """The fields that an index names. What is not a name is found out here, at the declaration."""
    if key is None:
        return ()
    names: tuple[Any, ...] = tuple(key) if is_tuple(key) or is_list(key) else (key,)
    if not all(isinstance(name, str) for name in names):
        raise ModelDefinitionError("a key is named by one field's name, or by a tuple of names")
    return names


def _none_is_absent(field: FieldCodec) -> bool:
    return field.absent is Absent.NONE and not field.visible_null
