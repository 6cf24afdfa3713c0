"""Tables for CloudFormation and Terraform, against the shapes that their documentation gives."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ddbmodel import (
    Attr,
    BackupPolicy,
    GlobalIndex,
    KmsKey,
    LocalIndex,
    Model,
    OnDemand,
    PlanRefused,
    Provisioned,
    TableSettings,
    WarmThroughput,
    cloudformation_template,
    partition_key,
    sort_key,
    terraform_configuration,
    ttl,
)
from tests.unit.admin.recorded_tables import KEY_ARN

ALL = TableSettings(
    billing=OnDemand(max_write_units=9),
    warm_throughput=WarmThroughput(5, 6),
    stream="NEW_IMAGE",
    encryption=KmsKey(KEY_ARN),
    deletion_protection=True,
    tags={"a": "${x}"},
    point_in_time_days=7,
    table_class="STANDARD",
    contributor_insights="THROTTLED_KEYS",
    resource_policy={"Version": "2012-10-17"},
)


class Rich(Model, table="rich.orders", settings=ALL):
    customer: Attr[str] = partition_key()
    number: Attr[int] = sort_key()
    country: Attr[str]
    city: Attr[str]
    until: Attr[int | None] = ttl(default=None)

    by_place = GlobalIndex(partition_key=("country", "city"), projection=["until"])
    by_city = LocalIndex(sort_key="city", projection="KEYS_ONLY")


class Other(Model, table="other", settings=TableSettings(billing=Provisioned(1, 2), point_in_time_days=0)):
    key: Attr[str] = partition_key()
    city: Attr[str]

    by_city = GlobalIndex(partition_key="city")


RICH_CLOUDFORMATION: dict[str, Any] = {
    "TableName": "rich.orders",
    "KeySchema": [
        {"AttributeName": "customer", "KeyType": "HASH"},
        {"AttributeName": "number", "KeyType": "RANGE"},
    ],
    "AttributeDefinitions": [
        {"AttributeName": "customer", "AttributeType": "S"},
        {"AttributeName": "number", "AttributeType": "N"},
        {"AttributeName": "country", "AttributeType": "S"},
        {"AttributeName": "city", "AttributeType": "S"},
    ],
    "LocalSecondaryIndexes": [
        {
            "IndexName": "by_city",
            "KeySchema": [
                {"AttributeName": "customer", "KeyType": "HASH"},
                {"AttributeName": "city", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }
    ],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "by_place",
            "KeySchema": [
                {"AttributeName": "country", "KeyType": "HASH"},
                {"AttributeName": "city", "KeyType": "HASH"},
            ],
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["until"]},
            "OnDemandThroughput": {"MaxWriteRequestUnits": 9},
        }
    ],
    "BillingMode": "PAY_PER_REQUEST",
    "OnDemandThroughput": {"MaxWriteRequestUnits": 9},
    "StreamSpecification": {"StreamViewType": "NEW_IMAGE"},
    "SSESpecification": {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": KEY_ARN},
    "Tags": [{"Key": "a", "Value": "${x}"}],
    "TableClass": "STANDARD",
    "DeletionProtectionEnabled": True,
    "WarmThroughput": {"ReadUnitsPerSecond": 5, "WriteUnitsPerSecond": 6},
    "ResourcePolicy": {"PolicyDocument": {"Version": "2012-10-17"}},
    "TimeToLiveSpecification": {"AttributeName": "until", "Enabled": True},
    "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 7},
    "ContributorInsightsSpecification": {"Enabled": True, "Mode": "THROTTLED_KEYS"},
}

RICH_TERRAFORM: dict[str, Any] = {
    "name": "live-rich.orders",
    "billing_mode": "PAY_PER_REQUEST",
    "hash_key": "customer",
    "range_key": "number",
    "attribute": [
        {"name": "customer", "type": "S"},
        {"name": "number", "type": "N"},
        {"name": "country", "type": "S"},
        {"name": "city", "type": "S"},
    ],
    "lifecycle": {"prevent_destroy": True},
    "on_demand_throughput": {"max_write_request_units": 9},
    "local_secondary_index": [{"name": "by_city", "projection_type": "KEYS_ONLY", "range_key": "city"}],
    "global_secondary_index": [
        {
            "name": "by_place",
            "projection_type": "INCLUDE",
            "non_key_attributes": ["until"],
            "key_schema": [
                {"attribute_name": "country", "key_type": "HASH"},
                {"attribute_name": "city", "key_type": "HASH"},
            ],
            "on_demand_throughput": {"max_write_request_units": 9},
        }
    ],
    "ttl": {"attribute_name": "until", "enabled": True},
    "warm_throughput": {"read_units_per_second": 5, "write_units_per_second": 6},
    "stream_enabled": True,
    "stream_view_type": "NEW_IMAGE",
    "server_side_encryption": {"enabled": True, "kms_key_arn": KEY_ARN},
    "deletion_protection_enabled": True,
    "tags": {"a": "$${x}"},
    "point_in_time_recovery": {"enabled": True, "recovery_period_in_days": 7},
    "table_class": "STANDARD",
}


def test_cloudformation() -> None:
    """Every setting has the member that CloudFormation has for it; tables with indexes come one by one."""
    resources: dict[str, Any] = cloudformation_template(Rich, Other)["Resources"]
    table = resources["RichOrdersTable"]
    assert (table["Type"], table["DeletionPolicy"]) == ("AWS::DynamoDB::Table", "Retain")
    assert table["Properties"] == RICH_CLOUDFORMATION
    assert resources["OtherTable"]["DependsOn"] == "RichOrdersTable"
    assert resources["OtherTable"]["Properties"]["PointInTimeRecoverySpecification"] == {
        "PointInTimeRecoveryEnabled": False
    }


def test_terraform() -> None:
    """Every setting has its argument or resource, and nothing in a value is taken for a template."""
    resources: dict[str, Any] = terraform_configuration(Rich, Other, table_prefix="live-")["resource"]
    assert resources["aws_dynamodb_table"]["rich_orders"] == RICH_TERRAFORM
    policy = resources["aws_dynamodb_resource_policy"]["rich_orders"]
    assert policy["resource_arn"] == "${aws_dynamodb_table.rich_orders.arn}"
    assert json.loads(policy["policy"]) == {"Version": "2012-10-17"}
    other = resources["aws_dynamodb_table"]["other"]
    assert (other["read_capacity"], other["global_secondary_index"][0]["write_capacity"]) == (1, 2)
    assert other["global_secondary_index"][0]["hash_key"] == "city"


def test_a_policy_of_backups() -> None:
    """Its days are those of point-in-time recovery; daily backups are of no resource."""
    settings = {Other: TableSettings(backups=BackupPolicy(point_in_time_days=9, daily=3))}
    resources: dict[str, Any] = cloudformation_template(Other, settings=settings)["Resources"]
    assert resources["OtherTable"]["Properties"]["PointInTimeRecoverySpecification"] == {
        "PointInTimeRecoveryEnabled": True,
        "RecoveryPeriodInDays": 9,
    }
    table = terraform_configuration(Other, settings=settings)["resource"]["aws_dynamodb_table"]["other"]
    assert table["point_in_time_recovery"] == {"enabled": True, "recovery_period_in_days": 9}


def test_replicas() -> None:
    """Terraform has them in the table; this template of CloudFormation cannot have them, and says so."""
    settings = {Other: TableSettings(replicas=["eu-west-2"], consistency="EVENTUAL")}
    table = terraform_configuration(Other, settings=settings)["resource"]["aws_dynamodb_table"]["other"]
    assert table["replica"] == [{"region_name": "eu-west-2", "consistency_mode": "EVENTUAL"}]
    assert table["stream_view_type"] == "NEW_AND_OLD_IMAGES"
    with pytest.raises(PlanRefused, match="AWS::DynamoDB::GlobalTable"):
        cloudformation_template(Other, settings=settings)
    with pytest.raises(PlanRefused, match="has a witness"):
        strong = TableSettings(replicas=["eu-west-2"], consistency="STRONG", witness="eu-west-3")
        terraform_configuration(Other, settings={Other: strong})
