"""What DynamoDB refuses of attribute values: numbers, sets, depth, and what is no value at all.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from ddbmodel import limits
from ddbmodel.testing.strict.refusal import Refused, invalid
from ddbmodel.testing.strict.shapes import is_array, is_object

_WRONG: Final = "One or more parameter values were invalid:"
_NUMBER: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)


def check_value(value: Any, level: int = 0) -> None:
    """Refuse what is not one value of one type that DynamoDB can store.

    Raises:
        Refused: with the service's words.
    """
    if not is_object(value):
        raise Refused("SerializationException", "Unexpected value type in payload")
    if len(value) != 1:
        many = "has more than one datatypes set" if value else "is empty"
        raise invalid(f"Supplied AttributeValue {many}, must contain exactly one of the supported datatypes")
    ((kind, held),) = value.items()
    if kind in ("L", "M"):
        _check_document(kind, held, level + 1)
        return
    check = _CHECKS.get(kind)
    if check is None:
        raise invalid("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes")
    check(held)


def number(text: Any) -> Decimal:
    """The number that a text stands for.

    Raises:
        Refused: it is none, has over 38 digits, or is out of range.
    """
    if not isinstance(text, str):
        raise Refused("SerializationException", "NUMBER_VALUE cannot be converted to String")
    if not _NUMBER.fullmatch(text):
        raise invalid(
            "The parameter cannot be converted to a numeric value"
            if not text
            else f"The parameter cannot be converted to a numeric value: {text}"
        )
    try:
        value = Decimal(text)
    except InvalidOperation:  # an exponent that not even Decimal can hold
        value = Decimal("1E+9999") if "E-" not in text.upper() else Decimal("1E-9999")
    _check_range(value)
    return value


def _check_range(value: Decimal) -> None:
    if not value:
        return
    digits = "".join(map(str, value.as_tuple().digits)).strip("0")
    if len(digits) > limits.NUMBER_DIGITS:
        raise invalid("Attempting to store more than 38 significant digits in a Number")
    if value.adjusted() > limits.NUMBER_EXPONENT_MAX:
        raise invalid(
            "Number overflow. Attempting to store a number with magnitude larger than supported range"
        )
    if value.adjusted() < limits.NUMBER_EXPONENT_MIN:
        raise invalid(
            "Number underflow. Attempting to store a number with magnitude smaller than supported range"
        )


def _check_document(kind: str, held: Any, level: int) -> None:
    if level > limits.NESTING_LEVELS:
        raise invalid("Nesting Levels have exceeded supported limits")
    for element in _elements(kind, held):
        check_value(element, level)


def _elements(kind: str, held: Any) -> Iterable[Any]:
    if kind == "M" and is_object(held):
        return held.values()
    if kind == "L" and is_array(held):
        return held
    raise Refused("SerializationException", "Unexpected field type")


def _check_text(held: Any) -> None:
    if not isinstance(held, str):
        raise Refused("SerializationException", "Unexpected token: expected a string")


def _check_bytes(held: Any) -> None:
    _check_text(held)
    try:
        base64.b64decode(held, validate=True)
    except ValueError:
        raise Refused(
            "SerializationException", "Base64 encoded length is expected a multiple of 4 bytes"
        ) from None


def _check_boolean(held: Any) -> None:
    if not isinstance(held, bool):
        raise Refused("SerializationException", "Unexpected token: expected a boolean")


def _check_null(held: Any) -> None:
    _check_boolean(held)
    if not held:
        raise invalid(f"{_WRONG} Null attribute value types must have the value of true")


def _set_of(empty: str, check: Callable[[Any], object]) -> Callable[[Any], None]:
    def check_set(held: Any) -> None:
        if not is_array(held):
            raise Refused("SerializationException", "Unexpected field type")
        if not held:
            raise invalid(f"{_WRONG} {empty}")
        members = [check(member) for member in held]
        # Numbers are the same when their values are; of the others, the check gives None.
        if len(set(held if members[0] is None else members)) < len(held):
            raise invalid(f"{_WRONG} Input collection {held} contains duplicates.")

    return check_set


_CHECKS: Final[Mapping[str, Callable[[Any], object]]] = {
    "S": _check_text,
    "N": number,
    "B": _check_bytes,
    "BOOL": _check_boolean,
    "NULL": _check_null,
    "SS": _set_of("An string set  may not be empty", _check_text),
    "NS": _set_of("An number set  may not be empty", number),
    "BS": _set_of("Binary sets should not be empty", _check_bytes),
}
