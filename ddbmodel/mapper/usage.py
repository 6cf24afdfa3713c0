"""What a piece of work cost: the requests that were sent while it was measured, added up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ddbmodel.mapper.exchange import Exchange
from ddbmodel.operations import ConsumedCapacity, Request


@dataclass(slots=True)
class IndexUsage:
    """The capacity units of one index; those of its table include them."""

    read_units: float = 0.0
    write_units: float = 0.0


@dataclass(slots=True)
class TableUsage:
    """The capacity units of one table.

    Attributes:
        read_units: of the table and its indexes.
        write_units: of the table and its indexes.
        indexes: the part of each index that was used, by its name.
    """

    read_units: float = 0.0
    write_units: float = 0.0
    indexes: dict[str, IndexUsage] = field(default_factory=dict[str, IndexUsage])


@dataclass(slots=True, eq=False)
class Usage:
    """What was sent while a measure was open. It grows until the measure is left, and stays as it is then.

    Attributes:
        requests: how many requests were sent; one that is repeated is one request.
        items_read: how many items came back, or were counted.
        items_written: how many items were written or deleted.
        retries: how many times a request was repeated after an attempt that failed. What a batch left
            unprocessed is sent with a new request, which counts as one.
        throttles: how many attempts were throttled.
        seconds: the time spent in requests, pauses between attempts included, added up: requests that are
            under way at once count side by side.
        operations: how many requests there were of each DynamoDB operation.
        regions: how many requests went to each region, as far as the client tells.
        capacity: consumed capacity by table, under its name as deployed. The service tells it of requests
            that succeed; a refused conditional write costs write units too, and is not in here.
    """

    requests: int = 0
    items_read: int = 0
    items_written: int = 0
    retries: int = 0
    throttles: int = 0
    seconds: float = 0.0
    operations: dict[str, int] = field(default_factory=dict[str, int])
    regions: dict[str, int] = field(default_factory=dict[str, int])
    capacity: dict[str, TableUsage] = field(default_factory=dict[str, TableUsage])

    @property
    def read_units(self) -> float:
        """Read units of all tables."""
        return sum(table.read_units for table in self.capacity.values())

    @property
    def write_units(self) -> float:
        """Write units of all tables."""
        return sum(table.write_units for table in self.capacity.values())

    def __str__(self) -> str:
        """A summary in a few lines, and a table of the capacity."""
        operations = ", ".join(f"{name} {count}" for name, count in sorted(self.operations.items()))
        lines = [
            f"{self.requests} requests" + (f": {operations}" if operations else ""),
            f"{self.items_read} items read, {self.items_written} written",
            f"{self.retries} retries, {self.throttles} throttles, {self.seconds:.3f} seconds in requests",
        ]
        if len(self.regions) > 1:
            lines.append(", ".join(f"{name} {count}" for name, count in sorted(self.regions.items())))
        if self.capacity:
            lines += _table(self._rows())
        return "\n".join(lines)

    def _rows(self) -> Iterator[tuple[str, str, str]]:
        yield "capacity units", "read", "write"
        for name, table in sorted(self.capacity.items()):
            yield name, f"{table.read_units:,g}", f"{table.write_units:,g}"
            for index, part in sorted(table.indexes.items()):
                yield f"  of which {index}", f"{part.read_units:,g}", f"{part.write_units:,g}"
        if len(self.capacity) > 1:
            yield "all tables", f"{self.read_units:,g}", f"{self.write_units:,g}"


def count(usage: Usage, request: Request, exchange: Exchange) -> None:
    """Add one exchange to what was used. One that was not sent counts as nothing."""
    if not exchange.sent:
        return
    usage.requests += 1
    usage.items_read += exchange.items_read
    usage.items_written += exchange.items_written
    usage.retries += exchange.retries
    usage.throttles += exchange.throttles
    usage.seconds += exchange.seconds
    usage.operations[exchange.operation] = usage.operations.get(exchange.operation, 0) + 1
    if exchange.region is not None:
        usage.regions[exchange.region] = usage.regions.get(exchange.region, 0) + 1
    for consumed in exchange.capacity:
        _add(usage.capacity.setdefault(consumed.table, TableUsage()), consumed, writes=request.is_write)


def _add(table: TableUsage, consumed: ConsumedCapacity, *, writes: bool) -> None:
    """Units are of the operation's kind; transactions say it themselves, as a write can read as well."""
    if consumed.read_units is None and consumed.write_units is None:
        _add_units(table, consumed.units, writes=writes)
    else:
        table.read_units += consumed.read_units or 0.0
        table.write_units += consumed.write_units or 0.0
    for name, units in (*consumed.local_indexes.items(), *consumed.global_indexes.items()):
        _add_units(table.indexes.setdefault(name, IndexUsage()), units, writes=writes)


def _add_units(usage: TableUsage | IndexUsage, units: float, *, writes: bool) -> None:
    if writes:
        usage.write_units += units
    else:
        usage.read_units += units


def _table(rows: Iterable[tuple[str, str, str]]) -> list[str]:
    """Lines with a left-aligned column and two right-aligned ones."""
    rows = list(rows)
    first, second, third = (max(map(len, column)) for column in zip(*rows, strict=True))
    return [f"{name:<{first}}  {read:>{second}}  {write:>{third}}" for name, read, write in rows]
