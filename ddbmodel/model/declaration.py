"""From what a class declares about keys and indexes to a `TableSchema`, checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

from ddbmodel.codec.parts import Absent, FieldCodec, PartCodec
from ddbmodel.codec.shapes import is_list, is_tuple
from ddbmodel.codec.values import KeyType
from ddbmodel.errors import ModelDefinitionError
from ddbmodel.model.fields import FieldOptions
from ddbmodel.model.indexes import GlobalIndex, Index, Key, LocalIndex
from ddbmodel.model.key_plan import KeyBinding, KeyPath, KeyPlan
from ddbmodel.schema import IndexSchema, KeyAttribute, Projection, TableSchema
from ddbmodel.schema.tables import check_resource_name

_KEY_TYPES: Final = frozenset(("S", "N", "B"))


def build_table(
    model: str,
    table: str,
    part: PartCodec,
    options: Mapping[str, FieldOptions],
    indexes: Mapping[str, Index],
) -> TableSchema:
    """Give the table of a model.

    Raises:
        ModelDefinitionError: no partition key or several, a key of an impossible type, an unknown field in an
            index, or a name that DynamoDB does not take.
    """
    try:
        return _Declaration(part, options).table(table, indexes)
    except ModelDefinitionError as error:
        raise ModelDefinitionError(f"{model}: {error}") from error


class _Declaration:
    def __init__(self, part: PartCodec, options: Mapping[str, FieldOptions]) -> None:
        self._part = part
        self._options = options

    def table(self, name: str, indexes: Mapping[str, Index]) -> TableSchema:
        check_resource_name("table", name)
        own = dict(_own_indexes(indexes))
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
        key = tuple(self._primary(field) for field in (*partition, *sort))
        built = tuple(self._index(attribute, index, key) for attribute, index in own.items())
        return TableSchema(name, key[:1], key[1:], built)

    def _with_role(self, role: str) -> list[str]:
        return [name for name, options in self._options.items() if options.role == role]

    # Keys ---------------------------------------------------------------------------------------------

    def _primary(self, name: str) -> KeyAttribute:
        if self._part.fields[name].codec.nullable:
            raise ModelDefinitionError(
                f"field {name!r} is part of the primary key and cannot be None: declare a type without None"
            )
        return self._key_attribute(name)

    def _key_attribute(self, name: str) -> KeyAttribute:
        field = self._part.fields.get(name)
        if field is None:
            raise ModelDefinitionError(
                f"there is no field {name!r}; the fields are {', '.join(self._part.fields)}"
            )
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
            partition = tuple(map(self._index_key, _names(index.partition_key)))
            if not partition:
                raise ModelDefinitionError("it names no field as its partition key")
            projection = self._projection(index, (*key, *partition, *sort))
            return IndexSchema(index.name, "global", partition, sort, projection)
        if len(sort) != 1:
            raise ModelDefinitionError("a local index has one sort key field")
        return IndexSchema(index.name, "local", key[:1], sort, self._projection(index, (*key, *sort)))

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
            return Projection("KEYS_ONLY")
        if isinstance(given, str) or not given:
            raise ModelDefinitionError('projection= takes "ALL", "KEYS_ONLY", or the names of fields')
        keys = {attribute.name for attribute in key}
        stored_names = dict.fromkeys(self._projected(name) for name in given)
        others = tuple(name for name in stored_names if name not in keys)
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


def plain_keys(table: TableSchema, part: PartCodec, indexes: Mapping[str, Index]) -> KeyPlan:
    """Give the keys of a model with a table of its own: each key attribute is a field's."""

    def bindings(key: Sequence[KeyAttribute]) -> tuple[KeyBinding, ...]:
        return tuple(KeyBinding(attribute, (part.by_stored_name[attribute.name],)) for attribute in key)

    attributes = {index.name: attribute for attribute, index in indexes.items()}
    paths = [KeyPath("", None, bindings(table.partition_key), bindings(table.sort_key))]
    for index in table.indexes:
        name = attributes[index.name]
        paths.append(KeyPath(name, index, bindings(index.partition_key), bindings(index.sort_key)))
    return KeyPlan(table, tuple(paths))
