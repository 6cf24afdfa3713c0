"""Time to live: the service deletes items when the time in one of their attributes is past."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

from ddbmodel.admin.naming import ttl_attribute
from ddbmodel.admin.recovery_point import require_recovery_point_of
from ddbmodel.admin.service import Service, TableRef
from ddbmodel.errors import PlanRefused
from ddbmodel.operations import DescribeTimeToLive, DescribeTimeToLiveResult, UpdateTimeToLive


@dataclass(frozen=True, slots=True)
class TimeToLiveState:
    """Time to live of a table.

    Attributes:
        status: a change takes up to an hour, in which it is `ENABLING` or `DISABLING`.
        attribute: the attribute that says when an item expires; None while it is off.
    """

    status: Literal["ENABLING", "ENABLED", "DISABLING", "DISABLED"]
    attribute: str | None

    @property
    def is_on(self) -> bool:
        """True if items expire, or soon do."""
        return self.status in ("ENABLING", "ENABLED")


class TimeToLive:
    """Reads and switches time to live.

        await TimeToLive(mapper).enable(Session)

    Every method may raise `TableNotFound` and `ServiceError`. `mapper.create_table` and `apply_tables` switch
    it on by themselves where a model has a `ttl()`.

    Args:
        mapper: the way to the tables.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
    """

    def __init__(self, mapper: Service) -> None:
        self._service = mapper

    async def read(self, table: TableRef) -> TimeToLiveState:
        """Give whether it is on, and by which attribute."""
        return await self._read(self._service.table_name(table))

    async def enable(
        self, table: TableRef, *, attribute: str | None = None, without_recovery_point: bool = False
    ) -> TimeToLiveState:
        """Switch it on, by the attribute of the model's `ttl()`; nothing is sent if it is on like this.

        Items are deleted for good within days of their time, also those whose time is past by now.

        Args:
            table: a model, a shared table, or the name of a table.
            attribute: which one, for a table that is given by its name.
            without_recovery_point: also if the table has items, and neither point-in-time recovery nor a
                backup of the last 24 hours.

        Raises:
            ExpressionError: no attribute is given nor declared; nothing was sent.
            PlanRefused: it is on by another attribute; nothing was changed.
            NoRecoveryPoint: what expires could not be restored; nothing was changed.
        """
        wanted, name = attribute or ttl_attribute(table), self._service.table_name(table)
        present = await self._read(name)
        if present.is_on and present.attribute == wanted:
            return present
        if present.is_on:
            remedy = f"disable it, and enable it by {wanted!r} an hour later"
            raise PlanRefused([f"table {name!r} has time to live by {present.attribute!r}: {remedy}"])
        if not without_recovery_point:
            await require_recovery_point_of(self._service, name, unless_empty=True)
        await self._service.send(UpdateTimeToLive(name, wanted))
        return await self._read(name)

    async def disable(self, table: TableRef) -> TimeToLiveState:
        """Switch it off; nothing is sent if it is off. For an hour it cannot be switched on again."""
        name = self._service.table_name(table)
        present = await self._read(name)
        if not present.is_on or present.attribute is None:
            return present
        await self._service.send(UpdateTimeToLive(name, present.attribute, enabled=False))
        return await self._read(name)

    async def _read(self, name: str) -> TimeToLiveState:
        found = DescribeTimeToLiveResult.from_wire(await self._service.send(DescribeTimeToLive(name)))
        status = cast('Literal["ENABLING", "ENABLED", "DISABLING", "DISABLED"]', found.status)
        return TimeToLiveState(status, None if status == "DISABLED" else found.attribute)
