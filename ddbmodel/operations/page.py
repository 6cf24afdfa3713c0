"""What Query and Scan share: their options' rules, and the shape of a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self, TypeAlias

from ddbmodel.codec.values import Item
from ddbmodel.errors import ExpressionError
from ddbmodel.operations.capacity import ConsumedCapacity, consumed_capacity

Select: TypeAlias = Literal["ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES", "SPECIFIC_ATTRIBUTES", "COUNT"]


def check_page_options(operation: str, limit: int | None, select: Select | None, projection: object) -> None:
    """Refuse what the service would refuse.

    Raises:
        ExpressionError: a limit below 1, or a projection together with a `select` that leaves no room for it.
    """
    if limit is not None and limit < 1:
        raise ExpressionError(f"{operation} with a page size of {limit}: use 1 or more")
    if projection is not None and select not in (None, "SPECIFIC_ATTRIBUTES"):
        raise ExpressionError(f"{operation} with a projection and select={select!r}: use one of them")


def page_parameters(
    *,
    index: str | None,
    limit: int | None,
    exclusive_start_key: Item | None,
    consistent: bool,
    select: Select | None,
) -> dict[str, Any]:
    """The parameters that Query and Scan have in common, apart from expressions."""
    wire: dict[str, Any] = {}
    if index is not None:
        wire["IndexName"] = index
    if limit is not None:
        wire["Limit"] = limit
    if exclusive_start_key is not None:
        wire["ExclusiveStartKey"] = exclusive_start_key
    if consistent:
        wire["ConsistentRead"] = True
    if select is not None:
        wire["Select"] = select
    return wire


@dataclass(frozen=True, slots=True)
class PageResult:
    """One page.

    Attributes:
        items: what passed the filter, as stored; empty when only a count was asked for.
        last_evaluated_key: where the next page begins, or None after the last. A page without items is
            not the last one while this is set: the filter may have dropped all it read.
        count: how many items passed the filter.
        scanned_count: how many items were read, and paid for.
        capacity: what the page cost, if it was asked for.
    """

    items: list[Item] = field(repr=False)
    last_evaluated_key: Item | None = field(repr=False)
    count: int
    scanned_count: int
    capacity: ConsumedCapacity | None

    @classmethod
    def from_wire(cls, reply: Mapping[str, Any]) -> Self:
        """Read the reply."""
        items: list[Item] = reply.get("Items") or []
        count: int = reply.get("Count", len(items))
        return cls(
            items=items,
            # Some engines send an empty key where DynamoDB sends none.
            last_evaluated_key=reply.get("LastEvaluatedKey") or None,
            count=count,
            scanned_count=reply.get("ScannedCount", count),
            capacity=consumed_capacity(reply),
        )
