"""What the service tells about the billing of a table or index."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ddbmodel.schema.billing import Billing, OnDemand, Provisioned


def billing_from_wire(table: Mapping[str, Any]) -> Billing:
    """Read the billing of a table or index description.

    A table without `BillingModeSummary` has always been provisioned. On demand, the service reports zero
    provisioned units; some engines leave them out or say so in other words, so units decide in doubt.
    """
    throughput: Mapping[str, Any] = table.get("ProvisionedThroughput") or {}
    read_units = int(throughput.get("ReadCapacityUnits") or 0)
    write_units = int(throughput.get("WriteCapacityUnits") or 0)
    summary: Mapping[str, Any] = table.get("BillingModeSummary") or {}
    if summary.get("BillingMode") == "PAY_PER_REQUEST" or not (read_units and write_units):
        maximum: Mapping[str, Any] = table.get("OnDemandThroughput") or {}
        return OnDemand(_units(maximum, "MaxReadRequestUnits"), _units(maximum, "MaxWriteRequestUnits"))
    return Provisioned(read_units=read_units, write_units=write_units)


def _units(maximum: Mapping[str, Any], member: str) -> int | None:
    units = int(maximum.get(member) or -1)
    return units if units > 0 else None
