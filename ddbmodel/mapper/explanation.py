"""What a query or scan will send, before it is sent."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from ddbmodel import limits
from ddbmodel.expressions import Condition, Placeholders
from ddbmodel.mapper.access import Access


@dataclass(frozen=True, slots=True)
class Explanation:
    """A read, explained.

    Attributes:
        operation: `Query` or `Scan`.
        table: the table's name.
        index: the index's name; None for the primary key.
        key_condition: with names in place, values as the placeholders of the request; None for a scan.
        filter: likewise; None if there is none.
        read_units_max: the read units that one page costs at most: of 1 MB, or of as many items of 400 KB
            as it reads; of a partition that is spread over shards, for all of its requests together.
        notes: what the request does not show: which items an index leaves out, and what is done with those
            that come back.
        request: the parameters as they are sent for the first page, values included; of several shards, to
            the first one.
        shards: over how many keys the partition is spread, each of which takes a request of its own; None if
            it is one.
        regions: where it is read, from the first of them that answers; none if it is read at home alone.
    """

    operation: str
    table: str
    index: str | None
    key_condition: str | None
    filter: str | None
    read_units_max: float
    notes: tuple[str, ...]
    request: dict[str, Any] = field(repr=False)
    shards: int | None = None
    regions: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = [
            f"{self.operation} {self.table}",
            f"  path: {'index ' + self.index if self.index else 'primary key'}",
        ]
        if self.key_condition is not None:
            lines.append(f"  key condition: {self.key_condition}")
        lines.append(f"  filter: {self.filter or 'none'}")
        if self.shards is not None:
            lines.append(f"  requests: {self.shards} a page, one for each shard, merged by the sort key")
        if self.regions:
            lines.append(f"  region: the first to answer of {', '.join(self.regions)}")
        lines.append(f"  cost: at most {self.read_units_max:g} read units a page")
        lines.extend(f"  note: {note}" for note in self.notes)
        request = json.dumps(self.request, indent=2, ensure_ascii=False, default=_shown)
        return "\n".join([*lines, "  request: " + request.replace("\n", "\n  ")])


def explain(
    operation: str, access: Access, request: dict[str, Any], regions: tuple[str, ...] = ()
) -> Explanation:
    """The explanation of a read.

    Args:
        operation: DynamoDB's name of it.
        access: the path and the conditions that were split for it.
        request: the parameters of its first request.
        regions: where it may go; none if it stays at home.
    """
    # One set of placeholders, in the order in which the request is rendered, so that the values match.
    names = _Names()
    index = access.path.index
    return Explanation(
        operation,
        request["TableName"],
        None if index is None else index.name,
        _readable(access.key_condition, names),
        _readable(access.filter, names),
        _read_units_max(request) * (access.shards or 1),
        tuple(_notes(access)),
        request,
        access.shards,
        regions,
    )


def _readable(condition: Condition | None, names: Placeholders) -> str | None:
    return None if condition is None else condition.text(names)


def _read_units_max(request: dict[str, Any]) -> float:
    """Read units are counted over all that is read, before the filter; half of them if not consistently.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
    """
    size = limits.PAGE_BYTES
    if "Limit" in request:
        size = min(size, request["Limit"] * limits.ITEM_BYTES)
    units = -(-size // limits.READ_UNIT_BYTES)
    return float(units) if request.get("ConsistentRead") else units / 2


def _notes(access: Access) -> list[str]:
    notes = [f"items without {name} are not in the index" for name in access.missing]
    notes += [
        f"items at the excluded end of the range of {name} are dropped, as BETWEEN includes it"
        for name in dict.fromkeys(name for name, _ in access.excluded)
    ]
    if access.hydrates:
        notes.append(
            "BatchGetItem fetches the items, as the index does not hold all that is asked for: that "
            "costs the "
            "read units of each item on top"
        )
    return notes


class _Names(Placeholders):
    """Placeholders that leave the names readable."""

    __slots__ = ()

    def name(self, attribute: str) -> str:
        return attribute if attribute.isidentifier() else repr(attribute)


def _shown(value: object) -> str:
    return f"{len(value)} bytes" if isinstance(value, bytes) else repr(value)
