"""Random conditions, each with its meaning in Python, and random items to ask."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from ddbmodel import Attr, Condition, Model, field, partition_key

MISSING = object()


class Part(Model):
    n: Attr[int | None] = field(default=None)


class Thing(Model, table="things"):
    """Few fields with few values, so that every outcome comes up often."""

    key: Attr[str] = partition_key()
    a: Attr[int | None] = field(default=None)
    b: Attr[int | None] = field(default=None, attribute="size")
    s: Attr[str | None] = field(default=None, attribute="a-b c")
    t: Attr[str | None] = field(default=None, attribute="#n0")
    flag: Attr[bool | None] = field(default=None, attribute=":v1")
    tags: Attr[set[str]] = field(default_factory=set)
    items: Attr[list[int] | None] = field(default=None)
    part: Attr[Part | None] = field(default=None)


@dataclass(frozen=True)
class Tree:
    """A condition, and what it means."""

    condition: Condition
    holds: Callable[[Thing], bool]

    def __repr__(self) -> str:
        return repr(self.condition)


NUMBERS = st.integers(-1, 3)
TEXTS = st.sampled_from(["", "a", "ab", "b", "\u00e9"])

things = st.builds(
    Thing,
    key=st.just("k"),
    a=st.none() | NUMBERS,
    b=st.none() | NUMBERS,
    s=st.none() | TEXTS,
    t=st.none() | TEXTS,
    flag=st.none() | st.booleans(),
    tags=st.sets(st.sampled_from("abc")),
    items=st.none() | st.lists(NUMBERS, max_size=3),
    part=st.none() | st.builds(Part, n=st.none() | NUMBERS),
)

# Everything is there, and no text is empty: what every engine has in common.
whole_things = st.builds(
    Thing,
    key=st.just("k"),
    a=NUMBERS,
    b=NUMBERS,
    s=TEXTS.filter(bool),
    t=TEXTS.filter(bool),
    flag=st.booleans(),
    tags=st.sets(st.sampled_from("abc"), min_size=1),
    items=st.lists(NUMBERS, min_size=2, max_size=3),
    part=st.builds(Part, n=NUMBERS),
)

# A path, and how to get the value there, which is None where the attribute is missing.
NUMBER_PATHS: list[tuple[Any, Callable[[Thing], int | None]]] = [
    (Thing.a, lambda thing: thing.a),
    (Thing.b, lambda thing: thing.b),
    (Thing.part.at(Part.n), lambda thing: thing.part.n if thing.part else None),
    (Thing.items[1], lambda thing: thing.items[1] if thing.items and len(thing.items) > 1 else None),
    (Thing.items.size(), lambda thing: None if thing.items is None else len(thing.items)),
    (Thing.tags.size(), lambda thing: len(thing.tags) or None),
    (Thing.s.size(), lambda thing: None if thing.s is None else len(thing.s)),
]
TEXT_PATHS: list[tuple[Any, Callable[[Thing], str | None]]] = [
    (Thing.s, lambda thing: thing.s),
    (Thing.t, lambda thing: thing.t),
]
OPERATORS: list[tuple[Callable[[Any, Any], Any], Callable[[Any, Any], bool]]] = [
    (lambda path, value: path == value, lambda a, b: a is not None and b is not None and a == b),
    (lambda path, value: path != value, lambda a, b: a is None or b is None or a != b),
    (lambda path, value: path < value, lambda a, b: a is not None and b is not None and a < b),
    (lambda path, value: path <= value, lambda a, b: a is not None and b is not None and a <= b),
    (lambda path, value: path > value, lambda a, b: a is not None and b is not None and a > b),
    (lambda path, value: path >= value, lambda a, b: a is not None and b is not None and a >= b),
]


@st.composite
def comparisons(draw: st.DrawFn) -> Tree:
    """A path compared with a value, or with another path."""
    paths, values = draw(st.sampled_from([(NUMBER_PATHS, NUMBERS), (TEXT_PATHS, TEXTS)]))
    path, get = draw(st.sampled_from(paths))
    make, means = draw(st.sampled_from(OPERATORS))
    if draw(st.booleans()):
        value: Any = draw(values)
        return Tree(make(path, value), lambda thing: means(get(thing), value))
    other, get_other = draw(st.sampled_from([entry for entry in paths if entry[0] is not path]))
    return Tree(make(path, other), lambda thing: means(get(thing), get_other(thing)))


@st.composite
def ranges(draw: st.DrawFn) -> Tree:
    """BETWEEN and IN."""
    paths, values = draw(st.sampled_from([(NUMBER_PATHS, NUMBERS), (TEXT_PATHS, TEXTS)]))
    path, get = draw(st.sampled_from(paths))
    some: list[Any] = draw(st.lists(values, min_size=2, max_size=4))
    if draw(st.booleans()):
        return Tree(path.is_in(some), lambda thing: get(thing) in some)
    low, high = min(some), max(some)
    return Tree(
        path.between(low, high), lambda thing: (value := get(thing)) is not None and low <= value <= high
    )


@st.composite
def functions(draw: st.DrawFn) -> Tree:
    """Functions of one path."""
    text, number = draw(TEXTS), draw(NUMBERS)
    path, get = draw(st.sampled_from(TEXT_PATHS))
    return draw(
        st.sampled_from(
            [
                Tree(path.exists(), lambda thing: get(thing) is not None),
                Tree(path.not_exists(), lambda thing: get(thing) is None),
                Tree(path.is_type("S"), lambda thing: get(thing) is not None),
                Tree(Thing.a.is_type("S"), lambda thing: False),
                Tree(
                    path.begins_with(text),
                    lambda thing: (
                        (get(thing) or "\0").startswith(text or "\0") if text else get(thing) is not None
                    ),
                ),
                Tree(path.contains(text or "a"), lambda thing: (text or "a") in (get(thing) or "")),
                Tree(Thing.tags.contains(text or "a"), lambda thing: (text or "a") in thing.tags),
                Tree(Thing.tags.exists(), lambda thing: bool(thing.tags)),
                Tree(Thing.items.contains(number), lambda thing: number in (thing.items or [])),
                Tree(Thing.flag == True, lambda thing: thing.flag is True),  # noqa: E712  # a condition
                Tree(Thing.flag != True, lambda thing: thing.flag is not True),  # noqa: E712  # a condition
                Tree(Thing.tags == {"a"}, lambda thing: thing.tags == {"a"}),
                Tree(Thing.items[0].exists(), lambda thing: bool(thing.items)),
            ]
        )
    )


def _joined(children: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    pairs = st.tuples(children, children)
    return (
        pairs.map(
            lambda p: Tree(
                p[0].condition & p[1].condition, lambda thing: p[0].holds(thing) and p[1].holds(thing)
            )
        )
        | pairs.map(
            lambda p: Tree(
                p[0].condition | p[1].condition, lambda thing: p[0].holds(thing) or p[1].holds(thing)
            )
        )
        | children.map(lambda tree: Tree(~tree.condition, lambda thing: not tree.holds(thing)))
    )


singles = comparisons() | ranges() | functions()
trees = st.recursive(singles, _joined, max_leaves=12)
