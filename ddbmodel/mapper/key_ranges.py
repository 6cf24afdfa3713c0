"""Several conditions on one key attribute as the one that the service takes.

A key condition has one condition for each attribute of the key: two of them are refused, and so is a filter
on a key attribute. `BETWEEN` includes both of its ends, so of a half-open range (`>= since`, `< until`) it
reads the excluded end as well, and whoever reads drops the items that lie exactly there.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.KeyConditionExpressions.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

from ddbmodel.codec.numbers import decode_decimal
from ddbmodel.codec.values import AttributeValue
from ddbmodel.errors import ExpressionError
from ddbmodel.expressions import Between, Comparison, Condition, Function, PathRef, Value

# Numbers or bytes; the constants of one attribute are all of its type.
Ordinal: TypeAlias = Any

_LAST_CODE_POINT: Final = 0x10FFFF
_SURROGATES: Final = range(0xD800, 0xE000)


@dataclass(frozen=True, slots=True)
class End:
    """One end of a range; an open one does not belong to it."""

    value: Value
    is_open: bool = False

    def low_order(self) -> tuple[Ordinal, bool]:
        return ordinal(self.value.stored), self.is_open

    def high_order(self) -> tuple[Ordinal, bool]:
        return ordinal(self.value.stored), not self.is_open

    def excludes(self, high: End) -> bool:
        """True if nothing is between this lower end and that upper end."""
        mine, theirs = ordinal(self.value.stored), ordinal(high.value.stored)
        return mine > theirs or (mine == theirs and (self.is_open or high.is_open))


@dataclass(frozen=True, slots=True)
class Narrowed:
    """The one condition that stands for all of them.

    Attributes:
        condition: true for every item that all of them are true for, and for those at the excluded ends.
        excluded: the ends that the condition includes and the conditions do not: none, one or two.
        low: the lower end of the values that all of them are true for; None if there is none.
        high: likewise the upper end.
    """

    condition: Condition
    excluded: tuple[Value, ...] = ()
    low: End | None = None
    high: End | None = None

    @property
    def is_equality(self) -> bool:
        """True if the attribute is bound to one value."""
        return isinstance(self.condition, Comparison) and self.condition.operator == "="


def subject_of(condition: Condition) -> PathRef | None:
    """The path that a condition compares with constants in a way a key can serve; None for all other ones."""
    match condition:
        case Comparison(left=PathRef() as path, operator=operator, right=Value()) if operator != "<>":
            return path
        case Between(operand=PathRef() as path, low=Value(), high=Value()):
            return path
        case Function(name="begins_with", path=path, argument=Value()):
            return path
        case _:
            return None


def with_subject(condition: Condition, path: PathRef) -> Condition:
    """The same condition on another path, of one that has a subject."""
    match condition:
        case Comparison():
            return replace(condition, left=path)
        case Between():
            return replace(condition, operand=path)
        case Function():
            return replace(condition, path=path)
        case _:
            raise AssertionError("only conditions with a subject change it")


def constants_of(condition: Condition) -> tuple[Value, ...]:
    """The constants of a condition that has a subject."""
    match condition:
        case Comparison(right=Value() as value) | Function(argument=Value() as value):
            return (value,)
        case Between(low=Value() as low, high=Value() as high):
            return (low, high)
        case _:
            return ()


def narrow(conditions: Sequence[Condition]) -> Narrowed:
    """One condition for one or more that have the same subject. What another one implies is left out.

    Raises:
        ExpressionError: they exclude each other.
    """
    ranges = _without_implied([_range_of(condition) for condition in conditions])
    low = max((r.low for r in ranges if r.low is not None), key=End.low_order, default=None)
    high = min((r.high for r in ranges if r.high is not None), key=End.high_order, default=None)
    if low is not None and high is not None and low.excludes(high):
        raise ExpressionError(
            f"{subject_of(conditions[0])!r}: its conditions exclude each other, so no item can match"
        )
    if len(ranges) == 1 or low is None or high is None:
        return Narrowed(ranges[0].condition, (), low, high)
    subject = subject_of(conditions[0])
    assert subject is not None, "only conditions with a subject are narrowed"
    excluded = tuple(end.value for end in (low, high) if end.is_open)
    return Narrowed(Between(subject, low.value, high.value), excluded, low, high)


def ordinal(stored: AttributeValue) -> Ordinal:
    """What Python orders as DynamoDB orders key values: numbers by value, text by its UTF-8 bytes.

    A bool is no key, but can be a part of one.
    """
    ((kind, value),) = stored.items()
    match kind:
        case "N":
            return decode_decimal(value)
        case "S":
            return str(value).encode()
        case "BOOL":
            return bool(value)
        case _:
            return bytes(value)


def same_key_value(one: AttributeValue, other: AttributeValue) -> bool:
    """True if DynamoDB holds the same for both; `5` and `5.0` are the same number."""
    return one.keys() == other.keys() and ordinal(one) == ordinal(other)


@dataclass(frozen=True, slots=True)
class _Range:
    """A condition and the values that it is true for; None is an end that is not there."""

    condition: Condition
    low: End | None
    high: End | None

    def within(self, other: _Range) -> bool:
        """True if whatever this range holds is in the other one."""
        above = other.low is None or (self.low is not None and self.low.low_order() >= other.low.low_order())
        below = other.high is None or (
            self.high is not None and self.high.high_order() <= other.high.high_order()
        )
        return above and below


def _without_implied(ranges: Sequence[_Range]) -> list[_Range]:
    """Leave out what another range implies; of equal ones the first stays.

    If two or more remain, one of them has the lower end of their intersection and another the upper end.
    """
    kept: list[_Range] = []
    for candidate in ranges:
        if any(other.within(candidate) for other in kept):
            continue
        kept = [other for other in kept if not candidate.within(other)]
        kept.append(candidate)
    return kept


def _range_of(condition: Condition) -> _Range:
    match condition:
        case Comparison(operator="=", right=Value() as value):
            return _Range(condition, End(value), End(value))
        case Comparison(operator=">" | ">=" as operator, right=Value() as value):
            return _Range(condition, End(value, operator == ">"), None)
        case Comparison(operator="<" | "<=" as operator, right=Value() as value):
            return _Range(condition, None, End(value, operator == "<"))
        case Between(low=Value() as low, high=Value() as high):
            return _Range(condition, End(low), End(high))
        case Function(argument=Value() as prefix):
            after = after_prefix(prefix.stored)
            return _Range(condition, End(prefix), None if after is None else End(Value(after), True))
        case _:
            raise AssertionError("only conditions with a subject have a range")


def after_prefix(stored: AttributeValue) -> AttributeValue | None:
    """The least value above all that begin with a prefix; None if there is none."""
    if "B" in stored:
        data = bytes(stored["B"]).rstrip(b"\xff")
        return {"B": data[:-1] + bytes((data[-1] + 1,))} if data else None
    text = str(stored["S"]).rstrip(chr(_LAST_CODE_POINT))
    if not text:
        return None
    code_point = ord(text[-1]) + 1
    return {"S": text[:-1] + chr(_SURROGATES.stop if code_point in _SURROGATES else code_point)}
