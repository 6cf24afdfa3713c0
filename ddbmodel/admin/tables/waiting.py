"""Waiting until a change has happened."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from ddbmodel.admin.service import Service
from ddbmodel.admin.tables.changes import Awaited
from ddbmodel.admin.tables.deployed import BROKEN
from ddbmodel.errors import ServiceError, TableNotFound
from ddbmodel.operations import DescribeTable


@dataclass(frozen=True, slots=True)
class Patience:
    """How often, and how long, to look whether a change has happened.

    Attributes:
        poll_seconds: between two looks. Arbitrary; DescribeTable is free.
        polls_max: how many looks before it is given up. Filling an index or a replica can take hours.
    """

    poll_seconds: float = 2.0
    polls_max: int = 12 * 60 * 30
    sleep: Callable[[float], Awaitable[object]] = field(default=asyncio.sleep, repr=False)


async def wait(
    service: Service, name: str, until: Awaited, patience: Patience, leaving: Collection[str] = ()
) -> None:
    """Wait until a table can be changed again.

    Args:
        service: where to ask.
        name: the table's deployed name.
        until: what has to have happened.
        patience: how long to wait.
        leaving: regions whose replicas are about to be deleted, and may be broken.

    Raises:
        ServiceError: it took too long, or a replica cannot be used.
    """
    if until == "nothing":
        return
    for _ in range(patience.polls_max):
        try:
            table: Mapping[str, Any] = (await service.send(DescribeTable(name)))["Table"]
        except TableNotFound:  # DescribeTable is eventually consistent
            table = {}
        if _is_ready(table, name, leaving):
            return
        await patience.sleep(patience.poll_seconds)
    seconds = patience.polls_max * patience.poll_seconds
    raise _failed(name, "Timeout", f"not ready after {seconds:.0f} seconds. Plan and apply again to go on.")


def _is_ready(table: Mapping[str, Any], name: str, leaving: Collection[str]) -> bool:
    replicas: list[Mapping[str, Any]] = []
    for replica in table.get("Replicas") or ():
        region, status = replica.get("RegionName"), replica.get("ReplicaStatus")
        if status not in BROKEN:
            replicas.append(replica)
        elif region not in leaving:
            reason = f"the replica in {region} cannot be used ({status}): {remedy_of(status)}"
            raise _failed(name, "ReplicaBroken", reason)
    parts = [each.get("IndexStatus") for each in table.get("GlobalSecondaryIndexes") or ()]
    parts += [each.get("ReplicaStatus") for each in replicas]
    parts += [each.get("WitnessStatus") for each in table.get("GlobalTableWitnesses") or ()]
    encryption: Mapping[str, Any] = table.get("SSEDescription") or {}
    key = encryption.get("Status")
    is_settled = all(status in (None, "ACTIVE", "REGION_DISABLED") for status in parts)
    return table.get("TableStatus") == "ACTIVE" and is_settled and key not in ("ENABLING", "UPDATING")


def remedy_of(status: str) -> str:
    """What to do about a replica that does not become active by itself."""
    if status == "INACCESSIBLE_ENCRYPTION_CREDENTIALS":
        return "give DynamoDB access to the key of KMS in that region again"
    if status == "REPLICATION_NOT_AUTHORIZED":
        return "let the service replicate: see the policies of the table and of the role for replication"
    return (
        "take it out of replicas=, and name it in delete_replicas= (--delete-replica); then declare it again"
    )


def _failed(name: str, code: str, reason: str) -> ServiceError:
    return ServiceError(
        f"UpdateTable on table {name!r}: {reason}", operation="UpdateTable", table=name, code=code
    )
