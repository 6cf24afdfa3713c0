"""Several conditions on one key attribute become the one that DynamoDB takes, and mean the same."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddbmodel import Attr, ExpressionError, Model, partition_key
from ddbmodel.expressions import Condition, Placeholders
from ddbmodel.mapper.key_ranges import Narrowed, narrow, same_key_value, subject_of


class Keys(Model, table="keys"):
    text: Attr[str] = partition_key()
    number: Attr[Decimal]
    data: Attr[bytes]
    other: Attr[str]
    words: Attr[list[str]]


def _values(placeholders: Placeholders) -> list[Any]:
    values: Any = placeholders.to_wire().get("ExpressionAttributeValues", {})
    return [next(iter(value.values())) for value in values.values()]


def _shown(narrowed: Narrowed) -> tuple[str, list[Any], list[Any]]:
    """The operator, its operands, and the excluded ends."""
    placeholders = Placeholders()
    words = narrowed.condition.text(placeholders)
    operator = next(word for word in ("BETWEEN", "begins_with", "<=", ">=", "<", ">", "=") if word in words)
    return (
        operator,
        _values(placeholders),
        [next(iter(end.stored.values())) for end in narrowed.excluded],
    )


T, N, B = Keys.text, Keys.number, Keys.data

SINGLE = [
    (T == "a", ("=", ["a"], [])),
    (T > "a", (">", ["a"], [])),
    (T <= "a", ("<=", ["a"], [])),
    (T.between("a", "b"), ("BETWEEN", ["a", "b"], [])),
    (T.begins_with("a"), ("begins_with", ["a"], [])),
]


@pytest.mark.parametrize(("condition", "expected"), SINGLE)
def test_single(condition: Condition, expected: Any) -> None:
    """One condition stays as it is."""
    assert _shown(narrow([condition])) == expected


SEVERAL = [
    # two ends
    ([T >= "a", T <= "c"], ("BETWEEN", ["a", "c"], [])),
    ([T <= "c", T >= "a"], ("BETWEEN", ["a", "c"], [])),
    ([T >= "a", T < "c"], ("BETWEEN", ["a", "c"], ["c"])),
    ([T > "a", T <= "c"], ("BETWEEN", ["a", "c"], ["a"])),
    ([T > "a", T < "c"], ("BETWEEN", ["a", "c"], ["a", "c"])),
    ([N >= 2, N < 10], ("BETWEEN", ["2", "10"], ["10"])),
    ([B > b"\x00", B < b"\xff"], ("BETWEEN", [b"\x00", b"\xff"], [b"\x00", b"\xff"])),
    # what another one implies is left out
    ([T == "a", T == "a"], ("=", ["a"], [])),
    ([T >= "a", T == "b"], ("=", ["b"], [])),
    ([T.between("a", "c"), T == "b", T < "d"], ("=", ["b"], [])),
    ([T > "a", T >= "a"], (">", ["a"], [])),
    ([T >= "b", T > "a"], (">=", ["b"], [])),
    ([T < "b", T <= "b", T < "c"], ("<", ["b"], [])),
    ([N > 9, N > 10], (">", ["10"], [])),
    ([T.between("a", "c"), T.between("b", "d")], ("BETWEEN", ["b", "c"], [])),
    ([T.between("a", "c"), T < "c"], ("BETWEEN", ["a", "c"], ["c"])),
    ([T >= "a", T < "c", T < "d", T > "a"], ("BETWEEN", ["a", "c"], ["a", "c"])),
    # prefixes are ranges
    ([T.begins_with("ab"), T.begins_with("a")], ("begins_with", ["ab"], [])),
    ([T.begins_with("ab"), T >= "aa"], ("begins_with", ["ab"], [])),
    ([T.begins_with("ab"), T < "b"], ("begins_with", ["ab"], [])),
    ([T.begins_with("ab"), T >= "abc"], ("BETWEEN", ["abc", "ac"], ["ac"])),
    ([T.begins_with("ab"), T < "abc"], ("BETWEEN", ["ab", "abc"], ["abc"])),
    (
        [T.begins_with("a\ud7ff"), T > "a\ud7ffx"],
        ("BETWEEN", ["a\ud7ffx", "a\ue000"], ["a\ud7ffx", "a\ue000"]),
    ),
    (
        [T.begins_with("a\U0010ffff"), T > "a\U0010ffffx"],
        ("BETWEEN", ["a\U0010ffffx", "b"], ["a\U0010ffffx", "b"]),
    ),
    ([T.begins_with("\U0010ffff"), T > "\U0010ffffx"], (">", ["\U0010ffffx"], [])),
    ([B.begins_with(b"a"), B >= b"ab"], ("BETWEEN", [b"ab", b"b"], [b"b"])),
    ([B.begins_with(b"a\xff"), B >= b"a\xff\x01"], ("BETWEEN", [b"a\xff\x01", b"b"], [b"b"])),
    ([B.begins_with(b"\xff\xff"), B >= b"\xff\xff\x01"], (">=", [b"\xff\xff\x01"], [])),
    # equal in value, not in text
    ([Decimal("1.0") == N, Decimal("1.00") == N], ("=", ["1"], [])),
]


@pytest.mark.parametrize(("conditions", "expected"), SEVERAL)
def test_several(conditions: list[Condition], expected: Any) -> None:
    """Several conditions become one, and the ends that BETWEEN includes against their will are named."""
    assert _shown(narrow(conditions)) == expected


EMPTY = [
    [T == "a", T == "b"],
    [T == "a", T > "a"],
    [T > "a", T < "a"],
    [T >= "a", T < "a"],
    [T > "b", T < "a"],
    [N >= 10, N <= 9],
    [T.between("a", "b"), T.between("c", "d")],
    [T.begins_with("a"), T.begins_with("b")],
    [T.begins_with("a"), T >= "b"],
    [T == "a", T >= "0", T == "b"],
]


@pytest.mark.parametrize("conditions", EMPTY)
def test_contradictions(conditions: list[Condition]) -> None:
    """Conditions that exclude each other are refused, and the message holds no value."""
    with pytest.raises(ExpressionError, match=r"^Keys\.\w+: its conditions exclude each other") as raised:
        narrow(conditions)
    assert "'" not in str(raised.value)


UNSERVED: list[Condition] = [
    T != "a",
    T.is_in("a", "b"),
    T.contains("a"),
    T.size() > 1,
    T.exists(),
    Keys.other == T,
    T.between("a", Keys.other),
    T.begins_with(Keys.other),
    ~(T == "a"),
    (T == "a") | (T == "b"),
    (T == "a") & (T == "b"),
]


@pytest.mark.parametrize("condition", UNSERVED, ids=repr)
def test_what_no_key_serves(condition: Condition) -> None:
    """A condition that is no comparison of one path with constants has no subject."""
    assert subject_of(condition) is None


def test_reversed_operands() -> None:
    """A constant may stand on the left."""
    assert _shown(narrow(["a" <= T, "c" >= T])) == ("BETWEEN", ["a", "c"], [])
    assert _shown(narrow([5 < N])) == (">", ["5"], [])


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({"N": "5"}, {"N": "5.0"}, True),
        ({"N": "100"}, {"N": "1E2"}, True),
        ({"N": "5"}, {"N": "6"}, False),
        ({"N": "5"}, {"S": "5"}, False),
        ({"S": "5"}, {"S": "5.0"}, False),
        ({"B": b"5"}, {"B": b"5"}, True),
        ({"S": "5"}, {"B": b"5"}, False),
    ],
)
def test_same_key_value(one: dict[str, Any], other: dict[str, Any], expected: bool) -> None:
    """Numbers are the same by value, everything else by what is stored."""
    assert same_key_value(one, other) is expected


TEXTS = st.text(alphabet="ab\ud7ff\ue000\U0010ffff", min_size=1, max_size=3)


def _simple(
    path: Any, values: st.SearchStrategy[Any]
) -> st.SearchStrategy[tuple[Condition, Callable[[Any], bool]]]:
    """A condition on `path`, and the same as a function in Python."""
    comparisons: list[Callable[[Any], tuple[Condition, Callable[[Any], bool]]]] = [
        lambda v: (path == v, lambda x: bool(x == v)),
        lambda v: (path < v, lambda x: bool(x < v)),
        lambda v: (path <= v, lambda x: bool(x <= v)),
        lambda v: (path > v, lambda x: bool(x > v)),
        lambda v: (path >= v, lambda x: bool(x >= v)),
    ]
    single = st.tuples(st.sampled_from(comparisons), values).map(lambda pair: pair[0](pair[1]))
    ranges = st.tuples(values, values).map(lambda pair: _between(path, *sorted(pair)))
    prefixes = values.map(lambda v: (path.begins_with(v), lambda x: bool(x.startswith(v))))
    return st.one_of(single, ranges, *([] if path is N else [prefixes]))


def _between(path: Any, low: Any, high: Any) -> tuple[Condition, Callable[[Any], bool]]:
    return path.between(low, high), lambda x: bool(low <= x <= high)


def _check(
    conditions: list[tuple[Condition, Callable[[Any], bool]]], value: Any, stored: dict[str, Any]
) -> None:
    expected = all(holds(value) for _, holds in conditions)
    try:
        narrowed = narrow([condition for condition, _ in conditions])
    except ExpressionError:
        assert not expected
        return
    operator, operands, _ = _shown(narrowed)
    plain = [Decimal(o) if "N" in stored else o for o in operands]
    found = {
        "=": lambda: value == plain[0],
        "<": lambda: value < plain[0],
        "<=": lambda: value <= plain[0],
        ">": lambda: value > plain[0],
        ">=": lambda: value >= plain[0],
        "BETWEEN": lambda: plain[0] <= value <= plain[1],
        "begins_with": lambda: value.startswith(plain[0]),
    }[operator]()
    dropped = any(same_key_value(stored, end.stored) for end in narrowed.excluded)
    assert (found and not dropped) == expected


@given(st.lists(_simple(T, TEXTS), min_size=1, max_size=4), TEXTS)
def test_text_means_the_same(conditions: list[Any], value: str) -> None:
    """For any text, the one condition without its excluded ends says what all of the conditions say."""
    _check(conditions, value, {"S": value})


BYTES = st.binary(min_size=1, max_size=2).map(lambda data: bytes(b | 0xFD for b in data))


@given(st.lists(_simple(B, BYTES), min_size=1, max_size=4), BYTES)
def test_bytes_mean_the_same(conditions: list[Any], value: bytes) -> None:
    """For any bytes, likewise."""
    _check(conditions, value, {"B": value})


NUMBERS = st.integers(-3, 12).map(Decimal)


@given(st.lists(_simple(N, NUMBERS), min_size=1, max_size=4), NUMBERS)
def test_numbers_mean_the_same(conditions: list[Any], value: Decimal) -> None:
    """For any number, likewise."""
    _check(conditions, value, {"N": str(value)})
