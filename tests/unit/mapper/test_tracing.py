"""OpenTelemetry spans: their names and attributes, what nests in them, and that each one ends."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import Decision, Sampler, SamplingResult
from opentelemetry.trace import SpanKind, StatusCode

from ddbmodel import Mapper, Request, ServiceError, Tracing
from tests.unit.mapper.market import Order
from tests.unit.mapper.telling import Answer, Other, Telling, Thing, mapper_on, refused, units


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def provider(exporter: InMemorySpanExporter) -> TracerProvider:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return provider


def the_span(exporter: InMemorySpanExporter) -> ReadableSpan:
    (span,) = exporter.get_finished_spans()
    return span


def attributes(span: ReadableSpan) -> Mapping[str, Any]:
    """All but those that every span has, which are checked."""
    found = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in (span.attributes or {}).items()
    }
    assert span.kind is SpanKind.CLIENT
    assert found.pop("db.system.name") == "aws.dynamodb"
    assert found.pop("rpc.system") == "aws-api"
    assert found.pop("rpc.service") == "DynamoDB"
    assert span.name == f"DynamoDB.{found.pop('rpc.method')}" == f"DynamoDB.{found['db.operation.name']}"
    return found


ORDERS = {"db.collection.name": "orders", "aws.dynamodb.table_names": ["orders"]}
OK = {"http.response.status_code": 200}
PAGE = {"Items": [], "Count": 0, "ScannedCount": 4}


async def _write(mapper: Mapper, *models: Any) -> None:
    async with mapper.batch_writer(concurrency=1) as writer:
        for model in models:
            await writer.put(model)


IN_STATUS = Order.status == "new"
Call = Callable[[Mapper], Awaitable[Any]]

SPANS: list[tuple[str, Call, dict[str, Any], dict[str, Any]]] = [
    (
        "get",
        lambda m: m.get(Order, "c", "o", consistent=True),
        {},
        {"db.operation.name": "GetItem", "aws.dynamodb.consistent_read": True},
    ),
    ("put", lambda m: m.put(Order(customer_id="c", order_id="o")), {}, {"db.operation.name": "PutItem"}),
    (
        "query",
        lambda m: m.query(Order).where(IN_STATUS).limit(7).reverse().all(),
        PAGE,
        {
            "db.operation.name": "Query",
            "aws.dynamodb.consistent_read": False,
            "aws.dynamodb.index_name": "by_status",
            "aws.dynamodb.limit": 7,
            "aws.dynamodb.scan_forward": False,
            "aws.dynamodb.count": 0,
            "aws.dynamodb.scanned_count": 4,
        },
    ),
    (
        "count",
        lambda m: m.scan(Order).count(),
        PAGE | {"Count": 3},
        {
            "db.operation.name": "Scan",
            "aws.dynamodb.consistent_read": False,
            "aws.dynamodb.select": "COUNT",
            "aws.dynamodb.count": 3,
            "aws.dynamodb.scanned_count": 4,
        },
    ),
    (
        "batch get",
        lambda m: m.batch_get(Order, [("c", "o"), ("c", "p")]),
        {},
        {"db.operation.name": "BatchGetItem"},
    ),
    (
        "batch write",
        lambda m: _write(m, *[Order(customer_id="c", order_id=name) for name in "op"]),
        {},
        {"db.operation.name": "BatchWriteItem", "db.operation.batch.size": 2},
    ),
    ("table", lambda m: m.delete_table(Order, wait=False), {}, {"db.operation.name": "DeleteTable"}),
]


@pytest.mark.parametrize(
    ("call", "reply", "expected"), [case[1:] for case in SPANS], ids=[case[0] for case in SPANS]
)
async def test_a_span_tells_of_its_request_what_the_conventions_ask_for(
    exporter: InMemorySpanExporter,
    provider: TracerProvider,
    call: Call,
    reply: dict[str, Any],
    expected: dict[str, Any],
) -> None:
    """Operation, tables and options; nothing of keys, items and expressions; no error."""
    await call(mapper_on(Telling(Answer(reply)), hooks=[Tracing(provider)]))
    span = the_span(exporter)
    assert attributes(span) == ORDERS | OK | expected
    assert span.status.status_code is StatusCode.UNSET


async def test_segments_of_a_parallel_scan_are_told(
    exporter: InMemorySpanExporter, provider: TracerProvider
) -> None:
    """Each has its span."""
    await mapper_on(Telling(), hooks=[Tracing(provider)]).scan(Order, segments=2).all()
    spans = [attributes(span) for span in exporter.get_finished_spans()]
    assert sorted(span["aws.dynamodb.segment"] for span in spans) == [0, 1]
    assert {span["aws.dynamodb.total_segments"] for span in spans} == {2}


async def test_a_batch_over_several_tables_names_them(
    exporter: InMemorySpanExporter, provider: TracerProvider
) -> None:
    """Each once; there is no one collection then."""
    mapper = mapper_on(Telling(), hooks=[Tracing(provider)])
    await _write(mapper, Thing(thing_id="a"), Other(number=1), Thing(thing_id="b"))
    found = attributes(the_span(exporter))
    assert found["aws.dynamodb.table_names"] == ["things", "others"]
    assert "db.collection.name" not in found


async def test_consumed_capacity_is_told_while_a_measure_is_open(
    exporter: InMemorySpanExporter, provider: TracerProvider
) -> None:
    """As the JSON of each structure of the reply."""
    members = {
        "Table": {"CapacityUnits": 1.0},
        "GlobalSecondaryIndexes": {"by_status": {"CapacityUnits": 2.0}},
        "LocalSecondaryIndexes": {"by_day": {"CapacityUnits": 0.5}},
    }
    told = units("orders", 3.5, **members)
    mapper = mapper_on(Telling(Answer({"ConsumedCapacity": told})), hooks=[Tracing(provider)])
    with mapper.measure():
        await mapper.put(Order(customer_id="c", order_id="o"))
    (text,) = attributes(the_span(exporter))["aws.dynamodb.consumed_capacity"]
    assert json.loads(text) == told


async def test_repetitions_and_the_request_s_id_are_told(
    exporter: InMemorySpanExporter, provider: TracerProvider
) -> None:
    """One span covers all attempts."""
    reply = {"ResponseMetadata": {"RequestId": "r7", "HTTPStatusCode": 200}}
    mapper = mapper_on(Telling(Answer(reply, told={"attempts": 3})), hooks=[Tracing(provider)])
    await mapper.put(Thing(thing_id="a"))
    found = attributes(the_span(exporter))
    assert (found["http.request.resend_count"], found["aws.request_id"]) == (2, "r7")


# How spans end ----------------------------------------------------------------------------------------------


async def test_a_failed_request_s_span_is_an_error(
    exporter: InMemorySpanExporter, provider: TracerProvider
) -> None:
    """Its type is the service's code; the message, which may quote what was sent, is nowhere."""
    mapper = mapper_on(Telling(refused("ValidationException")), hooks=[Tracing(provider)])
    with pytest.raises(ServiceError):
        await mapper.get(Thing, "a")
    span = the_span(exporter)
    assert span.status.status_code is StatusCode.ERROR
    assert (span.status.description, span.events) == (None, ())
    found = attributes(span)
    assert (found["error.type"], found["db.response.status_code"]) == (
        "ValidationException",
        "ValidationException",
    )
    assert found["http.response.status_code"] == 400


