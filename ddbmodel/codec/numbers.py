"""Numbers: exact, 38 significant digits, 1E-130 to 9.99...E+125, never rounded in silence.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Final

from ddbmodel import limits
from ddbmodel.errors import CodecError

_DIGITS: Final = limits.NUMBER_DIGITS
# An int of more bits than this has more than 126 decimal digits: it is refused before str() of it is slow.
_INT_BITS: Final = 420
_SMALL_INT: Final = 10**15
# What other clients stored may have more digits than DynamoDB takes from us: this only bounds the parser.
_TEXT_MAX: Final = 400
_EXPONENT_MAX: Final = 400


def encode_int(value: int) -> str:
    """Give the stored form of an integer.

    Raises:
        CodecError: more than 38 significant digits, or over 9.99...E+125.
    """
    if -_SMALL_INT < value < _SMALL_INT:
        return int.__repr__(value)
    if value.bit_length() > _INT_BITS:
        raise CodecError("the number is over 9.99E+125, the largest that DynamoDB stores")
    return encode_decimal(Decimal(value))


def encode_float(value: float) -> str:
    """Give the stored form of a float: its shortest decimal text that reads back as the same float.

    Raises:
        CodecError: not finite, or out of DynamoDB's range.
    """
    return encode_decimal(Decimal(float.__repr__(value)))


def encode_decimal(value: Decimal) -> str:
    """Give the stored form of a Decimal, without trailing zeros: 1.50 becomes `1.5`, 1E+3 `1000`, -0 `0`.

    Raises:
        CodecError: NaN or infinite, more than 38 significant digits, or out of range.
    """
    plain = str(value)
    if plain[-1] in "123456789" and len(plain) <= _DIGITS and plain.replace(".", "", 1).isdigit():
        return plain  # most numbers are as they are stored
    whole, _, places = plain.partition(".")
    if whole.isdigit() and len(plain) <= _DIGITS and (not places or places.isdigit()):
        return _without_zeros(plain)
    if not value.is_finite():
        raise CodecError("NaN and infinity cannot be stored as a number")
    if len(plain) <= _DIGITS and "E" not in plain and "e" not in plain:
        return _without_zeros(plain)
    sign, digits, exponent = value.as_tuple()
    text = "".join(map(str, digits)).lstrip("0")
    stripped = text.rstrip("0")
    if not stripped:
        return "0"
    power = int(exponent) + len(text) - len(stripped)
    return _render("-" if sign else "", stripped, power)


def _without_zeros(plain: str) -> str:
    stripped = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return "0" if stripped in ("-0", "") else stripped


def _render(sign: str, digits: str, power: int) -> str:
    if len(digits) > _DIGITS:
        raise CodecError(
            f"the number has {len(digits)} significant digits, DynamoDB stores {_DIGITS}; round it first"
        )
    adjusted = power + len(digits) - 1
    if adjusted > limits.NUMBER_EXPONENT_MAX:
        raise CodecError("the number is over 9.99E+125, the largest that DynamoDB stores")
    if adjusted < limits.NUMBER_EXPONENT_MIN:
        raise CodecError("the number is nearer to zero than 1E-130, the smallest that DynamoDB stores")
    if power >= 0 and adjusted < _DIGITS:
        return sign + digits + "0" * power
    if -_DIGITS <= power < 0 and adjusted >= -7:
        point = len(digits) + power
        if point > 0:
            return f"{sign}{digits[:point]}.{digits[point:]}"
        return f"{sign}0.{'0' * -point}{digits}"
    mantissa = digits[0] + ("." + digits[1:] if len(digits) > 1 else "")
    return f"{sign}{mantissa}E{adjusted:+d}"


def decode_decimal(text: str) -> Decimal:
    """Give the exact value of a stored number, also if another client wrote it (`5.0`, `1E3`).

    Raises:
        CodecError: not a number, or longer than any that DynamoDB holds.
    """
    if len(text) > _TEXT_MAX:
        raise CodecError(f"a number of {len(text)} characters is longer than any that DynamoDB holds")
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise CodecError("the stored N is not a number") from None
    if not value.is_finite() or abs(value.adjusted()) > _EXPONENT_MAX:
        raise CodecError("the stored N is out of the range of DynamoDB's numbers")
    return value


def decode_int(text: str) -> int | Decimal:
    """Give the stored number as int where it is whole, else as Decimal (for Pydantic to refuse)."""
    try:
        if len(text) < _DIGITS:
            return int(text)
    except ValueError:
        pass
    value = decode_decimal(text)
    whole = int(value)
    return whole if whole == value else value


def decode_float(text: str) -> float:
    """Give the float nearest to the stored number."""
    return float(decode_decimal(text))


def canonical_number(text: str) -> str:
    """Give the one form of a stored number, so that equal numbers have equal texts.

    A number that only other clients can have stored (more than 38 digits) keeps its text.
    """
    try:
        return encode_decimal(decode_decimal(text))
    except CodecError:
        return text


def decode_untyped(text: str) -> int | float | Decimal:
    """Give a number without a declared type.

    It is an int if it is whole, a float if a float has exactly these digits, else a Decimal.
    """
    value = decode_int(text)
    if isinstance(value, int):
        return value
    near = float(value)
    return near if Decimal(float.__repr__(near)) == value else value
