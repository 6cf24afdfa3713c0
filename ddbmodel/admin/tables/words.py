"""Keys, projections and billing in the words of a plan."""

from __future__ import annotations

from collections.abc import Iterable

from ddbmodel.operations import Billing, OnDemand
from ddbmodel.schema import IndexSchema, KeyAttribute, Projection, TableSchema


def key_in_words(schema: TableSchema | IndexSchema) -> str:
    """Such as `customer_id (S), order_id (S)`; parts of one key are joined by `+`."""
    return ", ".join(_attributes(key) for key in (schema.partition_key, schema.sort_key) if key)


def _attributes(key: Iterable[KeyAttribute]) -> str:
    return " + ".join(f"{each.name} ({each.type})" for each in key)


def index_in_words(index: IndexSchema) -> str:
    """Key and projection."""
    return f"{index.kind}, key {key_in_words(index)}, {projection_in_words(index.projection)}"


def projection_in_words(projection: Projection) -> str:
    """Such as `projects ALL`."""
    names = ", ".join(sorted(projection.attributes))
    return f"projects {projection.kind}" + (f" {names}" if names else "")


def billing_in_words(billing: Billing) -> str:
    """Such as `on demand` or `provisioned, 5 read and 5 write units`."""
    if not isinstance(billing, OnDemand):
        return f"provisioned, {units_in_words(billing.read_units, billing.write_units)}"
    if not billing.is_limited:
        return "on demand"
    maxima = (("read", billing.max_read_units), ("write", billing.max_write_units))
    return (
        "on demand, at most " + " and ".join(f"{units} {kind}" for kind, units in maxima if units) + " units"
    )


def units_in_words(read_units: int, write_units: int) -> str:
    """Read and write units."""
    return f"{read_units} read and {write_units} write units"
