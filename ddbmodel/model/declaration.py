"""From what a class declares about keys and indexes to a `TableSchema`, checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ddbmodel.codec.parts import Absent, FieldCodec, PartCodec
from ddbmodel.errors import ModelDefinitionError
from ddbmodel.model.fields import FieldOptions, Null
from ddbmodel.model.indexes import GlobalIndex, Index
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
    """The table of a model.

    Raises:
        ModelDefinitionError: no partition key or several, a key of an impossible type, an unknown field in an
            index, or a name that DynamoDB does not take.
    """
    return _Declaration(model, part, options).table(table, indexes)


class _Declaration:
    def __init__(self, model: str, part: PartCodec, options: Mapping[str, FieldOptions]) -> None:
        self._model = model
        self._part = part
        self._options = options

    def table(self, name: str, indexes: Mapping[str, Index]) -> TableSchema:
        try:
            check_resource_name("table", name)
        except ModelDefinitionError as error:
            raise ModelDefinitionError(f"{self._model}: {error}") from error
        partition = self._with_role("partition key")
        if len(partition) != 1:
            raise ModelDefinitionError(
                f"{self._model}: a table needs exactly one partition key, found {len(partition)}; "
                "declare one field with partition_key()"
            )
        sort = self._with_role("sort key")
        if len(sort) > 1:
            raise ModelDefinitionError(f"{self._model}: a table has one sort key at most, found {len(sort)}")
        key = tuple(self._primary(field) for field in (*partition, *sort))
        try:
            return TableSchema(
                name,
                key[:1],
                key[1:],
                tuple(self._index(attribute, index, key[:1]) for attribute, index in indexes.items()),
            )
        except ModelDefinitionError as error:
            raise ModelDefinitionError(f"{self._model}: {error}") from error

    def _with_role(self, role: str) -> list[str]:
        return [name for name, options in self._options.items() if options.role == role]

    def _primary(self, name: str) -> KeyAttribute:
        field = self._part.fields[name]
        if field.codec.nullable:
            raise ModelDefinitionError(f"field {name!r} is part of the primary key and cannot be None")
        return self._key_attribute(name)

    def _key_attribute(self, name: str) -> KeyAttribute:
        field = self._part.fields.get(name)
        if field is None:
            raise ModelDefinitionError(
                f"there is no field {name!r}; the fields are {', '.join(self._part.fields)}"
            )
        types = field.codec.types - {"NULL"}
        if len(types) != 1 or not types <= _KEY_TYPES:
            stored = "/".join(sorted(types)) or "any type"
            raise ModelDefinitionError(
                f"field {name!r} is stored as {stored}: a key is stored as text, a number or bytes; "
                "declare such a type"
            )
        (stored_type,) = types
        return KeyAttribute(field.stored_name, stored_type)  # type: ignore[arg-type]  # one of S, N, B

    def _index(self, attribute: str, index: Index, table_partition: tuple[KeyAttribute, ...]) -> IndexSchema:
        if isinstance(index, GlobalIndex):
            partition = tuple(self._index_key(attribute, name) for name in _names(index.partition_key))
            if not partition:
                raise ModelDefinitionError(f"index {attribute!r} names no partition key field")
            sort = tuple(self._index_key(attribute, name) for name in _names(index.sort_key))
            return IndexSchema(index.name, "global", partition, sort, self._projection(attribute, index))
        sort = (self._index_key(attribute, index.sort_key),)
        return IndexSchema(index.name, "local", table_partition, sort, self._projection(attribute, index))

    def _index_key(self, attribute: str, name: str) -> KeyAttribute:
        try:
            key = self._key_attribute(name)
        except ModelDefinitionError as error:
            raise ModelDefinitionError(f"index {attribute!r}: {error}") from error
        field = self._part.fields[name]
        if field.codec.nullable and not _none_is_absent(field, self._options[name]):
            raise ModelDefinitionError(
                f"index {attribute!r}: field {name!r} stores None as NULL, which no key can hold; "
                "give it no default but None, and no stored_as=Null"
            )
        return key

    def _projection(self, attribute: str, index: Index) -> Projection:
        if index.projection == "ALL" or index.projection == "KEYS_ONLY":
            return Projection(index.projection)
        names = []
        for name in index.projection:
            field = self._part.fields.get(name)
            if field is None:
                raise ModelDefinitionError(f"index {attribute!r} projects {name!r}, which is no field")
            names.append(field.stored_name)
        return Projection("INCLUDE", tuple(names))


def _names(key: str | tuple[str, ...] | None) -> tuple[str, ...]:
    if key is None:
        return ()
    return (key,) if isinstance(key, str) else tuple(key)


def _none_is_absent(field: FieldCodec, options: FieldOptions) -> bool:
    return field.absent is Absent.NONE and options.stored_as is not Null
