"""How tests look at a rendered expression."""

from __future__ import annotations

from typing import Any, Protocol

from ddbmodel.expressions import Placeholders


class Expression(Protocol):
    def render(self, placeholders: Placeholders) -> str: ...


def rendered(expression: Expression) -> tuple[str, list[str], list[Any]]:
    """The text, the attribute names and the values, the latter in the order of their placeholders."""
    placeholders = Placeholders()
    text = expression.render(placeholders)
    wire: dict[str, dict[str, Any]] = placeholders.to_wire()  # type: ignore[assignment]  # two maps
    names = wire.get("ExpressionAttributeNames", {})
    values = wire.get("ExpressionAttributeValues", {})
    assert list(names) == [f"#n{number}" for number in range(len(names))]
    assert list(values) == [f":v{number}" for number in range(len(values))]
    return text, list(names.values()), list(values.values())
