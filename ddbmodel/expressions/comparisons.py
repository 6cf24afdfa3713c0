"""Comparisons: `= <> < <= > >=`, `BETWEEN` and `IN`.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, TypeGuard

from pydantic import BaseModel

from ddbmodel import limits
from ddbmodel.codec.numbers import decode_decimal
from ddbmodel.codec.scalars import ChoiceCodec
from ddbmodel.codec.values import AttributeValue
from ddbmodel.errors import ExpressionError
from ddbmodel.expressions.conditions import Condition
from ddbmodel.expressions.encoding import encoded_by_type, expected, operand, types_of
from ddbmodel.expressions.operands import Operand, Value
from ddbmodel.expressions.placeholders import Placeholders
from ddbmodel.expressions.places import PathRef
from ddbmodel.expressions.visibility import check_comparable

ORDERED_TYPES: Final = frozenset(("S", "N", "B"))
# A model is iterable, as text is, but is no list of options.
_NO_OPTIONS: Final = (str, bytes, bytearray, memoryview, BaseModel, Operand)
_PYTHON: Final = {"=": "==", "<>": "!="}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
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

    def __repr__(self) -> str:
        return f"{self.left!r} {_PYTHON.get(self.operator, self.operator)} {self.right!r}"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Between(Condition):
    """`low <= operand <= high`.

    Raises:
        ExpressionError: two constants of different types, or of which the first is the greater.
    """

    operand: Operand
    low: Operand
    high: Operand
    # Its AND would be taken for the one around it by a reader; DynamoDB parses it either way.
    binds: ClassVar[int] = 1

    def __post_init__(self) -> None:
        _check_range(self.operand, self.low, self.high)

    @property
    def operators(self) -> int:
        return 1 + self.operand.operators + self.low.operators + self.high.operators

    @property
    def paths(self) -> tuple[PathRef, ...]:
        return (*self.operand.paths, *self.low.paths, *self.high.paths)

    def text(self, placeholders: Placeholders) -> str:
        subject = self.operand.text(placeholders)
        return f"{subject} BETWEEN {self.low.text(placeholders)} AND {self.high.text(placeholders)}"

    def __repr__(self) -> str:
        return f"{self.operand!r}.between({self.low!r}, {self.high!r})"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
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

    def __repr__(self) -> str:
        return f"{self.operand!r}.is_in({', '.join(map(repr, self.options))})"


def compare(subject: Operand, operator: str, other: object) -> Comparison:
    """A comparison; `< <= > >=` only where DynamoDB has an order: text, numbers, bytes."""
    name = _PYTHON.get(operator, operator)
    check_comparable(name, subject, other)
    right = operand(subject, other) if operator in _PYTHON else _bound(subject, other)
    check_distinct(subject, name, right)
    if operator not in _PYTHON:
        _check_ordered(subject, name, right)
    _check_alike(subject, name, right)
    return Comparison(subject, operator, right)


def between(subject: Operand, low: object, high: object) -> Between:
    """Both ends are included. Ends of which the first is the greater are refused, as DynamoDB does."""
    check_comparable("between", subject, low, high)
    ends = _bound(subject, low), _bound(subject, high)
    for end in ends:
        check_distinct(subject, "between", end)
        _check_ordered(subject, "between", end)
        _check_alike(subject, "between", end)
    return Between(subject, *ends)


def is_in(subject: Operand, values: Sequence[Any]) -> In:
    """Equal to one of up to 100 values, given one by one or as one iterable."""
    check_comparable("is_in", subject)
    values = _options(subject, values)
    check_comparable("is_in", *values)
    if not values:
        raise ExpressionError(f"{subject!r}.is_in: there is no value to compare with")
    if len(values) > limits.EXPRESSION_IN_OPERANDS:
        raise ExpressionError(
            f"{subject!r}.is_in has {len(values)} values, DynamoDB takes {limits.EXPRESSION_IN_OPERANDS}: "
            "join several with |"
        )
    options = tuple(operand(subject, value) for value in values)
    for option in options:
        check_distinct(subject, "is_in", option)
        _check_alike(subject, "is_in", option)
    return In(subject, options)


def check_distinct(subject: Operand, operator: str, other: Operand) -> None:
    """Refuse a path beside itself, as DynamoDB does."""
    if not isinstance(subject, PathRef) or not isinstance(other, PathRef):
        return
    if subject.place.steps == other.place.steps:
        raise ExpressionError(
            f"{subject!r} {operator} itself: DynamoDB takes no comparison of a path with the same path"
        )


def _bound(subject: Operand, value: object) -> Operand:
    """What a value is compared with in order; beside an Enum or Literal it may lie between its members."""
    if type(value) in (str, int) and isinstance(subject, PathRef):
        codec = subject.place.codec
        if isinstance(codec.core, ChoiceCodec):
            return expected(subject, encoded_by_type(subject, value).stored, codec)
    return operand(subject, value)


def _options(subject: Operand, values: Sequence[Any]) -> Sequence[Any]:
    """The members of one iterable, unless it is itself a value that can be stored at `subject`."""
    if len(values) != 1 or isinstance(values[0], _NO_OPTIONS):
        return values
    only = values[0]
    # An iterator is no value of any type, and asking would use it up.
    if not _is_iterable(only) or (not isinstance(only, Iterator) and _is_value(subject, only)):
        return values
    return tuple(only)


def _is_iterable(value: object) -> TypeGuard[Iterable[Any]]:
    return isinstance(value, Iterable)


def _is_value(subject: Operand, value: object) -> bool:
    if not isinstance(subject, PathRef) or not subject.place.types:
        return False
    try:
        operand(subject, value)
    except ExpressionError:
        return False
    return True


def _check_ordered(subject: Operand, operator: str, other: Operand) -> None:
    for side in (subject, other):
        types = types_of(side)
        if types and not types & ORDERED_TYPES:
            raise ExpressionError(
                f"{subject!r} {operator}: {side!r} is stored as {'/'.join(sorted(types))}, which has no "
                "order; only text, numbers and bytes have one"
            )


def _check_alike(subject: Operand, operator: str, other: Operand) -> None:
    """Refuse two paths that are never equal nor in order because they are stored as different types.

    A constant is stored as the path beside it is.
    """
    if isinstance(other, Value):
        return
    mine, theirs = types_of(subject), types_of(other)
    if mine and theirs and not mine & theirs:
        raise ExpressionError(
            f"{subject!r} {operator} {other!r}: the one is stored as {'/'.join(sorted(mine))}, the other as "
            f"{'/'.join(sorted(theirs))}; values of different types are never equal, nor in order"
        )


def _check_range(subject: Operand, low: Operand, high: Operand) -> None:
    """Refuse two ends of different types, or the wrong way round, as DynamoDB does."""
    if not isinstance(low, Value) or not isinstance(high, Value):
        return
    if low.type != high.type:
        raise ExpressionError(
            f"{subject!r}.between: the lower end is stored as {low.type}, the upper end as {high.type}; "
            "DynamoDB takes two of one type"
        )
    if ordinal(low.stored) > ordinal(high.stored):
        raise ExpressionError(f"{subject!r}.between: the lower end is above the upper end; exchange them")


def ordinal(stored: AttributeValue) -> Any:
    """What Python orders as DynamoDB orders a stored value: numbers by value, text by its UTF-8 bytes."""
    ((kind, value),) = stored.items()
    match kind:
        case "N":
            return decode_decimal(value)
        case "S":
            return value.encode()
        case _:
            return value
