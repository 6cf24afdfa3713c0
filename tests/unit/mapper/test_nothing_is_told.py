"""What may be seen of requests holds no values: logs, spans, errors, notes and reprs."""

from __future__ import annotations

import logging
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import aioboto3
import pytest
from botocore.config import Config
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from ddbmodel import (
    Attr,
    DDBModelError,
    Exchange,
    GlobalIndex,
    Mapper,
    Model,
    Request,
    Tracing,
    UnprocessedItems,
    field,
    partition_key,
    sort_key,
)
from tests.unit.transport.scripted_server import Play, ScriptedServer, answer, fault

KEY, SORT, VALUE = "hush-key", "hush-sort", "hush-value"
CREDENTIALS = {
    "aws_access_key_id": "AKIAHUSHHUSHHUSHHUSH",
    "aws_secret_access_key": "hush-secret-access-key",
    "aws_session_token": "hush-session-token",
}
SECRETS = ("hush", "HUSH")


class Card(Model, table="cards"):
    owner: Attr[str] = partition_key()
    number: Attr[str] = sort_key()
    pin: Attr[str] = field(default="0000")
    limits: Attr[dict[str, int]] = field(default_factory=dict)
    uses: Attr[int] = field(default=0)

    by_pin = GlobalIndex(partition_key="pin", sort_key="number")


ITEM = {"owner": {"S": KEY}, "number": {"S": SORT}, "pin": {"S": VALUE}, "uses": {"N": "1"}}
CARD = Card(owner=KEY, number=SORT, pin=VALUE, limits={VALUE: 5})
CARD_KEY = Card.key(KEY, SORT)
PAGE = {"Items": [ITEM], "Count": 1, "ScannedCount": 1}
WHEN = (Card.pin == VALUE) & (Card.limits[VALUE] > 3)

Call = Callable[[Mapper], Awaitable[Any]]


async def _write(mapper: Mapper) -> None:
    async with mapper.batch_writer(concurrency=1) as writer:
        await writer.put(CARD)
        await writer.delete(Card.key(VALUE, SORT))


VERBS: list[tuple[str, Call, dict[str, Any]]] = [
    ("get", lambda m: m.get(CARD_KEY), {"Item": ITEM}),
    ("require", lambda m: m.require(Card, KEY, SORT, consistent=True), {"Item": ITEM}),
    ("create", lambda m: m.create(CARD, when=WHEN), {}),
    ("put", lambda m: m.put(CARD, when=WHEN, return_old=True), {"Attributes": ITEM}),
    ("update", lambda m: m.update(CARD, Card.pin.set(VALUE), Card.uses.add(1), when=WHEN), {"Attributes": ITEM}),
    ("delete", lambda m: m.delete(CARD_KEY, when=WHEN, return_old=True), {"Attributes": ITEM}),
    ("query", lambda m: m.query(Card).where(Card.owner == KEY, Card.number > SORT, WHEN).all(), PAGE),
    ("index", lambda m: m.query(Card).where(Card.pin == VALUE).select(Card.limits[VALUE]).all(), PAGE),
    ("page", lambda m: m.query(Card).where(Card.owner == KEY).page(size=1), PAGE),
    ("scan", lambda m: m.scan(Card, segments=2).where(WHEN).all(), PAGE),
    ("count", lambda m: m.scan(Card).where(WHEN).count(), PAGE),
    ("batch get", lambda m: m.batch_get(Card, [CARD_KEY, (VALUE, SORT)]), {"Responses": {"cards": [ITEM]}}),
    ("batch writer", _write, {"UnprocessedItems": {}}),
]  # fmt: skip

FAULTS: dict[str, Play] = {
    "a value in the message": fault("ValidationException", f"Value '{VALUE}' at 'item' failed to satisfy constraint"),
    "the stored item": fault("ConditionalCheckFailedException", Item=ITEM),
    "credentials in the message": fault("InvalidSignatureException", "The Canonical String is hush-session-token"),
    "no JSON": Play(VALUE.encode()),
}  # fmt: skip


