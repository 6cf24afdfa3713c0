"""Strategies for conditions and the items to ask, of every stored type, in groups that engines can get wrong.

Paths and constants are put together without a model, so that any type meets any other. What DynamoDB refuses is
not drawn: a path beside itself, an order of constants that have none, a range the wrong way round.
"""

from __future__ import annotations

from itertools import permutations
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ddbmodel.codec.untyped import UntypedCodec
from ddbmodel.expressions import Between, Comparison, Condition, Function, In, Operand, PathRef, Size, Value
from ddbmodel.expressions.comparisons import ordinal

_UNTYPED = UntypedCodec()
Stored = dict[str, Any]

# Few values, so that equal ones and prefixes come up often. Numbers are spelled in several ways.
NUMBERS: list[Stored] = [
    {"N": text} for text in ("-1", "0", "1", "1.0", "2", "12", "1E+1", "9007199254740992", "9007199254740993")
]
TEXTS: list[Stored] = [{"S": text} for text in ("a", "ab", "b", "ba", "Z", "\u00e9")]
FAR_TEXTS: list[Stored] = [{"S": text} for text in ("Z", "\uffff", "\U0001d518", "\U0001d518a")]
BYTES: list[Stored] = [{"B": data} for data in (b"a", b"ab", b"\x00", b"\xff", b"abc")]
SETS: list[Stored] = [
    {"SS": ["a"]},
    {"SS": ["ab", "a"]},
    {"SS": ["a", "ab"]},
    {"NS": ["1"]},
    {"NS": ["2", "1"]},
    {"NS": ["1", "2"]},
    {"BS": [b"a"]},
    {"BS": [b"\x00", b"a"]},
]
FLAGS: list[Stored] = [{"BOOL": True}, {"BOOL": False}, {"NULL": True}]
LISTS: list[Stored] = [
    {"L": []},
    {"L": [{"S": "a"}]},
    {"L": [{"N": "1"}, {"S": "ab"}]},
    {"L": [{"L": [{"N": "1"}]}, {"S": "a"}]},
]
MAPS: list[Stored] = [
    {"M": {}},
    {"M": {"x": {"N": "1"}}},
    {"M": {"x": {"S": "a"}, "y": {"N": "2"}}},
    {"M": {"y": {"N": "2"}, "x": {"S": "a"}}},
    {"M": {"x": {"L": [{"N": "1"}, {"S": "a"}]}}},
]
ORDERED = NUMBERS + TEXTS + BYTES
EVERYTHING = ORDERED + FAR_TEXTS + SETS + FLAGS + LISTS + MAPS

NAMES = ("a", "b", "c")
TOP: list[PathRef] = [PathRef(object, (name,), name, _UNTYPED) for name in NAMES]
NESTED: list[PathRef] = [
    PathRef(object, steps, str(steps), _UNTYPED)
    for steps in (("a", "x"), ("b", "x", 1), ("b", 0), ("c", 1), ("c", 0, 0), ("c", "y"), ("a", 3))
]
EQUAL = ("=", "<>")
SIGNS = ("=", "<>", "<", "<=", ">", ">=")


def items(values: list[Stored], *, whole: bool = False) -> SearchStrategy[dict[str, Stored]]:
    """Items of up to three attributes; of all three where they are to be whole."""
    smallest = len(NAMES) if whole else 0
    return st.dictionaries(st.sampled_from(NAMES), st.sampled_from(values), min_size=smallest)


def comparisons(
    values: list[Stored], signs: tuple[str, ...] = EQUAL, paths: list[PathRef] = TOP
) -> SearchStrategy[Condition]:
    """A path beside a constant."""
    return st.builds(Comparison, st.sampled_from(paths), st.sampled_from(signs), _constants(values))


def pairings(signs: tuple[str, ...] = EQUAL, paths: list[PathRef] = TOP) -> SearchStrategy[Condition]:
    """A path beside another path."""
    return st.builds(
        lambda pair, sign: Comparison(pair[0], sign, pair[1]), _pairs(paths), st.sampled_from(signs)
    )


