"""What every verb of the mapper needs: the transport, who looks on, and the names of tables."""

# pyright: reportUnnecessaryIsInstance=false
# The checks are for callers without a type checker.

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias

from ddbmodel.errors import ExpressionError, ModelDefinitionError
from ddbmodel.mapper.hooks import AnyHook, registrations
from ddbmodel.mapper.onlookers import Onlookers
from ddbmodel.model import ModelPlan
from ddbmodel.operations import Request
from ddbmodel.schema.tables import check_resource_name
from ddbmodel.transport import Transport

Clock: TypeAlias = Callable[[], datetime]

_PREFIX: Final = re.compile(r"[A-Za-z0-9_.-]*")


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class GatewayOptions:
    """What a mapper is told beside how to connect.

    Attributes:
        table_prefix: put in front of every table's name.
        cursor_key: signs page tokens; None leaves them unsigned.
        write_ids: let every write that must not be repeated leave a mark in its item, by which it is found
            again if its reply is lost. Models with a version do so in any case.
        clock: gives the time, for timestamps and expiry.
        hide_expired: leave out of reads what has expired and is not deleted yet.
        hooks: called before and after each request.
        onlookers: made of the hooks.

    Raises:
        ModelDefinitionError: the prefix has characters that a table's name cannot have.
        ExpressionError: the key is neither text nor bytes, or empty; or the hooks are none.
    """

    table_prefix: str = ""
    cursor_key: bytes | str | None = field(default=None, repr=False)
    write_ids: bool = False
    clock: Clock | None = field(default=None, repr=False)
    hide_expired: bool = False
    hooks: Iterable[AnyHook] = field(default=(), repr=False)
    onlookers: Onlookers = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not isinstance(self.table_prefix, str) or not _PREFIX.fullmatch(self.table_prefix):
            raise ModelDefinitionError(
                "table_prefix goes in front of table names: use characters of a-z, A-Z, 0-9, '_', '-' and '.'"
            )
        if self.cursor_key is not None and not (isinstance(self.cursor_key, bytes | str) and self.cursor_key):
            raise ExpressionError(
                "cursor_key is a secret of text or bytes, and not empty; None signs nothing"
            )
        object.__setattr__(self, "onlookers", Onlookers(registrations(self.hooks)))

    def secret(self) -> bytes | None:
        """The key that signs page tokens."""
        return self.cursor_key.encode() if isinstance(self.cursor_key, str) else self.cursor_key

    def gateway(self, transport: Transport) -> Gateway:
        """The gateway over a transport."""
        return Gateway(
            transport,
            self.table_prefix,
            self.secret(),
            self.write_ids,
            self.clock or _utc_now,
            self.hide_expired,
            self.onlookers,
        )


@dataclass(frozen=True, slots=True)
class Gateway:
    """The way from the mapper to DynamoDB.

    Attributes:
        transport: sends requests.
        table_prefix: put in front of every table's name.
        cursor_key: signs page tokens; None leaves them unsigned.
        write_ids: let every write that must not be repeated leave a mark in its item.
        now: the time, in UTC.
        hide_expired: leave out of reads what has expired and is not deleted yet.
        onlookers: the hooks, and the measures that are open.
    """

    transport: Transport
    table_prefix: str = ""
    cursor_key: bytes | None = field(default=None, repr=False)
    write_ids: bool = False
    now: Clock = field(default=_utc_now, repr=False)
    hide_expired: bool = False
    onlookers: Onlookers = field(default_factory=Onlookers, repr=False)
    _names: dict[str, str] = field(default_factory=dict[str, str], init=False, repr=False)

    async def send(self, request: Request) -> dict[str, Any]:
        """Send one request; see `Transport.send` for what it raises. A hook may raise anything before."""
        if not self.onlookers.present:
            return await self.transport.send(request)
        return await self.onlookers.send(self.transport, request)

    def table_name(self, plan: ModelPlan[Any]) -> str:
        """The deployed name of a model's table.

        Raises:
            ModelDefinitionError: the model has no table, or the prefix makes its name too long.
        """
        return self.deployed_name(plan.stored_table.name)

    def deployed_name(self, declared: str) -> str:
        """The deployed name of a table.

        Raises:
            ModelDefinitionError: the prefix makes it too long.
        """
        name = self._names.get(declared)
        if name is None:
            name = self.table_prefix + declared
            check_resource_name("table", name)
            self._names[declared] = name
        return name
