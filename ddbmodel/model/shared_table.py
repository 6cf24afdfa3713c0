"""`Table`: one table for several models, whose keys are written from their fields."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from weakref import WeakValueDictionary

from ddbmodel.errors import ModelDefinitionError
from ddbmodel.model.indexes import IndexProjection
from ddbmodel.schema import (
    BackupPolicy,
    IndexKind,
    IndexSchema,
    KeyAttribute,
    Projection,
    TableSchema,
    TableSettings,
)
from ddbmodel.schema.key_overlap import overlap
from ddbmodel.schema.settings import NO_SETTINGS

if TYPE_CHECKING:
    from ddbmodel.model.key_plan import KeyBinding, KeyPath
    from ddbmodel.model.plan import ModelPlan

AttributeNames: TypeAlias = str | KeyAttribute | Sequence[str | KeyAttribute]

ENTITY_ATTRIBUTE: Final = "_entity"


@dataclass(frozen=True)
class TableIndex:
    """A secondary index of a `Table`, by the names of its key attributes.

    Args:
        name: its name in DynamoDB.
        partition_key: an attribute's name, or up to four. They hold text; `KeyAttribute("n", "N")` holds
            numbers.
        sort_key: likewise; None for an index without one.
        projection: `"ALL"`, `"KEYS_ONLY"`, or the names of attributes to hold beside the keys. The entity's
            name is one of them by itself.
        local: a local index, which shares the table's partition key, and can be read consistently.
    """

    name: str
    partition_key: AttributeNames
    sort_key: AttributeNames | None = None
    projection: IndexProjection = "ALL"
    local: bool = False

    def schema(self, entity_attribute: str, table_key: Sequence[KeyAttribute] = ()) -> IndexSchema:
        """Give the index as plain data.

        Args:
            entity_attribute: holds the entity's name.
            table_key: the table's own key, which every index holds.
        """
        kind: IndexKind = "local" if self.local else "global"
        projection = self._projection(entity_attribute, table_key)
        return IndexSchema(self.name, kind, _key(self.partition_key), _key(self.sort_key), projection)

    def _projection(self, entity_attribute: str, table_key: Sequence[KeyAttribute]) -> Projection:
        given = self.projection
        if given in ("ALL", "KEYS_ONLY"):
            return Projection("ALL" if given == "ALL" else "KEYS_ONLY")
        if isinstance(given, str) or not all(isinstance(name, str) for name in given):  # pyright: ignore[reportUnnecessaryIsInstance]  # for callers without a checker
            raise ModelDefinitionError(
                f'index {self.name!r}: projection= takes "ALL", "KEYS_ONLY", or the names of attributes'
            )
        own = (*_key(self.partition_key), *_key(self.sort_key))
        keys = {attribute.name for attribute in (*table_key, *own)}
        names = tuple(name for name in dict.fromkeys((*given, entity_attribute)) if name not in keys)
        return Projection("INCLUDE", names)


class Table:
    """A table that several models share; each is an `entity` of it.

        by_status = TableIndex("gsi1", "gsi1pk", "gsi1sk")
        shop = Table("shop", partition_key="pk", sort_key="sk", indexes=[by_status])

        class Customer(Model, table=shop, entity="customer"): ...

    Args:
        name: the table's name.
        partition_key: the attribute's name. It holds text; `KeyAttribute("pk", "N")` holds numbers.
        sort_key: likewise; None for a table without one.
        indexes: its secondary indexes.
        entity_attribute: the attribute that holds the entity's name.
        settings: what it is beside keys and indexes; plans compare it.
        backups: how it is backed up, the same as `backups=` of its settings.

    Raises:
        ModelDefinitionError: DynamoDB would refuse the table.
    """

    def __init__(
        self,
        name: str,
        partition_key: str | KeyAttribute,
        sort_key: str | KeyAttribute | None = None,
        indexes: Sequence[TableIndex] = (),
        *,
        entity_attribute: str = ENTITY_ATTRIBUTE,
        settings: TableSettings = NO_SETTINGS,
        backups: BackupPolicy | None = None,
    ) -> None:
        self.settings = settings.with_backups(backups)
        self.entity_attribute = entity_attribute
        partition, sort = _key(partition_key), _key(sort_key)
        if len(partition) != 1 or len(sort) > 1:
            raise ModelDefinitionError(
                f"table {name!r}: the key of a table has one partition key attribute and no or one sort key "
                "attribute; only indexes have more"
            )
        for index in indexes:
            if not isinstance(index, TableIndex):  # pyright: ignore[reportUnnecessaryIsInstance]  # for callers without a checker
                raise ModelDefinitionError(
                    f"table {name!r}: indexes= takes TableIndex(...), by the names of attributes, "
                    f"not a {type(index).__name__}"
                )
        built = tuple(index.schema(entity_attribute, (*partition, *sort)) for index in indexes)
        self.schema = TableSchema(name, partition, sort, built)
        if entity_attribute in {attribute.name for attribute in self.schema.attributes()}:
            raise ModelDefinitionError(
                f"table {name!r}: {entity_attribute!r} is a key attribute, and holds the entity's "
                "name as well; "
                "pass another entity_attribute="
            )
        self._entities: WeakValueDictionary[str, type[Any]] = WeakValueDictionary()

    def __repr__(self) -> str:
        return f"Table({self.schema.name!r})"

    @property
    def name(self) -> str:
        """The table's name."""
        return self.schema.name

    @property
    def entities(self) -> dict[str, type[Any]]:
        """The models that are defined on it, by the names of their entities."""
        return dict(self._entities)

    def register(self, plan: ModelPlan[Any]) -> None:
        """Enter a model.

        Raises:
            ModelDefinitionError: another model has the entity's name, or its keys could be the same.
        """
        model, name = plan.model, plan.stored_keys.entity_name
        assert name is not None, "only entities are registered"
        present = self._entities.get(name)
        # A subclass may be the same entity, in another Python class.
        is_new = present is None or _is_redefined(present, model)
        if present is not None and not is_new and not issubclass(model, present):
            raise ModelDefinitionError(
                f"{model.__name__}: table {self.name!r} has an entity {name!r} already, {present.__name__}; "
                "pass another entity="
            )
        for other_name, other in self.entities.items():
            if other_name != name:
                _check_expiry(plan, other.__ddbmodel_plan__)
                _check_apart(model, plan, other.__ddbmodel_plan__)
        for guard in plan.guards:
            if _may_meet(plan.stored_keys.primary, guard.path):
                raise ModelDefinitionError(
                    f"{model.__name__}: its key ({plan.stored_keys.primary.described}) could be the "
                    "one of a guard of "
                    f"a unique field ({guard.path.described}): begin the key with a word, such as "
                    f"'USER#{{user_id}}'"
                )
        if is_new:
            self._entities[name] = model


