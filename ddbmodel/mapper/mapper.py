"""`Mapper`: the verbs."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from pydantic import BaseModel

from ddbmodel.mapper import tables
from ddbmodel.mapper.following_verbs import FollowingVerbs
from ddbmodel.mapper.gateway import Clock, GatewayOptions
from ddbmodel.mapper.hooks import AnyHook
from ddbmodel.mapper.read_regions import ReadRegion, open_regions
from ddbmodel.mapper.reading_verbs import ReadingVerbs
from ddbmodel.mapper.statement_verbs import StatementVerbs
from ddbmodel.mapper.usage import Usage
from ddbmodel.mapper.writing_verbs import WritingVerbs
from ddbmodel.model import Table
from ddbmodel.operations import Billing, Request, TableDescription
from ddbmodel.transport.connect import ConnectOptions, LaneChoice, attach, connect
from ddbmodel.transport.stream_client import StreamsAccess

if TYPE_CHECKING:
    from botocore.config import Config

    from ddbmodel.transport import Statistics


class Mapper(ReadingVerbs, WritingVerbs, FollowingVerbs, StatementVerbs):
    """Reads and writes models. Open one for the life of a process, and use it from any number of tasks.

        async with Mapper.connect(region_name="eu-west-1") as mapper:
            order = await mapper.get(Order, "c1", "o1")

    Every method may raise `ServiceError` (the service, or the way to it, failed), `MapperClosed` and
    `WrongEventLoop`; what is said under `Raises` comes on top.

    Args:
        client: an open aioboto3 or aiobotocore DynamoDB client, which stays yours to close.
        lane: `"client"` sends requests through the client; `"fast"` over connections of the mapper's own,
            with the client's settings and credentials, which need the mapper to be closed; `"auto"` takes the
            fast lane unless the client has what only the client can honour: proxies, event handlers, stubs.
        table_prefix: put in front of every table's name.
        cursor_key: signs page tokens, so that nobody can make or change one.
        write_ids: let every write that must not be repeated leave a mark in its item, by which it is
            found again if its reply is lost. Models with a version do so in any case.
        hide_expired: leave out of reads what has expired and is not deleted yet.
        clock: gives the time, for timestamps and expiry; the system's, in UTC, if not given.
        hooks: called before and after each request; see `Hook`.
        consistent_reads: read consistently where a read does not say `consistent=False`.
    """

    def __init__(
        self,
        client: Any,
        *,
        lane: LaneChoice = "client",
        table_prefix: str = "",
        cursor_key: bytes | str | None = None,
        write_ids: bool = False,
        hide_expired: bool = False,
        clock: Clock | None = None,
        hooks: Iterable[AnyHook] = (),
        consistent_reads: bool = False,
    ) -> None:
        own = GatewayOptions(
            table_prefix, cursor_key, write_ids, clock, hide_expired, hooks, consistent_reads
        )
        self._gateway = own.gateway(attach(client, lane))

    @classmethod
    def connect(
        cls,
        *,
        region_name: str | None = None,
        endpoint_url: str | None = None,
        profile_name: str | None = None,
        aws_access_key_id: str | None = None,
        aws_secret_access_key: str | None = None,
        aws_session_token: str | None = None,
        session: Any = None,  # aioboto3 ships no types, and an unknown one would be an error of its callers
        config: Config | None = None,
        lane: LaneChoice = "auto",
        table_prefix: str = "",
        cursor_key: bytes | str | None = None,
        write_ids: bool = False,
        hide_expired: bool = False,
        clock: Clock | None = None,
        hooks: Iterable[AnyHook] = (),
        consistent_reads: bool = False,
        read_regions: Sequence[str | ReadRegion] = (),
    ) -> AbstractAsyncContextManager[Self]:
        """Open a mapper on a client of its own. What is not given is looked up where the AWS SDK does.

        Args:
            region_name: such as `eu-west-1`.
            endpoint_url: for DynamoDB Local and other engines, or a VPC endpoint.
            profile_name: a profile of the AWS configuration files.
            aws_access_key_id: with `aws_secret_access_key`, and `aws_session_token` if temporary.
            aws_secret_access_key: see `aws_access_key_id`.
            aws_session_token: see `aws_access_key_id`.
            session: an `aioboto3.Session` in place of `profile_name`.
            config: a botocore `Config`: timeouts, pool size, retries, proxies.
            lane: how requests travel, see `Mapper`; here the mapper is closed in any case, so the default is
                `"auto"`.
            table_prefix: put in front of every table's name.
            cursor_key: signs page tokens, so that nobody can make or change one.
            write_ids: let every write that must not be repeated leave a mark in its item, by which it is
                found again if its reply is lost. Models with a version do so in any case.
            hide_expired: leave out of reads what has expired and is not deleted yet.
            clock: gives the time, for timestamps and expiry; the system's, in UTC, if not given.
            hooks: called before and after each request; see `Hook`.
            consistent_reads: let `get`, `require`, `batch_get`, queries and scans read consistently where
                they do not say `consistent=False`. It costs twice the read units, and global indexes cannot.
            read_regions: where reads go that are not consistent, of tables that declare `replicas=`: to the
                first of these regions that answers, and home if none does. Everything else goes to
                `region_name`. A name, or `ReadRegion(name, endpoint_url=...)`.

        Raises:
            AccessDenied: there is no such profile, or the credentials are incomplete.
            ExpressionError: `read_regions` are none, or their endpoints are not clear.
            ConnectionFailed: there is no region, or the endpoint is not a URL.
            ValueError: there is no such lane, or `"fast"` cannot honour the settings.
        """
        options = ConnectOptions(
            region_name=region_name,
            endpoint_url=endpoint_url,
            profile_name=profile_name,
            aws_access_key_id=aws_access_key_id,
            aws_secret_access_key=aws_secret_access_key,
            aws_session_token=aws_session_token,
            session=session,
            config=config,
            lane=lane,
        )
        own = GatewayOptions(
            table_prefix, cursor_key, write_ids, clock, hide_expired, hooks, consistent_reads, read_regions
        )
        return cls._opened(options, own)

    @classmethod
    @asynccontextmanager
    async def _opened(cls, options: ConnectOptions, own: GatewayOptions) -> AsyncGenerator[Self]:
        lane = await connect(options)
        try:
            regions = await open_regions(lane, options, own.preferred)
        except BaseException:
            await lane.close()
            raise
        mapper = cls.__new__(cls)
        mapper._gateway = own.gateway(lane, regions)
        mapper._streams = StreamsAccess.like(options)
        async with mapper:
            yield mapper

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Stop using the client. A client that was given to `Mapper(client)` stays open."""
        await self._gateway.close()

    @property
    def statistics(self) -> Statistics:
        """How many requests, retries and throttled attempts there were so far."""
        return self._gateway.statistics

    def measure(self) -> AbstractContextManager[Usage]:
        """Count what is sent inside: `with mapper.measure() as usage:`.

        It counts the requests of this task and of tasks that are started inside, until it is left. Measures
        may be nested, and each counts. A batch writer counts where it was opened, not where `put` is called.

        Cost: none; the requests ask the service to tell what they cost.
        """
        return self._gateway.onlookers.measure()

    def add_hook(self, hook: AnyHook) -> Callable[[], None]:
        """Call a hook before and after each request from now on; see `Hook`.

        Returns:
            A function that removes it.

        Raises:
            ExpressionError: it is not a hook.
        """
        return self._gateway.onlookers.add(hook)

    async def send(self, request: Request) -> dict[str, Any]:
        """Send one request as it is, and return the reply's members. Hooks see it, and measures count it.

        The names of tables are those that are deployed; see `table_name`.
        """
        return await self._gateway.send(request)

    def table_name(self, table: type[BaseModel] | Table | str) -> str:
        """The deployed name of a table: that of the model or shared table, or this one, after the prefix.

        Raises:
            ModelDefinitionError: the model has no table, or the name is none that a table can have.
        """
        declared = table if isinstance(table, str) else tables.target_of("table_name", table).schema.name
        return self._gateway.deployed_name(declared)

    # Tables -------------------------------------------------------------------------------------------------

    async def create_table(
        self,
        table: type[BaseModel] | Table,
        *,
        billing: Billing | None = None,
        exist_ok: bool = False,
        wait: bool = True,
    ) -> TableDescription:
        """Create the table of a model with its indexes, and switch time to live on for its `ttl()`.

        Of its settings it has from the beginning what CreateTable takes; point-in-time recovery, replicas and
        contributor insights are put in place by `apply_tables`.

        Args:
            table: a model with a table, or a shared `Table`, of which all models should be defined by then.
            billing: that of its settings if not given, else `OnDemand()`.
            exist_ok: be content if there is a table of this name. Its keys and indexes are not compared.
            wait: until the table and its indexes are active.

        Raises:
            TableInUse: there is a table of this name already.
        """
        return await tables.create_table(
            self._gateway,
            tables.target_of("create_table", table),
            billing=billing,
            exist_ok=exist_ok,
            wait=wait,
        )

    async def delete_table(
        self, table: type[BaseModel] | Table, *, missing_ok: bool = False, wait: bool = True
    ) -> None:
        """Delete the table of a model, or a shared one, with all of its items.

        Raises:
            TableNotFound: there is none, and `missing_ok` is false.
        """
        await tables.delete_table(
            self._gateway, tables.target_of("delete_table", table), missing_ok=missing_ok, wait=wait
        )

    async def describe_table(self, table: type[BaseModel] | Table) -> TableDescription:
        """The table of a model, or a shared one, as it stands: status, keys, indexes, counts, billing.

        Raises:
            TableNotFound: there is none.
        """
        return await tables.describe_table(self._gateway, tables.target_of("describe_table", table))
