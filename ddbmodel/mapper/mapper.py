"""`Mapper`: the verbs."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar, overload

from pydantic import BaseModel

from ddbmodel.errors import ItemNotFound
from ddbmodel.expressions import Action, Condition
from ddbmodel.mapper import batch_get, items, tables
from ddbmodel.mapper.arguments import key_of_target, key_of_values, plan_of_class
from ddbmodel.mapper.batch_writer import BatchWriter, OnError
from ddbmodel.mapper.gateway import Gateway, GatewayOptions
from ddbmodel.mapper.pacing import RateLimit
from ddbmodel.mapper.query import Query
from ddbmodel.mapper.scan import Scan
from ddbmodel.model import ItemKey
from ddbmodel.operations import Billing, TableDescription
from ddbmodel.transport.connect import ConnectOptions, attach, connect

if TYPE_CHECKING:
    import aioboto3
    from botocore.config import Config

    from ddbmodel.transport import Statistics

M = TypeVar("M", bound=BaseModel)


class Mapper:
    """Reads and writes models. Open one for the life of a process, and use it from any number of tasks.

        async with Mapper.connect(region_name="eu-west-1") as mapper:
            order = await mapper.get(Order, "c1", "o1")

    Every method may raise `ServiceError` (the service, or the way to it, failed), `MapperClosed` and
    `WrongEventLoop`; what is said under `Raises` comes on top.

    Args:
        client: an open aioboto3 or aiobotocore DynamoDB client, which stays yours to close.
        table_prefix: put in front of every table's name.
        cursor_key: signs page tokens, so that nobody can make or change one.
    """

    def __init__(self, client: Any, *, table_prefix: str = "", cursor_key: bytes | str | None = None) -> None:
        own = GatewayOptions(table_prefix, cursor_key)
        self._gateway = Gateway(attach(client), own.table_prefix, own.secret())

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
        session: aioboto3.Session | None = None,
        config: Config | None = None,
        table_prefix: str = "",
        cursor_key: bytes | str | None = None,
    ) -> AbstractAsyncContextManager[Mapper]:
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
            table_prefix: put in front of every table's name.
            cursor_key: signs page tokens, so that nobody can make or change one.

        Raises:
            AccessDenied: there is no such profile, or the credentials are incomplete.
            ConnectionFailed: there is no region, or the endpoint is not a URL.
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
        )
        return cls._opened(options, GatewayOptions(table_prefix, cursor_key))

    @classmethod
    @asynccontextmanager
    async def _opened(cls, options: ConnectOptions, own: GatewayOptions) -> AsyncGenerator[Mapper]:
        lane = await connect(options)
        mapper = cls.__new__(cls)
        mapper._gateway = Gateway(lane, own.table_prefix, own.secret())
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
        await self._gateway.transport.close()

    @property
    def statistics(self) -> Statistics:
        """How many requests, retries and throttled attempts there were so far."""
        return self._gateway.transport.statistics

    # Tables -------------------------------------------------------------------------------------------------

    async def create_table(
        self,
        model: type[BaseModel],
        *,
        billing: Billing | None = None,
        exist_ok: bool = False,
        wait: bool = True,
    ) -> TableDescription:
        """Create the table of a model with its indexes.

        Args:
            model: a model with a table.
            billing: `OnDemand()` if not given, or `Provisioned(read_units, write_units)`.
            exist_ok: be content if there is a table of this name. Its keys and indexes are not compared.
            wait: until the table and its indexes are active.

        Raises:
            TableInUse: there is a table of this name already.
        """
        return await tables.create_table(
            self._gateway, plan_of_class("create_table", model), billing=billing, exist_ok=exist_ok, wait=wait
        )

    async def delete_table(
        self, model: type[BaseModel], *, missing_ok: bool = False, wait: bool = True
    ) -> None:
        """Delete the table of a model with all of its items.

        Raises:
            TableNotFound: there is none, and `missing_ok` is false.
        """
        await tables.delete_table(
            self._gateway, plan_of_class("delete_table", model), missing_ok=missing_ok, wait=wait
        )

    async def describe_table(self, model: type[BaseModel]) -> TableDescription:
        """The table of a model as it stands: status, keys, indexes, counts, billing.

        Raises:
            TableNotFound: there is none.
        """
        return await tables.describe_table(self._gateway, plan_of_class("describe_table", model))

    # Single items -------------------------------------------------------------------------------------------

    @overload
    async def get(self, key: ItemKey[M], /, *, consistent: bool = False) -> M | None: ...
    @overload
    async def get(
        self, model: type[M], /, *values: Any, consistent: bool = False, **fields: Any
    ) -> M | None: ...
    async def get(self, model: Any, /, *values: Any, consistent: bool = False, **fields: Any) -> Any:
        """Read one item: `get(Order, "c1", "o1")`, or with field names, or `get(key)`.

        Cost: half a read unit for each 4 KB; consistent, a whole one.

        Returns:
            The model; None if there is no such item.

        Raises:
            CodecError: the key cannot be stored, or the item is not one of this model.
        """
        key = key_of_values("get", model, values, fields)
        return await items.get(self._gateway, key, consistent=consistent)

    @overload
    async def require(self, key: ItemKey[M], /, *, consistent: bool = False) -> M: ...
    @overload
    async def require(
        self, model: type[M], /, *values: Any, consistent: bool = False, **fields: Any
    ) -> M: ...
    async def require(self, model: Any, /, *values: Any, consistent: bool = False, **fields: Any) -> Any:
        """Read one item that must be there; otherwise as `get`.

        Raises:
            ItemNotFound: there is no such item.
        """
        key = key_of_values("require", model, values, fields)
        found = await items.get(self._gateway, key, consistent=consistent)
        if found is None:
            raise ItemNotFound(
                f"there is no {key.model.__name__} with this key; use get if it may be missing"
            )
        return found

    async def create(self, model: BaseModel, *, when: Condition | None = None) -> None:
        """Write an item whose key is new.

        Atomicity: the check and the write are one.

        Raises:
            ItemExists: there is an item with this key; `.item` is it.
            ConditionalCheckFailed: `when` is false.
            CodecError: a value cannot be stored without loss.
            ItemTooLarge: over 400 KB.
            WriteOutcomeUnknown: the reply was lost.
        """
        await items.create(self._gateway, model, when)

    @overload
    async def put(
        self, model: BaseModel, *, when: Condition | None = None, return_old: Literal[False] = False
    ) -> None: ...
    @overload
    async def put(
        self, model: M, *, when: Condition | None = None, return_old: Literal[True]
    ) -> M | None: ...
    async def put(self, model: BaseModel, *, when: Condition | None = None, return_old: bool = False) -> Any:
        """Create or replace an item, whole.

        Args:
            model: what to write.
            when: a condition on the stored item; otherwise nothing is written.
            return_old: return the item that was replaced, or None.

        Raises:
            ConditionalCheckFailed: `when` is false; `.item` is the stored item.
            CodecError: a value cannot be stored without loss.
            ItemTooLarge: over 400 KB.
            WriteOutcomeUnknown: the reply to a conditional write was lost.
        """
        return await items.put(self._gateway, model, when, return_old=return_old)

    async def update(
        self,
        target: ItemKey[M] | M,
        *actions: Action,
        when: Condition | None = None,
        upsert: bool | None = None,
    ) -> M:
        """Change an item in place, and return it as it is afterwards.

        Atomicity: all actions and the condition are one; every action sees the item as it was before.

        Args:
            target: a key (`Order.key("c1", "o1")`), or a model, of which only the key is used.
            actions: such as `Order.total.add(5)`.
            when: a condition on the stored item; otherwise nothing is changed.
            upsert: True creates an item that is not there, False never does; None does so only if the actions
                give every required field, so that no item is left that the model could not read.

        Raises:
            ItemNotFound: there is no such item, and it is not to be created.
            ConditionalCheckFailed: `when` is false; `.item` is the stored item.
            ExpressionError: no action, overlapping actions, or a change of the key.
            WriteOutcomeUnknown: the reply was lost, and repeating the update could apply it twice.
        """
        return await items.update(
            self._gateway, key_of_target("update", target), actions, when, upsert=upsert
        )

    @overload
    async def delete(
        self, target: ItemKey[M] | M, *, when: Condition | None = None, return_old: Literal[False] = False
    ) -> None: ...
    @overload
    async def delete(
        self, target: ItemKey[M] | M, *, when: Condition | None = None, return_old: Literal[True]
    ) -> M | None: ...
    async def delete(self, target: Any, *, when: Condition | None = None, return_old: bool = False) -> Any:
        """Delete an item; it is no error if there is none.

        Args:
            target: a key (`Order.key("c1", "o1")`), or a model, of which only the key is used.
            when: a condition on the stored item; otherwise nothing is deleted.
            return_old: return the item that was deleted, or None.

        Raises:
            ConditionalCheckFailed: `when` is false; `.item` is the stored item.
            WriteOutcomeUnknown: the reply to a conditional delete was lost.
        """
        return await items.delete(self._gateway, key_of_target("delete", target), when, return_old=return_old)

    # Many items ---------------------------------------------------------------------------------------------

    def query(self, model: type[M]) -> Query[M]:
        """Read the items of one partition key: `mapper.query(Order).where(Order.customer_id == "c1")`.

        Nothing is sent before the query is iterated over, listed, counted or paged.
        """
        return Query(self._gateway, plan_of_class("query", model))

    def scan(self, model: type[M], *, segments: int = 1) -> Scan[M]:
        """Read every item of a model's table, in parallel segments; `.where()` filters what was read.

        Memory: up to one page (1 MB) for each segment.
        """
        return Scan(self._gateway, plan_of_class("scan", model), segments=segments)

    async def batch_get(
        self, model: type[M], keys: Iterable[Any], *, consistent: bool = False
    ) -> list[M | None]:
        """Read any number of items by their keys.

        Atomicity: each item is read at its own moment.

        Args:
            model: the model.
            keys: `Order.key(...)`, tuples, dicts of fields, or single values where the key has one field.
            consistent: see every write that succeeded before.

        Returns:
            One entry for each key, in order; None where there is no item. A key that comes twice is read
            once.

        Raises:
            Throttled: keys stayed unprocessed after many tries.
        """
        return await batch_get.batch_get(self._gateway, model, keys, consistent=consistent)

    def batch_writer(
        self,
        *,
        concurrency: int = 4,
        on_error: OnError = "flush",
        deadline_seconds: float | None = None,
        rate_limit: RateLimit | None = None,
    ) -> BatchWriter:
        """Put and delete many items, of any models, without conditions.

            async with mapper.batch_writer() as writer:
                await writer.put(order)

        Args:
            concurrency: how many requests are under way at once, at most.
            on_error: what happens to accepted writes when the block is left by an exception: `"flush"` writes
                them, `"drop"` does not, and reports them as failed.
            deadline_seconds: after so long in the block nothing more is sent, and what is not written fails.
            rate_limit: a budget of write units, which may be shared with other writers.
        """
        return BatchWriter(
            self._gateway,
            concurrency=concurrency,
            on_error=on_error,
            deadline_seconds=deadline_seconds,
            rate_limit=rate_limit,
        )