def _key(names: AttributeNames | None) -> tuple[KeyAttribute, ...]:
    if names is None:
        return ()
    several: Sequence[str | KeyAttribute] = [names] if isinstance(names, str | KeyAttribute) else names
    return tuple(KeyAttribute(name, "S") if isinstance(name, str) else name for name in several)


def _is_redefined(present: type, model: type) -> bool:
    """True for the same class statement that ran again, as in a notebook."""
    return present is model or (
        (present.__module__, present.__qualname__) == (model.__module__, model.__qualname__)
        and not issubclass(model, present)
    )


def _check_expiry(mine: ModelPlan[Any], theirs: ModelPlan[Any]) -> None:
    """A table has one attribute for time to live."""
    own, other = mine.roles.ttl, theirs.roles.ttl
    if own is not None and other is not None and own.stored_name != other.stored_name:
        raise ModelDefinitionError(
            f"{mine.model.__name__}.{own.name}: a table has one attribute for time to live, and "
            f"{theirs.model.__name__} has {other.stored_name!r}: use ttl(attribute={other.stored_name!r})"
        )


def _check_apart(model: type[Any], mine: ModelPlan[Any], theirs: ModelPlan[Any]) -> None:
    for one, another in _pairs(mine, theirs):
        if _may_meet(one, another):
            raise ModelDefinitionError(
                f"{model.__name__}: its key ({one.described}) can be the same as one of "
                f"{theirs.model.__name__} ({another.described}), so one could overwrite the other; "
                "begin the sort "
                "keys with different words, such as 'ORDER#{order_id}' and 'INVOICE#{invoice_id}'"
            )


def _pairs(mine: ModelPlan[Any], theirs: ModelPlan[Any]) -> Iterator[tuple[KeyPath, KeyPath]]:
    primary, other = mine.stored_keys.primary, theirs.stored_keys.primary
    yield primary, other
    for guard in theirs.guards:
        yield primary, guard.path
    for guard in mine.guards:
        yield guard.path, other


def _may_meet(one: KeyPath, other: KeyPath) -> bool:
    return all(map(_may_be_same, one.bindings, other.bindings))


def _may_be_same(one: KeyBinding, other: KeyBinding) -> bool:
    if one.template is None or other.template is None:
        return True
    return overlap(one.template, other.template)
