"""Query: read the items of one partition key, in the order of the sort key.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from ddbmodel.codec.values import Item
from ddbmodel.operations.capacity import ReturnCapacity
from ddbmodel.operations.page import PageResult, Select, check_page_options, page_parameters
from ddbmodel.operations.request import Renderable, expression_parameters, optional_parameters


@dataclass(frozen=True, slots=True)
class Query:
    """Read one page: at most 1 MB, before the filter.

    Cost: read units for what the key condition matches, whatever the filter drops.

    Attributes:
        key_condition: equality on the partition key, and optionally a condition on the sort key.
        index: the index to read; None reads the table.
        filter: drops items after they were read.
        projection: the attributes to return; None returns all that table or index hold.
        forward: ascending order of the sort key; False is descending.
        limit: how many items to read at most, before the filter.
        exclusive_start_key: the `last_evaluated_key` of the page before.
        consistent: see every write that succeeded before; not possible on a global index.
        select: `COUNT` returns no items, only how many there are.

    Raises:
        ExpressionError: the limit is below 1, or projection and `select` exclude each other.
    """

    name: ClassVar[str] = "Query"
    method: ClassVar[str] = "query"
    is_write: ClassVar[bool] = False

    table: str
    key_condition: Renderable = field(repr=False)
    index: str | None = None
    filter: Renderable | None = field(default=None, repr=False)
    projection: Renderable | None = field(default=None, repr=False)
    forward: bool = True
    limit: int | None = None
    exclusive_start_key: Item | None = field(default=None, repr=False)
    consistent: bool = False
    select: Select | None = None
    return_capacity: ReturnCapacity | None = None

    def __post_init__(self) -> None:
        check_page_options(self.name, self.limit, self.select, self.projection)

    @property
    def repeatable(self) -> bool:
        """Reads change nothing."""
        return True

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API. Rendered in this order: key condition, filter, projection."""
        wire: dict[str, Any] = {"TableName": self.table}
        wire |= expression_parameters(
            ("KeyConditionExpression", self.key_condition),
            ("FilterExpression", self.filter),
            ("ProjectionExpression", self.projection),
        )
        wire |= page_parameters(
            index=self.index,
            limit=self.limit,
            exclusive_start_key=self.exclusive_start_key,
            consistent=self.consistent,
            select=self.select,
        )
        if not self.forward:
            wire["ScanIndexForward"] = False
        return wire | optional_parameters(ReturnConsumedCapacity=self.return_capacity)


@dataclass(frozen=True, slots=True)
class QueryResult(PageResult):
    """One page of a query."""
