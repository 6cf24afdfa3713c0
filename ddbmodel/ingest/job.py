"""What is to be ingested, checked before anything is read; then done by one run, or by several workers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel

from ddbmodel.errors import ExpressionError
from ddbmodel.ingest.choosing import Format, Given, place_of, source_of
from ddbmodel.ingest.options import Progress, RunOptions
from ddbmodel.ingest.report import IngestReport
from ddbmodel.ingest.run import Run, check_paths
from ddbmodel.ingest.s3_objects import S3Objects, reading_s3
from ddbmodel.ingest.source import Source
from ddbmodel.ingest.terminal import shown
from ddbmodel.mapper.arguments import plan_of_class
from ddbmodel.mapper.entry import check_bulk
from ddbmodel.mapper.gateway import Gateway, GatewayOptions
from ddbmodel.model import ModelPlan
from ddbmodel.transport.connect import ConnectOptions
from ddbmodel.transport.object_store import S3Access

__all__ = ["Connection", "Job", "RunOptions", "begin", "ingest", "prepared"]


@dataclass(frozen=True, slots=True)
class Connection:
    """How a mapper was opened, so that workers can open theirs."""

    options: ConnectOptions
    own: GatewayOptions


@dataclass(frozen=True, slots=True)
class Job:
    """One call of `Mapper.ingest`.

    Attributes:
        s3: how workers reach S3, if the source lies there.
    """

    source: Source
    plan: ModelPlan[Any]
    options: RunOptions
    s3: S3Access | None = None


def prepared(  # noqa: PLR0917  # in the order of `Mapper.ingest`
    source: Given,
    model: type[BaseModel],
    format_name: Format | None,
    columns: Mapping[str, str] | None,
    options: RunOptions,
    objects: S3Objects | None = None,
) -> Job:
    """Check what is given. Blocks.

    Raises:
        ExpressionError: it cannot be ingested like this.
        SourceError: the format cannot be told.
    """
    plan = plan_of_class("ingest", model)
    check_bulk(plan)
    job = Job(source_of(source, format_name, columns, objects), plan, options)
    check_paths(job.source, options)
    return job


async def ingest(
    gateway: Gateway, connection: Connection | None, job: Job, progress: Progress | None
) -> IngestReport:
    """Do it."""
    options = replace(job.options, progress=progress)
    if options.workers == 1:
        return await Run(gateway, job.source, job.plan, options).run()
    from ddbmodel.ingest.workers import ingest_in_workers

    check_shareable(job.source, connection, job.s3)
    assert connection is not None
    return await ingest_in_workers(connection, replace(job, options=options))


def check_shareable(source: Source, connection: Connection | None, s3: S3Access | None) -> None:
    """Refuse what several processes cannot share.

    Raises:
        ExpressionError: naming it.
    """
    if not source.repeatable:
        raise ExpressionError(f"ingest: workers read the source themselves, and cannot read {source.name}")
    if connection is None or connection.options.session is not None:
        raise ExpressionError(
            "ingest: workers connect by themselves: that takes a mapper of Mapper.connect, without session="
        )
    if s3 is not None and s3.session is not None:
        raise ExpressionError("ingest: workers reach S3 by themselves: that takes s3= without session=")
    if connection.own.clock is not None or connection.own.onlookers.present:
        raise ExpressionError("ingest: clock= and hooks= of the mapper would not be there in the workers")


async def begin(  # noqa: PLR0917  # in the order of `Mapper.ingest`
    gateway: Gateway,
    opened_with: tuple[ConnectOptions, GatewayOptions] | None,
    given: tuple[Given, type[BaseModel], Format | None, Mapping[str, str] | None],
    options: RunOptions,
    s3: S3Access | None,
    progress: Progress | bool,
) -> IngestReport:
    """Ingest what is given; see `Mapper.ingest`."""
    connection = None if opened_with is None else Connection(*opened_with)
    access = s3 if s3 is not None or connection is None else S3Access.like(connection.options)
    async with reading_s3(place_of(given[0]), access) as objects:
        job = await asyncio.to_thread(prepared, *given, options, objects)
        job = replace(job, s3=access if objects is not None else None)
        with shown(progress) as told:
            return await ingest(gateway, connection, job, told)
