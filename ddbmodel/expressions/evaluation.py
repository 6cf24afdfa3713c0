"""What a condition says of an item at hand: true or false, as DynamoDB would find it.

Only a refused condition needs it: the service says that the condition was false, and not which part of it.

An operand without a value (a missing attribute, the size of a number) makes a comparison or function false,
but for `<>` and `attribute_not_exists`; so does one of another type. Numbers compare by value, text by its
UTF-8 bytes, sets without order, lists and maps by what they hold.
Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, Final

from ddbmodel.codec.sameness import same_stored
from ddbmodel.codec.values import AttributeValue, Item
from ddbmodel.errors import ExpressionError
from ddbmodel.expressions.comparisons import ORDERED_TYPES, Between, Comparison, In, ordinal
from ddbmodel.expressions.conditions import And, Condition, Not, Or
from ddbmodel.expressions.functions import Function, Size
from ddbmodel.expressions.operands import Operand, Value
from ddbmodel.expressions.places import PathRef

_Order = Callable[[Any, Any], bool]
_ORDERS: Final[dict[str, _Order]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_UNSIZED: Final = frozenset(("N", "BOOL", "NULL"))


def holds(condition: Condition, item: Item | None) -> bool:
    """Tell whether a condition is true of a stored item.

    Args:
        condition: what was sent as `when=`, or a part of it.
        item: the item as it is stored; None where there is none.

    Raises:
        ExpressionError: the condition is of a kind that DynamoDB does not have.
        CodecError: a stored number is not one.
    """
    match condition:
        case And(parts=parts):
            return all(holds(part, item) for part in parts)
        case Or(parts=parts):
            return any(holds(part, item) for part in parts)
        case Not(condition=inner):
            return not holds(inner, item)
        case Function():
            return _function_holds(condition, item or {})
        case Comparison(left=left, operator=sign, right=right):
            return _compare(_value(left, item or {}), sign, _value(right, item or {}))
        case Between() | In():
            return _is_among(condition, item or {})
        case _:
            raise ExpressionError(f"{condition!r} is no condition that can be evaluated here")


def failed_clauses(condition: Condition, item: Item | None) -> tuple[Condition, ...]:
    """Give the parts of a condition that must all be true, and are not.

    Only `&` is taken apart: where `|` or `~` is false, it is so as a whole.

    Raises:
        ExpressionError: as `holds`.
        CodecError: as `holds`.
    """
    return tuple(clause for clause in condition.conjuncts() if not holds(clause, item))


# Single conditions --------------------------------------------------------------------------------------


def _compare(left: AttributeValue | None, sign: str, right: AttributeValue | None) -> bool:
    if sign == "<>":
        return not _equal(left, right)
    return _equal(left, right) if sign == "=" else _ordered(left, _ORDERS[sign], right)


def _equal(left: AttributeValue | None, right: AttributeValue | None) -> bool:
    return left is not None and right is not None and same_stored(left, right)


def _ordered(left: AttributeValue | None, order: _Order, right: AttributeValue | None) -> bool:
    if left is None or right is None or left.keys() != right.keys() or not left.keys() <= ORDERED_TYPES:
        return False
    return order(ordinal(left), ordinal(right))


def _is_among(condition: Between | In, item: Item) -> bool:
    value = _value(condition.operand, item)
    if isinstance(condition, In):
        return any(_equal(value, _value(option, item)) for option in condition.options)
    low, high = _value(condition.low, item), _value(condition.high, item)
    return _ordered(low, operator.le, value) and _ordered(value, operator.le, high)


def _function_holds(function: Function, item: Item) -> bool:
    stored = _value(function.path, item)
    argument = None if function.argument is None else _value(function.argument, item)
    match function.name:
        case "attribute_exists":
            return stored is not None
        case "attribute_not_exists":
            return stored is None
        case "attribute_type":
            return stored is not None and argument is not None and argument["S"] in stored
        case "begins_with":
            return stored is not None and argument is not None and _begins_with(stored, argument)
        case "contains":
            return stored is not None and argument is not None and _contains(stored, argument)
        case _:
            raise ExpressionError(f"{function!r} is no function that can be evaluated here")


def _begins_with(stored: AttributeValue, prefix: AttributeValue) -> bool:
    ((kind, whole),) = stored.items()
    return kind in ("S", "B") and kind in prefix and bool(whole.startswith(prefix[kind]))


def _contains(stored: AttributeValue, member: AttributeValue) -> bool:
    """True of text inside of text, bytes inside of bytes, and members of sets and lists."""
    ((kind, whole),) = stored.items()
    match kind:
        case "S" | "B":
            return kind in member and member[kind] in whole
        case "SS" | "NS" | "BS":
            return any(same_stored({kind[0]: one}, member) for one in whole)
        case "L":
            return any(same_stored(one, member) for one in whole)
        case _:
            return False


# Operands -----------------------------------------------------------------------------------------------


def _value(operand: Operand, item: Item) -> AttributeValue | None:
    """The stored form of what an operand stands for; None where it stands for nothing."""
    match operand:
        case Value(stored=stored):
            return stored
        case PathRef():
            return _value_at(operand.place.steps, item)
        case Size():
            return _size_of(_value_at(operand.path.place.steps, item))
        case _:
            raise ExpressionError(f"{operand!r} is no operand of a condition")


def _value_at(steps: tuple[str | int, ...], item: Item) -> AttributeValue | None:
    here: AttributeValue | None = {"M": item}
    for step in steps:
        if here is None:
            return None
        if isinstance(step, int):
            elements: list[AttributeValue] = here.get("L", [])
            here = elements[step] if step < len(elements) else None
        else:
            here = here.get("M", {}).get(step)
    return here


def _size_of(stored: AttributeValue | None) -> AttributeValue | None:
    """The size as a stored number; None for what has no size."""
    if stored is None or not stored.keys().isdisjoint(_UNSIZED):
        return None
    ((_, value),) = stored.items()
    return {"N": str(len(value))}
