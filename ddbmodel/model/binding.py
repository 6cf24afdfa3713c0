"""From the `Key`s that a class declares to the keys of an entity of a shared table, checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ddbmodel.codec.parts import FieldCodec, PartCodec
from ddbmodel.errors import ModelDefinitionError
from ddbmodel.model.indexes import Index, Key, Templates
from ddbmodel.model.key_plan import KeyBinding, KeyPath, KeyPlan, ShardedBinding, Shards
from ddbmodel.model.shared_table import Table
from ddbmodel.schema import IndexSchema, KeyAttribute
from ddbmodel.schema.key_forms import KeyForm, form_of
from ddbmodel.schema.key_templates import Slot, bind, parse_template
from ddbmodel.schema.shards import check_shards


def bind_keys(
    model: str, table: Table, entity: str, part: PartCodec, declared: Mapping[str, Index]
) -> KeyPlan:
    """Give the keys of an entity.

    Raises:
        ModelDefinitionError: there is no primary key or several, an index is unknown, a template is wrong,
            or a field has the name of an attribute that a template writes.
    """
    try:
        return _Binder(table, part).keys(entity, declared)
    except ModelDefinitionError as error:
        raise ModelDefinitionError(f"{model}: {error}") from error


class _Binder:
    def __init__(self, table: Table, part: PartCodec) -> None:
        self._table = table
        self._schema = table.schema
        self._part = part
        sorts = (self._schema.sort_key, *(index.sort_key for index in self._schema.indexes))
        self._sorts = frozenset(attribute.name for key in sorts for attribute in key)
        self._written: dict[str, KeyBinding] = {}

    def keys(self, entity: str, declared: Mapping[str, Index]) -> KeyPlan:
        if not isinstance(entity, str) or not entity or entity.startswith("_"):  # pyright: ignore[reportUnnecessaryIsInstance]  # for callers without a checker
            raise ModelDefinitionError('entity= takes a name such as "order", and none that begins with "_"')
        if self._table.entity_attribute in self._part.by_stored_name:
            raise ModelDefinitionError(
                f"attribute {self._table.entity_attribute!r} holds the entity's name: store the field under "
                "another one with attribute="
            )
        paths = tuple(self._paths(declared))
        _check_once(paths)
        self._check_fields(paths)
        return KeyPlan(self._schema, paths, self._table.entity_attribute, entity)

    # Paths --------------------------------------------------------------------------------------------

    def _paths(self, declared: Mapping[str, Index]) -> Iterator[KeyPath]:
        keys = {name: key for name, key in declared.items() if isinstance(key, Key)}
        for name in declared:
            if name not in keys:
                raise ModelDefinitionError(
                    f"{name}: a shared table has its indexes in Table(...); declare a Key for one of them"
                )
        own = [name for name, key in keys.items() if not key.index]
        if len(own) > 1:
            raise ModelDefinitionError(
                f"{' and '.join(own)} are keys of the table, and it has one: name an index"
            )
        name = own[0] if own else "primary"
        primary = self._path(name, keys.get(name, Key()), None, ())
        yield primary
        named: set[str] = set()
        for attribute, key in keys.items():
            if key.index:
                if key.index in named:
                    raise ModelDefinitionError(
                        f"{attribute}: index {key.index!r} has two keys: leave one out"
                    )
                named.add(key.index)
                yield self._path(attribute, key, self._schema.index(key.index), primary.bindings)
        for index in self._schema.indexes:
            known = {*self._part.by_stored_name, *self._written}
            if index.name not in named and all(part.name in known for part in index.key):
                yield self._path(index.name, Key(index.name), index, primary.bindings)

    def _path(
        self, name: str, key: Key, index: IndexSchema | None, primary: tuple[KeyBinding, ...]
    ) -> KeyPath:
        schema = self._schema if index is None else index
        try:
            if key.shards is None:
                partition = self._bindings(schema.partition_key, key.partition, "partition")
                sort = self._bindings(schema.sort_key, key.sort, "sort")
            else:
                sort = self._bindings(schema.sort_key, key.sort, "sort")
                shards = _shards(key.shards, key, sort if index is None else primary)
                partition = self._bindings(schema.partition_key, key.partition, "partition", shards)
            _check_one_sharded(partition)
            if index is None:
                _check_required((*partition, *sort))
        except ModelDefinitionError as error:
            raise ModelDefinitionError(f"{name}: {error}") from error
        for binding in (*partition, *sort):
            self._written.setdefault(binding.name, binding)
        return KeyPath("" if index is None else name, index, partition, sort)

    def _bindings(
        self,
        attributes: Sequence[KeyAttribute],
        templates: Templates | None,
        role: str,
        shards: Shards | None = None,
    ) -> tuple[KeyBinding, ...]:
        if templates is None:
            return tuple(self._present(attribute, role) for attribute in attributes)
        given = (templates,) if isinstance(templates, str) else tuple(templates)
        if len(given) != len(attributes):
            names = ", ".join(attribute.name for attribute in attributes) or "none"
            raise ModelDefinitionError(
                f"{role}= has {len(given)} templates, and the {role} key {len(attributes)} attributes "
                f"({names})"
            )
        if shards is None:
            return tuple(map(self._binding, attributes, given))
        first = self._sharded(attributes[0], given[0], shards)
        return (first, *map(self._binding, attributes[1:], given[1:]))

    def _present(self, attribute: KeyAttribute, role: str) -> KeyBinding:
        """An attribute that another key writes already, or that is a field's."""
        if attribute.name in self._written:
            return self._written[attribute.name]
        field = self._part.by_stored_name.get(attribute.name)
        if field is None:
            raise ModelDefinitionError(
                f"key attribute {attribute.name!r} has neither a template nor a field that is stored "
                "under its "
                f'name: declare Key(..., {role}="...{{a_field}}...")'
            )
        return self._field_binding(attribute, field)

    def _field_binding(self, attribute: KeyAttribute, field: FieldCodec) -> KeyBinding:
        if field.codec.opaque:
            raise ModelDefinitionError(
                f"field {field.name!r} is stored compressed, and a key is stored as it is: "
                "leave stored_as=Compressed() out"
            )
        if field.codec.types - {"NULL"} != frozenset((attribute.type,)):
            stored = "/".join(sorted(field.codec.types)) or "whatever its serializer returns"
            raise ModelDefinitionError(
                f"key attribute {attribute.name!r} holds {attribute.type}, and field {field.name!r} "
                "is stored "
                f"as {stored}: declare KeyAttribute({attribute.name!r}, ...) of its type, or a template"
            )
        if field.codec.nullable and field.visible_null:
            raise ModelDefinitionError(f"field {field.name!r} stores None as NULL, which no key can hold")
        return KeyBinding(attribute, (field,))

    def _binding(self, attribute: KeyAttribute, text: str) -> KeyBinding:
        pieces = parse_template(text)
        slots = [piece for piece in pieces if isinstance(piece, Slot)]
        fields = {slot.name: self._field(slot.name) for slot in slots}
        own = self._part.by_stored_name.get(attribute.name)
        if own is not None and pieces == (Slot(own.name, ""),):
            return self._field_binding(attribute, own)
        if attribute.type != "S":
            return self._number_or_bytes(attribute, text, pieces, tuple(fields.values()))
        forms = {slot: self._form(text, slot, fields[slot.name]) for slot in slots}
        # It is written in one way, so in the one that sorts if any key of the table sorts by it.
        template = bind(text, forms, is_sort=attribute.name in self._sorts)
        return KeyBinding(attribute, tuple(fields.values()), template)

    def _sharded(self, attribute: KeyAttribute, text: str, shards: Shards) -> KeyBinding:
        """An attribute that ends with the number of a shard."""
        if attribute.type != "S":
            raise ModelDefinitionError(
                f"key attribute {attribute.name!r} holds {attribute.type}, and the number of a shard is "
                "text: shard an attribute that holds text"
            )
        present = self._written.get(attribute.name)
        slots = [piece for piece in parse_template(text) if isinstance(piece, Slot)]
        fields = {slot.name: self._field(slot.name) for slot in slots}
        forms = {slot: self._form(text, slot, fields[slot.name]) for slot in slots}
        template = bind(text, forms, is_sort=attribute.name in self._sorts, is_sharded=True)
        sharded = ShardedBinding(
            attribute, tuple(fields.values()), template, beginning=template.unsharded, shards=shards
        )
        # What another key writes already is written as that key says: in the shard that this one decides on.
        return present if present is not None and present.label == sharded.label else sharded

    def _number_or_bytes(
        self,
        attribute: KeyAttribute,
        text: str,
        pieces: Sequence[str | Slot],
        fields: Sequence[FieldCodec],
    ) -> KeyBinding:
        """A key attribute of another type than text is a copy of one field."""
        if len(pieces) != 1 or not fields or pieces[0] != Slot(fields[0].name, ""):
            raise ModelDefinitionError(
                f"key attribute {attribute.name!r} holds {attribute.type}, so its template is one "
                "field alone, "
                f"such as '{{number}}', not {text!r}"
            )
        return self._field_binding(attribute, fields[0])

    def _field(self, name: str) -> FieldCodec:
        field = self._part.fields.get(name)
        if field is None:
            raise ModelDefinitionError(
                f"there is no field {name!r}; the fields are {', '.join(self._part.fields)}"
            )
        return field

    def _form(self, text: str, slot: Slot, field: FieldCodec) -> KeyForm:
        try:
            return form_of(field.codec, slot.spec)
        except ModelDefinitionError as error:
            raise ModelDefinitionError(f"key template {text!r}, {slot.name!r}: {error}") from error

    # Checks -------------------------------------------------------------------------------------------

    def _check_fields(self, paths: Sequence[KeyPath]) -> None:
        for path in paths:
            for binding in path.bindings:
                field = self._part.by_stored_name.get(binding.name)
                if field is not None and binding.is_composed:
                    raise ModelDefinitionError(
                        f"field {field.name!r} is stored as {binding.name!r}, which a template "
                        "writes: store it "
                        "under another name with attribute=, or leave the template out"
                    )
        for attribute in self._schema.attributes():
            field = self._part.by_stored_name.get(attribute.name)
            if field is not None:
                self._field_binding(attribute, field)  # the service refuses any other type there


