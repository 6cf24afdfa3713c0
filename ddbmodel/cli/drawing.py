"""What a diagram shows of tables: keys, entities, indexes and access patterns, as plain lines of text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from ddbmodel.model import Model, ModelPlan, plan_of
from ddbmodel.model.key_plan import KeyBinding, KeyPath
from ddbmodel.schema import IndexSchema, KeyAttribute

_MODULES: Final = re.compile(r"\b(?:\w+\.|<locals>\.)+")


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field of an entity: its name, type, and what it is besides, such as `unique`."""

    name: str
    type: str
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeyLine:
    """How an entity writes one key: of the table, or of an index."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class EntityDrawing:
    """A model as a table holds it."""

    name: str
    fields: tuple[FieldLine, ...]
    keys: tuple[KeyLine, ...]
    patterns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableDrawing:
    """A table: its key and indexes, and the models in it."""

    name: str
    keys: tuple[KeyLine, ...]
    entities: tuple[EntityDrawing, ...]


def drawings_of(models: Iterable[type[Model]]) -> list[TableDrawing]:
    """Give the tables of models, each once, in the order in which they are first named.

    Raises:
        ModelDefinitionError: a model has no table.
    """
    tables: dict[str, dict[type[Any], ModelPlan[Any]]] = {}
    for model in models:
        plan: ModelPlan[Any] = plan_of(model)
        tables.setdefault(plan.stored_table.name, {})[plan.model] = plan
    return [_table(name, list(plans.values())) for name, plans in tables.items()]


def _table(name: str, plans: list[ModelPlan[Any]]) -> TableDrawing:
    indexes: dict[str, IndexSchema] = {}
    for plan in plans:
        indexes |= {index.name: index for index in plan.stored_table.indexes}
    schema = plans[0].stored_table
    keys = [KeyLine("primary key", _schema(schema.partition_key, schema.sort_key))]
    for index in indexes.values():
        held: str = index.projection.kind
        if index.projection.attributes:
            held += f" {', '.join(index.projection.attributes)}"
        text = f"{_schema(index.partition_key, index.sort_key)}, {index.kind}, {held}"
        keys.append(KeyLine(index.name, text))
    return TableDrawing(name, tuple(keys), tuple(map(_entity, plans)))


def _schema(partition: Iterable[KeyAttribute], sort: Iterable[KeyAttribute]) -> str:
    sides = (", ".join(f"{key.name} ({key.type})" for key in side) for side in (partition, sort))
    return " / ".join(side for side in sides if side)


def _entity(plan: ModelPlan[Any]) -> EntityDrawing:
    paths = plan.stored_keys.paths
    version = f", schema version {plan.history.version}" if plan.history.is_kept else ""
    name = plan.model.__name__
    if plan.stored_keys.entity_name not in (None, name):
        name += f" ({plan.stored_keys.entity_name})"
    return EntityDrawing(
        name + version,
        tuple(_fields(plan)),
        tuple(KeyLine(_path_name(path), _written(path)) for path in paths),
        tuple(pattern for path in paths for pattern in _patterns(path)),
    )


def _path_name(path: KeyPath) -> str:
    return "primary key" if path.index is None else path.index.name


def _written(path: KeyPath) -> str:
    sides = (", ".join(map(_binding, side)) for side in (path.partition, path.sort))
    return " / ".join(side for side in sides if side)


def _binding(binding: KeyBinding) -> str:
    return binding.template.text if binding.template is not None else binding.label


def _patterns(path: KeyPath) -> Iterator[str]:
    partition, sort = _sources(path.partition), _sources(path.sort)
    by = " and ".join(partition) if partition else "its kind"
    through = "" if path.index is None else f", through {path.index.name}"
    if path.index is None:
        yield f"one by {' and '.join((*partition, *sort)) or 'its kind'}"
    if sort:
        yield f"many by {by}, in order of {', '.join(sort)}{through}"
    elif path.index is not None:
        yield f"many by {by}{through}"


def _sources(bindings: Iterable[KeyBinding]) -> list[str]:
    return list(dict.fromkeys(field.name for binding in bindings for field in binding.sources))


def _fields(plan: ModelPlan[Any]) -> Iterator[FieldLine]:
    roles = plan.roles
    named = {"version": roles.version, "ttl": roles.ttl}
    named |= {"created at": roles.created_at, "updated at": roles.updated_at}
    key = {field.name for field in plan.key_fields}
    unique = {guard.field.name for guard in plan.guards}
    for field in plan.part.fields.values():
        marks = [mark for mark, one in named.items() if one is not None and one.name == field.name]
        marks += ["key"] * (field.name in key) + ["unique"] * (field.name in unique)
        if field.stored_name != field.name:
            marks.append(f"stored as {field.stored_name}")
        yield FieldLine(field.name, _type(plan, field.name), tuple(marks))


def _type(plan: ModelPlan[Any], name: str) -> str:
    """The type as it was declared, without the modules of its names."""
    annotation: Any = plan.model.__pydantic_fields__[name].annotation
    is_plain = isinstance(annotation, type) and not getattr(annotation, "__args__", ())
    return _MODULES.sub("", annotation.__name__ if is_plain else repr(annotation))
