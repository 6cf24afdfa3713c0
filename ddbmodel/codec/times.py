"""Dates and times: text of fixed width, so that the order of the texts is the order of the times."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from ddbmodel.codec.numbers import decode_decimal, encode_decimal
from ddbmodel.errors import CodecError

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_MICROSECOND_PLACES: Final = 6


def _shift(value: Decimal, places: int) -> Decimal:
    """`value` times ten to the power of `places`, exact whatever the decimal context is."""
    sign, digits, exponent = value.as_tuple()
    return Decimal((sign, digits, int(exponent) + places))


def _utc(value: datetime) -> datetime:
    if value.utcoffset() is None:
        raise CodecError("a naive datetime is ambiguous: give it a time zone, such as datetime.now(UTC)")
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise CodecError("the datetime is outside of the years 1 to 9999 in UTC") from None


def encode_datetime(value: datetime) -> str:
    """An aware datetime as UTC text of 27 characters, `2026-10-13T08:48:47.966937Z`.

    Raises:
        CodecError: a naive datetime, or one that UTC cannot express (at the ends of years 1 and 9999).
    """
    utc = value if value.tzinfo is UTC else _utc(value)
    return utc.isoformat("T", "microseconds")[:26] + "Z"


def encode_epoch(value: datetime, unit: timedelta, *, floor: bool = False) -> str:
    """An aware datetime as a whole number of units (a power of ten of microseconds) since 1970-01-01 UTC.

    Args:
        value: the datetime.
        unit: what is counted.
        floor: drop what is finer than the unit.

    Raises:
        CodecError: a naive datetime, or one that is finer than the unit and not to be floored.
    """
    units, rest = divmod(_utc(value) - _EPOCH, unit)
    if rest and not floor:
        raise CodecError(
            f"the datetime is finer than the {unit.total_seconds():g} seconds that are stored: round it first"
        )
    return str(units)


def decode_epoch(text: str, unit: timedelta) -> datetime:
    """The datetime of a number of units since 1970-01-01 UTC.

    Raises:
        CodecError: outside of the years 1 to 9999.
    """
    places = len(str(unit // _MICROSECOND)) - 1
    try:
        return _EPOCH + timedelta(microseconds=int(_shift(decode_decimal(text), places)))
    except OverflowError:
        raise CodecError("the stored epoch is outside of the years 1 to 9999") from None


def encode_time(value: time) -> str:
    """A time as text of fixed width, `08:48:47.966937`, followed by its offset if it has one.

    Raises:
        CodecError: a time in a zone whose offset depends on the date.
    """
    if value.tzinfo is not None and value.utcoffset() is None:
        raise CodecError(
            "a time in a zone whose offset changes has no meaning without a date: use a fixed offset"
        )
    return value.isoformat(timespec="microseconds")


def encode_timedelta(value: timedelta) -> str:
    """A duration as its exact number of seconds."""
    return encode_decimal(_shift(Decimal(value // _MICROSECOND), -_MICROSECOND_PLACES))


def decode_timedelta(text: str) -> timedelta:
    """The duration of a number of seconds.

    Raises:
        CodecError: longer than a timedelta can be.
    """
    try:
        return timedelta(microseconds=int(_shift(decode_decimal(text), _MICROSECOND_PLACES)))
    except OverflowError:
        raise CodecError("the stored duration is longer than a timedelta can be") from None
