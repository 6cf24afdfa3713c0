"""The budget of write units: what it lets through, and when."""

from __future__ import annotations

import functools
import heapq
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddbmodel import ExpressionError, Ramp, RateLimit
from ddbmodel.mapper.pacing.rate_limit import Place


@dataclass
class Clock:
    """Time that only moves when it is told to."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def limit(clock: Clock, rate: float = 100.0, **options: Any) -> RateLimit:
    return RateLimit(write_units_per_second=rate, clock=clock, **options)


def go(clock: Clock, one: RateLimit, units: float) -> float:
    """Wait for a request's turn, alone; how long that took."""
    began, place = clock.now, one.line_up(units)
    while (seconds := one.wait_seconds(place)) > 0:
        clock.now += seconds
    return clock.now - began


@dataclass(frozen=True)
class Request:
    """One request: when it comes, what it is estimated to use, what it does use, and when that is known."""

    at: float
    units: float
    used: float
    takes: float


@dataclass(frozen=True)
class Sent:
    """A request that was sent: its number, when, and what it used."""

    number: int
    at: float
    used: float


def play(clock: Clock, choose: Callable[[int], RateLimit], requests: Sequence[Request]) -> list[Sent]:
    """Let all requests wait for their turns side by side, each at the limit that is chosen for its number."""
    sent: list[Sent] = []
    order = itertools.count()
    events: list[tuple[float, int, Callable[[], None]]] = []

    def later(moment: float, action: Callable[[], None]) -> None:
        heapq.heappush(events, (moment, next(order), action))

    def ask(number: int, place: Place) -> None:
        request, one = requests[number], choose(number)
        if seconds := one.wait_seconds(place):
            later(clock.now + seconds, lambda: ask(number, place))
        else:
            sent.append(Sent(number, clock.now, request.used))
            later(clock.now + request.takes, lambda: one.settle(request.units, request.used))

    def arrive(number: int) -> None:
        ask(number, choose(number).line_up(requests[number].units))

    for number, request in enumerate(requests):
        later(request.at, functools.partial(arrive, number))
    while events:
        clock.now, _, action = heapq.heappop(events)
        action()
    return sent


def test_a_full_bucket_is_spent_at_once_and_then_the_rate_rules() -> None:
    """The burst goes out without a wait; after it each request waits until its units have come in."""
    clock = Clock()
    one = limit(clock, burst_seconds=0.5)
    assert [go(clock, one, 25) for _ in range(4)] == pytest.approx([0, 0, 0.25, 0.25])


def test_what_is_not_used_is_saved_up_to_the_burst() -> None:
    """An hour of silence is worth one burst, not an hour of units."""
    clock = Clock()
    one = limit(clock)
    go(clock, one, 100)
    clock.now += 3600
    assert [go(clock, one, 100), go(clock, one, 100)] == pytest.approx([0, 1])


def test_a_request_bigger_than_the_bucket_waits_until_that_is_full() -> None:
    """It is not held up for ever, and whoever comes after it pays for it."""
    clock = Clock()
    one = limit(clock)
    assert [go(clock, one, units) for units in (1000, 1000, 1)] == pytest.approx([0, 10, 9.01])


def test_the_service_has_the_last_word_about_what_was_used() -> None:
    """What an estimate missed is owed, and what it took too much is given back."""
    clock = Clock()
    one = limit(clock)
    go(clock, one, 100)
    one.settle(100, 300)
    assert go(clock, one, 50) == pytest.approx(2.5)
    one.settle(50, 0)
    one.charge(100)
    assert go(clock, one, 50) == pytest.approx(1)


def test_who_leaves_the_line_leaves_no_trace() -> None:
    """Whoever gives up waiting is as if it had never come, and whoever waits behind it moves up."""
    clock = Clock()
    one = limit(clock)
    go(clock, one, 100)
    first, second = one.line_up(70), one.line_up(30)
    assert (one.wait_seconds(first), one.wait_seconds(second)) == pytest.approx((0.7, 1))
    one.leave(first)
    assert one.wait_seconds(second) == pytest.approx(0.3)


def test_giving_back_does_not_overfill_the_bucket() -> None:
    """A budget cannot be raised by correcting it."""
    clock = Clock()
    one = limit(clock)
    one.settle(1000, 0)
    assert [go(clock, one, 100), go(clock, one, 100)] == pytest.approx([0, 1])


