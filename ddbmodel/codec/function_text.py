"""The text of a function that is written for a class, and the objects that its names stand for."""

from __future__ import annotations

from typing import Any


class FunctionText:
    """The text of a function, and the objects that its names stand for."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._objects: dict[str, Any] = {}
        self._variables = 0

    def line(self, text: str) -> None:
        """Add a line."""
        self._lines.append(f"    {text}")

    def name(self, value: Any) -> str:
        """Give the name of an object in the function."""
        name = f"o{len(self._objects)}"
        self._objects[name] = value
        return name

    def variable(self) -> str:
        """Give a name that no other value has."""
        self._variables += 1
        return f"x{self._variables}"

    def function(self, argument: str) -> Any:
        """Make the function."""
        text = "\n".join((f"def made({argument}):", *self._lines))
        space = dict(self._objects)
        exec(compile(text, "<unrolled>", "exec"), space)  # noqa: S102  # only numbers and quoted names are in it
        return space["made"]
