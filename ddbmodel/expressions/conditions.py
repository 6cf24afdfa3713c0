"""Conditions, and how they are combined with `&`, `|` and `~`.

Used for `when=`, for the filter of a query or scan, and for key conditions. The single ones are in
`comparisons` and `functions`.
Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar, NoReturn

from ddbmodel.errors import ExpressionError
from ddbmodel.expressions.placeholders import Placeholders, check_operators, check_text
from ddbmodel.expressions.places import PathRef


class Condition(ABC):
    """Something that is true or false of an item.

    Combine with `&`, `|` and `~`; never with `and`, `or`, `not`. A missing attribute makes every comparison
    and function false, but for `!=` and `not_exists()`.

    Attributes:
        binds: how tight it holds together; what binds tighter than its surroundings needs no parentheses.
    """

    __slots__ = ()
    binds: ClassVar[int] = 3

    @property
    @abstractmethod
    def operators(self) -> int:
        """How many operators and functions it has, of the 300 that the service allows."""

    @property
    @abstractmethod
    def paths(self) -> tuple[PathRef, ...]:
        """The paths in it."""

    @abstractmethod
    def text(self, placeholders: Placeholders) -> str:
        """Its part of the expression."""

    def render(self, placeholders: Placeholders) -> str:
        """The whole expression.

        Raises:
            ExpressionError: over 4 KB, or over 300 operators and functions.
        """
        check_operators("condition", self.operators)
        return check_text("condition", self.text(placeholders))

    def conjuncts(self) -> Iterator[Condition]:
        """The parts that must all be true."""
        yield self

    def within(self, binds: int, placeholders: Placeholders) -> str:
        """Its text, in parentheses where it binds no tighter than what is around it."""
        text = self.text(placeholders)
        return text if self.binds > binds else f"({text})"

    def __and__(self, other: Condition) -> Condition:
        return And(_joined(And, self, other)) if _is_condition(other) else NotImplemented

    def __or__(self, other: Condition) -> Condition:
        return Or(_joined(Or, self, other)) if _is_condition(other) else NotImplemented

    def __invert__(self) -> Condition:
        return Not(self)

    def __bool__(self) -> NoReturn:
        raise TypeError(
            "a condition is neither true nor false in Python: combine with & | ~ in parentheses instead of "
            "and/or/not, and write a range as .between(low, high) instead of low < path < high"
        )


def _is_condition(value: object) -> bool:
    return isinstance(value, Condition)


def _joined(kind: type[And | Or], left: Condition, right: Condition) -> tuple[Condition, ...]:
    parts: list[Condition] = []
    for side in (left, right):
        parts.extend(side.parts if isinstance(side, kind) else (side,))
    return tuple(parts)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Junction(Condition):
    """Two or more conditions. Operators are counted when it is made, so that counting never goes deep."""

    parts: tuple[Condition, ...]
    count: int = field(init=False)
    word: ClassVar[str]
    sign: ClassVar[str]

    def __post_init__(self) -> None:
        if len(self.parts) < 2:
            raise ExpressionError(f"{self.word} joins two conditions or more, not {len(self.parts)}")
        count = len(self.parts) - 1 + sum(part.operators for part in self.parts)
        object.__setattr__(self, "count", count)

    @property
    def operators(self) -> int:
        return self.count

    @property
    def paths(self) -> tuple[PathRef, ...]:
        return tuple(path for part in self.parts for path in part.paths)

    def text(self, placeholders: Placeholders) -> str:
        return f" {self.word} ".join(part.within(self.binds, placeholders) for part in self.parts)

    def __repr__(self) -> str:
        return f" {self.sign} ".join(f"({part!r})" for part in self.parts)


class And(_Junction):
    """All of the parts are true."""

    __slots__ = ()
    binds: ClassVar[int] = 1
    word: ClassVar[str] = "AND"
    sign: ClassVar[str] = "&"

    def conjuncts(self) -> Iterator[Condition]:
        for part in self.parts:
            yield from part.conjuncts()


class Or(_Junction):
    """At least one of the parts is true."""

    __slots__ = ()
    binds: ClassVar[int] = 0
    word: ClassVar[str] = "OR"
    sign: ClassVar[str] = "|"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Not(Condition):
    """The condition is false."""

    condition: Condition
    count: int = field(init=False)
    binds: ClassVar[int] = 2

    def __post_init__(self) -> None:
        object.__setattr__(self, "count", 1 + self.condition.operators)

    @property
    def operators(self) -> int:
        return self.count

    @property
    def paths(self) -> tuple[PathRef, ...]:
        return self.condition.paths

    def text(self, placeholders: Placeholders) -> str:
        return f"NOT {self.condition.within(self.binds, placeholders)}"

    def __invert__(self) -> Condition:
        return self.condition

    def __repr__(self) -> str:
        return f"~({self.condition!r})"