class Snoop:
    """A hook that keeps the reprs of what it is given, and fails with a value in its message.

    Attributes:
        seen: the reprs.
    """

    def __init__(self) -> None:
        self.seen: list[str] = []

    def before(self, request: Request) -> None:
        self.seen.append(repr(request))

    def after(self, request: Request, exchange: Exchange) -> None:
        self.seen += [repr(request), repr(exchange), str(exchange)]
        raise ValueError(VALUE)


@pytest.fixture(autouse=True)
def _no_aws_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_PROFILE", "AWS_MAX_ATTEMPTS", "AWS_RETRY_MODE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "nothing"))


class Watched:
    """A mapper to a scripted endpoint, and all that can be seen of it."""

    def __init__(
        self, server: ScriptedServer, mapper: Mapper, snoop: Snoop, spans: InMemorySpanExporter
    ) -> None:
        self.server = server
        self.mapper = mapper
        self._snoop = snoop
        self._spans = spans

    def told(self, caplog: pytest.LogCaptureFixture) -> Iterator[str]:
        formatter = logging.Formatter()
        for record in caplog.records:
            if record.name.partition(".")[0] == "ddbmodel":
                yield formatter.format(record) + repr(record.args)
        for span in self._spans.get_finished_spans():
            yield span.to_json()
        yield from self._snoop.seen


@pytest.fixture(scope="module")
def session() -> aioboto3.Session:
    """One for all tests: it keeps the service model that it has read."""
    return aioboto3.Session(**CREDENTIALS, region_name="eu-west-1")


@pytest.fixture
async def watched(caplog: pytest.LogCaptureFixture, session: aioboto3.Session) -> AsyncIterator[Watched]:
    caplog.set_level(logging.DEBUG, "ddbmodel")
    spans, snoop = InMemorySpanExporter(), Snoop()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(spans))
    async with ScriptedServer() as server:
        connected = Mapper.connect(
            session=session,
            endpoint_url=server.url,
            config=Config(retries={"total_max_attempts": 1}),
            hooks=[Tracing(provider), snoop],
        )
        async with connected as mapper:
            yield Watched(server, mapper, snoop, spans)


def _hides(texts: Iterator[str] | list[str]) -> bool:
    return not [text for text in texts if any(secret in text for secret in SECRETS)]


@pytest.mark.parametrize(("call", "reply"), [case[1:] for case in VERBS], ids=[case[0] for case in VERBS])
async def test_what_succeeds_tells_no_values(
    watched: Watched, caplog: pytest.LogCaptureFixture, call: Call, reply: dict[str, Any]
) -> None:
    """Neither logs, spans nor reprs have any, though values were sent and came back, and a hook's error has one."""
    watched.server.script.extend([answer(reply)] * 2)
    with watched.mapper.measure() as usage:
        await call(watched.mapper)
    assert any(secret in repr(received.body) for received in watched.server.received for secret in SECRETS)
    told = list(watched.told(caplog))
    assert len(told) >= 7, "two log records, a span and four reprs of each request"
    assert _hides([*told, str(usage), repr(usage)])


# A batch writer sends again what was answered by no reply, after pauses that this test does not wait for.
FAILURES = [
    pytest.param(call, failure, id=f"{verb}: {failure}")
    for verb, call, _ in VERBS
    for failure in FAULTS
    if (verb, failure) != ("batch writer", "no JSON")
]


@pytest.mark.parametrize(("call", "failure"), FAILURES)
async def test_what_fails_tells_no_values(
    watched: Watched, caplog: pytest.LogCaptureFixture, call: Call, failure: str
) -> None:
    """Nor has the error, with its causes and notes, as it would be printed."""
    watched.server.script.extend([FAULTS[failure]] * 4)
    with pytest.raises(DDBModelError) as refusal:
        await call(watched.mapper)
    told = list(watched.told(caplog))
    assert len(told) >= 7
    error = refusal.value
    printed = [*traceback.format_exception(error), repr(error)]
    if isinstance(error, UnprocessedItems):
        printed += [one.reason for one in error.leftover]
    assert _hides([*told, *printed])
