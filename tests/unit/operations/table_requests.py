"""What is asked about tables as wholes, and what it looks like on the wire."""

from __future__ import annotations

from typing import Any

from ddbmodel.operations import (
    CreateTable,
    DeleteResourcePolicy,
    DescribeContinuousBackups,
    DescribeContributorInsights,
    GetResourcePolicy,
    ListTagsOfResource,
    OnDemand,
    Provisioned,
    PutResourcePolicy,
    Request,
    TagResource,
    UntagResource,
    UpdateContinuousBackups,
    UpdateContributorInsights,
    UpdateTable,
)
from ddbmodel.schema import IndexSchema, KeyAttribute, KmsKey, TableSchema, TableSettings, WarmThroughput

ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"
KEY_ARN = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab"
PK = KeyAttribute("pk", "S")
INDEX = IndexSchema("by-place", "global", (KeyAttribute("place", "S"),))
SETTINGS = TableSettings(
    stream="KEYS_ONLY",
    encryption=KmsKey(KEY_ARN),
    deletion_protection=True,
    tags={"team": "shop", "old": None},
    table_class="STANDARD_INFREQUENT_ACCESS",
    warm_throughput=WarmThroughput(5, 6),
    resource_policy={"Version": "2012-10-17"},
    point_in_time_days=3,
)

WIRE: list[tuple[str, Request, dict[str, Any]]] = [
    (
        "create with settings",
        CreateTable(TableSchema("orders", (PK,)), OnDemand(max_read_units=9), SETTINGS),
        {
            "TableName": "orders",
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "BillingMode": "PAY_PER_REQUEST",
            "OnDemandThroughput": {"MaxReadRequestUnits": 9, "MaxWriteRequestUnits": -1},
            "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
            "SSESpecification": {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": KEY_ARN},
            "Tags": [{"Key": "team", "Value": "shop"}],
            "TableClass": "STANDARD_INFREQUENT_ACCESS",
            "DeletionProtectionEnabled": True,
            "WarmThroughput": {"ReadUnitsPerSecond": 5, "WriteUnitsPerSecond": 6},
            "ResourcePolicy": '{"Version":"2012-10-17"}',
        },
    ),
    (
        "billing, with its indexes",
        UpdateTable.billing("orders", Provisioned(1, 2), {"by-place": Provisioned(3, 4)}),
        {
            "TableName": "orders",
            "BillingMode": "PROVISIONED",
            "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 2},
            "GlobalSecondaryIndexUpdates": [
                {
                    "Update": {
                        "IndexName": "by-place",
                        "ProvisionedThroughput": {"ReadCapacityUnits": 3, "WriteCapacityUnits": 4},
                    }
                }
            ],
        },
    ),
    (
        "no maximum",
        UpdateTable.index_throughput("orders", "by-place", OnDemand()),
        {
            "TableName": "orders",
            "GlobalSecondaryIndexUpdates": [
                {
                    "Update": {
                        "IndexName": "by-place",
                        "OnDemandThroughput": {"MaxReadRequestUnits": -1, "MaxWriteRequestUnits": -1},
                    }
                }
            ],
        },
    ),
    (
        "create an index",
        UpdateTable.create_index("orders", (PK, *INDEX.key), INDEX, OnDemand()),
        {
            "TableName": "orders",
            "AttributeDefinitions": [
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "place", "AttributeType": "S"},
            ],
            "GlobalSecondaryIndexUpdates": [
                {
                    "Create": {
                        "IndexName": "by-place",
                        "KeySchema": [{"AttributeName": "place", "KeyType": "HASH"}],
                        "Projection": {"ProjectionType": "ALL"},
                    }
                }
            ],
        },
    ),
    (
        "delete an index",
        UpdateTable.delete_index("orders", "by-place"),
        {"TableName": "orders", "GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "by-place"}}]},
    ),
    (
        "no stream",
        UpdateTable.stream("orders", False),
        {"TableName": "orders", "StreamSpecification": {"StreamEnabled": False}},
    ),
    (
        "the key that AWS owns",
        UpdateTable.encryption("orders", "AWS_OWNED"),
        {"TableName": "orders", "SSESpecification": {"Enabled": False}},
    ),
    (
        "strongly consistent replicas",
        UpdateTable.add_replicas("orders", ["eu-west-2"], "STRONG", "eu-west-3"),
        {
            "TableName": "orders",
            "ReplicaUpdates": [{"Create": {"RegionName": "eu-west-2"}}],
            "MultiRegionConsistency": "STRONG",
            "GlobalTableWitnessUpdates": [{"Create": {"RegionName": "eu-west-3"}}],
        },
    ),
    (
        "recovery",
        UpdateContinuousBackups("orders", 7),
        {
            "TableName": "orders",
            "PointInTimeRecoverySpecification": {
                "PointInTimeRecoveryEnabled": True,
                "RecoveryPeriodInDays": 7,
            },
        },
    ),
    (
        "no recovery",
        UpdateContinuousBackups("orders", None),
        {
            "TableName": "orders",
            "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": False},
        },
    ),
    ("recovery?", DescribeContinuousBackups("orders"), {"TableName": "orders"}),
    (
        "insights",
        UpdateContributorInsights("orders", "THROTTLED_KEYS"),
        {
            "TableName": "orders",
            "ContributorInsightsAction": "ENABLE",
            "ContributorInsightsMode": "THROTTLED_KEYS",
        },
    ),
    (
        "no insights",
        UpdateContributorInsights("orders", False),
        {"TableName": "orders", "ContributorInsightsAction": "DISABLE"},
    ),
    ("insights?", DescribeContributorInsights("orders"), {"TableName": "orders"}),
    ("policy", PutResourcePolicy(ARN, "{}"), {"ResourceArn": ARN, "Policy": "{}"}),
    ("policy?", GetResourcePolicy(ARN), {"ResourceArn": ARN}),
    ("no policy", DeleteResourcePolicy(ARN), {"ResourceArn": ARN}),
    ("tag", TagResource(ARN, {"a": "b"}), {"ResourceArn": ARN, "Tags": [{"Key": "a", "Value": "b"}]}),
    ("untag", UntagResource(ARN, ("a",)), {"ResourceArn": ARN, "TagKeys": ["a"]}),
    ("tags?", ListTagsOfResource(ARN, "more"), {"ResourceArn": ARN, "NextToken": "more"}),
]
