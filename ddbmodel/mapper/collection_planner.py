"""Which key or index serves a query of several models, and how its conditions are split.

The partition key is bound by the conditions on at least one of the models, and has to be one of the others'
as well; its shards are those of all models. Where the sort keys of all models absorb the same, the sort key
is narrowed to that, else to what they begin with. Every other condition is a filter for the items of its
models only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from ddbmodel.codec.values import AttributeValue
from ddbmodel.errors import NoAccessPath
from ddbmodel.expressions import And, Between, Comparison, Condition, Function, Or, Value
from ddbmodel.mapper.access import Access, AccessPath, Wish, access_paths
from ddbmodel.mapper.entities import Entities
from ddbmodel.mapper.key_ranges import constants_of, subject_of
from ddbmodel.mapper.paths import attribute_path
from ddbmodel.mapper.planner import Unusable, complete, merit, split_for, with_contents
from ddbmodel.model import ModelPlan
from ddbmodel.model.key_plan import ShardedBinding

Excluded: TypeAlias = tuple[tuple[str, AttributeValue], ...]


def choose_for_all(entities: Entities, conditions: Iterable[Condition], wish: Wish) -> Access:
    """The best path that serves all models.

    Raises:
        NoAccessPath: none does; the message lists what each one lacks.
        ExpressionError: conditions on a key attribute exclude each other.
    """
    conjuncts = [part for condition in conditions for part in condition.conjuncts()]
    best: Access | None = None
    lacks: list[str] = []
    for name, paths in _paths_by_name(entities, wish).items():
        try:
            access = complete(_access(entities, _of_all(entities, paths), conjuncts, wish), wish)
        except Unusable as reason:
            lacks.append(f"{name}: {reason}")
            continue
        if best is None or merit(access) > merit(best):
            best = access
    if best is None:
        first = f"no key or index serves this query of {entities.names}; a query never becomes a scan"
        raise NoAccessPath("\n".join((first, *(f"  {lack}" for lack in lacks))))
    return best


def _paths_by_name(entities: Entities, wish: Wish) -> dict[str, dict[type, AccessPath]]:
    """The paths that any of the models has, each as its models write it."""
    found: dict[str, dict[type, AccessPath]] = {}
    for plan in entities.plans:
        for path in access_paths(plan):
            if wish.index in (None, "" if path.index is None else path.index.name):
                found.setdefault(path.name, {})[plan.model] = path
    return found


def _of_all(entities: Entities, paths: Mapping[type, AccessPath]) -> tuple[AccessPath, ...]:
    lacking = [plan.model.__name__ for plan in entities.plans if plan.model not in paths]
    if lacking:
        raise Unusable(f"{' and '.join(lacking)} {'has' if len(lacking) == 1 else 'have'} no Key there")
    return tuple(paths[plan.model] for plan in entities.plans)


def _access(
    entities: Entities, paths: Sequence[AccessPath], conjuncts: Sequence[Condition], wish: Wish
) -> Access:
    bound, splits = _splits(entities, paths, conjuncts)
    shards = _common_shards(entities.plans, paths)
    partition = _one_partition(bound)
    for plan, path in zip(entities.plans, paths, strict=True):
        _check_partition(plan, path, partition)
    sort, excluded, served = _common_sort(entities.plans[0], splits)
    settled = {model: split.bound_by for model, split in bound.items()}
    if served:
        settled = {model: _settled_by(split, conjuncts) for model, split in splits.items()}
    is_marked = paths[0].holds(frozenset((entities.entity_attribute,)))
    filters = tuple(_filters(entities, conjuncts, settled, is_marked=is_marked))
    _check_filters(paths[0], filters)
    access = Access(
        paths[0],
        partition,
        sort,
        filters,
        excluded,
        absorbed=sum(split.absorbed for split in splits.values()),
        missing=tuple(dict.fromkeys(name for split in splits.values() for name in split.missing)),
        owner=entities,
        is_asked_for=any(split.is_asked_for for split in splits.values()),
        shards=shards,
    )
    for plan in entities.plans:
        access = replace(access, hydrates=with_contents(plan, access, wish).hydrates or access.hydrates)
    return access


def _splits(
    entities: Entities, paths: Sequence[AccessPath], conjuncts: Sequence[Condition]
) -> tuple[dict[type, Access], dict[type, Access]]:
    """The conditions on each model split: of those that bind the partition, and of all.

    Raises:
        Unusable: none binds the partition.
    """
    bound: dict[type, Access] = {}
    splits: dict[type, Access] = {}
    lacks: list[str] = []
    for plan, path in zip(entities.plans, paths, strict=True):
        own = [part for part in conjuncts if plan in entities.concerned(part)]
        try:
            bound[plan.model] = split_for(plan, path, own)
        except Unusable as reason:
            lacks.append(str(reason))
        # What another model binds is a partition of this one too, where its sort key is narrowed.
        splits[plan.model] = bound.get(plan.model) or split_for(plan, replace(path, partition=()), own)
    if not bound:
        raise Unusable(" or ".join(dict.fromkeys(lacks)))
    return bound, splits


def _one_partition(splits: dict[type, Access]) -> tuple[Condition, ...]:
    first, *others = [split.partition for split in splits.values()]
    for other in others:
        if list(map(_constant, other)) != list(map(_constant, first)):
            raise Unusable("the conditions on the models ask for different partition keys")
    return first


def _common_shards(plans: Sequence[ModelPlan[Any]], paths: Sequence[AccessPath]) -> int | None:
    """How many shards have the items of all models; None if the partition is not spread.

    Raises:
        Unusable: some of the models spread it, and others do not.
    """
    spread = [path.sharded for path in paths]
    if len({None if binding is None else binding.name for binding in spread}) > 1:
        models = zip(plans, paths, strict=True)
        labels = ", ".join(f"{plan.model.__name__} has {_label(path)}" for plan, path in models)
        raise Unusable(f"some of the models spread it over shards, and others do not: {labels}")
    # A model with fewer shards has nothing in the others.
    return max((binding.shards.count for binding in spread if binding is not None), default=None)


def _label(path: AccessPath) -> str:
    return " and ".join(binding.label for binding in path.partition)


def _constant(condition: Condition) -> str:
    assert isinstance(condition, Comparison), "a partition key is bound by equality"
    assert isinstance(condition.right, Value), "to a value"
    return str(next(iter(condition.right.stored.values())))


def _check_partition(plan: ModelPlan[Any], path: AccessPath, partition: Sequence[Condition]) -> None:
    """Refuse a partition in which the model never has an item."""
    for binding, condition in zip(path.partition, partition, strict=True):
        if binding.template is None:
            continue
        template = binding.beginning if isinstance(binding, ShardedBinding) else binding.template
        if template.parse(_constant(condition)) is None:
            raise Unusable(f"{plan.model.__name__} has {binding.label} there, which is never that value")


def _common_sort(
    plan: ModelPlan[Any], splits: Mapping[type, Access]
) -> tuple[tuple[Condition, ...], Excluded, bool]:
    """What the sort keys of all models absorb, the ends that are excluded, and whether that is all of it."""
    first, *others = splits.values()
    if all(_same_sort(first, other) for other in others):
        return first.sort, first.excluded, True
    if not first.path.sort or any(split.path.sort[0].attribute.type != "S" for split in splits.values()):
        return (), (), False
    common = _common_beginning([_text(split.sort[0]) if split.sort else "" for split in splits.values()])
    if not common:
        return (), (), False
    path = attribute_path(plan, first.path.sort[0].name)
    return (Function("begins_with", path, Value({"S": common})),), (), False


def _same_sort(one: Access, other: Access) -> bool:
    return [*map(_plain, one.sort)] == [*map(_plain, other.sort)] and one.excluded == other.excluded


def _plain(condition: Condition) -> tuple[Any, ...]:
    """What tells two conditions that have a subject from each other, whichever model they are on."""
    name = condition.operator if isinstance(condition, Comparison) else type(condition).__name__
    subject = subject_of(condition)
    assert subject is not None, "what a key absorbs has a subject"
    return name, subject.place.steps, [value.stored for value in constants_of(condition)]


def _settled_by(split: Access, conjuncts: Sequence[Condition]) -> tuple[Condition, ...]:
    return tuple(part for part in conjuncts if part not in split.filters)


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


def _filters(
    entities: Entities,
    conjuncts: Sequence[Condition],
    settled: Mapping[type, Sequence[Condition]],
    *,
    is_marked: bool,
) -> Iterator[Condition]:
    """The conditions that the key does not settle, each for the items of its models only.

    So items of entities that nobody knows pass them, and are reported; where the path does not hold the names
    of entities, a condition on all models is on all items.
    """
    for part in conjuncts:
        concerned = entities.concerned(part)
        if all(part in settled.get(plan.model, ()) for plan in concerned):
            continue
        on_all = len(concerned) == len(entities.plans) and not is_marked
        yield part if on_all else Or((_others(entities, concerned), part))


def _check_filters(path: AccessPath, filters: Sequence[Condition]) -> None:
    keys = {attribute.name for attribute in path.key}
    for condition in filters:
        for ref in condition.paths:
            if ref.place.steps[0] in keys:
                raise Unusable(
                    f"{ref!r} is part of its key and cannot be filtered on: put the condition on all of the "
                    "models, by a path of a base class"
                )


def _others(entities: Entities, concerned: Sequence[ModelPlan[Any]]) -> Condition:
    """True for the items of other models."""
    mark = attribute_path(entities.plans[0], entities.entity_attribute)
    names = [Value({"S": plan.stored_keys.entity_name}) for plan in concerned]
    others = tuple(Comparison(mark, "<>", name) for name in names)
    return others[0] if len(others) == 1 else And(others)
