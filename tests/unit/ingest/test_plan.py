"""Dry runs: what ingesting would take, without sending anything."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ddbmodel import Attr, ExpressionError, GlobalIndex, Model, partition_key, plan_ingest, sort_key
from ddbmodel.ingest.plan import HeavyKeys
from tests.unit.ingest.ingesting import Line, line, write_json_lines


class Entry(Model, table="entries"):
    pk: Attr[str] = partition_key()
    sk: Attr[int] = sort_key()
    text: Attr[str]
    state: Attr[str | None] = None

    by_state = GlobalIndex(partition_key="state")
    keys_only = GlobalIndex(partition_key="pk", sort_key="state", projection="KEYS_ONLY")


async def test_units_are_those_of_the_table_and_of_each_index() -> None:
    """An item costs a unit for each KB, in the table and in each index that holds it."""
    rows = [
        {"pk": "a", "sk": 1, "text": "x" * 3000, "state": "open"},
        {"pk": "a", "sk": 2, "text": "x" * 100},
        {"pk": "b", "sk": 3, "text": "x" * 1020},
    ]
    plan = await plan_ingest(rows, Entry)
    assert (plan.read, plan.valid, plan.ok) == (3, 3, True)
    assert (plan.table_units, dict(plan.index_units), plan.units) == (6, {"by_state": 3, "keys_only": 1}, 10)
    assert plan.hottest_key_units == 4
    assert plan.item_bytes == plan.largest_item_bytes + sum(_size(row["text"]) for row in rows[1:])  # type: ignore[arg-type]


def _size(text: str) -> int:
    return len("pk") + 1 + len("sk") + 2 + len("text") + len(text)


@pytest.mark.parametrize(
    ("rate", "seconds"),
    [(100.0, 30.0), (1000.0, 3.0), (1_000_000.0, 3.0)],
)
async def test_the_rate_and_the_hottest_key_say_how_long(rate: float, seconds: float) -> None:
    """All units have to pass at the rate, and those of one key at 1,000 a second."""
    rows = ({"pk": "a", "sk": number, "text": ""} for number in range(3000))
    plan = await plan_ingest(rows, Entry, write_units_per_second=rate)
    assert plan.seconds == pytest.approx(seconds)


async def test_a_new_table_begins_at_4000_units() -> None:
    """Without a rate, it is that of a new on-demand table, which grows with use."""
    rows = ({"pk": str(number), "sk": 0, "text": ""} for number in range(8000))
    plan = await plan_ingest(rows, Entry)
    assert 1.9 < plan.seconds < 2.0


async def test_bad_rows_are_told(tmp_path: Path) -> None:
    """What is not valid is counted and named like in a real run, and nothing is set aside."""
    path = write_json_lines(
        tmp_path / "a.jsonl", [line(0), {**line(1), "sk": "x"}, {**line(2), "note": "x" * 410_000}]
    )
    plan = await plan_ingest(path, Line)
    assert (plan.read, plan.valid, plan.invalid, plan.ok) == (3, 1, 2, False)
    assert [failure.line for failure in plan.failures] == [2, 3]
    assert "409,600" in plan.failures[1].reason
    assert json.loads(plan.to_json())["table_units"] == 1
    assert "line 2: $.sk" in str(plan)
    assert list(tmp_path.iterdir()) == [path]  # noqa: ASYNC240


async def test_a_rate_that_is_none_is_refused() -> None:
    """A rate is a positive number."""
    with pytest.raises(ExpressionError, match="positive number"):
        await plan_ingest([], Line, write_units_per_second=0)


def test_the_heaviest_key_is_found_among_many() -> None:
    """In bounded memory, what is found is never too much, and not far too little."""
    keys = HeavyKeys(50)
    for number in range(20_000):
        keys.add(number, 1)
        if number % 4 == 0:
            keys.add("hot", 1)
    assert 5000 - 25_000 / 50 <= keys.most() <= 5000
