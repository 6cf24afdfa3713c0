"""The exception tree.

    DDBModelError
    ├── ModelDefinitionError        a declaration that cannot work; raised while the class is defined
    ├── ExpressionError             a condition, update or query that cannot work; nothing was sent
    │   ├── NoAccessPath            no key or index serves the query
    │   └── InvalidCursor           a page token that is not of this query
    ├── CodecError                  a value that cannot be stored or read without loss; has `.path` and `.key`
    ├── ItemTooLarge                an item over 400 KB; nothing was sent
    ├── ItemNotFound                there is no item with this key
    ├── ItemExists                  `create` found an item with this key; has `.item`
    ├── ConditionalCheckFailed      `when=` was false; has `.item` (the stored one) and `.failed` (what was)
    │   ├── VersionConflict         another writer was faster
    │   └── SchemaOutdated          an update of an item that is stored in an older schema version
    ├── UniqueViolation             a unique value is taken; has `.field` and `.value`
    ├── UnprocessedItems            part of a batch was not written; has `.leftover`
    ├── WriteOutcomeUnknown         the reply was lost: the write may or may not have been applied
    ├── TransactionCanceled         has `.reasons`, one for each action
    ├── LockTaken                   another holds the lock, and still did when the time to wait was over
    ├── LockLost                    the lease of a lock was not renewed in time
    ├── SourceError                 what is to be ingested cannot be read; the message names the place
    ├── IngestStopped               ingestion ended before its source did; has `.report`
    ├── DumpError                   a dump cannot be written, read or loaded; the message names the place
    ├── NoRecoveryPoint             what would be destroyed could not be restored
    ├── RestoreMismatch             a restored table is not what was restored; has counts
    ├── StreamTrimmed               changes were trimmed before they were read; has `.lost`
    ├── StreamDisabled              a table has no stream, or it was switched off and is read to its end
    ├── CheckpointTaken             another follower uses the same checkpoint of a stream
    ├── PlanRefused                 tables cannot be changed like this; has `.problems`
    ├── MapperClosed                used before opening or after closing
    ├── WrongEventLoop              used from another event loop than the one it was opened in
    └── ServiceError                DynamoDB or the way to it failed; `.operation .table .code .request_id`
        ├── Throttled               capacity or quota exceeded, after all retries; has `.limits`
        ├── TableNotFound
        ├── TableInUse              the table exists already, or is being changed
        ├── AccessDenied            credentials missing, expired, wrong or without permission
        ├── RequestRefused          the service calls the request invalid
        ├── OperationUnknown        the installed botocore does not know the operation; nothing was sent
        ├── ConnectionFailed        no connection, or it broke before the request was sent
        └── ReplyCorrupt            the reply does not match its checksum or is not a reply of DynamoDB

No message holds an item's values or credentials; values are only on attributes that say so
(`ConditionalCheckFailed.item`, `UniqueViolation.value`, `UnprocessedItems.leftover`, `CodecError.key`, and
the items of `TransactionCanceled.reasons`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


class DDBModelError(Exception):
    """Base class of every error that ddbmodel raises on purpose."""


class ModelDefinitionError(DDBModelError):
    """A model, key or index declaration that cannot work. The message names class, field and remedy."""


class ExpressionError(DDBModelError):
    """A condition, update, projection or query that DynamoDB would refuse. Nothing was sent."""


class NoAccessPath(ExpressionError):
    """Neither the primary key nor an index serves the query; the message lists what each path lacks."""


class InvalidCursor(ExpressionError):
    """A page token that is damaged, of another query, or not signed with this mapper's key."""


class CodecError(DDBModelError):
    """A value that cannot be stored, or an attribute that cannot be read, without loss.

    Attributes:
        path: where in the item, such as `$.lines[3].price`.
        reason: what is wrong there, without the value.
        key: the primary key of the item that was read, in stored form; None if nothing was read, or without
            its key. It is not in the message.
    """

    def __init__(self, reason: str, path: tuple[str | int, ...] = (), *, subject: str | None = None) -> None:
        self.key: Mapping[str, Any] | None = None
        self.reason = reason
        self.segments = path
        self.subject = subject
        super().__init__(reason)

    @property
    def path(self) -> str:
        """The place as text: `$` is the item, `.name` an attribute or field, `[n]` an element."""
        return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in self.segments)

    def within(self, segment: str | int) -> CodecError:
        """Put one more step in front of the path, while the error travels outwards."""
        self.segments = (segment, *self.segments)
        return self

    def about(self, subject: str) -> CodecError:
        """Name the model the error is about, unless it is named already."""
        self.subject = self.subject or subject
        return self

    def __str__(self) -> str:
        where = f"{self.subject} at {self.path}" if self.subject else self.path
        return f"{where}: {self.reason}"


