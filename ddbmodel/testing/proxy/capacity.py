"""What tables can take, in the service's own numbers.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/burst-adaptive-capacity.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

# Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
PARTITION_WRITE_UNITS: Final = 1000.0
PARTITION_READ_UNITS: Final = 3000.0

BURST_SECONDS: Final = 300.0
"""Up to five minutes of unused capacity are kept for a table."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """What a table can take. A second's worth is there at the beginning.

    Attributes:
        write_units: a second, of the table; None leaves only the limits of its partitions.
        read_units: likewise.
        on_demand: throttling is told as it is of tables on demand, where these units are their maximum.
        burst_seconds: how much unused capacity of the table is kept, as seconds of it.
        partitions: how many there are; a partition key's hash says which one an item is in. New tables on
            demand have four, provisioned ones as many as their units need. They are never split here.
        partition_write_units: a second, of each partition. None of it is kept beyond a second.
        partition_read_units: likewise.

    Raises:
        ValueError: a number that is not over 0.
    """

    write_units: float | None = None
    read_units: float | None = None
    on_demand: bool = False
    burst_seconds: float = BURST_SECONDS
    partitions: int = 1
    partition_write_units: float = PARTITION_WRITE_UNITS
    partition_read_units: float = PARTITION_READ_UNITS

    def __post_init__(self) -> None:
        rates = (self.write_units, self.read_units, self.partition_write_units, self.partition_read_units)
        if (
            self.partitions < 1
            or self.burst_seconds < 1
            or any(rate is not None and rate <= 0 for rate in rates)
        ):
            raise ValueError("Capacity: units are over 0, partitions and burst_seconds from 1 on")
