"""Scan: read a whole table or index, in no useful order.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from ddbmodel import limits
from ddbmodel.codec.values import Item
from ddbmodel.errors import ExpressionError
from ddbmodel.operations.capacity import ReturnCapacity
from ddbmodel.operations.page import PageResult, Select, check_page_options, page_parameters
from ddbmodel.operations.request import Renderable, expression_parameters, optional_parameters


@dataclass(frozen=True, slots=True)
class Scan:
    """Read one page: at most 1 MB, before the filter.

    Cost: read units for everything that is read, whatever the filter drops.

    Attributes:
        index: the index to read; None reads the table.
        filter: drops items after they were read.
        projection: the attributes to return; None returns all that table or index hold.
        limit: how many items to read at most, before the filter.
        exclusive_start_key: the `last_evaluated_key` of the page before, of the same segment.
        consistent: see every write that succeeded before the scan began; not possible on a global index.
        select: `COUNT` returns no items, only how many there are.
        segment: which part of a parallel scan this is, from 0.
        total_segments: into how many parts the scan is divided, 1 to 1,000,000.

    Raises:
        ExpressionError: a limit below 1, or a segment that is not one of `total_segments`.
    """

    name: ClassVar[str] = "Scan"
    method: ClassVar[str] = "scan"
    is_write: ClassVar[bool] = False

    table: str
    index: str | None = None
    filter: Renderable | None = field(default=None, repr=False)
    projection: Renderable | None = field(default=None, repr=False)
    limit: int | None = None
    exclusive_start_key: Item | None = field(default=None, repr=False)
    consistent: bool = False
    select: Select | None = None
    segment: int | None = None
    total_segments: int | None = None
    return_capacity: ReturnCapacity | None = None

    def __post_init__(self) -> None:
        check_page_options(self.name, self.limit, self.select, self.projection)
        if self.segment is None and self.total_segments is None:
            return
        if self.segment is None or self.total_segments is None:
            raise ExpressionError("Scan: segment and total_segments go together")
        if not 0 <= self.segment < self.total_segments <= limits.SCAN_SEGMENTS:
            raise ExpressionError(
                f"Scan of segment {self.segment} of {self.total_segments}: segments count from 0, "
                f"and there are at most {limits.SCAN_SEGMENTS:,}"
            )

    @property
    def repeatable(self) -> bool:
        """Reads change nothing."""
        return True

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API. Rendered in this order: filter, projection."""
        wire: dict[str, Any] = {"TableName": self.table}
        wire |= expression_parameters(
            ("FilterExpression", self.filter), ("ProjectionExpression", self.projection)
        )
        wire |= page_parameters(
            index=self.index,
            limit=self.limit,
            exclusive_start_key=self.exclusive_start_key,
            consistent=self.consistent,
            select=self.select,
        )
        return wire | optional_parameters(
            Segment=self.segment,
            TotalSegments=self.total_segments,
            ReturnConsumedCapacity=self.return_capacity,
        )


@dataclass(frozen=True, slots=True)
class ScanResult(PageResult):
    """One page of a scan."""
