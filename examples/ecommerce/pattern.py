"""What an access pattern is, and how its own source is shown."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from textwrap import dedent
from typing import TypeAlias, TypeVar

from ddbmodel import Mapper
from examples.ecommerce.landmarks import Landmarks

Run: TypeAlias = Callable[[Mapper, Landmarks], Awaitable[object]]
R = TypeVar("R", bound=Run)


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way in which the shop's data is read or written.

    Attributes:
        keys: the keys that serve it: table or index, partition key, sort key.
        cost: roughly, in read units (RU, 4 KB read consistently; half of one if not) and write units (WU,
            1 KB written); an item of this shop is small, so it is one of either.
        run: does it, and returns what it found.
        calls: what of the shop's own code does the better part of it, to be shown as well.
    """

    keys: str
    cost: str
    run: Run
    calls: tuple[Callable[..., object], ...] = ()

    @property
    def title(self) -> str:
        """The first line of the function's docstring, without its full stop."""
        return (inspect.getdoc(self.run) or "").partition("\n")[0].removesuffix(".")

    @property
    def code(self) -> str:
        """The function as it stands in its file, without decorator and docstring."""
        return _code(self.run)

    @property
    def all_code(self) -> str:
        """The function, and those of `calls`."""
        return "\n\n".join([self.code, *map(_code, self.calls)])


def _code(shown: Callable[..., object]) -> str:
    source = dedent(inspect.getsource(shown))
    (function,) = ast.parse(source).body
    assert isinstance(function, ast.AsyncFunctionDef)
    docstring, first = function.body[:2]
    lines = source.splitlines()
    return "\n".join([*lines[function.lineno - 1 : docstring.lineno - 1], *lines[first.lineno - 1 :]])


def collect(patterns: list[Pattern], keys: str, cost: str, *calls: Callable[..., object]) -> Callable[[R], R]:
    """Make a decorator that appends a function to `patterns`."""

    def decorate(run: R) -> R:
        patterns.append(Pattern(keys, cost, run, calls))
        return run

    return decorate
