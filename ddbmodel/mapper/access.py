"""Ways to items, and the conditions split for one of them; plain values. The choice is made in `planner`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from ddbmodel.codec.values import AttributeValue, Item
from ddbmodel.expressions import And, Comparison, Condition, In, Not, Operand, Or, PathRef, Value
from ddbmodel.mapper.key_ranges import same_key_value
from ddbmodel.model import ModelPlan
from ddbmodel.model.key_plan import KeyBinding, ShardedBinding
from ddbmodel.schema import IndexSchema, KeyAttribute
from ddbmodel.schema.shards import shard_text


@dataclass(frozen=True, slots=True)
class AccessPath:
    """The primary key, or an index, as a way to items.

    Attributes:
        index: None for the primary key.
        partition: the attributes that a query binds by equality, and where their values come from.
        sort: those that it may narrow, from left to right.
        table_key: the attributes of the table's key, which every index holds as well.
        sharded: the attribute of the partition key that ends with the number of a shard; None if none does.
    """

    index: IndexSchema | None
    partition: tuple[KeyBinding, ...]
    sort: tuple[KeyBinding, ...]
    table_key: tuple[KeyAttribute, ...]
    sharded: ShardedBinding | None = None

    @property
    def name(self) -> str:
        """For messages."""
        return "the primary key" if self.index is None else f"index {self.index.name}"

    @property
    def bindings(self) -> tuple[KeyBinding, ...]:
        """All of its key, partition key first."""
        return (*self.partition, *self.sort)

    @property
    def key(self) -> tuple[KeyAttribute, ...]:
        """The key attributes of the path itself, none of which can be filtered on."""
        return tuple(binding.attribute for binding in self.bindings)

    @property
    def position(self) -> dict[str, KeyAttribute]:
        """What says where a page ended: the attributes of this key and of the table's, by name."""
        return {attribute.name: attribute for attribute in (*self.table_key, *self.key)}

    def holds(self, attributes: frozenset[str] | None) -> bool:
        """True if the path has these attributes of its items; None stands for all that there are."""
        if self.index is None or self.index.projection.kind == "ALL":
            return True
        return attributes is not None and not self.lacking(attributes)

    def lacking(self, attributes: frozenset[str]) -> frozenset[str]:
        """Those of the attributes that the path does not have."""
        if self.index is None or self.index.projection.kind == "ALL":
            return frozenset()
        return attributes - set(self.position) - set(self.index.projection.attributes)


class Owner(Protocol):
    """Tells the items of some models from others of their table. The keys of a model do."""

    @property
    def entity_attribute(self) -> str | None:
        """The attribute that holds the entity's name."""
        ...

    def owns(self, item: Item) -> bool:
        """False for an item that is left out."""
        ...


