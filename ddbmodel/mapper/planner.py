"""The planner: which key or index serves a query, and how its conditions are split.

The top-level conjunction is split into equality on the partition key, conditions on the sort key, and a
filter. A path is usable when its partition key is bound by equality; among usable ones the one whose sort key
absorbs most wins, ties go to the primary key, then to the order of declaration. A partition that conditions
ask for goes before one that holds all items of the model. A query never becomes a scan.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ddbmodel import limits
from ddbmodel.codec.parts import FieldCodec, SerializedPartCodec
from ddbmodel.codec.sizes import value_size_bytes
from ddbmodel.codec.values import AttributeValue
from ddbmodel.errors import ExpressionError, NoAccessPath
from ddbmodel.expressions import Comparison, Condition, Function, PathRef, Value
from ddbmodel.mapper.access import Access, AccessPath, Wish, access_paths
from ddbmodel.mapper.composition import Composed, compose
from ddbmodel.mapper.key_ranges import constants_of, narrow, subject_of, with_subject
from ddbmodel.mapper.paths import attribute_path
from ddbmodel.model import ModelPlan
from ddbmodel.model.key_plan import KeyBinding, ShardedBinding
from ddbmodel.model.schema_history import SCHEMA_ATTRIBUTE
from ddbmodel.model.shared_table import ENTITY_ATTRIBUTE
from ddbmodel.schema.shards import SHARD_DIGITS


def choose(plan: ModelPlan[Any], conditions: Iterable[Condition], wish: Wish) -> Access:
    """The best usable path for a query.

    Raises:
        NoAccessPath: none is usable; the message lists what each one lacks.
        ExpressionError: conditions on a key attribute exclude each other.
    """
    conjuncts = [part for condition in conditions for part in condition.conjuncts()]
    best: Access | None = None
    lacks: list[str] = []
    for path in _candidates(plan, wish):
        try:
            access = with_contents(plan, complete(split_for(plan, path, conjuncts), wish), wish)
        except Unusable as reason:
            lacks.append(f"{path.name} ({_names(path.bindings)}): {reason}")
            continue
        if best is None or merit(access) > merit(best):
            best = access
    if best is None:
        raise NoAccessPath(_message(plan, wish, lacks))
    return best


def for_scan(plan: ModelPlan[Any], conditions: Iterable[Condition], wish: Wish) -> Access:
    """The table, or the index that is asked for, read from end to end.

    Raises:
        ExpressionError: the index does not hold what is needed, or cannot be read consistently.
    """
    (path,) = _candidates(plan, replace(wish, index=wish.index or ""))
    filters = tuple(part for condition in conditions for part in condition.conjuncts())
    owner = plan.stored_keys if plan.shared is not None else None
    access = Access(path, (), (), (*filters, *_own_items(plan, path)), owner=owner)
    try:
        return with_contents(plan, access, wish)
    except Unusable as reason:
        raise ExpressionError(
            f"{path.name} does not serve this scan of {plan.model.__name__}: {reason}"
        ) from None


def _own_items(plan: ModelPlan[Any], path: AccessPath) -> Iterator[Condition]:
    """What leaves the other items of a table out of a scan: other entities, and guards of unique fields."""
    keys = plan.stored_keys
    if keys.entity_attribute is not None and path.holds(frozenset((keys.entity_attribute,))):
        mark = attribute_path(plan, keys.entity_attribute)
        yield Comparison(mark, "=", Value({"S": keys.entity_name}))
    elif keys.reserved is not None and path.index is None:
        yield Function("attribute_not_exists", attribute_path(plan, ENTITY_ATTRIBUTE))


def merit(access: Access) -> tuple[bool, bool, int]:
    """What finds every item goes before what absorbs most, and one partition before that of all items."""
    return not access.missing, access.is_asked_for, access.absorbed


class Unusable(Exception):
    """Why a path does not serve. It never leaves the planners."""


def _candidates(plan: ModelPlan[Any], wish: Wish) -> list[AccessPath]:
    paths = access_paths(plan)
    if wish.index is None:
        return list(paths)
    return [path for path in paths if wish.index == ("" if path.index is None else path.index.name)]


# Splitting ---------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Split:
    """The conditions, while they are shared out among the attributes of a key.

    Attributes:
        partition: equality on the attributes of the partition key.
        sort: what the attributes of the sort key absorbed.
        excluded: ends that these include and the conditions do not.
        served: the stored names of fields whose conditions need no filter any more.
        narrowed: the names of the fields that the sort key absorbed conditions on.
    """

    partition: list[Condition] = field(default_factory=list[Condition])
    sort: list[Condition] = field(default_factory=list[Condition])
    excluded: list[tuple[str, AttributeValue]] = field(default_factory=list[tuple[str, AttributeValue]])
    served: set[str] = field(default_factory=set[str])
    narrowed: set[str] = field(default_factory=set[str])


def split_for(plan: ModelPlan[Any], path: AccessPath, conjuncts: Sequence[Condition]) -> Access:
    """The conditions on a model, split for one of its paths.

    Raises:
        Unusable: the path does not serve them.
    """
    offers, split = _offers(conjuncts), _Split()
    _take_partition(plan, path, offers, split)
    bound_by = tuple(condition for condition in conjuncts if _attribute_of(condition) in split.served)
    is_asked_for = bool(split.narrowed)
    _take_sort(plan, path, offers, split)
    filters = tuple(condition for condition in conjuncts if _attribute_of(condition) not in split.served)
    _check_filters(path, filters)
    missing = tuple(
        source.name
        for binding in path.bindings
        for source in binding.optional
        if path.index is not None and source.name not in split.narrowed
    )
    return Access(
        path,
        tuple(split.partition),
        tuple(split.sort),
        filters,
        tuple(split.excluded),
        len(split.narrowed - _bound_names(path)),
        tuple(dict.fromkeys(missing)),
        owner=plan.stored_keys if plan.shared is not None else None,
        bound_by=bound_by,
        is_asked_for=is_asked_for,
        shards=None if path.sharded is None else path.sharded.shards.count,
    )


def _bound_names(path: AccessPath) -> set[str]:
    return {source.name for binding in path.partition for source in binding.sources}


def _offers(conjuncts: Sequence[Condition]) -> dict[str, list[Condition]]:
    """The conditions that a key could serve, by attribute."""
    offers: dict[str, list[Condition]] = {}
    for condition in conjuncts:
        attribute = _attribute_of(condition)
        if attribute is not None:
            offers.setdefault(attribute, []).append(condition)
    return offers


def _attribute_of(condition: Condition) -> str | None:
    subject = subject_of(condition)
    if subject is None or len(subject.place.steps) != 1:
        return None
    return str(subject.place.steps[0])


def _take_partition(
    plan: ModelPlan[Any], path: AccessPath, offers: dict[str, list[Condition]], split: _Split
) -> None:
    missing: list[str] = []
    for binding in path.partition:
        unbound = [source.name for source in binding.sources if not _is_bound(source, offers)]
        if unbound:
            missing += unbound
            continue
        taken = _absorb(plan, binding, offers, limits.PARTITION_KEY_BYTES, is_partition=True)
        if taken.condition is None or not taken.is_equality:
            raise Unusable(f"{binding.label} has no place for a value that is asked for")
        _check_reserved(plan, binding, taken.condition)
        split.partition.append(taken.condition)
        split.served |= taken.served
        split.narrowed |= taken.narrowed
    if missing:
        raise Unusable(f"needs == on {' and '.join(dict.fromkeys(missing))}")


def _check_reserved(plan: ModelPlan[Any], binding: KeyBinding, condition: Condition) -> None:
    reserved = plan.stored_keys.reserved
    if reserved is not None and binding.name == plan.stored_table.partition_key[0].name:
        for value in constants_of(condition):
            if str(value.stored.get("S", "")).startswith(reserved):
                raise Unusable(f"keys that begin with {reserved!r} belong to the guards of unique fields")


def _is_bound(source: FieldCodec, offers: dict[str, list[Condition]]) -> bool:
    conditions = offers.get(source.stored_name)
    return conditions is not None and narrow(conditions).is_equality


def _take_sort(
    plan: ModelPlan[Any], path: AccessPath, offers: dict[str, list[Condition]], split: _Split
) -> None:
    """Equality from left to right, then one range; nothing to the right of that.

    Source:
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.DesignPattern.MultiAttributeKeys.html
    """
    for binding in path.sort:
        taken = _absorb(plan, binding, offers, limits.SORT_KEY_BYTES)
        if taken.condition is not None:
            split.sort.append(taken.condition)
        split.served |= taken.served
        split.narrowed |= taken.narrowed
        split.excluded.extend((binding.name, end.stored) for end in taken.excluded)
        if not taken.is_equality:
            break


def _absorb(
    plan: ModelPlan[Any],
    binding: KeyBinding,
    offers: dict[str, list[Condition]],
    limit_bytes: int,
    *,
    is_partition: bool = False,
) -> Composed:
    """What one key attribute absorbs of the conditions."""
    if binding.template is not None:
        taken = compose(binding, attribute_path(plan, binding.name), offers, is_partition=is_partition)
        if taken.condition is not None:
            if is_partition and isinstance(binding, ShardedBinding):
                # The separator is there already, the number of the shard is not.
                _check_lengths(taken.condition, limit_bytes - SHARD_DIGITS, least_bytes=2)
            else:
                _check_lengths(taken.condition, limit_bytes)
        return taken
    (field,) = binding.sources
    conditions = offers.get(field.stored_name)
    if conditions is None:
        return Composed(None)
    for condition in conditions:
        _check_lengths(condition, limit_bytes)
    narrowed = narrow(conditions)
    condition = narrowed.condition
    if binding.is_composed:
        condition = with_subject(condition, attribute_path(plan, binding.name))
    served, names = frozenset((field.stored_name,)), frozenset((field.name,))
    return Composed(condition, narrowed.excluded, served, names, narrowed.is_equality)


def _check_lengths(condition: Condition, limit_bytes: int, *, least_bytes: int = 1) -> None:
    for value in constants_of(condition):
        size = value_size_bytes(value.stored)
        if not least_bytes <= size <= limit_bytes:
            raise Unusable(
                f"{subject_of(condition)!r} is compared with a value of {size:,} bytes, "
                f"and a key has {least_bytes} to {limit_bytes:,}"
            )


def _check_filters(path: AccessPath, filters: Sequence[Condition]) -> None:
    """Refuse the key attributes of the path in a filter, as DynamoDB does.

    Raises:
        Unusable: one is there.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.FilterExpression.html
    """
    keys = {attribute.name for attribute in path.key}
    for condition in filters:
        for ref in condition.paths:
            if ref.place.steps[0] in keys:
                raise Unusable(_why_no_filter(path, condition, ref))


def _why_no_filter(path: AccessPath, condition: Condition, ref: PathRef) -> str:
    attribute = _attribute_of(condition)
    for number, sort in enumerate(path.sort):
        if number and sort.name == attribute:
            before = _names(path.sort[:number], " and ")
            return f"the sort key is used from left to right, so {ref!r} needs == on {before} before it"
    return (
        f"{ref!r} is part of its key and cannot be filtered on: compare it with a value by ==, <, <=, >, >=, "
        ".between() or .begins_with(), outside of | and ~"
    )


def complete(access: Access, wish: Wish) -> Access:
    """The access, if it finds what it has to.

    A local index without a condition on its sort key is only a way around what the primary key does not take.
    Then it has to find what the primary key would, unless the user asks for this index.
    """
    path, missing = access.path, access.missing
    if missing and path.index is not None and path.index.kind == "local" and wish.index is None:
        raise Unusable(
            f"holds only items that have {missing[0]}: ask for them by a condition, or by .using()"
        )
    return access


# What a path holds -------------------------------------------------------------------------------------


def with_contents(plan: ModelPlan[Any], access: Access, wish: Wish) -> Access:
    """The access, if the path can be read as wished and holds what is needed.

    The service takes no filter on what an index does not hold, and of a global index it returns nothing else.
    """
    path = access.path
    if wish.consistent and path.index is not None and path.index.kind == "global":
        raise Unusable("a global index cannot be read consistently: read it with .consistent(False)")
    filtered = frozenset(str(ref.place.steps[0]) for part in access.filters for ref in part.paths)
    if lacking := path.lacking(filtered):
        raise Unusable(f"does not hold {_fields(plan, lacking)}, so nothing can be filtered by it")
    needed = _everything(plan) if wish.attributes is None else wish.attributes
    if path.holds(needed):
        return access
    if wish.hydrate:
        return replace(access, hydrates=True)
    what = "every attribute" if needed is None else _fields(plan, path.lacking(needed))
    raise Unusable(f"does not hold {what}: .select() fields that it holds, or ask to .hydrate()")


def _everything(plan: ModelPlan[Any]) -> frozenset[str] | None:
    """The attributes of a whole model; None if they cannot be told."""
    open_ended = plan.model.model_config.get("extra") == "allow" or isinstance(plan.part, SerializedPartCodec)
    own = frozenset((SCHEMA_ATTRIBUTE,)) if plan.history.is_kept else frozenset[str]()
    return None if open_ended else own.union(plan.part.by_stored_name)


# Messages ----------------------------------------------------------------------------------------------


def _message(plan: ModelPlan[Any], wish: Wish, lacks: Sequence[str]) -> str:
    model = plan.model.__name__
    if wish.index is not None:
        return f"this query of {model} cannot be served by {lacks[0]}"
    advice = f"a query never becomes a scan: mapper.scan({model}) reads the whole table"
    first = f"no key or index of {model} serves this query; {advice}"
    return "\n".join((first, *(f"  {lack}" for lack in lacks)))


def _fields(plan: ModelPlan[Any], attributes: Iterable[str]) -> str:
    """Attributes under the names that their fields have in Python."""
    fields = plan.part.by_stored_name
    return ", ".join(sorted(fields[name].name if name in fields else name for name in attributes))


def _names(bindings: Iterable[KeyBinding], separator: str = ", ") -> str:
    return separator.join(binding.label for binding in bindings)
