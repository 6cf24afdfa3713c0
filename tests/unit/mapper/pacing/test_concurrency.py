"""How many requests may be under way: additive increase, multiplicative decrease, by table and account."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddbmodel.mapper.pacing import Concurrency, Outcome, Slots

REFUSED = st.one_of(st.none(), st.just(0.0), st.floats(0, 1))


def settle(lane: Concurrency, refused: float | None, times: int = 1) -> None:
    """Requests one after the other, with the same end."""
    for _ in range(times):
        lane.learn(lane.begin(), refused)
        lane.end()


@given(st.integers(1, 64), st.lists(st.tuples(st.booleans(), REFUSED), max_size=300))
def test_it_stays_within_its_bounds(most: int, steps: list[tuple[bool, float | None]]) -> None:
    """Whatever happens, between one and the most are allowed, and no more are ever under way."""
    lane = Concurrency(most)
    running: list[int] = []
    for begins, refused in steps:
        if begins and lane.has_room:
            running.append(lane.begin())
        elif running:
            lane.learn(running.pop(0), refused)
            lane.end()
        assert 1 <= lane.limit <= most
        assert lane.in_flight == len(running) <= most


def test_it_begins_at_the_most() -> None:
    """Nothing is held back before the table has refused something."""
    assert Concurrency(16).limit == 16


def test_refusals_halve_it_once_for_each_round() -> None:
    """Requests that were under way together tell the same thing, and it counts once."""
    lane = Concurrency(16)
    round_of_requests = [lane.begin() for _ in range(16)]
    for number in round_of_requests:
        lane.learn(number, 1.0)
        lane.end()
    assert lane.limit == 8
    settle(lane, 1.0)
    assert lane.limit == 4


@pytest.mark.parametrize(("refused", "limit"), [(1.0, 10), (0.5, 15), (0.04, 20), (None, 20), (0.0, 20)])
def test_a_part_that_is_refused_takes_away_a_part(refused: float | None, limit: int) -> None:
    """One write of 25 is not a table in trouble; and a lost reply says nothing about capacity."""
    lane = Concurrency(20)
    settle(lane, refused)
    assert lane.limit == limit


def test_a_round_that_went_through_adds_one() -> None:
    """As many successes as are allowed at once raise the number by one, up to the most."""
    lane = Concurrency(16)
    settle(lane, 1.0)
    settle(lane, 0.0, times=9)
    assert lane.limit == 9
    settle(lane, 0.0, times=1000)
    assert lane.limit == 16


def test_a_table_slows_down_by_itself() -> None:
    """One table's refusals leave the other's requests alone; a request to both needs room at both."""
    slots = Slots(8)
    for _ in range(3):
        slot = slots.begin(["slow"])
        assert slot is not None
        slots.learn(slot, Outcome({"slow": 1.0}))
        slots.end(slot)
    assert slots.begin(["slow"]) is not None
    assert slots.begin(["slow"]) is None
    assert slots.begin(["quick", "slow"]) is None
    assert slots.begin(["quick"]) is not None
    assert slots.tables["quick"].limit == 8


def test_an_account_slows_down_every_table() -> None:
    """After the account's limit was hit, all tables together get half of the requests."""
    slots = Slots(8)
    slot = slots.begin(["one"])
    assert slot is not None
    slots.learn(slot, Outcome(account=1.0))
    slots.end(slot)
    begun = [slots.begin([table]) for table in ("one", "two", "three", "four", "five")]
    assert [slot is not None for slot in begun] == [True] * 4 + [False]


def test_what_does_not_begin_takes_no_slot() -> None:
    """A request that one of its tables has no room for leaves the other's room alone."""
    slots = Slots(2)
    assert slots.begin(["one"]) is not None
    slot = slots.begin(["one", "two"])
    assert slot is not None
    assert slots.begin(["one", "two"]) is None
    assert (slots.tables["one"].in_flight, slots.tables["two"].in_flight) == (2, 1)
    slots.end(slot)
    assert (slots.account.in_flight, slots.tables["two"].in_flight) == (1, 0)
