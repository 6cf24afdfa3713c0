"""The verbs that write; `Mapper` has them."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from typing import Any, Literal, TypeVar, overload

from pydantic import BaseModel

from ddbmodel.expressions import Action, Condition
from ddbmodel.mapper import writing
from ddbmodel.mapper.arguments import plan_of_class, plan_of_object
from ddbmodel.mapper.batch_writer import BatchWriter, OnError
from ddbmodel.mapper.conflict import retry_on_conflict
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.mapper.item_size import ItemSize, size_of_item
from ddbmodel.mapper.knowledge import Given
from ddbmodel.mapper.lease import LockItem
from ddbmodel.mapper.lock import Lock
from ddbmodel.mapper.migration import MigrationProgress, Pace, migrate
from ddbmodel.mapper.migration_report import MigrationReport
from ddbmodel.mapper.pacing import RateLimit
from ddbmodel.mapper.transaction import Transaction
from ddbmodel.model import ItemKey

M = TypeVar("M", bound=BaseModel)
L = TypeVar("L", bound=LockItem)


class WritingVerbs:
    """Writes models."""

    _gateway: Gateway

    # Single items -------------------------------------------------------------------------------------------

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
            VersionConflict: another writer was faster, or deleted the item; nothing was written.
            ItemNotFound: the item of a model without a version was deleted meanwhile; nothing was written.
            ConditionalCheckFailed: `when` is false, or another writer has changed a field of an index key
                that is to be written anew; `.item` is the stored item.
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
            target: a key (`Order.key("c1", "o1")`), or a model, of which the key is used, and the version
                checked.
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

    def lock(
        self, key: ItemKey[L], *, lease_seconds: float = 30.0, wait_seconds: float | None = None
    ) -> Lock:
        """Let one of several processes at a time into a block; the others wait.

            class Job(LockItem, table="jobs"):
                pass

            async with mapper.lock(Job.key("nightly"), wait_seconds=60) as lock:
                await work(fence=lock.token)

        The lease is renewed three times as often as needed while the block runs. When that fails for so long
        that another may hold the lock, the block is cancelled. A program that stands still can overlook that:
        what must not happen out of turn has to compare `lock.token`, which is higher for each later holder.

        Cost: two write units and a consistent read for one use, a write unit for each renewal, a consistent
        read for each second of waiting.

        Args:
            key: of a class that derives from `LockItem`.
            lease_seconds: how long it stays taken after a holder has died; the clocks of processes need not
                agree, but have to run at the same rate.
            wait_seconds: how long to wait for it; None is for ever, 0 takes it now or not.

        Raises:
            LockTaken: on entering: another held it for all that time.
            LockLost: on leaving: the lease was not renewed in time.
            ExpressionError: the key is of another class, or a number is none.
        """
        return Lock(self._gateway, key, lease_seconds, wait_seconds)

    def size_of(self, model: BaseModel) -> ItemSize:
        """What an item weighs as it would be stored, and what writing and reading it costs. Nothing is sent.

        Raises:
            CodecError: a value cannot be stored without loss.
            ItemTooLarge: over 400 KB; the message names the largest attributes.
        """
        plan = plan_of_object("size_of", model)
        return size_of_item(plan.encode(model), plan.part)

    # Schema versions ----------------------------------------------------------------------------------------

    async def migrate(
        self,
        model: type[BaseModel],
        *,
        segments: int = 1,
        concurrency: int = 16,
        rate_limit: RateLimit | None = None,
        checkpoint: str | PathLike[str] | None = None,
        dry_run: bool = False,
        progress: MigrationProgress | None = None,
    ) -> MigrationReport:
        """Rewrite every item of a model that is stored in an older schema version, in a table in use.

        Each item is written on the condition that it is as it was read, so live writers win: an item that
        one of them changed is read and upgraded again. A version is raised, as by every write; the times of
        `created_at` and `updated_at` stay. What cannot be upgraded is left as it is, and reported.

        Cost: a scan of the whole table, and for each item that is rewritten, what writing it costs.
        Atomicity: item by item; with a unique value that changes, a transaction.

        Args:
            model: a model with a schema version; in a shared table, its items alone are looked at.
            segments: of the scan, which are read in parallel.
            concurrency: how many items are written at once, at most.
            rate_limit: a budget of write units, which may be shared with other writers.
            checkpoint: a file that keeps the place after each page; if it is there, the migration goes on
                from it, and counts on. It is deleted at the end.
            dry_run: decode and encode, and write nothing.
            progress: called with the report so far after each page.

        Raises:
            ExpressionError: the model has no schema version but the first, or the checkpoint is of another
                migration.
        """
        plan = plan_of_class("migrate", model)
        pace = Pace(segments, concurrency, rate_limit)
        return await migrate(self._gateway, plan, pace, checkpoint, dry_run=dry_run, progress=progress)

    # Many items ---------------------------------------------------------------------------------------------

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
