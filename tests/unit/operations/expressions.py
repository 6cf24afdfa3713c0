"""Expressions with a text that is known beforehand."""

from __future__ import annotations

from dataclasses import dataclass

from ddbmodel.expressions.placeholders import Placeholders


@dataclass(frozen=True)
class Expression:
    """`attribute = value`, or for an update `SET attribute = value`."""

    attribute: str
    value: str = "x"
    verb: str = ""
    idempotent: bool = True

    def render(self, placeholders: Placeholders) -> str:
        name, value = placeholders.name(self.attribute), placeholders.value({"S": self.value})
        return f"{self.verb}{name} = {value}"


@dataclass(frozen=True)
class Attributes:
    """A projection."""

    names: tuple[str, ...]

    def render(self, placeholders: Placeholders) -> str:
        return ", ".join(placeholders.name(name) for name in self.names)
