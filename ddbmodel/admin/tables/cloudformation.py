"""Tables as a CloudFormation template.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from ddbmodel.admin.tables.design import TableDesign, Target, designs_of
from ddbmodel.errors import PlanRefused
from ddbmodel.operations import CreateTable
from ddbmodel.schema import KmsKey, TableSettings


def cloudformation_template(
    *tables: Target, settings: Mapping[Target, TableSettings] | None = None, table_prefix: str = ""
) -> dict[str, Any]:
    """Give what tables are to be as a CloudFormation template, to be written as JSON.

    A table is retained when it leaves the template. Nothing is sent.

    Args:
        tables: models with tables, and shared tables.
        settings: of some of the tables, in place of those that are declared with them.
        table_prefix: put in front of every table's name.

    Raises:
        ExpressionError: there is nothing to give.
        PlanRefused: a table has replicas, which are another kind of resource there, one for all regions.
    """
    resources: dict[str, Any] = {}
    previous: str | None = None
    for design in designs_of(tables, settings, table_prefix):
        name = _logical_name(design.title, resources)
        resource = _resource(design)
        # The service makes few tables with indexes at once, and refuses more.
        if previous is not None and design.schema.indexes:
            resource["DependsOn"] = previous
        if design.schema.indexes:
            previous = name
        resources[name] = resource
    return {"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}


def _logical_name(title: str, taken: Mapping[str, Any]) -> str:
    """Letters and digits only; a number tells apart what is the same then."""
    words = re.findall(r"[A-Za-z0-9]+", title)
    name = "".join(word[0].upper() + word[1:] for word in words) + "Table"
    return name if name not in taken else f"{name}{len(taken)}"


def _resource(design: TableDesign) -> dict[str, Any]:
    settings = design.settings
    if settings.replicas:
        problem = (
            "has replicas, which this template cannot say: write an AWS::DynamoDB::GlobalTable, or take "
            "apply_tables or Terraform"
        )
        raise PlanRefused([f"table {design.name!r} {problem}"])
    properties = CreateTable(design.schema, design.billing, settings).to_wire()
    _rename(properties)
    if settings.encryption is not None:
        properties["SSESpecification"] = _encryption(settings.encryption)
    if design.ttl is not None:
        properties["TimeToLiveSpecification"] = {"AttributeName": design.ttl, "Enabled": True}
    if settings.recovery_days is not None:
        properties["PointInTimeRecoverySpecification"] = _recovery(settings.recovery_days)
    if settings.contributor_insights is not None:
        properties["ContributorInsightsSpecification"] = _insights(settings.contributor_insights)
    return {
        "Type": "AWS::DynamoDB::Table",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": properties,
    }


def _rename(properties: dict[str, Any]) -> None:
    """Say what CreateTable says otherwise: streams have no switch, a policy is a document in another."""
    if stream := properties.get("StreamSpecification"):
        del stream["StreamEnabled"]
    if policy := properties.pop("ResourcePolicy", None):
        properties["ResourcePolicy"] = {"PolicyDocument": json.loads(policy)}
    parts = (properties, *properties.get("GlobalSecondaryIndexes", ()))
    for part in parts:
        if maximum := part.get("OnDemandThroughput"):
            part["OnDemandThroughput"] = {name: units for name, units in maximum.items() if units > 0}


def _encryption(encryption: str | KmsKey) -> dict[str, Any]:
    if encryption == "AWS_OWNED":
        return {"SSEEnabled": False}
    wire: dict[str, Any] = {"SSEEnabled": True, "SSEType": "KMS"}
    return wire | ({"KMSMasterKeyId": encryption.arn} if isinstance(encryption, KmsKey) else {})


def _recovery(days: int) -> dict[str, Any]:
    if not days:
        return {"PointInTimeRecoveryEnabled": False}
    return {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": days}


def _insights(insights: str | bool) -> dict[str, Any]:
    return {"Enabled": True, "Mode": insights} if insights else {"Enabled": False}
