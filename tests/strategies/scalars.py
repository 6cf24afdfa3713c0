"""Strategies for single values that DynamoDB can hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

DIGITS = 38
EXPONENT_MAX = 125
EXPONENT_MIN = -130

ODD_TEXTS = (
    "",
    " ",
    "0",
    "true",
    "None",
    "$",
    "a.b[0]",
    "#n0",
    ":v0",
    "\x00",
    "\x7f",
    "\u2028",
    "\ufeff",
    "é",
    "é",
    "𝔘",
    "👩‍👩‍👧",
    "İ",
)


def texts(min_size: int = 0) -> SearchStrategy[str]:
    """Text that UTF-8 can hold, odd characters and texts that look like something else among it."""
    odd = [text for text in ODD_TEXTS if len(text) >= min_size]
    return st.sampled_from(odd) | st.text(st.characters(codec="utf-8"), min_size=min_size, max_size=20)


def decimals() -> SearchStrategy[Decimal]:
    """Decimals of up to 38 digits, from 1E-130 to 9.99E+125, zeros and negative ones among them."""
    digits = st.integers(min_value=1, max_value=10**DIGITS - 1)
    adjusted = st.integers(EXPONENT_MIN, EXPONENT_MAX)
    everyday = st.decimals(
        allow_nan=False, allow_infinity=False, places=2, min_value=-(10**9), max_value=10**9
    )
    return (
        st.builds(_decimal, st.sampled_from((0, 1)), digits, adjusted) | everyday | st.just(Decimal("-0.00"))
    )


def _decimal(sign: int, digits: int, adjusted: int) -> Decimal:
    figures = tuple(map(int, str(digits)))
    return Decimal((sign, figures, adjusted - len(figures) + 1))


def integers() -> SearchStrategy[int]:
    """Integers of up to 38 digits, and some longer ones that end in zeros."""
    limit = 10**DIGITS - 1
    return (
        st.integers(-limit, limit)
        | st.integers(-1000, 1000)
        | st.sampled_from((10**125, -(10**60), 2**53 + 1))
    )


def floats() -> SearchStrategy[float]:
    """Floats in DynamoDB's range. Negative zero is stored as zero, which is equal."""
    everyday = st.floats(-1e9, 1e9, allow_subnormal=False).filter(
        lambda value: value == 0 or abs(value) > 1e-129
    )
    return everyday | st.sampled_from(
        (0.1, 1.0, -0.0, 1e22, 1e23, 1.7976931348623157e125, 1e-130, 5e-130, 2.0**63)
    )


def aware_datetimes() -> SearchStrategy[datetime]:
    """Datetimes with a time zone, that UTC can express."""
    zones = st.sampled_from((UTC, timezone(timedelta(hours=2)), timezone(-timedelta(hours=9, minutes=30))))
    return st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=zones)  # noqa: DTZ001


def timedeltas() -> SearchStrategy[timedelta]:
    """Durations, to the microsecond."""
    return st.timedeltas() | st.sampled_from(
        (timedelta.max, timedelta.min, timedelta(0), timedelta(microseconds=-1))
    )


def keys() -> SearchStrategy[str]:
    """Text that a map's key can be."""
    return texts(min_size=1)
