"""What a table is, as the service tells. Only what is managed is asked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ddbmodel.admin.resource_policies import read_policy
from ddbmodel.admin.service import Service
from ddbmodel.admin.tags import read_tags
from ddbmodel.errors import AccessDenied, RequestRefused, TableNotFound
from ddbmodel.operations import (
    Billing,
    DescribeContinuousBackups,
    DescribeContributorInsights,
    DescribeTable,
    DescribeTimeToLive,
    DescribeTimeToLiveResult,
    InsightsState,
    PointInTime,
    TableDescription,
)
from ddbmodel.operations.billing import billing_from_wire

ASKED_FOR: Final = frozenset(
    ("time_to_live", "point_in_time_days", "tags", "resource_policy", "contributor_insights")
)
"""The settings that take a request each; DescribeTable tells all others."""


BROKEN: Final = frozenset(
    ("CREATION_FAILED", "INACCESSIBLE_ENCRYPTION_CREDENTIALS", "REPLICATION_NOT_AUTHORIZED", "ARCHIVED")
)
"""The states of a replica that do not pass by themselves.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ReplicaDescription.html
"""


@dataclass(frozen=True, slots=True)
class Deployed:
    """One table as it is.

    Attributes:
        description: keys, indexes, status and billing.
        index_billing: of its global indexes.
        warm_throughput: read and write units a second; None where the service does not say.
        stream: what its stream holds; None without one.
        encryption: `AWS_OWNED`, or the ARN of a key of KMS, the account's own or the one for DynamoDB.
        deletion_protection: whether it is protected.
        table_class: how it is stored.
        replicas: the other regions.
        broken_replicas: those that cannot be used, with the service's status, by region.
        witness: the region that holds no copy.
        consistency: of the replicas.
        asked: what was asked for of `ASKED_FOR`, by name.
    """

    description: TableDescription
    index_billing: Mapping[str, Billing]
    warm_throughput: tuple[int, int] | None
    stream: str | None
    encryption: str
    deletion_protection: bool
    table_class: str
    replicas: tuple[str, ...]
    broken_replicas: Mapping[str, str]
    witness: str | None
    consistency: str
    asked: Mapping[str, Any]


async def read_deployed(
    service: Service, name: str, wanted: Collection[str], *, forgiving: bool = False
) -> Deployed | None:
    """Ask for a table; None if there is none.

    Args:
        service: where to ask.
        name: the deployed name.
        wanted: which of `ASKED_FOR` are of interest.
        forgiving: leave out what the engine does not know of, or does not permit, in place of an error.
    """
    try:
        table = (await service.send(DescribeTable(name)))["Table"]
    except TableNotFound:
        return None
    asked: dict[str, Any] = {}
    for setting in sorted(ASKED_FOR.intersection(wanted)):
        try:
            asked[setting] = await _ask(service, setting, name, table.get("TableArn") or "")
        except (AccessDenied, RequestRefused):
            if not forgiving:
                raise
    return deployed_from_wire(table, asked)


async def _ask(service: Service, setting: str, name: str, arn: str) -> Any:
    match setting:
        case "time_to_live":
            found = DescribeTimeToLiveResult.from_wire(await service.send(DescribeTimeToLive(name)))
            return found.attribute if found.status in ("ENABLED", "ENABLING") else None
        case "point_in_time_days":
            return PointInTime.from_wire(await service.send(DescribeContinuousBackups(name))).days or 0
        case "tags":
            return await read_tags(service, arn)
        case "resource_policy":
            policy = await read_policy(service, arn)
            return policy.document if policy else False
        case _:
            return InsightsState.from_wire(await service.send(DescribeContributorInsights(name))).insights


def deployed_from_wire(table: Mapping[str, Any], asked: Mapping[str, Any]) -> Deployed:
    """Read a `TableDescription` structure."""
    description = TableDescription.from_wire(table)
    stream: Mapping[str, Any] = table.get("StreamSpecification") or {}
    key: Mapping[str, Any] = table.get("SSEDescription") or {}
    warm: Mapping[str, Any] = table.get("WarmThroughput") or {}
    stored: Mapping[str, Any] = table.get("TableClassSummary") or {}
    region = (description.arn or "").split(":")[3:4]
    replicas = [
        each["RegionName"] for each in table.get("Replicas") or () if each.get("ReplicaStatus") != "DELETING"
    ]
    mode: dict[str, Any] = {"BillingModeSummary": table.get("BillingModeSummary") or {}}
    return Deployed(
        description=description,
        index_billing={
            each["IndexName"]: billing_from_wire({**each, **mode})
            for each in table.get("GlobalSecondaryIndexes") or ()
        },
        warm_throughput=(warm["ReadUnitsPerSecond"], warm["WriteUnitsPerSecond"])
        if {"ReadUnitsPerSecond", "WriteUnitsPerSecond"} <= warm.keys()
        else None,
        stream=stream.get("StreamViewType") if stream.get("StreamEnabled") else None,
        encryption=_encryption(key),
        deletion_protection=bool(table.get("DeletionProtectionEnabled")),
        table_class=stored.get("TableClass") or "STANDARD",
        replicas=tuple(sorted(each for each in replicas if [each] != region)),
        broken_replicas={
            each["RegionName"]: each["ReplicaStatus"]
            for each in table.get("Replicas") or ()
            if each.get("ReplicaStatus") in BROKEN
        },
        witness=next((each["RegionName"] for each in table.get("GlobalTableWitnesses") or ()), None),
        consistency=table.get("MultiRegionConsistency") or "EVENTUAL",
        asked=asked,
    )


def _encryption(key: Mapping[str, Any]) -> str:
    if key.get("Status") not in ("ENABLED", "ENABLING", "UPDATING") or key.get("SSEType") == "AES256":
        return "AWS_OWNED"
    return str(key.get("KMSMasterKeyArn") or "AWS_MANAGED")
