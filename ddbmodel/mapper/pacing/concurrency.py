"""How many requests may be under way at once: additive increase, multiplicative decrease."""

from __future__ import annotations

from typing import Final

_DECREASE: Final = 0.5


class Concurrency:
    """A number of requests between 1 and `most`, which follows what the table takes.

    It begins at the most. Each round of requests that went through adds one; a round in which all was refused
    halves it, and one in which part was refused takes away as much less. Requests that began before the last
    decrease do not decrease it again: they say nothing new.
    """

    __slots__ = ("_began", "_cut_at", "_limit", "_most", "in_flight")

    def __init__(self, most: int) -> None:
        self._most = most
        self._limit = float(most)
        self._began = 0
        self._cut_at = 0
        self.in_flight = 0

    @property
    def limit(self) -> int:
        """How many requests may be under way."""
        return round(self._limit)

    @property
    def has_room(self) -> bool:
        """True if one more request may begin."""
        return self.in_flight < self.limit

    def begin(self) -> int:
        """Count a request as begun, and give its number."""
        self.in_flight += 1
        self._began += 1
        return self._began

    def learn(self, number: int, refused: float | None) -> None:
        """Note what became of a request.

        Args:
            number: of the request.
            refused: which part of it, from 0 to 1, was refused for want of capacity; None if that is not
                known.
        """
        if refused is None:
            return
        if refused <= 0:
            self._limit = min(self._most, self._limit + 1 / self._limit)
        elif number > self._cut_at:
            self._limit = max(1.0, self._limit * (1 - _DECREASE * refused))
            self._cut_at = self._began

    def end(self) -> None:
        """Count a request as ended, with the pause that follows it: another one may begin."""
        self.in_flight -= 1
