"""How a table's capacity is paid for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from ddbmodel.errors import ModelDefinitionError


@dataclass(frozen=True, slots=True)
class OnDemand:
    """Pay for each request; no capacity to plan."""


@dataclass(frozen=True, slots=True)
class Provisioned:
    """Pay for capacity that stands ready: units a second, for the table and again for each global index.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/provisioned-capacity-mode.html
    """

    read_units: int
    write_units: int

    def __post_init__(self) -> None:
        if self.read_units < 1 or self.write_units < 1:
            raise ModelDefinitionError(
                f"provisioned capacity of {self.read_units} read and {self.write_units} write units: "
                "use at least 1 of each, or OnDemand()"
            )

    def to_wire(self) -> dict[str, int]:
        """The `ProvisionedThroughput` structure."""
        return {"ReadCapacityUnits": self.read_units, "WriteCapacityUnits": self.write_units}


Billing: TypeAlias = OnDemand | Provisioned


def billing_from_wire(table: Mapping[str, Any]) -> Billing:
    """Read the billing of a table description.

    A table without `BillingModeSummary` has always been provisioned. On demand, the service reports zero
    provisioned units; some engines leave them out or say so in other words, so units decide in doubt.
    """
    throughput: Mapping[str, Any] = table.get("ProvisionedThroughput") or {}
    read_units = int(throughput.get("ReadCapacityUnits") or 0)
    write_units = int(throughput.get("WriteCapacityUnits") or 0)
    summary: Mapping[str, Any] = table.get("BillingModeSummary") or {}
    if summary.get("BillingMode") == "PAY_PER_REQUEST" or not (read_units and write_units):
        return OnDemand()
    return Provisioned(read_units=read_units, write_units=write_units)
