"""Dates and times: fixed width, exact, and refused where they would be ambiguous."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings

from ddbmodel.codec import times
from ddbmodel.errors import CodecError
from tests.strategies import scalars

QUICK = settings(max_examples=200, deadline=None, database=None)
SECOND, MILLISECOND, MICROSECOND = timedelta(seconds=1), timedelta(milliseconds=1), timedelta(microseconds=1)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ("2026-10-13T08:48:47.966937+00:00", "2026-10-13T08:48:47.966937Z"),
        ("2026-10-13T08:48:47+02:00", "2026-10-13T06:48:47.000000Z"),
        ("0001-01-01T00:00:00+00:00", "0001-01-01T00:00:00.000000Z"),
        ("9999-12-31T23:59:59.999999+00:00", "9999-12-31T23:59:59.999999Z"),
        ("0999-01-01T00:00:00-00:30", "0999-01-01T00:30:00.000000Z"),
    ],
)
def test_a_datetime_is_text_of_27_characters_in_utc(value: str, stored: str) -> None:
    """Every datetime has the same width, years before 1000 too."""
    assert times.encode_datetime(_at(value)) == stored


@QUICK
@given(scalars.aware_datetimes(), scalars.aware_datetimes())
def test_the_order_of_texts_is_the_order_of_times(one: datetime, other: datetime) -> None:
    """Stored datetimes sort as the datetimes do."""
    assert (times.encode_datetime(one) < times.encode_datetime(other)) == (one < other)


@pytest.mark.parametrize(
    "value", ["2026-10-13T08:48:47", "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00"]
)
def test_a_datetime_that_utc_cannot_say_is_refused(value: str) -> None:
    """A naive datetime, and one beyond the years 1 to 9999 in UTC, is refused."""
    with pytest.raises(CodecError, match="naive|outside"):
        times.encode_datetime(_at(value))


@pytest.mark.parametrize(
    ("unit", "value", "stored"),
    [
        (SECOND, "1970-01-01T00:00:00+00:00", "0"),
        (SECOND, "1969-12-31T23:59:59+00:00", "-1"),
        (SECOND, "2026-10-13T08:48:47+00:00", "1791881327"),
        (MILLISECOND, "2026-10-13T08:48:47.966+00:00", "1791881327966"),
        (MICROSECOND, "2026-10-13T08:48:47.966937+00:00", "1791881327966937"),
    ],
)
def test_an_epoch_is_a_whole_number_of_units(unit: timedelta, value: str, stored: str) -> None:
    """Seconds, milliseconds and microseconds since 1970 are stored whole, and read back."""
    assert times.encode_epoch(_at(value), unit) == stored
    assert times.decode_epoch(stored, unit) == _at(value)


@pytest.mark.parametrize("unit", [SECOND, MILLISECOND])
def test_a_datetime_finer_than_its_unit_is_refused(unit: timedelta) -> None:
    """What the unit cannot hold is not cut off."""
    with pytest.raises(CodecError, match="finer"):
        times.encode_epoch(_at("2026-10-13T08:48:47.966937+00:00"), unit)


@pytest.mark.parametrize(("text", "microsecond"), [("1.5", 500000), ("1.0", 0), ("1E0", 0)])
def test_an_epoch_that_another_client_wrote_is_read(text: str, microsecond: int) -> None:
    """Fractions and exponents of other clients are read exactly."""
    assert times.decode_epoch(text, SECOND) == datetime(1970, 1, 1, 0, 0, 1, microsecond, UTC)


@pytest.mark.parametrize("text", ["1E20", "-1E20", "1E300"])
def test_an_epoch_out_of_range_is_refused(text: str) -> None:
    """A number that is no datetime is an error that says so."""
    with pytest.raises(CodecError, match="outside"):
        times.decode_epoch(text, SECOND)


@QUICK
@given(scalars.timedeltas())
def test_every_duration_comes_back(value: timedelta) -> None:
    """A timedelta is its exact number of seconds."""
    assert times.decode_timedelta(times.encode_timedelta(value)) == value


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (timedelta(days=1, microseconds=1), "86400.000001"),
        (timedelta(microseconds=-1), "-0.000001"),
        (timedelta(0), "0"),
        (timedelta(hours=1), "3600"),
    ],
)
def test_a_duration_is_stored_in_seconds(value: timedelta, stored: str) -> None:
    """The number is seconds, so that other clients can read it."""
    assert times.encode_timedelta(value) == stored


def test_a_duration_too_long_is_refused() -> None:
    """A stored number of seconds that no timedelta holds is an error that says so."""
    with pytest.raises(CodecError, match="longer"):
        times.decode_timedelta("1E20")


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (time(8, 5), "08:05:00.000000"),
        (time(8, 5, tzinfo=UTC), "08:05:00.000000+00:00"),
        (time(8, 5, 1, 2, timezone(-timedelta(hours=3, minutes=30))), "08:05:01.000002-03:30"),
    ],
)
def test_a_time_is_text_of_fixed_width(value: time, stored: str) -> None:
    """A time is stored to the microsecond, with its offset if it has one."""
    assert times.encode_time(value) == stored


def test_a_time_whose_offset_depends_on_the_date_is_refused() -> None:
    """A time in a zone with daylight saving says nothing without a date."""
    with pytest.raises(CodecError, match="fixed offset"):
        times.encode_time(time(8, 5, tzinfo=ZoneInfo("Europe/Berlin")))
