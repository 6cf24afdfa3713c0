"""Tables as a Terraform configuration, in its JSON syntax.

Source: https://developer.hashicorp.com/terraform/language/syntax/json
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ddbmodel.admin.tables.design import TableDesign, Target, designs_of
from ddbmodel.errors import PlanRefused
from ddbmodel.operations import Billing, Provisioned
from ddbmodel.schema import IndexSchema, KmsKey, TableSettings
from ddbmodel.schema.settings import canonical_json


def terraform_configuration(
    *tables: Target, settings: Mapping[Target, TableSettings] | None = None, table_prefix: str = ""
) -> dict[str, Any]:
    """Give what tables are to be as a Terraform configuration, to be written as a file `....tf.json`.

    Terraform refuses to destroy such a table. Multi-attribute keys of indexes and warm throughput take a
    provider of AWS that knows `key_schema` and `warm_throughput`. Nothing is sent.

    Args:
        tables: models with tables, and shared tables.
        settings: of some of the tables, in place of those that are declared with them.
        table_prefix: put in front of every table's name.

    Raises:
        ExpressionError: there is nothing to give.
        PlanRefused: a table has a witness, which the resource cannot say.
    """
    resources: dict[str, dict[str, Any]] = {}
    for design in designs_of(tables, settings, table_prefix):
        label = _label(design.title, resources.get("aws_dynamodb_table", {}))
        for kind, resource in _resources(design, label).items():
            resources.setdefault(kind, {})[label] = resource
    return {"resource": resources}


def _label(title: str, taken: Mapping[str, Any]) -> str:
    name = re.sub(r"\W", "_", title)
    name = name if not name[0].isdigit() else f"_{name}"
    return name if name not in taken else f"{name}_{len(taken)}"


def _resources(design: TableDesign, label: str) -> dict[str, Any]:
    """The table, and what has a resource of its own."""
    settings = design.settings
    resources: dict[str, Any] = {"aws_dynamodb_table": _table(design)}
    # In JSON, a reference is a template; a literal one is escaped.
    if settings.resource_policy:
        policy = canonical_json(settings.resource_policy).replace("${", "$${").replace("%{", "%%{")
        resources["aws_dynamodb_resource_policy"] = {
            "resource_arn": f"${{aws_dynamodb_table.{label}.arn}}",
            "policy": policy,
        }
    if settings.contributor_insights:
        resources["aws_dynamodb_contributor_insights"] = {
            "table_name": f"${{aws_dynamodb_table.{label}.name}}",
            "mode": settings.contributor_insights,
        }
    return resources


def _table(design: TableDesign) -> dict[str, Any]:
    schema, settings = design.schema, design.settings
    table: dict[str, Any] = {
        "name": schema.name,
        "billing_mode": "PROVISIONED" if isinstance(design.billing, Provisioned) else "PAY_PER_REQUEST",
        "hash_key": schema.partition_key[0].name,
        "attribute": [{"name": each.name, "type": each.type} for each in schema.attributes()],
        "lifecycle": {"prevent_destroy": True},
    }
    if schema.sort_key:
        table["range_key"] = schema.sort_key[0].name
    table |= _capacity(design.billing)
    local = [_index(index) for index in schema.indexes if index.kind == "local"]
    global_ = [
        _index(index) | _global_key(index) | _capacity(settings.billing_of(index.name) or design.billing)
        for index in schema.indexes
        if index.kind == "global"
    ]
    if local:
        table["local_secondary_index"] = local
    if global_:
        table["global_secondary_index"] = global_
    if design.ttl is not None:
        table["ttl"] = {"attribute_name": design.ttl, "enabled": True}
    return table | _settings(settings) | _replicas(design)


def _capacity(billing: Billing) -> dict[str, Any]:
    if isinstance(billing, Provisioned):
        return {"read_capacity": billing.read_units, "write_capacity": billing.write_units}
    maxima = {
        "max_read_request_units": billing.max_read_units,
        "max_write_request_units": billing.max_write_units,
    }
    given = {name: units for name, units in maxima.items() if units}
    return {"on_demand_throughput": given} if given else {}


def _index(index: IndexSchema) -> dict[str, Any]:
    wire: dict[str, Any] = {"name": index.name, "projection_type": index.projection.kind}
    if index.projection.attributes:
        wire["non_key_attributes"] = list(index.projection.attributes)
    if index.kind == "local":
        wire["range_key"] = index.sort_key[0].name
    return wire


def _global_key(index: IndexSchema) -> dict[str, Any]:
    if len(index.partition_key) == 1 and len(index.sort_key) <= 1:
        key = {"hash_key": index.partition_key[0].name}
        return key | ({"range_key": index.sort_key[0].name} if index.sort_key else {})
    parts = [{"attribute_name": each.name, "key_type": "HASH"} for each in index.partition_key]
    parts += [{"attribute_name": each.name, "key_type": "RANGE"} for each in index.sort_key]
    return {"key_schema": parts}


def _settings(settings: TableSettings) -> dict[str, Any]:
    wire: dict[str, Any] = {}
    if settings.warm_throughput is not None:
        warm = settings.warm_throughput
        wire["warm_throughput"] = {
            "read_units_per_second": warm.read_units,
            "write_units_per_second": warm.write_units,
        }
    if settings.stream_view is not None:
        wire["stream_enabled"] = bool(settings.stream_view)
        wire |= {"stream_view_type": settings.stream_view} if settings.stream_view else {}
    if settings.encryption is not None:
        key = {"kms_key_arn": settings.encryption.arn} if isinstance(settings.encryption, KmsKey) else {}
        wire["server_side_encryption"] = {"enabled": settings.encryption != "AWS_OWNED"} | key
    if settings.deletion_protection is not None:
        wire["deletion_protection_enabled"] = settings.deletion_protection
    if tags := {key: value for key, value in (settings.tags or {}).items() if value is not None}:
        wire["tags"] = {key: value.replace("${", "$${").replace("%{", "%%{") for key, value in tags.items()}
    if (days := settings.recovery_days) is not None:
        period = {"recovery_period_in_days": days} if days else {}
        wire["point_in_time_recovery"] = {"enabled": bool(days)} | period
    if settings.table_class is not None:
        wire["table_class"] = settings.table_class
    return wire


def _replicas(design: TableDesign) -> dict[str, Any]:
    settings = design.settings
    if settings.witness is not None:
        problem = "has a witness, which this configuration cannot say: take two replicas, or apply_tables"
        raise PlanRefused([f"table {design.name!r} {problem}"])
    if not settings.replicas:
        return {}
    consistency = {"consistency_mode": settings.consistency} if settings.consistency else {}
    return {"replica": [{"region_name": region} | consistency for region in settings.replicas]}