@dataclass(frozen=True, slots=True)
class Access:
    """A usable path, with the conditions split for it.

    Attributes:
        path: the key or index.
        partition: equality on the attributes of the partition key; empty for a scan.
        sort: what the sort key absorbed, one condition for each of its attributes from the left.
        filters: what is left, to be applied after reading.
        excluded: key attributes with values that the sort condition includes and the query does not: the open
            ends of ranges that only `BETWEEN` can express. Items that have one are dropped after reading.
        absorbed: how many fields the sort key absorbed conditions on.
        missing: fields of the key that an item can be without, and that no condition asks for: the index
            leaves out the items without them.
        hydrates: the path does not hold what is needed, so the items are fetched from the table.
        owner: tells the items that are wanted, where the table has items of several models.
        bound_by: the conditions that the partition key says completely.
        is_asked_for: conditions bind the partition key; it is not the same for all of the model's items.
        shards: over how many keys the partition is spread; None if it is one. What binds the sharded
            attribute then lacks the number of the shard.
    """

    path: AccessPath
    partition: tuple[Condition, ...]
    sort: tuple[Condition, ...]
    filters: tuple[Condition, ...]
    excluded: tuple[tuple[str, AttributeValue], ...] = ()
    absorbed: int = 0
    missing: tuple[str, ...] = ()
    hydrates: bool = False
    owner: Owner | None = None
    bound_by: tuple[Condition, ...] = ()
    is_asked_for: bool = True
    shards: int | None = None

    @property
    def key_condition(self) -> Condition | None:
        """Equality on the partition key, and what the sort key absorbed; None for a scan."""
        return joined((*self.partition, *self.sort))

    @property
    def filter(self) -> Condition | None:
        """What is left, to be applied after reading; None if nothing is."""
        return joined(self.filters)

    @property
    def bound(self) -> Item:
        """The key attributes whose value the query fixes."""
        return {
            str(condition.left.place.steps[0]): condition.right.stored
            for condition in (*self.partition, *self.sort)
            if isinstance(condition, Comparison) and condition.operator == "="
            if isinstance(condition.right, Value) and isinstance(condition.left, PathRef)
        }

    def of_shard(self, shard: int) -> Access:
        """The access to one shard of a partition that is spread."""
        sharded = self.path.sharded
        assert sharded is not None, "only a partition that is spread has shards"
        partition = tuple(_in_shard(part, sharded.name, shard) for part in self.partition)
        return replace(self, partition=partition, shards=None)

    @property
    def is_selective(self) -> bool:
        """True if `keeps` may leave items out."""
        return bool(self.excluded) or self.owner is not None

    @property
    def marks(self) -> frozenset[str]:
        """The attributes that `keeps` looks at, which a projection has to ask for."""
        names = {name for name, _ in self.excluded}
        if self.owner is not None:
            names.update(attribute.name for attribute in self.path.table_key)
            if self.owner.entity_attribute and self.path.holds(frozenset((self.owner.entity_attribute,))):
                names.add(self.owner.entity_attribute)
        return frozenset(names)

    def keeps(self, item: Item) -> bool:
        """False for an item at an excluded end, or of another entity."""
        if self.owner is not None and not self.owner.owns(item):
            return False
        return not any(name in item and same_key_value(item[name], value) for name, value in self.excluded)

    def settled(self) -> Access:
        """The same access in a form that is the same in every process: a set has no order of its own."""
        return replace(self, filters=tuple(map(_settled, self.filters)))


@dataclass(frozen=True, slots=True)
class Wish:
    """What a read asks for beside its conditions.

    Attributes:
        index: the DynamoDB name of the index that the user forces; `""` forces the primary key, None leaves
            the choice.
        consistent: rules out global indexes.
        attributes: the attributes that the result needs; None for everything that is stored.
        hydrate: the index needs to hold keys only, the rest is fetched.
    """

    index: str | None = None
    consistent: bool = False
    attributes: frozenset[str] | None = None
    hydrate: bool = False


def _settled(condition: Condition) -> Condition:
    match condition:
        case In(options=options) if all(isinstance(option, Value) for option in options):
            return replace(condition, options=tuple(sorted(options, key=_order)))
        case And(parts=parts) | Or(parts=parts):
            return type(condition)(tuple(map(_settled, parts)))
        case Not(condition=inner):
            return Not(_settled(inner))
        case _:
            return condition


def _in_shard(condition: Condition, attribute: str, shard: int) -> Condition:
    assert isinstance(condition, Comparison), "a partition key is bound by equality"
    assert isinstance(condition.left, PathRef), "of its attribute"
    assert isinstance(condition.right, Value), "to a value"
    if condition.left.place.steps != (attribute,):
        return condition
    return replace(condition, right=Value({"S": str(condition.right.stored["S"]) + shard_text(shard)}))


def _order(option: Operand) -> str:
    return repr(option.stored) if isinstance(option, Value) else ""


def joined(conditions: Sequence[Condition]) -> Condition | None:
    """The conjunction of conditions; None of none."""
    if not conditions:
        return None
    return conditions[0] if len(conditions) == 1 else And(tuple(conditions))


def access_paths(plan: ModelPlan[Any]) -> Iterator[AccessPath]:
    """The primary key, then the indexes in order of declaration."""
    keys = plan.stored_keys
    for path in keys.paths:
        yield AccessPath(path.index, path.partition, path.sort, keys.table.key, path.sharded)
