"""Which key or index serves a query of several models, and how its conditions are split.

The partition key is bound by the conditions on at least one of the models, and has to be one of the others'
as well. The sort key is narrowed to what the keys of all models begin with. Every other condition is a filter
for the items of its models only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from ddbmodel import limits
from ddbmodel.errors import NoAccessPath
from ddbmodel.expressions import And, Between, Comparison, Condition, Function, Or, Value
from ddbmodel.mapper.access import Access, AccessPath, Wish, access_paths
from ddbmodel.mapper.entities import Entities
from ddbmodel.mapper.paths import attribute_path
from ddbmodel.mapper.planner import Unusable, split_for, with_contents
from ddbmodel.model import ModelPlan


def choose_for_all(entities: Entities, conditions: Iterable[Condition], wish: Wish) -> Access:
    """The best path that serves all models.

    Raises:
        NoAccessPath: none does; the message lists what each one lacks.
        ExpressionError: conditions on a key attribute exclude each other.
    """
    conjuncts = [part for condition in conditions for part in condition.conjuncts()]
    best: Access | None = None
    lacks: list[str] = []
    for paths in _common_paths(entities, wish):
        try:
            access = _access(entities, paths, conjuncts, wish)
        except Unusable as reason:
            lacks.append(f"{paths[0].name}: {reason}")
            continue
        if best is None or access.absorbed > best.absorbed:
            best = access
    if best is None:
        first = f"no key or index serves this query of {entities.names}; a query never becomes a scan"
        raise NoAccessPath("\n".join((first, *(f"  {lack}" for lack in lacks))))
    return best


def _common_paths(entities: Entities, wish: Wish) -> Iterator[tuple[AccessPath, ...]]:
    """The paths that all models have, each as every model writes it."""
    by_plan = [{_name(path): path for path in access_paths(plan)} for plan in entities.plans]
    for name in by_plan[0]:
        if wish.index in (None, name) and all(name in paths for paths in by_plan):
            yield tuple(paths[name] for paths in by_plan)


def _name(path: AccessPath) -> str:
    return "" if path.index is None else path.index.name


def _access(
    entities: Entities, paths: Sequence[AccessPath], conjuncts: Sequence[Condition], wish: Wish
) -> Access:
    splits: dict[type, Access] = {}
    lacks: list[str] = []
    for plan, path in zip(entities.plans, paths, strict=True):
        own = [part for part in conjuncts if plan in entities.concerned(part)]
        try:
            splits[plan.model] = split_for(plan, path, own)
        except Unusable as reason:
            lacks.append(str(reason))
    if not splits:
        raise Unusable(" or ".join(dict.fromkeys(lacks)))
    partition = _one_partition(splits)
    beginnings = [
        _beginning(plan, path, splits, partition) for plan, path in zip(entities.plans, paths, strict=True)
    ]
    access = Access(
        paths[0],
        partition,
        tuple(_narrowed(entities.plans[0], paths[0], beginnings)),
        tuple(_filters(entities, conjuncts, splits)),
        absorbed=sum(split.absorbed for split in splits.values()),
        missing=tuple(dict.fromkeys(name for split in splits.values() for name in split.missing)),
        owner=entities,
    )
    for plan in entities.plans:
        access = replace(access, hydrates=with_contents(plan, access, wish).hydrates or access.hydrates)
    return access


def _one_partition(splits: dict[type, Access]) -> tuple[Condition, ...]:
    first, *others = [split.partition for split in splits.values()]
    for other in others:
        if list(map(_constant, other)) != list(map(_constant, first)):
            raise Unusable("the conditions on the models ask for different partition keys")
    return first


def _constant(condition: Condition) -> str:
    assert isinstance(condition, Comparison), "a partition key is bound by equality"
    assert isinstance(condition.right, Value), "to a value"
    return str(next(iter(condition.right.stored.values())))


def _beginning(
    plan: ModelPlan[Any],
    path: AccessPath,
    splits: dict[type, Access],
    partition: tuple[Condition, ...],
) -> str:
    """What the sort keys of a model begin with in this partition.

    Raises:
        Unusable: the partition is none of the model's.
    """
    for binding, condition in zip(path.partition, partition, strict=True):
        if binding.template is not None and binding.template.parse(_constant(condition)) is None:
            raise Unusable(f"{plan.model.__name__} has {binding.label} there, which is never that value")
    own = splits.get(plan.model)
    if own is None:
        own = split_for(plan, replace(path, partition=()), ())
    return _text(own.sort[0]) if own.sort and path.sort[0].template is not None else ""


def _text(condition: Condition) -> str:
    match condition:
        case Function(argument=Value(stored=stored)) | Comparison(operator="=", right=Value(stored=stored)):
            return str(stored.get("S", ""))
        case Between(low=Value(stored=low), high=Value(stored=high)):
            return _common_beginning([str(low.get("S", "")), str(high.get("S", ""))])
        case _:
            return ""


def _common_beginning(texts: Sequence[str]) -> str:
    shortest = min(texts, key=len)
    for length, character in enumerate(shortest):
        if any(text[length] != character for text in texts):
            return shortest[:length]
    return shortest


def _narrowed(plan: ModelPlan[Any], path: AccessPath, beginnings: Sequence[str]) -> Iterator[Condition]:
    common = _common_beginning(beginnings)
    if common and len(common.encode()) <= limits.SORT_KEY_BYTES:
        yield Function("begins_with", attribute_path(plan, path.sort[0].name), Value({"S": common}))


def _filters(
    entities: Entities, conjuncts: Sequence[Condition], splits: dict[type, Access]
) -> Iterator[Condition]:
    """The conditions that are left, each for the items of its models only."""
    for part in conjuncts:
        concerned = entities.concerned(part)
        if all(plan.model in splits and part in splits[plan.model].bound_by for plan in concerned):
            continue
        yield part if len(concerned) == len(entities.plans) else Or((_others(entities, concerned), part))


def _others(entities: Entities, concerned: Sequence[ModelPlan[Any]]) -> Condition:
    """True for the items of other models."""
    mark = attribute_path(entities.plans[0], entities.entity_attribute)
    names = [Value({"S": plan.stored_keys.entity_name}) for plan in concerned]
    others = tuple(Comparison(mark, "<>", name) for name in names)
    return others[0] if len(others) == 1 else And(others)
