"""`Mapper`: the verbs."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar, overload

from pydantic import BaseModel

from ddbmodel.errors import ExpressionError, ItemNotFound
from ddbmodel.expressions import Action, Condition
from ddbmodel.mapper import batch_get, items, tables, writing
from ddbmodel.mapper.arguments import key_of_target, key_of_values, plan_of_class, plan_of_object
from ddbmodel.mapper.batch_writer import BatchWriter, OnError
from ddbmodel.mapper.collection import Collection
from ddbmodel.mapper.conflict import retry_on_conflict
from ddbmodel.mapper.gateway import Clock, GatewayOptions
from ddbmodel.mapper.hooks import AnyHook
from ddbmodel.mapper.item_size import ItemSize, size_of_item
from ddbmodel.mapper.knowledge import Given
from ddbmodel.mapper.pacing import RateLimit
from ddbmodel.mapper.pages import ReadOptions
from ddbmodel.mapper.query import Query
from ddbmodel.mapper.reading import InvalidItem, OnInvalid, is_lenient
from ddbmodel.mapper.scan import Scan
from ddbmodel.mapper.transact_get import transact_get
from ddbmodel.mapper.transaction import Transaction
from ddbmodel.mapper.usage import Usage
from ddbmodel.model import ItemKey
from ddbmodel.operations import Billing, TableDescription
from ddbmodel.transport.connect import ConnectOptions, attach, connect

if TYPE_CHECKING:
    import aioboto3
    from botocore.config import Config

    from ddbmodel.transport import Statistics

M = TypeVar("M", bound=BaseModel)
A = TypeVar("A", bound=BaseModel)
B = TypeVar("B", bound=BaseModel)
C = TypeVar("C", bound=BaseModel)
D = TypeVar("D", bound=BaseModel)
E = TypeVar("E", bound=BaseModel)


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
        write_ids: let every write that must not be repeated leave a mark in its item, by which it is
            found again if its reply is lost. Models with a version do so in any case.
        hide_expired: leave out of reads what has expired and is not deleted yet.
        clock: gives the time, for timestamps and expiry; the system's, in UTC, if not given.
        hooks: called before and after each request; see `Hook`.
    """

    def __init__(
        self,
        client: Any,
        *,
        table_prefix: str = "",
        cursor_key: bytes | str | None = None,
        write_ids: bool = False,
        hide_expired: bool = False,
        clock: Clock | None = None,
        hooks: Iterable[AnyHook] = (),
    ) -> None:
        own = GatewayOptions(table_prefix, cursor_key, write_ids, clock, hide_expired, hooks)
        self._gateway = own.gateway(attach(client))

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
        write_ids: bool = False,
        hide_expired: bool = False,
        clock: Clock | None = None,
        hooks: Iterable[AnyHook] = (),
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
            table_prefix: put in front of every table's name.
            cursor_key: signs page tokens, so that nobody can make or change one.
            write_ids: let every write that must not be repeated leave a mark in its item, by which it is
                found again if its reply is lost. Models with a version do so in any case.
            hide_expired: leave out of reads what has expired and is not deleted yet.
            clock: gives the time, for timestamps and expiry; the system's, in UTC, if not given.
            hooks: called before and after each request; see `Hook`.

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
        own = GatewayOptions(table_prefix, cursor_key, write_ids, clock, hide_expired, hooks)
        return cls._opened(options, own)

    @classmethod
    @asynccontextmanager
    async def _opened(cls, options: ConnectOptions, own: GatewayOptions) -> AsyncGenerator[Self]:
        lane = await connect(options)
        mapper = cls.__new__(cls)
        mapper._gateway = own.gateway(lane)
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
            ConditionalCheckFailed: `when` is false, and there is no item.
            CodecError: a value cannot be stored without loss.
            ItemTooLarge: over 400 KB.
            WriteOutcomeUnknown: the reply was lost.
        """
        await writing.create(self._gateway, model, when)

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
            ConditionalCheckFailed: `when` is false; `.item` is the stored item, `.failed` what was false.
            CodecError: a value cannot be stored without loss.
            ItemTooLarge: over 400 KB.
            WriteOutcomeUnknown: the reply to a conditional write was lost.
        """
        return await writing.put(self._gateway, model, when, return_old=return_old)

    async def save(self, model: BaseModel, *, when: Condition | None = None) -> None:
        """Write what has changed since the model was read or written; the whole of a model that never was.

        Attributes that the model does not declare stay as they are. Nothing is sent if nothing has changed.

        Raises:
            VersionConflict: another writer was faster; nothing was written.
            ItemNotFound: the item was deleted meanwhile; nothing was written.
            ConditionalCheckFailed: `when` is false; `.item` is the stored item.
            UniqueViolation: the value of a unique field is taken.
            ExpressionError: the key has changed, which an item's key never does.
            CodecError: a value cannot be stored without loss.
            WriteOutcomeUnknown: the reply was lost, and reading back did not settle it.
        """
        await writing.save(self._gateway, model, when)

    async def update(
        self,
        target: ItemKey[M] | M,
        *actions: Action,
        when: Condition | None = None,
        upsert: bool | None = None,
        given: Given = None,
    ) -> M:
        """Change an item in place, and return it as it is afterwards.

        Atomicity: all actions and the condition are one; every action sees the item as it was before.

        Args:
            target: a key (`Order.key("c1", "o1")`), or a model, of which the key is used, and the version
                checked.
            actions: such as `Order.total.add(5)`.
            when: a condition on the stored item; otherwise nothing is changed.
            upsert: True creates an item that is not there, False never does; None does so only if the actions
                give every required field, so that no item is left that the model could not read, and every
                field that an index key is written from.
            given: what is known of the item, where a key is written from a field that changes and from
                others: values by field name, a model that was read, or conditions with `==`. What is used of
                it becomes a condition.

        Raises:
            ItemNotFound: there is no such item, and it is not to be created.
            ConditionalCheckFailed: `when` is false; `.item` is the stored item, `.failed` what was false.
            ExpressionError: no action, overlapping actions, or a change of the key.
            WriteOutcomeUnknown: the reply was lost, and repeating the update could apply it twice.
        """
        return await writing.update(self._gateway, target, actions, when, upsert=upsert, given=given)

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
            ConditionalCheckFailed: `when` is false; `.item` is the stored item, `.failed` what was false.
            WriteOutcomeUnknown: the reply to a conditional delete was lost.
        """
        return await writing.delete(self._gateway, target, when, return_old=return_old)

    async def retry_on_conflict(
        self,
        key: ItemKey[M],
        change: Callable[[M], object],
        *,
        attempts: int = 5,
    ) -> M:
        """Read an item, change it, and save it; again from the start while another writer is faster.

            await mapper.retry_on_conflict(Order.key("c1", "o1"), lambda order: order.lines.append(line))

        Args:
            key: of a model with a `version()`.
            change: changes the model that it is given; it may be a coroutine function, and is called for each
                attempt.
            attempts: how often to try.

        Returns:
            The model as it was saved.

        Raises:
            ItemNotFound: there is no such item.
            VersionConflict: another writer was faster in every attempt.
            ExpressionError: the model has no version.
        """
        return await retry_on_conflict(self._gateway, key, change, attempts=attempts)

    # Transactions -------------------------------------------------------------------------------------------

    def transaction(self, *, token: str | None = None) -> Transaction:
        """Write up to 100 items, all of them or none.

            async with mapper.transaction() as tx:
                tx.update(Stock.key(sku), Stock.left.add(-1), when=Stock.left >= 1)
                tx.create(order)

        Args:
            token: up to 36 characters that name the transaction, so that it is not applied twice within ten
                minutes, whoever sends it; one of its own if not given.
        """
        return Transaction(self._gateway, token)

    @overload
    async def transact_get(self, a: ItemKey[A], /) -> tuple[A | None]: ...
    @overload
    async def transact_get(self, a: ItemKey[A], b: ItemKey[B], /) -> tuple[A | None, B | None]: ...
    @overload
    async def transact_get(
        self, a: ItemKey[A], b: ItemKey[B], c: ItemKey[C], /
    ) -> tuple[A | None, B | None, C | None]: ...
    @overload
    async def transact_get(
        self, a: ItemKey[A], b: ItemKey[B], c: ItemKey[C], d: ItemKey[D], /
    ) -> tuple[A | None, B | None, C | None, D | None]: ...
    @overload
    async def transact_get(self, *keys: ItemKey[M]) -> tuple[M | None, ...]: ...
    async def transact_get(self, *keys: ItemKey[Any]) -> tuple[Any, ...]:
        """Read up to 100 items of any models as they are at one moment; None where there is no item.

        Cost: twice the read units of consistent reads.

        Raises:
            TransactionCanceled: an item is being written by a transaction, and still was after all retries.
            ExpressionError: no key, or more than 100.
        """
        return tuple(await transact_get(self._gateway, [key_of_target("transact_get", key) for key in keys]))

    def size_of(self, model: BaseModel) -> ItemSize:
        """What an item weighs as it would be stored, and what writing and reading it costs. Nothing is sent.

        Raises:
            CodecError: a value cannot be stored without loss.
            ItemTooLarge: over 400 KB; the message names the largest attributes.
        """
        return size_of_item(plan_of_object("size_of", model).encode(model))

    # Many items ---------------------------------------------------------------------------------------------

    @overload
    def query(self, model: type[M], /, *, on_invalid: OnInvalid = "raise") -> Query[M]: ...
    @overload
    def query(self, a: type[A], b: type[B], /, *, on_invalid: OnInvalid = "raise") -> Collection[A | B]: ...
    @overload
    def query(
        self, a: type[A], b: type[B], c: type[C], /, *, on_invalid: OnInvalid = "raise"
    ) -> Collection[A | B | C]: ...
    @overload
    def query(
        self, a: type[A], b: type[B], c: type[C], d: type[D], /, *, on_invalid: OnInvalid = "raise"
    ) -> Collection[A | B | C | D]: ...
    @overload
    def query(
        self,
        a: type[A],
        b: type[B],
        c: type[C],
        d: type[D],
        e: type[E],
        /,
        *,
        on_invalid: OnInvalid = "raise",
    ) -> Collection[A | B | C | D | E]: ...
    @overload
    def query(self, *models: type[BaseModel], on_invalid: OnInvalid = "raise") -> Collection[Any]: ...
    def query(self, *models: type[BaseModel], on_invalid: OnInvalid = "raise") -> Any:
        """Read the items of one partition key: `mapper.query(Order).where(Order.customer_id == "c1")`.

        Several models of a shared table are read together: `mapper.query(Customer, Order)` yields both, each
        item as the model of its entity. Nothing is sent before the query is iterated over, listed, counted or
        paged.

        Args:
            models: the model, or several that share a table.
            on_invalid: what to do about an item that cannot be decoded: `"raise"` the `CodecError`, or
                `"collect"` it in `Query.invalid` or `Page.invalid` and go on; the limit does not count it.

        Raises:
            ExpressionError: no model, or several that do not share a table.
        """
        if not models:
            raise ExpressionError("query takes a model class such as Order, or several")
        options = ReadOptions(lenient=is_lenient(on_invalid))
        plans = [plan_of_class("query", model) for model in models]
        if len(plans) == 1:
            return Query(self._gateway, plans[0], options)
        return Collection(self._gateway, plans, options)

    def scan(self, model: type[M], *, segments: int = 1, on_invalid: OnInvalid = "raise") -> Scan[M]:
        """Read every item of a model's table, in parallel segments; `.where()` filters what was read.

        Memory: up to one page (1 MB) for each segment.

        Args:
            model: the model.
            segments: how many parts of the table are read at once.
            on_invalid: see `query`.
        """
        options = ReadOptions(lenient=is_lenient(on_invalid))
        return Scan(self._gateway, plan_of_class("scan", model), options, segments)

    @overload
    async def batch_get(
        self,
        model: type[M],
        keys: Iterable[Any],
        *,
        consistent: bool = False,
        on_invalid: Literal["raise"] = "raise",
    ) -> list[M | None]: ...
    @overload
    async def batch_get(
        self,
        model: type[M],
        keys: Iterable[Any],
        *,
        consistent: bool = False,
        on_invalid: Literal["collect"],
    ) -> list[M | InvalidItem | None]: ...
    async def batch_get(
        self,
        model: type[M],
        keys: Iterable[Any],
        *,
        consistent: bool = False,
        on_invalid: OnInvalid = "raise",
    ) -> list[Any]:
        """Read any number of items by their keys.

        Atomicity: each item is read at its own moment.

        Args:
            model: the model.
            keys: `Order.key(...)`, tuples, dicts of fields, or single values where the key has one field.
            consistent: see every write that succeeded before.
            on_invalid: what to do about an item that cannot be decoded: `"raise"` the `CodecError`, or
                `"collect"` it, as an `InvalidItem` in its place.

        Returns:
            One entry for each key, in order; None where there is no item. A key that comes twice is read
            once.

        Raises:
            CodecError: an item is not one of this model; `.key` is its key.
            Throttled: keys stayed unprocessed after many tries.
        """
        lenient = is_lenient(on_invalid)
        return await batch_get.batch_get(self._gateway, model, keys, consistent=consistent, lenient=lenient)

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
