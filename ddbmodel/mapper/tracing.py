"""OpenTelemetry spans: one for each request, by the semantic conventions for DynamoDB.

Span and attribute names are those of version 1.44 of the conventions. Its page on DynamoDB still asks for
`rpc.system` and `rpc.service`, which the page on RPC has renamed; the former counts here.

Source: https://opentelemetry.io/docs/specs/semconv/db/dynamodb/
Source: https://opentelemetry.io/docs/specs/semconv/db/database-spans/
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from ddbmodel.mapper.exchange import Exchange
from ddbmodel.operations import BatchGetItem, BatchWriteItem, ConsumedCapacity, GetItem, Query, Request, Scan

if TYPE_CHECKING:
    from contextvars import Token

    from opentelemetry.context import Context
    from opentelemetry.trace import Span, TracerProvider

_OpenSpan: TypeAlias = "tuple[Span, Token[Context]]"

_log: Final = logging.getLogger("ddbmodel.mapper")


class Tracing:
    """A hook that makes a client span of each request: `Mapper.connect(hooks=[Tracing()])`.

    The span is the current one while the request is under way, retries and pauses included, so that spans of
    the HTTP client nest in it. It ends in every case, cancellation included. It tells operation, tables,
    index, page size, counts, HTTP status, error code and the number of repetitions; never items, keys or
    expressions. Consumed capacity is told while a `measure` is open: only then the service is asked for it.

    `error.type` is the service's error code, or the transport's word for what happened (`ReadTimeout`,
    `Cancelled`, `Stopped` for what a later hook refused). An unmet condition counts as an error too.

    A span that cannot be made is logged, and never stops a request.

    Args:
        tracer_provider: where spans go; None is OpenTelemetry's global one.

    Raises:
        ModuleNotFoundError: OpenTelemetry is not installed.
    """

    __slots__ = ("_context", "_open", "_trace", "_tracer")

    def __init__(self, tracer_provider: TracerProvider | None = None) -> None:
        try:
            from opentelemetry import context, trace
        except ImportError as error:
            raise ModuleNotFoundError(
                'Tracing needs OpenTelemetry: install it with `pip install "ddbmodel[otel]"`',
                name="opentelemetry",
            ) from error
        self._context = context
        self._trace = trace
        self._tracer = trace.get_tracer("ddbmodel", tracer_provider=tracer_provider)
        # By the identity of the request, which lives until `after`.
        self._open: dict[int, list[_OpenSpan]] = {}

    def before(self, request: Request, /) -> None:
        """Start a span, and make it the current one."""
        try:
            span = self._tracer.start_span(
                f"DynamoDB.{request.name}",
                kind=self._trace.SpanKind.CLIENT,
                attributes=dict(_asked(request)),
            )
        except Exception as failure:  # noqa: BLE001  # tracing must not stop what it traces
            _log.error("no span for %s: %s", request.name, type(failure).__name__)  # no values
            return
        token = self._context.attach(self._trace.set_span_in_context(span))
        self._open.setdefault(id(request), []).append((span, token))

    def after(self, request: Request, exchange: Exchange, /) -> None:
        """End the span."""
        spans = self._open.get(id(request))
        if not spans:
            return
        span, token = spans.pop()
        if not spans:
            del self._open[id(request)]
        self._context.detach(token)
        try:
            span.set_attributes(dict(_answered(exchange)))
            if exchange.outcome != "OK":
                span.set_status(self._trace.StatusCode.ERROR)
        finally:
            span.end()


def _asked(request: Request) -> Iterator[tuple[str, Any]]:
    yield "db.system.name", "aws.dynamodb"
    yield "db.operation.name", request.name
    yield "rpc.system", "aws-api"
    yield "rpc.service", "DynamoDB"
    yield "rpc.method", request.name
    if request.table is not None:
        yield "db.collection.name", request.table
    if tables := _tables(request):
        yield "aws.dynamodb.table_names", tables
    if isinstance(request, BatchWriteItem) and len(request.writes) > 1:
        yield "db.operation.batch.size", len(request.writes)
    if isinstance(request, GetItem | Query | Scan):
        yield "aws.dynamodb.consistent_read", request.consistent
    if isinstance(request, Query | Scan):
        yield from _asked_of_pages(request)


def _asked_of_pages(request: Query | Scan) -> Iterator[tuple[str, Any]]:
    options: dict[str, Any] = {"index_name": request.index, "limit": request.limit, "select": request.select}
    if isinstance(request, Query):
        options["scan_forward"] = request.forward
    else:
        options |= {"segment": request.segment, "total_segments": request.total_segments}
    for name, value in options.items():
        if value is not None:
            yield f"aws.dynamodb.{name}", value


def _tables(request: Request) -> list[str]:
    match request:
        case BatchGetItem():
            return [part.table for part in request.tables]
        case BatchWriteItem():
            return list(dict.fromkeys(write.table for write in request.writes))
        case _:
            return [] if request.table is None else [request.table]


def _answered(exchange: Exchange) -> Iterator[tuple[str, Any]]:
    if exchange.status is not None:
        yield "http.response.status_code", exchange.status
    if exchange.retries:
        yield "http.request.resend_count", exchange.retries
    if exchange.request_id is not None:
        yield "aws.request_id", exchange.request_id
    if exchange.items_scanned is not None:
        yield "aws.dynamodb.count", exchange.items_read
        yield "aws.dynamodb.scanned_count", exchange.items_scanned
    if exchange.capacity:
        yield "aws.dynamodb.consumed_capacity", [json.dumps(_wire(one)) for one in exchange.capacity]
    if exchange.outcome != "OK":
        yield "error.type", exchange.outcome
        if exchange.status is not None:
            yield "db.response.status_code", exchange.outcome


def _wire(consumed: ConsumedCapacity) -> Mapping[str, Any]:
    """A `ConsumedCapacity` structure, as the service sends it."""
    members: dict[str, Any] = {
        "TableName": consumed.table,
        "CapacityUnits": consumed.units,
        "ReadCapacityUnits": consumed.read_units,
        "WriteCapacityUnits": consumed.write_units,
        "Table": None if consumed.table_units is None else {"CapacityUnits": consumed.table_units},
        "LocalSecondaryIndexes": _units_by_name(consumed.local_indexes),
        "GlobalSecondaryIndexes": _units_by_name(consumed.global_indexes),
    }
    return {name: value for name, value in members.items() if value is not None}


def _units_by_name(indexes: Mapping[str, float]) -> dict[str, Any] | None:
    return {name: {"CapacityUnits": units} for name, units in indexes.items()} or None
