"""Conditions: comparisons, functions, and their combination with `&`, `|` and `~`.

Used for `when=`, for the filter of a query or scan, and for key conditions.
Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, get_args

from ddbmodel import limits
from ddbmodel.codec.values import AttributeType
from ddbmodel.errors import ExpressionError
from ddbmodel.expressions.operands import Call, Operand, PathRef, Value, constant, operand, untyped_constant
from ddbmodel.expressions.placeholders import Placeholders, check_expression

_ORDERED_TYPES: Final = frozenset(("S", "N", "B"))
_PREFIX_TYPES: Final = frozenset(("S", "B"))
_TYPES: Final = get_args(AttributeType)


class Condition(ABC):
    """Something that is true or false of an item. Combine with `&`, `|` and `~`; never with `and`, `or`, `not`."""

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
        return check_expression("condition", self.text(placeholders), self.operators)

    def conjuncts(self) -> Iterator[Condition]:
        """The parts that must all be true."""
        yield self

    def within(self, binds: int, placeholders: Placeholders) -> str:
        """Its text, in parentheses where it binds weaker than what is around it."""
        text = self.text(placeholders)
        return text if self.binds > binds else f"({text})"

    def __and__(self, other: Condition) -> Condition:
        return And(_joined(And, self, other)) if isinstance(other, Condition) else NotImplemented

    def __or__(self, other: Condition) -> Condition:
        return Or(_joined(Or, self, other)) if isinstance(other, Condition) else NotImplemented

    def __invert__(self) -> Condition:
        return Not(self)

    def __bool__(self) -> bool:
        raise TypeError(
            "a condition is neither true nor false in Python: combine with & | ~ in parentheses instead of "
            "and/or/not, and write a range as .between(low, high) instead of low < path < high"
        )


def _joined(kind: type[And | Or], left: Condition, right: Condition) -> tuple[Condition, ...]:
    parts: list[Condition] = []
    for side in (left, right):
        parts.extend(side.parts if isinstance(side, kind) else (side,))
    return tuple(parts)


@dataclass(frozen=True, slots=True)
class And(Condition):
    """All of the parts are true."""

    parts: tuple[Condition, ...]
    binds: ClassVar[int] = 1

    @property
    def operators(self) -> int:
        return len(self.parts) - 1 + sum(part.operators for part in self.parts)

    @property
    def paths(self) -> tuple[PathRef, ...]:
        return tuple(path for part in self.parts for path in part.paths)

    def text(self, placeholders: Placeholders) -> str:
        return " AND ".join(part.within(self.binds, placeholders) for part in self.parts)

    def conjuncts(self) -> Iterator[Condition]:
        for part in self.parts:
            yield from part.conjuncts()


@dataclass(frozen=True, slots=True)
class Or(Condition):
    """At least one of the parts is true."""

    parts: tuple[Condition, ...]
    binds: ClassVar[int] = 0

    @property
    def operators(self) -> int:
        return len(self.parts) - 1 + sum(part.operators for part in self.parts)

    @property
    def paths(self) -> tuple[PathRef, ...]:
        return tuple(path for part in self.parts for path in part.paths)

    def text(self, placeholders: Placeholders) -> str:
        return " OR ".join(part.within(self.binds, placeholders) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Not(Condition):
    """The condition is false."""

    condition: Condition
    binds: ClassVar[int] = 2

    @property
    def operators(self) -> int:
        return 1 + self.condition.operators

    @property
    def paths(self) -> tuple[PathRef, ...]:
        return self.condition.paths

    def text(self, placeholders: Placeholders) -> str:
        return f"NOT {self.condition.within(self.binds, placeholders)}"


@dataclass(frozen=True, slots=True)
class Comparison(Condition):
    """`left operator right`, with one of `= <> < <= > >=`."""

    left: Operand
    operator: str
    right: Operand

    @property
    def operators(self) -> int:
        return 1 + self.left.operators + self.right.operators

    @property
    def paths(self) -> tuple[PathRef, ...]:
        return (*self.left.paths, *self.right.paths)

    def text(self, placeholders: Placeholders) -> str:
        return f"{self.left.text(placeholders)} {self.operator} {self.right.text(placeholders)}"


@dataclass(frozen=True, slots=True)
class Between(Condition):
    """`low <= operand <= high`."""

    operand: Operand
    low: Operand
    high: Operand
    # Its AND would be taken for the one around it by a reader; DynamoDB parses it either way.
    binds: ClassVar[int] = 1

    @property
    def operators(self) -> int:
        return 1 + self.operand.operators + self.low.operators + self.high.operators

    @property
    def paths(self) -> tuple[PathRef, ...]:
        return (*self.operand.paths, *self.low.paths, *self.high.paths)

    def text(self, placeholders: Placeholders) -> str:
        subject = self.operand.text(placeholders)
        return f"{subject} BETWEEN {self.low.text(placeholders)} AND {self.high.text(placeholders)}"


@dataclass(frozen=True, slots=True)
class In(Condition):
    """The operand equals one of up to 100 others."""

    operand: Operand
    options: tuple[Operand, ...]

    @property
    def operators(self) -> int:
        return 1 + self.operand.operators + sum(option.operators for option in self.options)

    @property
    def paths(self) -> tuple[PathRef, ...]:
        return (*self.operand.paths, *(path for option in self.options for path in option.paths))

    def text(self, placeholders: Placeholders) -> str:
        subject = self.operand.text(placeholders)
        return f"{subject} IN ({', '.join(option.text(placeholders) for option in self.options)})"


@dataclass(frozen=True, slots=True)
class Function(Condition):
    """`attribute_exists(path)`, `begins_with(path, prefix)` and their kin."""

    name: str
    path: PathRef
    argument: Operand | None = None

    @property
    def operators(self) -> int:
        return 1 + (self.argument.operators if self.argument is not None else 0)

    @property
    def paths(self) -> tuple[PathRef, ...]:
        return (self.path, *(self.argument.paths if self.argument is not None else ()))

    def text(self, placeholders: Placeholders) -> str:
        path = self.path.text(placeholders)
        if self.argument is None:
            return f"{self.name}({path})"
        return f"{self.name}({path}, {self.argument.text(placeholders)})"


def compare(path: PathRef, operator: str, other: Any) -> Comparison:
    """A comparison; `< <= > >=` only where DynamoDB has an order: text, numbers, bytes."""
    right = operand(path, other)
    if operator not in ("=", "<>"):
        _check_ordered(path, operator, right)
    return Comparison(path, operator, right)


def between(path: PathRef, low: Any, high: Any) -> Between:
    """Both ends are included. Ends of which the first is the greater are refused, as DynamoDB does."""
    ends = operand(path, low), operand(path, high)
    for end in ends:
        _check_ordered(path, "between", end)
    if all(isinstance(end, Value) for end in ends) and low > high:
        raise ExpressionError(f"{path!r}.between: the lower end is above the upper end")
    return Between(path, *ends)


def is_in(path: PathRef, values: Sequence[Any]) -> In:
    """Equal to one of up to 100 values."""
    if not values:
        raise ExpressionError(f"{path!r}.is_in: there is no value to compare with")
    if len(values) > limits.EXPRESSION_IN_OPERANDS:
        raise ExpressionError(
            f"{path!r}.is_in has {len(values)} values, DynamoDB takes {limits.EXPRESSION_IN_OPERANDS}: split it"
        )
    return In(path, tuple(operand(path, value) for value in values))


def begins_with(path: PathRef, prefix: Any) -> Function:
    """Text or bytes that begin with a prefix."""
    if isinstance(prefix, PathRef):
        return Function("begins_with", path, prefix)
    if not isinstance(prefix, str | bytes):
        raise ExpressionError(
            f"{path!r}.begins_with: the prefix is text or bytes, not {type(prefix).__name__}"
        )
    stored = untyped_constant(path, prefix)
    types = path.place.codec.types
    if types and stored.type not in types & _PREFIX_TYPES:
        raise ExpressionError(
            f"{path!r}.begins_with: it is stored as {'/'.join(sorted(types))}, the prefix as {stored.type}"
        )
    return Function("begins_with", path, stored)


def contains(path: PathRef, member: Any) -> Function:
    """Text that contains other text, or a set or list that contains a member."""
    types = path.place.codec.types
    if types and not types & {"S", "B", "L", "SS", "NS", "BS"}:
        raise ExpressionError(f"{path!r}.contains: it is stored as {'/'.join(sorted(types))}; use ==")
    if isinstance(member, PathRef):
        return Function("contains", path, member)
    element = path.place.codec.element
    if element is not None and "S" not in types:
        return Function("contains", path, constant(path, member, element))
    stored = untyped_constant(path, member)
    if types and stored.type not in types:
        raise ExpressionError(
            f"{path!r}.contains: it is stored as {'/'.join(sorted(types))}, not {stored.type}"
        )
    return Function("contains", path, stored)


def is_type(path: PathRef, stored_type: str) -> Function:
    """The attribute is there and stored as this type."""
    if stored_type not in _TYPES:
        raise ExpressionError(f"{path!r}.is_type: no type {stored_type!r}; the types are {', '.join(_TYPES)}")
    return Function("attribute_type", path, Value({"S": stored_type}))


def size(path: PathRef) -> Call:
    """Characters of text, bytes of binary, members of a set, elements of a list or map."""
    types = path.place.codec.types
    if types and types <= {"N", "BOOL", "NULL"}:
        raise ExpressionError(f"{path!r}.size(): {'/'.join(sorted(types))} has no size")
    return Call("size", (path,))


def _check_ordered(path: PathRef, operator: str, other: Operand) -> None:
    kinds = {other.type} if isinstance(other, Value) else set()
    if isinstance(other, PathRef):
        kinds = set(other.place.codec.types) - {"NULL"}
    for kind in kinds:
        if kind not in _ORDERED_TYPES:
            raise ExpressionError(
                f"{path!r} {operator} ...: {kind} has no order, only text, numbers and bytes have one"
            )
