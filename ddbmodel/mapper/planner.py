"""The planner: which key or index serves a query, and how its conditions are split.

The top-level conjunction is split into equality on the partition key, conditions on the sort key, and a
filter. A path is usable when its partition key is bound by equality; among usable ones the one whose sort key
absorbs most wins, ties go to the primary key, then to the order of declaration. A query never becomes a scan.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.html
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ddbmodel import limits
from ddbmodel.codec.parts import SerializedPartCodec
from ddbmodel.codec.sizes import value_size_bytes
from ddbmodel.errors import ExpressionError, NoAccessPath
from ddbmodel.expressions import Condition, PathRef
from ddbmodel.mapper.access import Access, AccessPath, Wish, access_paths
from ddbmodel.mapper.key_ranges import Narrowed, constants_of, narrow, subject_of
from ddbmodel.model import ModelPlan
from ddbmodel.schema import KeyAttribute


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
            access = _with_contents(plan, _complete(plan, _split(plan, path, conjuncts), wish), wish)
        except _Unusable as reason:
            lacks.append(f"{path.name} ({_names(plan, path.key)}): {reason}")
            continue
        if best is None or _merit(access) > _merit(best):
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
    try:
        return _with_contents(plan, Access(path, (), (), filters), wish)
    except _Unusable as reason:
        raise ExpressionError(
            f"{path.name} does not serve this scan of {plan.model.__name__}: {reason}"
        ) from None


def _merit(access: Access) -> tuple[bool, int]:
    """What finds every item goes before what absorbs most."""
    return not access.missing, len(access.sort)


class _Unusable(Exception):
    """Why a path does not serve."""


def _candidates(plan: ModelPlan[Any], wish: Wish) -> list[AccessPath]:
    paths = access_paths(plan)
    if wish.index is None:
        return list(paths)
    return [path for path in paths if wish.index == ("" if path.index is None else path.index.name)]


# Splitting ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Taken:
    """What the sort key absorbed, and the attributes that it got to."""

    conditions: tuple[Condition, ...]
    attributes: frozenset[str]
    excluded: tuple[tuple[str, dict[str, Any]], ...]


def _split(plan: ModelPlan[Any], path: AccessPath, conjuncts: Sequence[Condition]) -> Access:
    offers = _offers(conjuncts)
    partition = _take_partition(plan, path, offers)
    taken = _take_sort(path, offers)
    served = taken.attributes | {attribute.name for attribute in path.partition_key}
    filters = tuple(condition for condition in conjuncts if _attribute_of(condition) not in served)
    _check_filters(plan, path, filters)
    return Access(path, partition, taken.conditions, filters, taken.excluded)


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
    plan: ModelPlan[Any], path: AccessPath, offers: dict[str, list[Condition]]
) -> tuple[Condition, ...]:
    taken: list[Condition] = []
    missing: list[KeyAttribute] = []
    for attribute in path.partition_key:
        narrowed = _narrowed(attribute, offers, limits.PARTITION_KEY_BYTES)
        if narrowed is not None and narrowed.is_equality:
            taken.append(narrowed.condition)
        else:
            missing.append(attribute)
    if missing:
        raise _Unusable(f"needs == on {_names(plan, missing, ' and ')}")
    return tuple(taken)


def _take_sort(path: AccessPath, offers: dict[str, list[Condition]]) -> _Taken:
    """Equality from left to right, then one range; nothing to the right of that.

    Source:
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.DesignPattern.MultiAttributeKeys.html
    """
    taken: list[Condition] = []
    names: set[str] = set()
    excluded: list[tuple[str, dict[str, Any]]] = []
    for attribute in path.sort_key:
        narrowed = _narrowed(attribute, offers, limits.SORT_KEY_BYTES)
        if narrowed is None:
            break
        taken.append(narrowed.condition)
        names.add(attribute.name)
        excluded.extend((attribute.name, end.stored) for end in narrowed.excluded)
        if not narrowed.is_equality:
            break
    return _Taken(tuple(taken), frozenset(names), tuple(excluded))


def _narrowed(
    attribute: KeyAttribute, offers: dict[str, list[Condition]], limit_bytes: int
) -> Narrowed | None:
    conditions = offers.get(attribute.name)
    if conditions is None:
        return None
    for condition in conditions:
        for value in constants_of(condition):
            size = value_size_bytes(value.stored)
            if not 1 <= size <= limit_bytes:
                raise _Unusable(
                    f"{subject_of(condition)!r} is compared with a value of {size:,} bytes, "
                    f"and a key has 1 to {limit_bytes:,}"
                )
    return narrow(conditions)


def _check_filters(plan: ModelPlan[Any], path: AccessPath, filters: Sequence[Condition]) -> None:
    """DynamoDB refuses the key attributes of the path in a filter.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.FilterExpression.html
    """
    keys = {attribute.name for attribute in path.key}
    for condition in filters:
        for ref in condition.paths:
            if ref.place.steps[0] in keys:
                raise _Unusable(_why_no_filter(plan, path, condition, ref))


def _why_no_filter(plan: ModelPlan[Any], path: AccessPath, condition: Condition, ref: PathRef) -> str:
    attribute = _attribute_of(condition)
    for number, sort in enumerate(path.sort_key):
        if number and sort.name == attribute:
            before = _names(plan, path.sort_key[:number], " and ")
            return f"the sort key is used from left to right, so {ref!r} needs == on {before} before it"
    return (
        f"{ref!r} is part of its key and cannot be filtered on: compare it with a value by ==, <, <=, >, >=, "
        ".between() or .begins_with(), outside of | and ~"
    )


def _complete(plan: ModelPlan[Any], access: Access, wish: Wish) -> Access:
    """The access, with the fields that keep items out of its index.

    A local index without a condition on its sort key is only a way around what the primary key does not take.
    Then it has to find what the primary key would, unless the user asks for this index.
    """
    path, taken = access.path, len(access.sort)
    fields = [plan.part.by_stored_name[attribute.name] for attribute in path.sort_key[taken:]]
    missing = tuple(field.name for field in fields if field.codec.nullable)
    if missing and path.index is not None and path.index.kind == "local" and wish.index is None:
        raise _Unusable(
            f"holds only items that have {missing[0]}: ask for them by a condition, or by .using()"
        )
    return replace(access, missing=missing)


# What a path holds -------------------------------------------------------------------------------------


def _with_contents(plan: ModelPlan[Any], access: Access, wish: Wish) -> Access:
    """The access, if the path can be read as wished and holds what is needed.

    The service takes no filter on what an index does not hold, and of a global index it returns nothing else.
    """
    path = access.path
    if wish.consistent and path.index is not None and path.index.kind == "global":
        raise _Unusable("a global index cannot be read consistently")
    filtered = frozenset(str(ref.place.steps[0]) for part in access.filters for ref in part.paths)
    if lacking := path.lacking(filtered):
        raise _Unusable(f"does not hold {_fields(plan, lacking)}, so nothing can be filtered by it")
    needed = _everything(plan) if wish.attributes is None else wish.attributes
    if path.holds(needed):
        return access
    if wish.hydrate:
        return replace(access, hydrates=True)
    what = "every attribute" if needed is None else _fields(plan, path.lacking(needed))
    raise _Unusable(f"does not hold {what}: .select() fields that it holds, or ask to .hydrate()")


def _everything(plan: ModelPlan[Any]) -> frozenset[str] | None:
    """The attributes of a whole model; None if they cannot be told."""
    open_ended = plan.model.model_config.get("extra") == "allow" or isinstance(plan.part, SerializedPartCodec)
    return None if open_ended else frozenset(plan.part.by_stored_name)


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


def _names(plan: ModelPlan[Any], key: Iterable[KeyAttribute], separator: str = ", ") -> str:
    return separator.join(_fields(plan, (attribute.name,)) for attribute in key)