class ItemTooLarge(DDBModelError):
    """An item over the service's limit of 400 KB. Nothing was sent."""


class ItemNotFound(DDBModelError):
    """There is no item with this key."""


class ItemExists(DDBModelError):
    """`create` found an item with this key.

    Attributes:
        item: the stored item, decoded; None where the engine does not return it.
    """

    def __init__(self, message: str, item: Any = None) -> None:
        super().__init__(message)
        self.item = item


class ConditionalCheckFailed(DDBModelError):
    """`when=` was false, and nothing was written.

    Attributes:
        item: the stored item, decoded; None if there is none.
        failed: the conditions among those joined by `&` that were false of the stored item, in order; empty
            where there is no item, or it did not come with the refusal.
    """

    def __init__(self, message: str, item: Any = None, failed: Iterable[Any] = ()) -> None:
        super().__init__(message)
        self.item = item
        self.failed: tuple[Any, ...] = tuple(failed)


class VersionConflict(ConditionalCheckFailed):
    """The stored version is not the one that was read: another writer was faster."""


class SchemaOutdated(ConditionalCheckFailed):
    """An update in place of an item that is stored in an older schema version of its model.

    `Mapper.update` upgrades such an item by itself, and tries again; a transaction does not.
    """


class UniqueViolation(DDBModelError):
    """A unique field's value belongs to another item.

    Attributes:
        field: the field's name.
        value: the value that is taken.
    """

    def __init__(self, message: str, field: str, value: Any) -> None:
        super().__init__(message)
        self.field = field
        self.value = value


@dataclass(frozen=True, slots=True)
class Failure:
    """One write that was accepted by a batch writer and did not reach the table.

    Attributes:
        operation: `put` or `delete`.
        item: the model that was put, or the key that was deleted.
        reason: why it failed, without values.
        attempts: how many requests carried it.
        unknown: True if a request carried it whose reply was lost, so it may have been applied.
    """

    operation: str
    item: Any
    reason: str
    attempts: int
    unknown: bool = False


class UnprocessedItems(DDBModelError):
    """Part of what was accepted could not be written.

    Attributes:
        leftover: one `Failure` for each write that is not known to be in the table.
    """

    def __init__(self, message: str, leftover: Sequence[Failure]) -> None:
        super().__init__(message)
        self.leftover = tuple(leftover)


class SourceError(DDBModelError):
    """What is to be ingested, or its checkpoint, cannot be used, or not be read any further."""


class IngestStopped(DDBModelError):
    """Ingestion ended before its source did. What was accepted until then is settled.

    Attributes:
        report: the `IngestReport` so far.
    """

    def __init__(self, message: str, report: Any) -> None:
        super().__init__(message)
        self.report = report

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self), self.report)


class DumpError(DDBModelError):
    """A dump cannot be written, read or loaded; the message names the file or table, and says why."""


class NoRecoveryPoint(DDBModelError):
    """What would be destroyed could not be restored: there is neither PITR nor a recent backup."""


class RestoreMismatch(DDBModelError):
    """A restored table was compared with what it was restored from, and is not the same.

    Attributes:
        expected: how many items there should be.
        found: how many were found.
        compared: how many items were compared one by one.
        differing: how many of them are missing or differ.
    """

    def __init__(self, message: str, *, expected: int, found: int, compared: int, differing: int) -> None:
        super().__init__(message)
        self.expected = expected
        self.found = found
        self.compared = compared
        self.differing = differing


@dataclass(frozen=True, slots=True)
class LostChanges:
    """Changes of a stream that cannot be read any more, or may not be.

    Attributes:
        shard: in which shard; None if the whole stream was replaced by another.
        after: the sequence number of the last change that was read before them; None if none was.
    """

    shard: str | None
    after: str | None

    @property
    def place(self) -> str:
        """For messages."""
        if self.shard is None:
            return "all between the checkpoint's stream and the one that there is now"
        return f"shard {self.shard}, " + (
            "from its beginning" if self.after is None else f"after {self.after}"
        )


