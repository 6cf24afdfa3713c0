"""Numbers are exact, in both directions, whatever the decimal context says."""

from __future__ import annotations

import decimal
from collections.abc import Iterator
from decimal import Decimal

import pytest
from hypothesis import given, settings

from ddbmodel.codec.numbers import (
    canonical_number,
    decode_decimal,
    decode_float,
    decode_int,
    decode_untyped,
    encode_decimal,
    encode_float,
    encode_int,
)
from ddbmodel.errors import CodecError
from tests.strategies import scalars
from tests.strategies.stored import number_texts

QUICK = settings(max_examples=200, deadline=None, database=None)


@pytest.fixture(params=["everyday", "hostile"], autouse=True)
def _context(request: pytest.FixtureRequest) -> Iterator[None]:
    """Once as it is, and once with a context of three digits that raises at every occasion."""
    if request.param == "everyday":
        yield
        return
    with decimal.localcontext(decimal.Context(prec=3, Emin=-2, Emax=2, traps=list(decimal.Context().flags))):
        yield


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ("0", "0"),
        ("-0", "0"),
        ("-0.00", "0"),
        ("0E+200", "0"),
        ("1.50", "1.5"),
        ("1E+3", "1000"),
        ("100", "100"),
        ("-12.5", "-12.5"),
        ("0.001", "0.001"),
        ("1E-7", "0.0000001"),
        ("1E-8", "1E-8"),
        ("123456789012345678901234567890.12345678", "123456789012345678901234567890.12345678"),
        ("9" * 38, "9" * 38),
        ("9" * 38 + "0" * 87, "9." + "9" * 37 + "E+124"),
        ("1E125", "1E+125"),
        ("9." + "9" * 37 + "E125", "9." + "9" * 37 + "E+125"),
        ("-1E-130", "-1E-130"),
        ("1." + "0" * 60, "1"),
    ],
)
def test_a_decimal_has_one_stored_form(value: str, stored: str) -> None:
    """A Decimal is stored without trailing zeros, with an exponent only where it is shorter."""
    assert encode_decimal(Decimal(value)) == stored
    assert canonical_number(value) == stored


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("NaN", "NaN"),
        ("-NaN12", "NaN"),
        ("sNaN", "NaN"),
        ("Infinity", "infinity"),
        ("-Infinity", "infinity"),
        ("1" * 39, "39 significant digits"),
        ("0." + "1" * 39, "39 significant digits"),
        ("1E126", "9.99E\\+125"),
        ("-1E126", "9.99E\\+125"),
        ("1E+999999", "9.99E\\+125"),
        ("1E-131", "1E-130"),
        ("1E-999999", "1E-130"),
    ],
)
def test_what_dynamodb_cannot_hold_is_refused(value: str, reason: str) -> None:
    """No number is rounded: more digits, a greater exponent, NaN and infinity are errors."""
    with pytest.raises(CodecError, match=reason):
        encode_decimal(Decimal(value))


@pytest.mark.parametrize(
    ("value", "stored"),
    [(0, "0"), (-5, "-5"), (10**15, "1" + "0" * 15), (2**63, str(2**63)), (10**125, "1E+125"), (True, "1")],
)
def test_an_integer_is_stored_exactly(value: int, stored: str) -> None:
    """An int of any size that DynamoDB holds is stored exactly."""
    assert encode_int(int(value)) == stored


@pytest.mark.parametrize(
    "value",
    [10**38 + 1, 10**126, -(10**126), 1 << 1_000_000],
    ids=["39 digits", "1E126", "-1E126", "a million bits"],
)
def test_an_integer_too_long_is_refused(value: int) -> None:
    """An int over 38 digits or 9.99E+125 is refused, and quickly, however long it is."""
    with pytest.raises(CodecError, match="digits|largest"):
        encode_int(value)


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (0.1, "0.1"),
        (-0.0, "0"),
        (1.0, "1"),
        (1e22, "1" + "0" * 22),
        (1.5e125, "1.5E+125"),
        (5e-130, "5E-130"),
    ],
)
def test_a_float_is_stored_by_its_shortest_text(value: float, stored: str) -> None:
    """A float is stored as the shortest decimal number that reads back as the same float."""
    assert encode_float(value) == stored


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 5e-324, 1e-131, 1e126])
def test_a_float_out_of_range_is_refused(value: float) -> None:
    """NaN, infinity, subnormal and too great floats are refused."""
    with pytest.raises(CodecError):
        encode_float(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5.0", 5),
        ("+5", 5),
        ("1E3", 1000),
        ("1e3", 1000),
        ("1.0E+1", 10),
        ("-0", 0),
        ("00012", 12),
        ("1" + "0" * 125, 10**125),
        ("12345678901234567890123456789012345678", 12345678901234567890123456789012345678),
    ],
)
def test_what_other_clients_stored_is_read_as_an_integer(text: str, value: int) -> None:
    """A whole number is an int in whatever form it was written."""
    assert decode_int(text) == value
    assert type(decode_int(text)) is int


def test_more_digits_than_dynamodb_takes_are_read_exactly() -> None:
    """A number of 126 digits, as lenient engines keep it, is read digit by digit."""
    text = "1." + "3" * 125
    assert str(decode_decimal(text)) == text


@pytest.mark.parametrize(
    "text", ["", "abc", "NaN", "Infinity", "1E401", "1E-401", "1" * 401, "1.2.3", "0x10"]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    """Text that is no number, or longer than any that can be stored, is an error, not a value."""
    with pytest.raises(CodecError):
        decode_decimal(text)


@pytest.mark.parametrize(("text", "value"), [("1.5", Decimal("1.5")), ("0.0", 0)])
def test_a_fraction_is_handed_over_as_it_is(text: str, value: Decimal | int) -> None:
    """A number that is not whole is handed to Pydantic as a Decimal, which says what is wrong."""
    assert decode_int(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("1.0", 1),
        ("1E+2", 100),
        ("0.1", 0.1),
        ("-2.5", -2.5),
        ("0.10000000000000000001", Decimal("0.10000000000000000001")),
        ("9007199254740993", 9007199254740993),
        ("9007199254740993.5", Decimal("9007199254740993.5")),
    ],
)
def test_a_number_without_a_type_becomes_the_simplest_exact_one(text: str, value: float | Decimal) -> None:
    """It is an int if whole, a float if that has exactly these digits, else a Decimal."""
    found = decode_untyped(text)
    assert type(found) is type(value)
    assert str(found) == str(value)


@QUICK
@given(scalars.decimals())
def test_every_decimal_comes_back(value: Decimal) -> None:
    """Whatever Decimal can be stored is read back as an equal one."""
    assert decode_decimal(encode_decimal(value)) == value


@QUICK
@given(scalars.integers())
def test_every_integer_comes_back(value: int) -> None:
    """Whatever int can be stored is read back as the same int."""
    assert decode_int(encode_int(value)) == value


@QUICK
@given(scalars.floats())
def test_every_float_comes_back(value: float) -> None:
    """Whatever float can be stored is read back as the same float."""
    assert decode_float(encode_float(value)) == value


@QUICK
@given(number_texts())
def test_equal_numbers_have_one_canonical_form(text: str) -> None:
    """The canonical form is the same number, and does not change any more."""
    canonical = canonical_number(text)
    assert decode_decimal(canonical) == decode_decimal(text)
    assert canonical_number(canonical) == canonical
