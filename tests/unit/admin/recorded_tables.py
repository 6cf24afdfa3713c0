"""One table in memory that answers as AWS's documentation says DynamoDB does, where moto does not.

It takes one change at a time, and a change is under way until it was looked at once.
"""

from __future__ import annotations

import json
from typing import Any

from ddbmodel.errors import ConnectionFailed, ServiceError, TableInUse, TableNotFound
from ddbmodel.operations import Request

ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"
KEY_ARN = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab"


async def no_pause(seconds: float) -> None:
    """In place of sleeping."""


class RecordedTables:
    """A service with at most one table.

    Attributes:
        sent: the requests that change something, in order.
        fails_at: the number of the change before which the connection is lost.
        backups: `BackupSummary` structures.
        has_items: there is something to lose.
    """

    def __init__(self) -> None:
        self.table: dict[str, Any] | None = None
        self.tags: dict[str, str] = {}
        self.ttl: str | None = None
        self.days = 0
        self.policy: str | None = None
        self.insights: str | None = None
        self.sent: list[Request] = []
        self.fails_at: int | None = None
        self.backups: list[dict[str, Any]] = []
        self.has_items = True

    def table_name(self, table: Any) -> str:
        return str(table)

    async def send(self, request: Request) -> dict[str, Any]:
        wire = request.to_wire()
        if self.table is None and request.name != "CreateTable":
            raise TableNotFound("no table", operation=request.name, code="ResourceNotFoundException")
        if request.is_write:
            if self.fails_at == len(self.sent):
                raise ConnectionFailed("cut", operation=request.name, code="Cut")
            self.sent.append(request)
        reply: dict[str, Any] = getattr(self, f"_{request.method}")(wire)
        return reply

    # What is asked -------------------------------------------------------------------------------------

    def _describe_table(self, wire: dict[str, Any]) -> dict[str, Any]:
        assert self.table is not None
        seen = json.loads(json.dumps(self.table))
        self._settle()
        return {"Table": seen}

    def _describe_time_to_live(self, wire: dict[str, Any]) -> dict[str, Any]:
        if self.ttl is None:
            return {"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}}
        return {"TimeToLiveDescription": {"TimeToLiveStatus": "ENABLING", "AttributeName": self.ttl}}

    def _describe_continuous_backups(self, wire: dict[str, Any]) -> dict[str, Any]:
        on = {"PointInTimeRecoveryStatus": "ENABLED", "RecoveryPeriodInDays": self.days}
        found = on if self.days else {"PointInTimeRecoveryStatus": "DISABLED"}
        return {"ContinuousBackupsDescription": {"PointInTimeRecoveryDescription": found}}

    def _list_tags_of_resource(self, wire: dict[str, Any]) -> dict[str, Any]:
        """One tag a page."""
        tags = [{"Key": key, "Value": value} for key, value in self.tags.items()]
        at = int(wire.get("NextToken", 0))
        return {"Tags": tags[at : at + 1]} | ({"NextToken": str(at + 1)} if at + 1 < len(tags) else {})

    def _get_resource_policy(self, wire: dict[str, Any]) -> dict[str, Any]:
        if self.policy is None:
            raise ServiceError("none", operation="GetResourcePolicy", code="PolicyNotFoundException")
        return {"Policy": self.policy, "RevisionId": "1"}

    def _describe_contributor_insights(self, wire: dict[str, Any]) -> dict[str, Any]:
        if self.insights is None:
            return {"ContributorInsightsStatus": "DISABLED"}
        return {"ContributorInsightsStatus": "ENABLING", "ContributorInsightsMode": self.insights}

    def _list_backups(self, wire: dict[str, Any]) -> dict[str, Any]:
        return {"BackupSummaries": self.backups}

    def _scan(self, wire: dict[str, Any]) -> dict[str, Any]:
        items = [{"customer": {"S": "c"}, "number": {"N": "1"}}] if self.has_items else []
        return {"Items": items, "Count": len(items), "ScannedCount": len(items)}

    # What is changed -----------------------------------------------------------------------------------

    def _create_table(self, wire: dict[str, Any]) -> dict[str, Any]:
        self.table = {
            "TableName": wire["TableName"],
            "TableArn": ARN,
            "TableStatus": "CREATING",
            "KeySchema": wire["KeySchema"],
            "AttributeDefinitions": wire["AttributeDefinitions"],
            "LocalSecondaryIndexes": wire.get("LocalSecondaryIndexes", []),
            "GlobalSecondaryIndexes": [],
        }
        for index in wire.get("GlobalSecondaryIndexes", []):
            self.table["GlobalSecondaryIndexes"].append(index | {"IndexStatus": "CREATING"})
        self.tags = {tag["Key"]: tag["Value"] for tag in wire.get("Tags", [])}
        self.policy = wire.get("ResourcePolicy")
        self._change(wire)
        return {"TableDescription": self.table}

    def _update_table(self, wire: dict[str, Any]) -> dict[str, Any]:
        assert self.table is not None
        busy = [each["IndexName"] for each in self._indexes() if each["IndexStatus"] != "ACTIVE"]
        if self.table["TableStatus"] != "ACTIVE" or busy:
            raise TableInUse("busy", operation="UpdateTable", code="ResourceInUseException")
        self.table["TableStatus"] = "UPDATING"
        for update in wire.get("GlobalSecondaryIndexUpdates", []):
            self._update_index(update, wire)
        self._change(wire)
        return {"TableDescription": self.table}

    def _update_index(self, update: dict[str, Any], wire: dict[str, Any]) -> None:
        assert self.table is not None
        ((kind, members),) = update.items()
        if kind == "Create":
            self._indexes().append(members | {"IndexStatus": "CREATING"})
            self.table["AttributeDefinitions"] = wire["AttributeDefinitions"]
            return
        (index,) = [each for each in self._indexes() if each["IndexName"] == members["IndexName"]]
        index.update(members | {"IndexStatus": "DELETING" if kind == "Delete" else "UPDATING"})

    def _change(self, wire: dict[str, Any]) -> None:
        assert self.table is not None
        for name in (
            "ProvisionedThroughput",
            "OnDemandThroughput",
            "DeletionProtectionEnabled",
            "WarmThroughput",
        ):
            if name in wire:
                self.table[name] = wire[name]
        if "BillingMode" in wire:
            self.table["BillingModeSummary"] = {"BillingMode": wire["BillingMode"]}
        if "TableClass" in wire:
            self.table["TableClassSummary"] = {"TableClass": wire["TableClass"]}
        if sse := wire.get("SSESpecification"):
            key = {"KMSMasterKeyArn": sse.get("KMSMasterKeyId", "arn:aws:kms:::key/aws"), "SSEType": "KMS"}
            self.table["SSEDescription"] = {"Status": "ENABLED"} | key if sse["Enabled"] else {}
        if stream := wire.get("StreamSpecification"):
            assert not (stream["StreamEnabled"] and self.table.get("StreamSpecification"))
            self.table["StreamSpecification"] = stream if stream["StreamEnabled"] else {}
        self._copy(wire)

    def _copy(self, wire: dict[str, Any]) -> None:
        assert self.table is not None
        replicas = self.table.setdefault("Replicas", [])
        for update in wire.get("ReplicaUpdates", []):
            ((kind, members),) = update.items()
            if kind == "Create":
                assert self.table["StreamSpecification"]["StreamViewType"] == "NEW_AND_OLD_IMAGES"
                replicas.append(members | {"ReplicaStatus": "CREATING"})
            else:
                (found,) = [each for each in replicas if each["RegionName"] == members["RegionName"]]
                found["ReplicaStatus"] = "DELETING"
        if "MultiRegionConsistency" in wire:
            self.table["MultiRegionConsistency"] = wire["MultiRegionConsistency"]
        for update in wire.get("GlobalTableWitnessUpdates", []):
            ((kind, members),) = update.items()
            status = "CREATING" if kind == "Create" else "DELETING"
            self.table["GlobalTableWitnesses"] = [members | {"WitnessStatus": status}]

    def _update_time_to_live(self, wire: dict[str, Any]) -> dict[str, Any]:
        specification = wire["TimeToLiveSpecification"]
        self.ttl = specification["AttributeName"] if specification["Enabled"] else None
        return {"TimeToLiveSpecification": specification}

    def _update_continuous_backups(self, wire: dict[str, Any]) -> dict[str, Any]:
        self.days = wire["PointInTimeRecoverySpecification"].get("RecoveryPeriodInDays", 0)
        return self._describe_continuous_backups(wire)

    def _tag_resource(self, wire: dict[str, Any]) -> dict[str, Any]:
        self.tags |= {tag["Key"]: tag["Value"] for tag in wire["Tags"]}
        return {}

    def _untag_resource(self, wire: dict[str, Any]) -> dict[str, Any]:
        for key in wire["TagKeys"]:
            self.tags.pop(key, None)
        return {}

    def _put_resource_policy(self, wire: dict[str, Any]) -> dict[str, Any]:
        self.policy = wire["Policy"]
        return {}

    def _delete_resource_policy(self, wire: dict[str, Any]) -> dict[str, Any]:
        self.policy = None
        return {}

    def _update_contributor_insights(self, wire: dict[str, Any]) -> dict[str, Any]:
        on = wire["ContributorInsightsAction"] == "ENABLE"
        self.insights = wire["ContributorInsightsMode"] if on else None
        return {}

    def _indexes(self) -> list[dict[str, Any]]:
        assert self.table is not None
        found: list[dict[str, Any]] = self.table["GlobalSecondaryIndexes"]
        return found

    def _settle(self) -> None:
        """What was under way has happened when it is looked at again."""
        assert self.table is not None
        self.table["TableStatus"] = "ACTIVE"
        for name, status in (
            ("GlobalSecondaryIndexes", "IndexStatus"),
            ("Replicas", "ReplicaStatus"),
            ("GlobalTableWitnesses", "WitnessStatus"),
        ):
            left = [each for each in self.table.get(name, []) if each[status] != "DELETING"]
            self.table[name] = [each | {status: "ACTIVE"} for each in left]
