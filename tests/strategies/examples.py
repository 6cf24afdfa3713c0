"""The same examples of a strategy in every run, for what is too slow to ask anew for each of them."""

from __future__ import annotations

from typing import TypeVar

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

T = TypeVar("T")


def examples_of(strategy: SearchStrategy[T], count: int) -> list[T]:
    """Up to so many examples, always the same ones."""
    found: list[T] = []

    @settings(
        derandomize=True,
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(strategy)
    def collect(example: T) -> None:
        found.append(example)

    collect()
    return found
