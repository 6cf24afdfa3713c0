"""Hot keys: how they are noticed, and how they are slowed down."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddbmodel.mapper.pacing import HotKeys, passed_over
from tests.unit.mapper.pacing.test_rate_limit import Clock, most_in_any_window


def keys(clock: Clock) -> HotKeys:
    return HotKeys(clock, lambda strikes: 0.1 * 2.0**strikes)


def test_a_key_that_is_passed_over_once_is_not_hot() -> None:
    """Once happens to any key of a table that is short for a moment."""
    clock = Clock()
    hot = keys(clock)
    hot.passed_over("a", began=clock.now)
    assert not hot.is_hot("a")
    hot.went_through("a", 1)
    hot.passed_over("a", began=clock.now)
    assert not hot.is_hot("a")
    assert hot.wait_seconds("a") == 0


def test_a_key_that_is_passed_over_again_rests() -> None:
    """The second time in a row it is hot, and waits; other keys do not."""
    clock = Clock()
    hot = keys(clock)
    hot.passed_over("a", began=clock.now)
    hot.passed_over("a", began=clock.now)
    assert hot.is_hot("a")
    assert hot.wait_seconds("a") == pytest.approx(0.4)
    assert hot.wait_seconds("b") == 0
    clock.now += 0.4
    assert hot.wait_seconds("a") == pytest.approx(0)


def test_a_key_that_the_service_calls_hot_rests_at_once() -> None:
    """A throttling reason needs no second opinion."""
    clock = Clock()
    hot = keys(clock)
    hot.passed_over("a", began=clock.now, certain=True)
    assert hot.wait_seconds("a") == pytest.approx(0.2)


def test_requests_that_were_under_way_count_once() -> None:
    """A request that was sent before the key was slowed down tells nothing new about it, however late it ends."""
    clock = Clock()
    hot = keys(clock)
    for _ in range(5):
        hot.passed_over("a", began=1000.0, certain=True)
        clock.now += 0.1
    assert hot.wait_seconds("a") == 0
    hot.passed_over("a", began=1000.1, certain=True)
    assert hot.wait_seconds("a") == pytest.approx(0.4)


def test_a_hot_key_rests_longer_each_time() -> None:
    """As long as nothing of it goes through."""
    clock = Clock()
    hot = keys(clock)
    rests: list[float] = []
    for _ in range(4):
        hot.passed_over("a", began=clock.now, certain=True)
        rests.append(hot.wait_seconds("a"))
        clock.now += rests[-1] + 0.001
    assert rests == pytest.approx([0.2, 0.4, 0.8, 1.6])


def units_in(hot: HotKeys, clock: Clock, seconds: float) -> float:
    """How many units a hot key gets in a time, all of which go through."""
    units, end = 0.0, clock.now + seconds
    while clock.now < end:
        clock.now += hot.wait_seconds("a") + 1e-6
        hot.begin("a", 1)
        units += 1
    return units


def test_a_hot_key_gets_half_of_a_partition() -> None:
    """500 units a second, and 25 at once."""
    clock = Clock()
    hot = keys(clock)
    hot.passed_over("a", began=clock.now, certain=True)
    clock.now += 0.2
    assert units_in(hot, clock, 2.0) == pytest.approx(1025, abs=5)


def test_a_key_that_goes_well_is_not_hot_any_more() -> None:
    """It gets more by and by, and is forgotten when it gets as much as a partition takes."""
    clock = Clock()
    hot = keys(clock)
    hot.passed_over("a", began=clock.now, certain=True)
    seconds = 0.0
    while hot.is_hot("a"):
        wait = hot.wait_seconds("a")
        seconds += wait
        clock.now += wait + 1e-9
        hot.begin("a", 25)
        hot.went_through("a", 25)
        assert seconds < 60
    assert 4 < seconds < 6
    assert len(hot) == 0


def test_the_memory_is_bounded() -> None:
    """However many keys are passed over, ten thousand are kept."""
    hot = keys(Clock())
    for number in range(12_000):
        hot.passed_over(number, began=1000)
    assert len(hot) == 10_000


@given(
    st.lists(
        st.tuples(st.floats(0, 0.5), st.integers(1, 40), st.sampled_from(["through", "over", "nothing"]))
    ),
)
def test_a_hot_key_never_gets_more_than_a_partition_takes(steps: list[tuple[float, int, str]]) -> None:
    """Over any window, what may begin is at most 1,000 units a second, and one batch with one write."""
    clock = Clock(0.0)
    hot = keys(clock)
    hot.passed_over("a", began=clock.now, certain=True)
    sent: list[tuple[float, float]] = []
    for pause, units, outcome in steps:
        clock.now += pause
        if not hot.is_hot("a"):
            return
        if hot.wait_seconds("a") <= 0:
            hot.begin("a", units)
            sent.append((clock.now, units))
        if outcome == "through":
            hot.went_through("a", units)
        elif outcome == "over":
            hot.passed_over("a", began=clock.now)
    assert most_in_any_window(sent, 1000.0) <= 25 + 40 + 1e-6


@pytest.mark.parametrize(
    ("sent", "left", "found"),
    [
        pytest.param({"a": 1, "b": 1, "c": 1}, {"a": 1}, ["a"], id="one of three"),
        pytest.param({"a": 10, "b": 15}, {"a": 7}, ["a"], id="most of its own"),
        pytest.param({"a": 10, "b": 15}, {"a": 3}, [], id="few of its own"),
        pytest.param({"a": 10, "b": 10, "c": 5}, {"a": 10, "b": 10}, ["a", "b"], id="two hot keys"),
        pytest.param({"a": 25}, {"a": 20}, [], id="a batch of one key tells nothing"),
        pytest.param({"a": 1, "b": 1}, {"a": 1, "b": 1}, [], id="nobody went through"),
        pytest.param({"a": 1, "b": 10}, {"a": 1, "b": 9}, [], id="hardly anybody went through"),
    ],
)
def test_who_was_passed_over(sent: dict[str, int], left: dict[str, int], found: list[str]) -> None:
    """Keys whose writes came back though the others of their batch went through."""
    assert passed_over(sent, left) == found
