"""The planner: which key or index serves a query, and how its conditions are split.

The top-level conjunction is split into equality on the partition key, conditions on the sort key, and a filter. A path is
usable when its partition key is bound by equality; among usable ones the one whose sort key absorbs most wins, ties
go to the primary key, then to the order of declaration. A query never becomes a scan.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from ddbmodel.errors import ExpressionError, NoAccessPath
from ddbmodel.expressions import And, Between, Comparison, Condition, Function, PathRef, Value
from ddbmodel.model import ModelPlan
from ddbmodel.schema import IndexSchema, KeyAttribute

_RANGES: Final = frozenset(("<", "<=", ">", ">="))


@dataclass(frozen=True, slots=True)
class AccessPath:
    """The primary key, or an index, as a way to items.

    Attributes:
        name: for messages.
        index: None for the primary key.
        attribute: the class attribute that declares the index.
    """

    name: str
    index: IndexSchema | None
    partition_key: tuple[KeyAttribute, ...]
    sort_key: tuple[KeyAttribute, ...]

    @property
    def key_names(self) -> frozenset[str]:
        """The key attributes of the path."""
        return frozenset(attribute.name for attribute in (*self.partition_key, *self.sort_key))


@dataclass(frozen=True, slots=True)
class Access:
    """A usable path, with the conditions split for it."""

    path: AccessPath
    partition: tuple[Condition, ...]
    sort: tuple[Condition, ...]
    filters: tuple[Condition, ...]

    @property
    def key_condition(self) -> Condition:
        """The key condition: equality on the partition key, and what the sort key absorbed."""
        return joined((*self.partition, *self.sort))

    @property
    def filter(self) -> Condition | None:
        """What is left, to be applied after reading; None if nothing is."""
        return joined(self.filters) if self.filters else None


@dataclass(frozen=True, slots=True)
class Wish:
    """What a query asks for beside its conditions.

    Attributes:
        index: the DynamoDB name of the index that the user forces; `""` forces the primary key, None leaves the choice.
        consistent: rules out global indexes.
        attributes: the attributes that the result needs; None for the whole model.
        hydrate: the index needs to hold keys only, the rest is fetched.
    """

    index: str | None = None
    consistent: bool = False
    attributes: frozenset[str] | None = None
    hydrate: bool = False


def joined(conditions: Sequence[Condition]) -> Condition:
    """The conjunction of one or more conditions."""
    return conditions[0] if len(conditions) == 1 else And(tuple(conditions))


def access_paths(plan: ModelPlan[Any]) -> Iterator[AccessPath]:
    """The primary key, then the indexes in order of declaration."""
    table = plan.stored_table
    yield AccessPath("the primary key", None, table.partition_key, table.sort_key)
    for index in table.indexes:
        yield AccessPath(f"index {index.name}", index, index.partition_key, index.sort_key)


def choose(plan: ModelPlan[Any], conditions: Sequence[Condition], wish: Wish) -> Access:
    """The best usable path.

    Raises:
        NoAccessPath: none is usable; the message lists what each one lacks.
    """
    conjuncts = [part for condition in conditions for part in condition.conjuncts()]
    best: Access | None = None
    lacks: list[str] = []
    for path in access_paths(plan):
        if wish.index is not None and wish.index != (path.index.name if path.index else ""):
            continue
        try:
            access = _split(plan, path, conjuncts, wish)
        except _Unusable as reason:
            lacks.append(f"{path.name} ({_shape(path)}): {reason}")
            continue
        if best is None or len(access.sort) > len(best.sort):
            best = access
    if best is None:
        raise NoAccessPath(
            f"no key or index of {plan.model.__name__} serves this query; a query never becomes a scan, "
            f"use mapper.scan if you want one. {'; '.join(lacks)}"
        )
    return best


class _Unusable(Exception):
    """Why a path does not serve."""


@dataclass(slots=True)
class _Pool:
    """The conditions that are not placed yet."""

    conditions: list[Condition] = field(default_factory=list)

    def take_equality(self, attribute: str) -> Condition | None:
        for condition in self.conditions:
            if (
                isinstance(condition, Comparison)
                and condition.operator == "="
                and _subject(condition) == attribute
            ):
                self._remove(condition)
                return condition
        return None

    def take_range(self, attribute: str) -> Condition | None:
        ranges = [c for c in self.conditions if _is_range(c) and _subject(c) == attribute]
        if not ranges:
            return None
        merged = _between(ranges) if len(ranges) == 2 else ranges[0]
        for condition in ranges if merged not in ranges else [merged]:
            self._remove(condition)
        return merged

    def _remove(self, condition: Condition) -> None:
        self.conditions = [other for other in self.conditions if other is not condition]


def _split(plan: ModelPlan[Any], path: AccessPath, conjuncts: Sequence[Condition], wish: Wish) -> Access:
    _check_wish(plan, path, wish)
    pool = _Pool(list(conjuncts))
    partition = _take_partition(pool, path)
    sort: list[Condition] = []
    for attribute in path.sort_key:
        equality = pool.take_equality(attribute.name)
        condition = equality or pool.take_range(attribute.name)
        if condition is not None:
            sort.append(condition)
        if equality is None:
            break
    _check_filters(path, pool.conditions)
    return Access(path, partition, tuple(sort), tuple(pool.conditions))


def _take_partition(pool: _Pool, path: AccessPath) -> tuple[Condition, ...]:
    found = [(attribute.name, pool.take_equality(attribute.name)) for attribute in path.partition_key]
    missing = [name for name, condition in found if condition is None]
    if missing:
        raise _Unusable(f"needs == on {' and '.join(missing)}")
    return tuple(condition for _, condition in found if condition is not None)


def _check_wish(plan: ModelPlan[Any], path: AccessPath, wish: Wish) -> None:
    index = path.index
    if index is None:
        return
    if wish.consistent and index.kind == "global":
        raise _Unusable("a global index cannot be read consistently")
    if index.projection.kind == "ALL" or wish.hydrate:
        return
    held = {attribute.name for attribute in (*plan.stored_table.key, *index.key)} | set(
        index.projection.attributes
    )
    needed = frozenset(plan.part.by_stored_name) if wish.attributes is None else wish.attributes
    if not needed <= held:
        missing = ", ".join(sorted(needed - held))
        raise _Unusable(f"does not hold {missing}: select fewer fields, or ask to .hydrate()")


def _check_filters(path: AccessPath, filters: Sequence[Condition]) -> None:
    """DynamoDB refuses the key attributes of the path in a filter.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.FilterExpression.html
    """
    for condition in filters:
        for path_ref in condition.paths:
            name = path_ref.place.steps[0]
            if name in path.key_names:
                raise _Unusable(
                    f"{path_ref!r} is part of its key and cannot be filtered on: give one of ==, <, <=, >, >=, "
                    ".between(low, high), .begins_with(prefix) for it, alone at the top level"
                )


def _subject(condition: Condition) -> str | None:
    """The attribute that a condition compares with constants; None for every other condition."""
    match condition:
        case Comparison(left=PathRef() as path, right=Value()):
            return _attribute(path)
        case Between(operand=PathRef() as path, low=Value(), high=Value()):
            return _attribute(path)
        case Function(name="begins_with", path=path, argument=Value()):
            return _attribute(path)
        case _:
            return None


def _attribute(path: PathRef) -> str | None:
    steps = path.place.steps
    return (
        steps[0] if type(path).__name__ != "Size" and len(steps) == 1 and isinstance(steps[0], str) else None
    )


def _is_range(condition: Condition) -> bool:
    return isinstance(condition, Between | Function) or (
        isinstance(condition, Comparison) and condition.operator in _RANGES
    )


def _between(ranges: Sequence[Condition]) -> Condition:
    """`low <= key` and `key <= high` as one condition, as a key condition takes only one for the sort key."""
    bounds = {c.operator: c for c in ranges if isinstance(c, Comparison)}
    if set(bounds) != {">=", "<="}:
        raise _Unusable(
            "takes one condition on its sort key; two bounds go together as >= and <=, or .between(low, high)"
        )
    low, high = bounds[">="], bounds["<="]
    return Between(low.left, low.right, high.right)


def _shape(path: AccessPath) -> str:
    return ", ".join(attribute.name for attribute in (*path.partition_key, *path.sort_key))


def check_key_values(access: Access) -> None:
    """Refuse empty key values, which no item has.

    Raises:
        ExpressionError: text or bytes of length 0.
    """
    for condition in (*access.partition, *(c for c in access.sort if isinstance(c, Comparison))):
        if isinstance(condition, Comparison) and isinstance(condition.right, Value):
            if next(iter(condition.right.stored.values())) in ("", b""):
                raise ExpressionError(
                    f"{condition.left!r}: a key is never empty, so nothing can be found with it"
                )
