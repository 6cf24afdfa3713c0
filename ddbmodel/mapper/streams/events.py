"""Changes that are delivered: the events of Lambda functions, and records of Kinesis Data Streams."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, overload

from pydantic import BaseModel

from ddbmodel.errors import CodecError, ExpressionError
from ddbmodel.mapper.reading import OnInvalid, is_lenient
from ddbmodel.mapper.streams.change import Change, InvalidChange
from ddbmodel.mapper.streams.decoding import ChangeDecoder
from ddbmodel.mapper.streams.record import StreamRecord, from_event, from_kinesis, from_kinesis_event

R = TypeVar("R")
A = TypeVar("A", bound=BaseModel)
B = TypeVar("B", bound=BaseModel)
C = TypeVar("C", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class _Delivered:
    """A record that is read when its turn has come, so that a bad one leaves those before it alone."""

    sequence_number: str | None
    read: Callable[[], StreamRecord]


class EventChanges(Generic[R]):
    """The changes of one delivery, in order; to be iterated over once.

    Attributes:
        invalid: what could not be decoded, if it is collected.
    """

    def __init__(self, decoder: ChangeDecoder, delivered: Sequence[_Delivered]) -> None:
        self._decoder = decoder
        self._delivered = delivered
        self._settled = 0
        self.invalid: list[InvalidChange] = []

    def __iter__(self) -> Iterator[Change[R]]:
        while self._settled < len(self._delivered):
            found = self._decoder.change(self._delivered[self._settled].read())
            if isinstance(found, InvalidChange):
                self.invalid.append(found)
            elif found is not None:
                yield found
            # Here, the loop's body is behind it: it asks for the next change.
            self._settled += 1

    def response(self) -> dict[str, list[dict[str, str]]]:
        """Give what the Lambda function returns: from which record on the batch is to be delivered again.

        That is the change in whose turn the loop was left, or the one that could not be decoded; none after
        the loop's end. It takes `ReportBatchItemFailures` among the `FunctionResponseTypes` of the event
        source mapping; without, Lambda takes the whole batch for done.

        Raises:
            ExpressionError: the record has no sequence number, so that nobody could find it.

        Source: https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
        """
        if self._settled >= len(self._delivered):
            return {"batchItemFailures": []}
        first = self._delivered[self._settled].sequence_number
        if not first:
            raise ExpressionError("response() is for events of Lambda, whose records have sequence numbers")
        return {"batchItemFailures": [{"itemIdentifier": first}]}


@overload
def changes_of_event(
    event: Mapping[str, Any], a: type[A], /, *, on_invalid: OnInvalid = "raise"
) -> EventChanges[A]: ...
@overload
def changes_of_event(
    event: Mapping[str, Any], a: type[A], b: type[B], /, *, on_invalid: OnInvalid = "raise"
) -> EventChanges[A | B]: ...
@overload
def changes_of_event(
    event: Mapping[str, Any], a: type[A], b: type[B], c: type[C], /, *, on_invalid: OnInvalid = "raise"
) -> EventChanges[A | B | C]: ...
@overload
def changes_of_event(
    event: Mapping[str, Any],
    a: type[BaseModel],
    b: type[BaseModel],
    c: type[BaseModel],
    d: type[BaseModel],
    /,
    *more: type[BaseModel],
    on_invalid: OnInvalid = "raise",
) -> EventChanges[Any]: ...
def changes_of_event(
    event: Mapping[str, Any], /, *models: type[BaseModel], on_invalid: OnInvalid = "raise"
) -> Any:
    """Decode the event that a Lambda function gets from a DynamoDB stream, or of one by way of Kinesis.

        def handler(event, context):
            changes = changes_of_event(event, Order)
            try:
                for change in changes:
                    work_on(change)
            except Exception:
                log.exception("the rest of the batch comes again")
            return changes.response()

    Args:
        event: as Lambda gives it.
        models: the model, or several that share a table. Changes of other models of it are left out.
        on_invalid: what to do about a change that cannot be decoded: `"raise"` the `CodecError` in its turn,
            or `"collect"` it in `.invalid` and go on.

    Raises:
        ExpressionError: it is no such event; or no model, or several that do not share a table.
        CodecError: while it is iterated over: a record is none, or an item is not one of the models.
    """
    records: Any = event.get("Records")
    if not isinstance(records, list):
        raise ExpressionError("changes_of_event takes the event that Lambda gives, which has Records")
    decoder = ChangeDecoder("changes_of_event", models, lenient=is_lenient(on_invalid))
    changes: EventChanges[Any] = EventChanges(decoder, [_of_event(record) for record in records])  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]  # of JSON
    return changes


@overload
def changes_of_kinesis(
    records: Iterable[Mapping[str, Any]], a: type[A], /, *, on_invalid: OnInvalid = "raise"
) -> EventChanges[A]: ...
@overload
def changes_of_kinesis(
    records: Iterable[Mapping[str, Any]], a: type[A], b: type[B], /, *, on_invalid: OnInvalid = "raise"
) -> EventChanges[A | B]: ...
@overload
def changes_of_kinesis(
    records: Iterable[Mapping[str, Any]],
    a: type[BaseModel],
    b: type[BaseModel],
    c: type[BaseModel],
    /,
    *more: type[BaseModel],
    on_invalid: OnInvalid = "raise",
) -> EventChanges[Any]: ...
def changes_of_kinesis(
    records: Iterable[Mapping[str, Any]], /, *models: type[BaseModel], on_invalid: OnInvalid = "raise"
) -> Any:
    """Decode records of Kinesis Data Streams for DynamoDB, as GetRecords of Kinesis gives them.

    Kinesis may bring changes of one item twice, and not in their order: `Change.at`, in microseconds where
    the table is set so, and `Change.event_id` tell.

    Args:
        records: mappings with `Data` (bytes) and `SequenceNumber`.
        models: see `changes_of_event`.
        on_invalid: see `changes_of_event`.

    Raises:
        ExpressionError: no model, or several that do not share a table.
        CodecError: while it is iterated over: a record is none, or an item is not one of the models.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/kds.html
    """
    decoder = ChangeDecoder("changes_of_kinesis", models, lenient=is_lenient(on_invalid))
    changes: EventChanges[Any] = EventChanges(decoder, [_of_kinesis(record) for record in records])
    return changes


def _of_event(record: Any) -> _Delivered:
    if isinstance(record, Mapping) and isinstance(record.get("kinesis"), Mapping):  # pyright: ignore[reportUnknownMemberType]  # of JSON
        wire: Mapping[str, Any] = record  # pyright: ignore[reportUnknownVariableType]
        return _Delivered(wire["kinesis"].get("sequenceNumber"), lambda: from_kinesis_event(wire))
    if isinstance(record, Mapping) and isinstance(record.get("dynamodb"), Mapping):  # pyright: ignore[reportUnknownMemberType]
        other: Mapping[str, Any] = record  # pyright: ignore[reportUnknownVariableType]
        return _Delivered(other["dynamodb"].get("SequenceNumber"), lambda: from_event(other))
    raise ExpressionError("changes_of_event takes records of DynamoDB streams, or of Kinesis")


def _of_kinesis(record: Mapping[str, Any]) -> _Delivered:
    number = record.get("SequenceNumber")

    def read() -> StreamRecord:
        data = record.get("Data")
        if not isinstance(data, bytes):
            raise CodecError("a record of Kinesis has bytes as its Data")
        return from_kinesis(data, number)

    return _Delivered(number, read)