def ranges(values: list[Stored]) -> SearchStrategy[Condition]:
    """BETWEEN two constants of one type, or a path and a constant, or two paths."""
    alike = [
        (Value(low), Value(high))
        for low in values
        for high in values
        if low.keys() == high.keys() and ordinal(low) <= ordinal(high)
    ]
    subject, low, high = TOP
    ends = st.sampled_from(alike) | st.sampled_from([(low, high), (low, Value(values[0]))])
    return st.builds(lambda pair: Between(subject, *pair), ends)


def orders(values: list[Stored]) -> SearchStrategy[Condition]:
    """Everything that has to do with order."""
    return comparisons(values, SIGNS) | pairings(SIGNS) | ranges(values)


def memberships(values: list[Stored]) -> SearchStrategy[Condition]:
    """IN a list of constants, and perhaps another path."""
    subject, other, _ = TOP
    options = st.lists(_constants(values), min_size=1, max_size=3)
    return st.builds(lambda some, last: In(subject, (*some, *last)), options, st.sampled_from([(), (other,)]))


def presences(paths: list[PathRef] = TOP) -> SearchStrategy[Condition]:
    """attribute_exists, attribute_not_exists, attribute_type."""
    names = st.sampled_from(("attribute_exists", "attribute_not_exists"))
    types = st.sampled_from(("S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS"))
    path = st.sampled_from(paths)
    typed = st.builds(lambda path, kind: Function("attribute_type", path, Value({"S": kind})), path, types)
    return st.builds(Function, names, path) | typed


def searches(name: str, values: list[Stored]) -> SearchStrategy[Condition]:
    """begins_with or contains, with a constant or another path."""
    constant = st.tuples(st.sampled_from(TOP), _constants(values))
    return st.builds(lambda pair: Function(name, *pair), constant | _pairs(TOP))


def sizes() -> SearchStrategy[Condition]:
    """The size of a path beside a number."""
    numbers = _constants([{"N": str(number)} for number in range(4)])
    return st.builds(Comparison, st.sampled_from(TOP).map(Size), _SIGN, numbers)


def two_sizes() -> SearchStrategy[Condition]:
    """The size of a path beside the size of another."""
    return st.builds(lambda pair, sign: Comparison(Size(pair[0]), sign, Size(pair[1])), _pairs(TOP), _SIGN)


def sizes_beside_paths() -> SearchStrategy[Condition]:
    """The size of the first path beside another path."""
    subject, *others = TOP
    return st.builds(Comparison, st.just(Size(subject)), _SIGN, st.sampled_from(others))


_SIGN = st.sampled_from(SIGNS)


def joined(children: SearchStrategy[Condition]) -> SearchStrategy[Condition]:
    """Conditions joined by & | ~."""
    return st.recursive(
        children,
        lambda inner: (
            st.builds(lambda a, b: a & b, inner, inner)
            | st.builds(lambda a, b: a | b, inner, inner)
            | st.builds(lambda a: ~a, inner)
        ),
        max_leaves=6,
    )


def conditions() -> SearchStrategy[Condition]:
    """Every kind of condition, of every type."""
    return joined(
        orders(ORDERED + FAR_TEXTS)
        | comparisons(EVERYTHING, paths=TOP + NESTED)
        | pairings(paths=TOP + NESTED)
        | memberships(EVERYTHING)
        | presences(TOP + NESTED)
        | searches("begins_with", TEXTS + BYTES)
        | searches("contains", EVERYTHING)
        | sizes()
        | two_sizes()
        | sizes_beside_paths()
    )


def _constants(values: list[Stored]) -> SearchStrategy[Operand]:
    return st.sampled_from(values).map(Value)


def _pairs(paths: list[PathRef]) -> SearchStrategy[tuple[PathRef, PathRef]]:
    return st.sampled_from(list(permutations(paths, 2)))
