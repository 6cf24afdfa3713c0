"""The settings of a table that a restored one does not have by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ddbmodel.admin.service import Service
from ddbmodel.admin.tags import read_tags
from ddbmodel.admin.waiting import Patience, active
from ddbmodel.operations import (
    DescribeContinuousBackups,
    DescribeTable,
    DescribeTimeToLive,
    DescribeTimeToLiveResult,
    PointInTime,
    TagResource,
    UpdateContinuousBackups,
    UpdateTable,
    UpdateTimeToLive,
)
from ddbmodel.schema.settings import StreamView


@dataclass(frozen=True, slots=True)
class RestoreSettings:
    """What the service does not restore; auto scaling, alarms and policies are not kept here either.

    Attributes:
        ttl: the attribute of time to live; None if it is off.
        tags: by key.
        point_in_time_days: how far point-in-time recovery reaches back; None if it is off.
        stream: what the stream's records show, such as `NEW_AND_OLD_IMAGES`; None if there is no stream.
        deletion_protection: DeleteTable is refused.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CreateBackup.html
    """

    ttl: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    point_in_time_days: int | None = None
    stream: StreamView | None = None
    deletion_protection: bool = False


async def settings_of(service: Service, table: str) -> RestoreSettings:
    """Read the settings of a table, by its deployed name.

    Raises:
        TableNotFound: there is none.
    """
    wire = (await service.send(DescribeTable(table)))["Table"]
    time_to_live = DescribeTimeToLiveResult.from_wire(await service.send(DescribeTimeToLive(table)))
    recovery = PointInTime.from_wire(await service.send(DescribeContinuousBackups(table)))
    return RestoreSettings(
        ttl=time_to_live.attribute if time_to_live.status in ("ENABLING", "ENABLED") else None,
        tags=await read_tags(service, wire["TableArn"]),
        point_in_time_days=recovery.days,
        stream=_stream(wire.get("StreamSpecification") or {}),
        deletion_protection=bool(wire.get("DeletionProtectionEnabled")),
    )


def settings_in_backup(description: Mapping[str, Any]) -> RestoreSettings:
    """Read what a backup remembers of its table: time to live and stream, and nothing else."""
    features: Mapping[str, Any] = description.get("SourceTableFeatureDetails") or {}
    time_to_live: Mapping[str, Any] = features.get("TimeToLiveDescription") or {}
    on = time_to_live.get("TimeToLiveStatus") in ("ENABLING", "ENABLED")
    return RestoreSettings(
        ttl=time_to_live.get("AttributeName") if on else None,
        stream=_stream(features.get("StreamDescription") or {}),
    )


async def apply_settings(
    service: Service, table: str, settings: RestoreSettings, patience: Patience
) -> tuple[str, ...]:
    """Give an active table these settings; say which were given. Protection from deletion comes last."""
    given: list[str] = []
    if settings.ttl is not None:
        await service.send(UpdateTimeToLive(table, settings.ttl))
        given.append("time to live")
    if settings.tags:
        arn = (await service.send(DescribeTable(table)))["Table"]["TableArn"]
        # Keys that begin so are the service's own, and nobody else can give them.
        own = {key: value for key, value in settings.tags.items() if not key.startswith("aws:")}
        if own:
            await service.send(TagResource(arn, own))
            given.append("tags")
    if settings.point_in_time_days is not None:
        await service.send(UpdateContinuousBackups(table, settings.point_in_time_days))
        given.append("point-in-time recovery")
    if settings.stream is not None:
        await service.send(UpdateTable.stream(table, settings.stream))
        await active(service, table, patience, operation=UpdateTable.name)
        given.append("stream")
    if settings.deletion_protection:
        await service.send(UpdateTable.deletion_protection(table, enabled=True))
        await active(service, table, patience, operation=UpdateTable.name)
        given.append("deletion protection")
    return tuple(given)


def _stream(wire: Mapping[str, Any]) -> StreamView | None:
    return wire.get("StreamViewType") if wire.get("StreamEnabled") else None