async def test_a_cancelled_request_s_span_ends(
    exporter: InMemorySpanExporter, provider: TracerProvider
) -> None:
    """As an error of the type `Cancelled`, without a status of the service."""
    transport = Telling(Answer(until=asyncio.Event()))
    mapper = mapper_on(transport, hooks=[Tracing(provider)])
    task = asyncio.create_task(mapper.get(Thing, "a"))
    await transport.arrived.wait()
    assert exporter.get_finished_spans() == ()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    found = attributes(the_span(exporter))
    assert found["error.type"] == "Cancelled"
    assert "db.response.status_code" not in found


async def test_the_span_of_a_request_that_a_later_hook_stops_ends(
    exporter: InMemorySpanExporter, provider: TracerProvider
) -> None:
    """And the current span is again what it was."""

    class Stops:
        def before(self, request: Request) -> None:
            raise ZeroDivisionError

    mapper = mapper_on(Telling(), hooks=[Tracing(provider), Stops()])
    before = trace.get_current_span()
    with pytest.raises(ZeroDivisionError):
        await mapper.get(Thing, "a")
    assert attributes(the_span(exporter))["error.type"] == "Stopped"
    assert trace.get_current_span() is before


# What is current --------------------------------------------------------------------------------------------


async def test_the_span_is_current_while_the_request_is_under_way(
    exporter: InMemorySpanExporter, provider: TracerProvider
) -> None:
    """So what the HTTP client traces nests in it, as it does in the caller's span."""
    tracer = provider.get_tracer("test")

    class Http(Telling):
        async def send(self, request: Any) -> dict[str, Any]:
            with tracer.start_as_current_span("POST"):
                return await super().send(request)

    mapper = mapper_on(Http(), hooks=[Tracing(provider)])
    with tracer.start_as_current_span("handler") as handler:
        await mapper.get(Thing, "a")
        assert trace.get_current_span() is handler
    post, get, outer = exporter.get_finished_spans()
    assert [span.name for span in (post, get, outer)] == ["POST", "DynamoDB.GetItem", "handler"]
    assert post.parent is not None
    assert get.parent is not None
    assert (post.parent.span_id, get.parent.span_id) == (get.context.span_id, outer.context.span_id)


