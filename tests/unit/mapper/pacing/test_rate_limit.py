"""The budget of write units: what it lets through, and when."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddbmodel import ExpressionError, Ramp, RateLimit


@dataclass
class Clock:
    """Time that only moves when it is told to."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def limit(clock: Clock, rate: float = 100.0, **options: Any) -> RateLimit:
    return RateLimit(write_units_per_second=rate, clock=clock, **options)


def test_a_full_bucket_is_spent_at_once_and_then_the_rate_rules() -> None:
    """The burst goes out without a wait; after it each request waits until its units have come in."""
    clock = Clock()
    one = limit(clock, burst_seconds=0.5)
    assert [one.reserve(25) for _ in range(4)] == pytest.approx([0, 0, 0.25, 0.5])
    clock.now += 0.5
    assert one.reserve(25) == pytest.approx(0.25)


def test_what_is_not_used_is_saved_up_to_the_burst() -> None:
    """An hour of silence is worth one burst, not an hour of units."""
    clock = Clock()
    one = limit(clock)
    one.reserve(100)
    clock.now += 3600
    assert [one.reserve(100), one.reserve(100)] == pytest.approx([0, 1])


def test_a_request_bigger_than_the_bucket_waits_until_that_is_full() -> None:
    """It is not held up for ever, and whoever comes after it pays for it."""
    clock = Clock()
    one = limit(clock)
    assert one.reserve(1000) == 0
    clock.now += 5
    assert [one.reserve(1000), one.reserve(1)] == pytest.approx([5, 14.01])


def test_the_service_has_the_last_word_about_what_was_used() -> None:
    """What an estimate missed is owed, and what it took too much is given back."""
    clock = Clock()
    one = limit(clock)
    one.reserve(100)
    one.settle(100, 300)
    assert one.reserve(0) == pytest.approx(2)
    one.settle(100, 0)
    assert one.reserve(0) == pytest.approx(1)
    one.charge(50)
    assert one.reserve(0) == pytest.approx(1.5)


def test_a_reservation_that_is_given_back_leaves_no_trace() -> None:
    """Whoever gives up waiting is as if it had never come."""
    clock = Clock()
    one = limit(clock)
    one.reserve(100)
    assert one.reserve(70) == pytest.approx(0.7)
    one.charge(-70)
    assert one.reserve(30) == pytest.approx(0.3)


def test_giving_back_does_not_overfill_the_bucket() -> None:
    """A budget cannot be raised by correcting it."""
    one = limit(Clock())
    one.settle(1000, 0)
    assert [one.reserve(100), one.reserve(100)] == pytest.approx([0, 1])


def test_a_clock_that_goes_back_gives_and_takes_nothing() -> None:
    """Time that was counted once is not counted again."""
    clock = Clock()
    one = limit(clock)
    one.reserve(100)
    clock.now -= 50
    assert one.reserve(0) == 0
    clock.now += 50.5
    assert one.reserve(100) == pytest.approx(0.5)


@st.composite
def arrivals(draw: Callable[..., Any]) -> list[tuple[float, float, float]]:
    """Requests: the time since the one before, the units reserved, and which part of them is used."""
    one = st.tuples(st.floats(0, 3), st.floats(0.1, 300), st.floats(0, 1))
    return draw(st.lists(one, min_size=1, max_size=60))


def most_in_any_window(sent: Sequence[tuple[float, float]], rate: float) -> float:
    """The most that was sent in any window, beyond what the rate gives for its length."""
    most = 0.0
    for start, (begins, _) in enumerate(sent):
        total = 0.0
        for at, units in sent[start:]:
            total += units
            most = max(most, total - rate * (at - begins))
    return most


@given(arrivals(), st.floats(1, 500), st.floats(0.05, 10))
def test_no_window_holds_more_than_the_rate_and_one_burst(
    requests: list[tuple[float, float, float]], rate: float, burst_seconds: float
) -> None:
    """Over any window what is used is at most rate * time + burst, or + one request if that is bigger."""
    clock = Clock(0.0)
    one = limit(clock, rate, burst_seconds=burst_seconds)
    sent: list[tuple[float, float]] = []
    for pause, units, part in requests:
        clock.now += pause
        sent.append((clock.now + one.reserve(units), units * part))
        one.settle(units, units * part)
    largest = max(units for _, units, _ in requests)
    assert most_in_any_window(sorted(sent), rate) <= max(rate * burst_seconds, largest) + 1e-6