class StreamTrimmed(DDBModelError):
    """Changes of a stream were trimmed before they were read.

    Attributes:
        lost: where; one `LostChanges` for each shard.
    """

    def __init__(self, message: str, lost: Sequence[LostChanges]) -> None:
        super().__init__(message)
        self.lost = tuple(lost)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self), self.lost)


class StreamDisabled(DDBModelError):
    """A table has no stream, or it was switched off and has been read to its end."""


class PlanRefused(DDBModelError):
    """Tables cannot be changed as planned: in place, or without being told to delete something.

    Attributes:
        problems: what cannot be, each with what to do.
    """

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(self.problems))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.problems,)


class WriteOutcomeUnknown(DDBModelError):
    """The reply to a write was lost, and repeating the write could apply it twice.

    Read the item to find out; the notes say what reading it back has shown so far. The write was sent, and
    repeated only where that cannot apply it twice: a transaction with its token, in vain, or a write of an
    item that was found as it had been read.
    """


@dataclass(frozen=True, slots=True)
class CancellationReason:
    """What one action had to do with it that its transaction was canceled.

    Attributes:
        code: `None` for an action that was not to blame, else `ConditionalCheckFailed`,
            `TransactionConflict`, `ThrottlingError`, `ProvisionedThroughputExceeded`,
            `ItemCollectionSizeLimitExceeded`, `ValidationError`, or whatever the service adds.
        message: the service's words, without values; None for an action that was not to blame.
        item: the stored item that did not meet the condition; None if there is none, or for other reasons.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CancellationReason.html
    """

    code: str
    message: str | None = None
    item: Any = field(default=None, repr=False)


class TransactionCanceled(DDBModelError):
    """A transaction was refused as a whole; nothing was written.

    Attributes:
        reasons: one `CancellationReason` for each action, in order; none where the engine does not tell.
    """

    def __init__(self, message: str, reasons: Sequence[CancellationReason] = ()) -> None:
        super().__init__(message)
        self.reasons = tuple(reasons)


class LockTaken(DDBModelError):
    """Another holds the lock, and still did when the time to wait was over."""


class LockLost(DDBModelError):
    """The lease of a lock was not renewed in time, so another may hold it; the block was cancelled.

    What the block has sent before may have happened. Its cause is why it was not renewed, if that is known.
    """


class CheckpointTaken(DDBModelError):
    """Another follower uses the same checkpoint of a stream. It was not changed, and the other goes on."""


class MapperClosed(DDBModelError):
    """The mapper is not open: use it inside `async with Mapper.connect(...)`."""


class WrongEventLoop(DDBModelError):
    """The mapper belongs to another event loop than the one that runs now: open one mapper in each loop."""


class ServiceError(DDBModelError):
    """DynamoDB, or the way to it, failed.

    Attributes:
        operation: DynamoDB's name of it, such as `PutItem`.
        table: the table's name, or None.
        code: the service's error code, or the transport's word for what happened.
        request_id: the service's id of the request, or None.
    """

    def __init__(
        self,
        message: str,
        *,
        operation: str,
        code: str,
        table: str | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.operation = operation
        self.table = table
        self.code = code
        self.request_id = request_id


class Throttled(ServiceError):
    """Capacity or a quota was exceeded, and still was after all retries.

    Attributes:
        limits: which limits, in the service's words, such as `TableWriteKeyRangeThroughputExceeded` for a hot
            key; empty where it does not say.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ThrottlingReason.html
    """

    def __init__(
        self,
        message: str,
        *,
        operation: str,
        code: str,
        table: str | None = None,
        request_id: str | None = None,
        limits: Sequence[str] = (),
    ) -> None:
        super().__init__(message, operation=operation, code=code, table=table, request_id=request_id)
        self.limits = tuple(limits)


class TableNotFound(ServiceError):
    """There is no such table, or it is not active yet."""


class TableInUse(ServiceError):
    """The table exists already, or is being created, changed or deleted."""


class AccessDenied(ServiceError):
    """Credentials are missing, expired or wrong, or do not permit the operation."""


class RequestRefused(ServiceError):
    """The service calls the request invalid. Nothing was written."""


class OperationUnknown(ServiceError):
    """The installed botocore is too old for the operation. Nothing was sent."""


class ConnectionFailed(ServiceError):
    """No connection could be had, or it broke, and repeating did not help."""


class ReplyCorrupt(ServiceError):
    """The reply does not match its checksum, or is not a reply of DynamoDB."""