async def test_tasks_at_once_have_spans_of_their_own(
    exporter: InMemorySpanExporter, provider: TracerProvider
) -> None:
    """None is the parent of another, though one hook makes them all."""
    mapper = mapper_on(Telling(), hooks=[Tracing(provider)])
    await asyncio.gather(*(mapper.get(Thing, str(number)) for number in range(20)))
    spans = exporter.get_finished_spans()
    assert len({span.context.span_id for span in spans}) == 20
    assert all(span.parent is None for span in spans)


async def test_two_providers_get_a_span_each(
    exporter: InMemorySpanExporter, provider: TracerProvider
) -> None:
    """They nest, like all hooks."""
    mapper = mapper_on(Telling(), hooks=[Tracing(provider), Tracing(provider)])
    await mapper.get(Thing, "a")
    inner, outer = exporter.get_finished_spans()
    assert inner.parent is not None
    assert inner.parent.span_id == outer.context.span_id


async def test_a_span_that_cannot_be_made_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """The request is sent, and the log says that there is no span of it."""

    class Broken(Sampler):
        def should_sample(self, *_: Any, **__: Any) -> SamplingResult:
            raise ZeroDivisionError

        def get_description(self) -> str:
            return str(Decision.DROP)

    transport = Telling()
    await mapper_on(transport, hooks=[Tracing(TracerProvider(sampler=Broken(), shutdown_on_exit=False))]).get(
        Thing, "a"
    )
    assert len(transport.requests) == 1
    assert [record.getMessage() for record in caplog.records] == ["no span for GetItem: ZeroDivisionError"]


# The extra --------------------------------------------------------------------------------------------------


def test_without_opentelemetry_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the hook is made, not when the first request is sent."""
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    with pytest.raises(ModuleNotFoundError) as failure:
        Tracing()
    assert str(failure.value) == 'Tracing needs OpenTelemetry: install it with `pip install "ddbmodel[otel]"`'
    assert failure.value.name == "opentelemetry"


def test_importing_does_not_import_opentelemetry() -> None:
    """Only making the hook does."""
    program = "import sys, ddbmodel; ddbmodel.Tracing; print('opentelemetry' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False"


async def test_without_a_provider_the_global_one_is_used() -> None:
    """Which makes spans that go nowhere until a program sets one up."""
    transport = Telling()
    await mapper_on(transport, hooks=[Tracing()]).get(Thing, "a")
    assert len(transport.requests) == 1
