"""Lists, tuples, sets, maps and their kin, empty ones included."""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Mapping, MutableMapping, MutableSequence, MutableSet, Sequence, Set
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, NamedTuple, NotRequired
from uuid import UUID

from hypothesis import strategies as st
from typing_extensions import TypedDict

from tests.strategies import scalars
from tests.strategies.matrix.standard import Colour, Mixed, Priority
from tests.strategies.row import Row, of_type

_small = st.integers(-9, 9)


class Point(NamedTuple):
    x: int
    at: datetime | None = None
    tags: frozenset[str] = frozenset()


class Address(TypedDict):
    city: str
    zip: NotRequired[int]
    seen: NotRequired[datetime | None]
    marks: NotRequired[set[int]]


class Partial(TypedDict, total=False):
    a: int
    b: list[Decimal]


def rows() -> list[Row]:
    """Every container."""
    return [*_sequences(), *_sets(), *_maps(), *_records()]


def _lists(values: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(values, max_size=3)


def _sequences() -> list[Row]:
    pairs = st.tuples(_small, scalars.texts(), scalars.aware_datetimes())
    return [
        of_type("list", list[Decimal], _lists(scalars.decimals())),
        of_type("bare_list", list, _lists(_small)),
        of_type("list_of_sets", list[set[int]], _lists(st.sets(_small, max_size=2))),
        of_type("list_of_none", list[int | None], _lists(st.none() | _small)),
        of_type("tuple_fixed", tuple[int, str, datetime], pairs),
        of_type("tuple_variadic", tuple[Decimal, ...], _lists(scalars.decimals()).map(tuple)),
        of_type("tuple_empty", tuple[()], st.just(())),
        of_type(
            "tuple_nested",
            tuple[int, tuple[str, ...], set[int]],
            st.just((1, ("a",), {2})) | st.just((1, (), set())),
        ),
        of_type("bare_tuple", tuple, _lists(_small).map(tuple)),
        of_type("deque", deque[UUID], _lists(st.uuids()).map(deque)),
        of_type(
            "sequence", Sequence[int], _lists(_small) | _lists(_small).map(tuple) | _lists(_small).map(deque)
        ),
        of_type("mutable_sequence", MutableSequence[int], _lists(_small)),
        of_type("list_of_any", list[Any], _lists(st.none() | _small | scalars.texts())),
    ]


def _sets() -> list[Row]:
    def sets(members: st.SearchStrategy[Any]) -> st.SearchStrategy[set[Any]]:
        return st.sets(members, max_size=3)

    return [
        of_type("set_of_str", set[str], sets(scalars.texts())),
        of_type("set_of_int", set[int], sets(scalars.integers())),
        of_type("set_of_decimal", set[Decimal], sets(scalars.decimals())),
        of_type("set_of_float", set[float], sets(scalars.floats())),
        of_type("set_of_bytes", set[bytes], sets(st.binary(max_size=3))),
        of_type("set_of_uuid", set[UUID], sets(st.uuids())),
        of_type("set_of_datetime", set[datetime], sets(scalars.aware_datetimes())),
        of_type("set_of_date", set[date], sets(st.dates())),
        of_type("set_of_bool", set[bool], sets(st.booleans())),
        of_type("set_of_enum", set[Colour], sets(st.sampled_from(Colour))),
        of_type("set_of_mixed_enum", set[Mixed], sets(st.sampled_from(Mixed))),
        of_type("set_of_tuple", set[tuple[int, str]], sets(st.tuples(_small, st.text(max_size=2)))),
        of_type("set_of_frozenset", set[frozenset[int]], sets(st.frozensets(_small, max_size=2))),
        of_type("set_of_union", set[int | str], sets(_small | st.sampled_from(("1", "a")))),
        of_type("set_of_optional", set[int | None], sets(st.none() | _small)),
        of_type("frozenset", frozenset[str], sets(scalars.texts()).map(frozenset)),
        of_type("frozenset_of_decimal", frozenset[Decimal], sets(scalars.decimals()).map(frozenset)),
        of_type("bare_set", set, sets(scalars.texts()).filter(bool)),
        of_type("abstract_set", Set[int], sets(_small).map(frozenset)),
        of_type("mutable_set", MutableSet[int], sets(_small)),
    ]


def _maps() -> list[Row]:
    def maps(
        keys: st.SearchStrategy[Any], values: st.SearchStrategy[Any] = _small
    ) -> st.SearchStrategy[dict[Any, Any]]:
        return st.dictionaries(keys, values, max_size=3)

    text_keys = scalars.keys()
    mixed = st.sampled_from((1, "1", "a", 2))
    return [
        of_type("dict", dict[str, Decimal], maps(text_keys, scalars.decimals())),
        of_type("bare_dict", dict, maps(text_keys)),
        of_type("dict_of_sets", dict[str, set[str]], maps(text_keys, st.sets(scalars.texts(), max_size=2))),
        of_type("dict_of_none", dict[str, int | None], maps(text_keys, st.none() | _small)),
        of_type("dict_int", dict[int, str], maps(scalars.integers(), scalars.texts())),
        of_type("dict_decimal", dict[Decimal, int], maps(scalars.decimals())),
        of_type("dict_float", dict[float, int], maps(scalars.floats())),
        of_type("dict_bool", dict[bool, int], maps(st.booleans())),
        of_type("dict_uuid", dict[UUID, int], maps(st.uuids())),
        of_type("dict_date", dict[date, int], maps(st.dates())),
        of_type("dict_datetime", dict[datetime, int], maps(scalars.aware_datetimes())),
        of_type("dict_bytes", dict[bytes, int], maps(st.binary(min_size=1, max_size=4))),
        of_type("dict_enum", dict[Priority, int], maps(st.sampled_from(Priority))),
        of_type("dict_mixed_enum", dict[Mixed, int], maps(st.sampled_from(Mixed))),
        of_type("dict_literal", dict[Literal["a", "b"], int], maps(st.sampled_from(("a", "b")))),
        of_type("dict_union", dict[int | str, int], maps(mixed)),
        of_type(
            "dict_date_or_datetime", dict[date | datetime, int], maps(st.dates() | scalars.aware_datetimes())
        ),
        of_type("dict_tuple", dict[tuple[int, str], int], maps(st.tuples(_small, st.text(max_size=2)))),
        of_type("dict_optional", dict[str | None, int], maps(st.none() | text_keys)),
        of_type("dict_frozenset", dict[frozenset[int], int], maps(st.frozensets(_small, max_size=2))),
        of_type("ordered_dict", OrderedDict[str, int], maps(text_keys).map(OrderedDict)),
        of_type(
            "defaultdict",
            defaultdict[str, list[datetime]],
            maps(text_keys, _lists(scalars.aware_datetimes())),
        ),
        of_type("counter", Counter[str], maps(text_keys).map(Counter)),
        of_type("mapping", Mapping[int, str], maps(_small, scalars.texts())),
        of_type("mutable_mapping", MutableMapping[str, int], maps(text_keys)),
        of_type("dict_of_any", dict[str, Any], maps(text_keys, st.none() | _small | st.text(max_size=2))),
        of_type("deep", dict[str, list[dict[int, tuple[set[str], ...]]]], _deep()),
    ]


def _deep() -> st.SearchStrategy[Any]:
    return st.sampled_from(({}, {"a": []}, {"a": [{}]}, {"a": [{1: ()}, {2: (set(), {"x"})}]}))


def _records() -> list[Row]:
    points = st.builds(
        Point, _small, st.none() | scalars.aware_datetimes(), st.frozensets(scalars.texts(), max_size=2)
    )
    addresses = st.fixed_dictionaries(
        {"city": scalars.texts()},
        optional={
            "zip": _small,
            "seen": st.none() | scalars.aware_datetimes(),
            "marks": st.sets(_small, max_size=2),
        },
    )
    return [
        of_type("named_tuple", Point, points),
        of_type("typed_dict", Address, addresses),
        of_type("partial_typed_dict", Partial, st.sampled_from(({}, {"a": 1}, {"b": [Decimal("1.5")]}))),
    ]