def test_a_clock_that_goes_back_gives_and_takes_nothing() -> None:
    """Time that was counted once is not counted again."""
    clock = Clock()
    one = limit(clock)
    go(clock, one, 100)
    clock.now -= 50
    place = one.line_up(100)
    assert one.wait_seconds(place) == pytest.approx(1)
    clock.now += 50.5
    assert one.wait_seconds(place) == pytest.approx(0.5)


@st.composite
def comings(draw: Callable[..., Any]) -> list[Request]:
    """Requests that come one after the other, each of which uses up to what was estimated."""
    one = st.tuples(st.floats(0, 3), st.floats(0.1, 300), st.floats(0, 1), st.floats(0, 5))
    requests: list[Request] = []
    at = 0.0
    for pause, units, part, takes in draw(st.lists(one, min_size=1, max_size=40)):
        at += pause
        requests.append(Request(at, units, units * part, takes))
    return requests


def most_in_any_window(sent: Sequence[tuple[float, float]], rate: float) -> float:
    """The most that was sent in any window, beyond what the rate gives for its length."""
    most = 0.0
    for start, (begins, _) in enumerate(sent):
        total = 0.0
        for at, units in sent[start:]:
            total += units
            most = max(most, total - rate * (at - begins))
    return most


@given(comings(), st.floats(1, 500), st.floats(0.05, 10))
def test_no_window_holds_more_than_the_rate_and_one_burst(
    requests: list[Request], rate: float, burst_seconds: float
) -> None:
    """Over any window what is begun is at most rate * time + burst, or + one request if that is bigger."""
    clock = Clock(0.0)
    one = limit(clock, rate, burst_seconds=burst_seconds)
    exact = [replace(request, used=request.units) for request in requests]
    sent = [(request.at, request.used) for request in play(clock, lambda number: one, exact)]
    assert len(sent) == len(requests)
    largest = max(request.units for request in requests)
    assert most_in_any_window(sent, rate) <= max(rate * burst_seconds, largest) + 1e-6


@given(comings(), st.floats(1, 500), st.floats(0.05, 10))
def test_corrections_let_out_what_was_given_back_and_no_more(
    requests: list[Request], rate: float, burst_seconds: float
) -> None:
    """The same for what is used, but for what requests that began before the window give back within it."""
    clock = Clock(0.0)
    one = limit(clock, rate, burst_seconds=burst_seconds)
    sent = play(clock, lambda number: one, requests)
    bound = max(rate * burst_seconds, *(request.units for request in requests))
    for start, first in enumerate(sent):
        back = sum(
            requests[other.number].units - other.used
            for other in sent[:start]
            if other.at + requests[other.number].takes >= first.at
        )
        used = [(request.at, request.used) for request in sent[start:]]
        total = 0.0
        for at, units in used:
            total += units
            assert total <= rate * (at - first.at) + bound + back + 1e-6


@given(comings())
def test_first_come_first_served(requests: list[Request]) -> None:
    """Nobody overtakes, so big requests are not starved by small ones."""
    clock = Clock(0.0)
    one = limit(clock)
    sent = play(clock, lambda number: one, requests)
    assert [request.number for request in sent] == list(range(len(requests)))


@given(comings())
def test_nobody_waits_without_need(requests: list[Request]) -> None:
    """While somebody waits the rate is used: all is sent by when the rate would have sent it, one after the other."""
    clock = Clock(0.0)
    one = limit(clock)
    free = 0.0
    for request in play(clock, lambda number: one, [replace(r, used=r.units) for r in requests]):
        came, units = requests[request.number].at, requests[request.number].units
        free = max(free, came) + units / 100
        assert request.at <= free + 0.002 * len(requests)


@given(comings(), st.integers(1, 8))
def test_shares_of_processes_are_one_budget(requests: list[Request], parts: int) -> None:
    """What all shares let through together is what the whole would, but for one big request each."""
    clock = Clock(0.0)
    shares = [limit(clock, 200.0).split(parts) for _ in range(parts)]
    exact = [replace(request, used=request.units) for request in requests]
    sent = play(clock, lambda number: shares[number % parts], exact)
    largest = max(request.units for request in requests)
    used = [(request.at, request.used) for request in sent]
    assert most_in_any_window(used, 200.0) <= 200.0 + parts * largest + 1e-6


# Ramp -------------------------------------------------------------------------------------------------------


def write_for(clock: Clock, one: RateLimit, seconds: float, part: float = 1.0) -> float:
    """Write as much as a part of the rate for a time; the units written."""
    written, end = 0.0, clock.now + seconds
    while clock.now < end:
        units = one.write_units_per_second * part
        clock.now += max(0.0, 1.0 - go(clock, one, units))
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