def _shards(count: int, key: Key, identity: tuple[KeyBinding, ...]) -> Shards:
    """Over what a key is spread, by the attributes that tell the shard of an item."""
    check_shards(count)
    if key.partition is None:
        raise ModelDefinitionError(
            "shards= needs partition=, the template that it spreads: declare it, or leave shards= out"
        )
    if not identity:
        raise ModelDefinitionError(
            "shards= of the table's own key needs a sort key, which tells the shard of an item: "
            "give the Table a sort_key=, or leave shards= out"
        )
    return Shards(count, identity)


def _check_one_sharded(partition: Sequence[KeyBinding]) -> None:
    labels = [binding.label for binding in partition if isinstance(binding, ShardedBinding)]
    if len(labels) > 1:
        raise ModelDefinitionError(
            f"its partition key has several attributes with shards, {' and '.join(labels)}: "
            "leave shards= out of one of them"
        )


def _check_required(bindings: Sequence[KeyBinding]) -> None:
    for binding in bindings:
        for field in binding.optional:
            raise ModelDefinitionError(
                f"field {field.name!r} is part of the primary key and cannot be None: "
                "declare a type without None"
            )


def _check_once(paths: Sequence[KeyPath]) -> None:
    """Refuse two ways to write one attribute that two keys share."""
    written: dict[str, KeyBinding] = {}
    for path in paths:
        for binding in path.bindings:
            other = written.setdefault(binding.name, binding)
            if other.label != binding.label:
                raise ModelDefinitionError(
                    f"key attribute {binding.name!r} is written in two ways: {other.label} and "
                    f"{binding.label}"
                )