@given(arrivals())
def test_first_come_first_served(requests: list[tuple[float, float, float]]) -> None:
    """Nobody overtakes, so big requests are not starved by small ones."""
    clock = Clock(0.0)
    one = limit(clock)
    moments: list[float] = []
    for pause, units, _ in requests:
        clock.now += pause
        moments.append(clock.now + one.reserve(units))
    assert all(later >= earlier - 1e-6 for earlier, later in itertools.pairwise(moments))


@given(arrivals(), st.integers(1, 8))
def test_shares_of_processes_are_one_budget(requests: list[tuple[float, float, float]], parts: int) -> None:
    """What all shares let through together is what the whole would."""
    clock = Clock(0.0)
    shares = [limit(clock, 200.0).split(parts) for _ in range(parts)]
    sent: list[tuple[float, float]] = []
    for number, (pause, units, _) in enumerate(requests):
        clock.now += pause
        sent.append((clock.now + shares[number % parts].reserve(units), units))
    largest = max(units for _, units, _ in requests)
    assert most_in_any_window(sorted(sent), 200.0) <= 200.0 + parts * largest + 1e-6


# Ramp -------------------------------------------------------------------------------------------------------


def write_for(clock: Clock, one: RateLimit, seconds: float, part: float = 1.0) -> float:
    """Write as much as a part of the rate for a time; the units written."""
    written, end = 0.0, clock.now + seconds
    while clock.now < end:
        units = one.write_units_per_second * part
        clock.now += max(1.0, one.reserve(units))
        written += units
    return written


def test_a_ramp_doubles_while_it_is_used() -> None:
    """From the start to twice as much in the doubling time, and so on, up to the rate."""
    clock = Clock()
    one = limit(clock, 20_000, ramp=Ramp())
    assert one.write_units_per_second == 4000
    for expected in (8000, 16_000):
        write_for(clock, one, 1800)
        assert one.write_units_per_second == pytest.approx(expected, rel=0.01)
    write_for(clock, one, 1800)
    assert one.write_units_per_second == 20_000


def test_a_ramp_does_not_grow_while_nothing_is_written() -> None:
    """A table does not warm up by waiting."""
    clock = Clock()
    one = limit(clock, 20_000, ramp=Ramp())
    clock.now += 24 * 3600
    assert one.write_units_per_second == 4000


def test_a_ramp_grows_as_slowly_as_it_is_used() -> None:
    """Half of the use is half of the growth."""
    clock = Clock()
    one = limit(clock, 20_000, ramp=Ramp())
    write_for(clock, one, 1800, part=0.5)
    assert one.write_units_per_second == pytest.approx(4000 * 2**0.5, rel=0.02)


def test_a_share_ramps_from_a_share() -> None:
    """The shares of a ramp begin at the start of the whole together, and grow at the same pace."""
    clock = Clock()
    share = limit(clock, 40_000, ramp=Ramp()).split(8)
    assert share.write_units_per_second == 500
    write_for(clock, share, 1800)
    assert share.write_units_per_second == pytest.approx(1000, rel=0.01)


# Refused ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [0, -1, float("nan"), float("inf"), True, "100", None])
def test_rates_and_times_are_positive_numbers(number: Any) -> None:
    """A rate of nothing, or of anything else, is refused when the limit is made."""
    for make in (
        lambda: RateLimit(write_units_per_second=number),
        lambda: RateLimit(write_units_per_second=1, burst_seconds=number),
        lambda: Ramp(start_units_per_second=number),
        lambda: Ramp(doubling_seconds=number),
    ):
        with pytest.raises(ExpressionError, match="is a positive number"):
            make()


def test_a_ramp_is_a_ramp() -> None:
    """A number in its place is refused."""
    with pytest.raises(ExpressionError, match="Ramp"):
        RateLimit(write_units_per_second=1, ramp=4000)  # type: ignore[arg-type]  # what is tested


@pytest.mark.parametrize("parts", [0, -1, 1.5, True, "2"])
def test_parts_are_a_whole_number(parts: Any) -> None:
    """There is no share of a part of a process."""
    with pytest.raises(ExpressionError, match="parts"):
        RateLimit(write_units_per_second=1).split(parts)
