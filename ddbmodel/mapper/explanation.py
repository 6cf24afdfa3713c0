"""What a query or scan will send, before it is sent."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from ddbmodel.expressions import Condition, Placeholders


@dataclass(frozen=True, slots=True)
class Explanation:
    """A read, explained.

    Attributes:
        operation: `Query` or `Scan`.
        table: the table's name.
        index: the index's name; None for the primary key.
        key_condition: with names in place, values as placeholders; None for a scan.
        filter: likewise; None if there is none.
        request: the parameters as they are sent for the first page, values included.
    """

    operation: str
    table: str
    index: str | None
    key_condition: str | None
    filter: str | None
    request: dict[str, Any] = field(repr=False)

    def __str__(self) -> str:
        lines = [
            f"{self.operation} {self.table}",
            f"  path: {'index ' + self.index if self.index else 'primary key'}",
        ]
        if self.key_condition is not None:
            lines.append(f"  key condition: {self.key_condition}")
        lines.append(f"  filter: {self.filter or 'none'}")
        request = json.dumps(self.request, indent=2, ensure_ascii=False, default=_shown)
        return "\n".join([*lines, "  request: " + request.replace("\n", "\n  ")])


def readable(condition: Condition | None) -> str | None:
    """A condition with attribute names in place of `#n0`."""
    return None if condition is None else condition.text(_Names())


class _Names(Placeholders):
    """Placeholders that leave the names readable."""

    __slots__ = ()

    def name(self, attribute: str) -> str:
        return attribute if attribute.isidentifier() else repr(attribute)


def _shown(value: Any) -> str:
    return f"{len(value)} bytes" if isinstance(value, bytes) else repr(value)
