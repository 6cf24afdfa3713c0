"""How long replies took, and what they were."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Timings:
    """Every reply: by what was asked and its status, the seconds from the request to its last byte."""

    seconds: dict[tuple[str, int], list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, name: str, status: int, seconds: float) -> None:
        """Note a reply."""
        self.seconds[name, status].append(seconds)

    def count(self, status: int | None = None) -> int:
        """How many replies there were, of one status or of all."""
        return sum(len(taken) for (_, one), taken in self.seconds.items() if status in (None, one))


def quantile(ordered: Sequence[float], part: float) -> float:
    """The value that this part of the ordered ones is not above."""
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def table(timings: Timings, elapsed: float) -> str:
    """A line for each kind of request and status, and one for all."""
    every = sorted(one for taken in timings.seconds.values() for one in taken)
    rows = [(f"{name} {status}", sorted(taken)) for (name, status), taken in timings.seconds.items()]
    lines = [f"{'':44}{'replies':>8}{'per s':>8}{'p50 ms':>8}{'p95 ms':>8}"]
    for name, taken in [*sorted(rows), ("all", every)]:
        if taken:
            rate = len(taken) / elapsed
            p50, p95 = (quantile(taken, part) * 1000 for part in (0.5, 0.95))
            lines.append(f"{name:44}{len(taken):8,}{rate:8.1f}{p50:8.0f}{p95:8.0f}")
    return "\n".join(lines)
