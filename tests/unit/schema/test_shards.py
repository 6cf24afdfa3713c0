"""Shards: what is a number of them, which one an item is in, and that they are even."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest

from ddbmodel.errors import ModelDefinitionError
from ddbmodel.schema.shards import SHARDS_MAX, check_shards, shard_of, shard_text

BEGAN = datetime(2026, 10, 13)  # noqa: DTZ001  # only its text matters


@pytest.mark.parametrize("shards", [1, 2, 10, SHARDS_MAX])
def test_numbers_of_shards(shards: int) -> None:
    """Whole numbers from 1 to the maximum are numbers of shards."""
    check_shards(shards)
    assert len(shard_text(shards - 1)) == 3


@pytest.mark.parametrize("shards", [0, -1, SHARDS_MAX + 1, 2.0, "8", True, [8]])
def test_what_is_no_number_of_shards(shards: Any) -> None:
    """Everything else is refused, with what is possible."""
    with pytest.raises(ModelDefinitionError, match=r"shards= takes a whole number from 1 to 200"):
        check_shards(shards)


@pytest.mark.parametrize(
    ("identity", "shards", "shard"),
    [
        ([{"S": "ORDER#000001"}], 8, 2),
        ([{"S": "ORDER#000001"}], 200, 114),
        ([{"S": "CUSTOMER#c1"}, {"S": "ORDER#000001"}], 10, 0),
        ([{"N": "5"}], 10, 3),
        ([{"S": "é\U0001f600"}], 10, 4),
        ([{"B": b"\x00\xff"}], 10, 9),
    ],
)
def test_the_shard_is_stored_format(identity: list[Any], shards: int, shard: int) -> None:
    """The shard of an item is the same in every release, and on every machine."""
    assert shard_of(identity, shards) == shard


def _texts() -> dict[str, list[str]]:
    """Sort keys as they are in real tables: near to each other, and alike in most characters."""
    minutes = [(BEGAN + timedelta(minutes=n)).isoformat() + ".000000Z" for n in range(4000)]
    return {
        "numbers": [f"ORDER#{n:08d}" for n in range(4000)],
        "every 16th": [f"ORDER#{n * 16:08d}" for n in range(4000)],
        "minutes": minutes,
        "words": [
            a + b + c for a in "abcdefghijklmnop" for b in "abcdefghijklmnop" for c in "abcdefghijklmnop"
        ],
    }


@pytest.mark.parametrize("kind", _texts())
@pytest.mark.parametrize("shards", [2, 3, 8, 10, 16, 64, 200])
def test_shards_are_even(kind: str, shards: int) -> None:
    """Items are spread as evenly as by chance: chi-squared is within five standard deviations of its mean."""
    texts = _texts()[kind]
    counts = Counter(shard_of([{"S": text}], shards) for text in texts)
    even = len(texts) / shards
    chi_squared = sum((counts[shard] - even) ** 2 / even for shard in range(shards))
    freedom = shards - 1
    assert abs(chi_squared - freedom) < 5 * (2 * freedom) ** 0.5
