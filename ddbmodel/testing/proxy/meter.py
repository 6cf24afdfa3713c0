"""Taking capacity from tables and partitions, and how a want of it is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from ddbmodel.testing.proxy.bucket import Bucket
from ddbmodel.testing.proxy.capacity import Capacity
from ddbmodel.testing.strict.refusal import Refused

Way: TypeAlias = Literal["Read", "Write"]
_ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/"
_PROVISIONED = (
    "The level of configured provisioned throughput for the table was exceeded. "
    "Consider increasing your provisioning level with the UpdateTable API."
)
_ON_DEMAND = (
    "Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your "
    "table or index so please try again shortly."
)


@dataclass(frozen=True, slots=True)
class Shortage:
    """Capacity that is not there.

    Attributes:
        hot: it is the partition that is short, and not the table.
        on_demand: how the table is billed, which decides how it is told.
    """

    table: str
    way: Way
    hot: bool = False
    on_demand: bool = False

    @property
    def message(self) -> str:
        """The service's words."""
        return _ON_DEMAND if self.on_demand else _PROVISIONED

    @property
    def cancellation_code(self) -> str:
        """As the reason of a canceled transaction."""
        return "ThrottlingError" if self.on_demand else "ProvisionedThroughputExceeded"

    def refusal(self) -> Refused:
        """As the answer to a request.

        Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ThrottlingReason.html
        """
        limit = "KeyRangeThroughputExceeded" if self.hot else self._limit_of_the_table()
        reasons = [{"reason": f"Table{self.way}{limit}", "resource": _ARN + self.table}]
        if self.on_demand:
            return Refused("ThrottlingException", self.message, {"throttlingReasons": reasons})
        return Refused("ProvisionedThroughputExceededException", self.message, {"ThrottlingReasons": reasons})

    def _limit_of_the_table(self) -> str:
        return "MaxOnDemandThroughputExceeded" if self.on_demand else "ProvisionedThroughputExceeded"


class Meter:
    """The buckets of all tables.

    Args:
        capacity: of every table, or by the table's name; a table that is not named takes everything.
        clock: seconds from some fixed moment.
    """

    def __init__(self, capacity: Capacity | Mapping[str, Capacity], clock: Callable[[], float]) -> None:
        self._capacity = capacity
        self._clock = clock
        self._buckets: dict[tuple[str, Way, int | None], Bucket] = {}

    def partitions_of(self, table: str) -> int:
        """How many partitions a table has."""
        capacity = self._of(table)
        return 1 if capacity is None else capacity.partitions

    def missing(self, table: str, way: Way, partition: int | None, units: float) -> Shortage | None:
        """What keeps these units from being taken; None if nothing does. Nothing is taken."""
        capacity = self._of(table)
        if capacity is None:
            return None
        now = self._clock()
        for place in dict.fromkeys((None, partition)):
            bucket = self._bucket(capacity, table, way, place)
            if bucket is not None and not bucket.holds(units, now):
                return Shortage(table, way, hot=place is not None, on_demand=capacity.on_demand)
        return None

    def take(self, table: str, way: Way, partition: int | None, units: float) -> None:
        """Take units of the table and of the partition, if that is known; less than 0 gives back."""
        capacity = self._of(table)
        if capacity is None:
            return
        for place in dict.fromkeys((None, partition)):
            bucket = self._bucket(capacity, table, way, place)
            if bucket is not None:
                bucket.take(units)

    def _of(self, table: str) -> Capacity | None:
        return self._capacity if isinstance(self._capacity, Capacity) else self._capacity.get(table)

    def _bucket(self, capacity: Capacity, table: str, way: Way, partition: int | None) -> Bucket | None:
        """The bucket of a partition; of the table for None, which has none without a quota."""
        key = (table, way, partition)
        bucket = self._buckets.get(key)
        if bucket is None:
            rate = _rate(capacity, way, whole=partition is None)
            if rate is None:
                return None
            seconds = capacity.burst_seconds if partition is None else 1.0
            bucket = self._buckets[key] = Bucket(rate, seconds, self._clock())
        return bucket


def _rate(capacity: Capacity, way: Way, *, whole: bool) -> float | None:
    if whole:
        return capacity.write_units if way == "Write" else capacity.read_units
    return capacity.partition_write_units if way == "Write" else capacity.partition_read_units
