"""Both lanes ask the same and understand the same."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from typing import Any

import aiobotocore.session
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddbmodel.codec.wire_item import WireItem
from ddbmodel.errors import (
    CancellationReason,
    CodecError,
    ConditionalCheckFailed,
    DDBModelError,
    ReplyCorrupt,
)
from ddbmodel.operations import (
    BatchGetItem,
    BatchPut,
    BatchWriteItem,
    DeleteItem,
    GetItem,
    PutItem,
    Query,
    Request,
    Scan,
    TableKeys,
    TransactCheck,
    TransactGet,
    TransactGetItems,
    TransactWriteItems,
    UpdateItem,
)
from ddbmodel.transport import RetryRules
from ddbmodel.transport.connect import attach
from ddbmodel.transport.fast import bodies
from ddbmodel.transport.fast.eligibility import OPERATIONS
from ddbmodel.transport.fast.members import Members
from tests.unit.operations.expressions import Expression
from tests.unit.transport.conftest import MakeClient, MakeLane
from tests.unit.transport.scripted_server import Play, ScriptedServer, fault

KEY = {"pk": {"S": "c1"}, "sk": {"B": b"\x00\xff"}}
ITEM: dict[str, Any] = KEY | {
    "n": {"N": "12345678901234567890.5"},
    "l": {"L": [{"M": {"b": {"B": b"x"}}}, {"BS": [b"", b"1"]}, {"NULL": True}, {"BOOL": False}]},
    "B": {"S": "B \u20ac \U0001f600 \x00"},
    "ss": {"SS": ["a", "b"]},
    "ns": {"NS": ["1"]},
}
REQUESTS: list[Request] = [
    GetItem("orders", KEY, consistent=True),
    PutItem("orders", ITEM, condition=Expression("status")),
    DeleteItem("orders", KEY),
    UpdateItem("orders", KEY, Expression("status", "paid", "SET ")),
    Query("orders", Expression("pk", "c1"), exclusive_start_key=KEY),
    Scan("orders", segment=1, total_segments=2),
    BatchGetItem((TableKeys("orders", (KEY,)),)),
    BatchWriteItem((BatchPut("orders", ITEM),)),
    TransactGetItems((TransactGet("orders", KEY),)),
    TransactWriteItems((TransactCheck("orders", KEY, Expression("status")),), token="t1"),
]
REQUEST_IDS = [request.name for request in REQUESTS]


def test_every_operation_of_the_fast_lane_is_compared() -> None:
    """A new one needs a case here."""
    assert sorted(REQUEST_IDS) == sorted(OPERATIONS)


@pytest.mark.parametrize("request_", REQUESTS, ids=REQUEST_IDS)
async def test_both_lanes_send_the_same(
    make_client: MakeClient, server: ScriptedServer, request_: Request
) -> None:
    """The same JSON under headers that mean the same to the service."""
    client = await make_client()
    lanes = attach(client, "client"), attach(client, "fast")
    for lane in lanes:
        await lane.send(request_)
        await lane.close()
    one, other = server.received
    assert other.body == one.body
    needless = {
        "user-agent",
        "amz-sdk-invocation-id",
        "amz-sdk-request",
        "x-amz-date",
        "authorization",
        "content-length",
        "accept",
    }
    assert {n: v for n, v in other.headers.items() if n not in needless} == {
        n: v for n, v in one.headers.items() if n not in needless
    }
    assert other.headers["user-agent"].startswith("aiobotocore/")
    signed = [
        received.headers["authorization"].split("SignedHeaders=")[1].split(",")[0]
        for received in (one, other)
    ]
    assert signed[0] == signed[1]


def _wire(value: Any) -> Any:
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if isinstance(value, dict):
        return {name: _wire(member) for name, member in value.items()}
    return [_wire(member) for member in value] if isinstance(value, list) else value


CAPACITY = {"TableName": "orders", "CapacityUnits": 1.5, "Table": {"CapacityUnits": 1}}
METRICS = {"ItemCollectionKey": {"pk": {"B": b"k"}}, "SizeEstimateRangeGB": [0.0, 1.0]}
REPLIES: dict[str, dict[str, Any]] = {
    "GetItem": {"Item": ITEM, "ConsumedCapacity": CAPACITY},
    "PutItem": {"Attributes": ITEM, "ItemCollectionMetrics": METRICS},
    "DeleteItem": {"Attributes": ITEM},
    "UpdateItem": {"Attributes": ITEM},
    "Query": {"Items": [ITEM, KEY], "Count": 2, "ScannedCount": 3, "LastEvaluatedKey": KEY},
    "Scan": {"Items": [], "Count": 0, "ScannedCount": 3},
    "BatchGetItem": {
        "Responses": {"orders": [ITEM]},
        "UnprocessedKeys": {"orders": {"Keys": [KEY]}},
        "ConsumedCapacity": [CAPACITY],
    },
    "BatchWriteItem": {
        "UnprocessedItems": {"orders": [{"PutRequest": {"Item": ITEM}}, {"DeleteRequest": {"Key": KEY}}]},
        "ItemCollectionMetrics": {"orders": [METRICS]},
    },
    "TransactGetItems": {"Responses": [{"Item": ITEM}, {}]},
    "TransactWriteItems": {"ConsumedCapacity": [CAPACITY]},
}
ODDITIES: dict[str, Any] = {"Unknown": {"a": [1]}, "ConsumedCapacity": None}


@pytest.mark.parametrize("odd", [{}, ODDITIES], ids=["plain", "odd"])
@pytest.mark.parametrize("request_", REQUESTS, ids=REQUEST_IDS)
async def test_both_lanes_give_the_same(
    make_client: MakeClient, server: ScriptedServer, request_: Request, odd: dict[str, Any]
) -> None:
    """Bytes as bytes, without nulls and unknown members, with the reply's metadata."""
    client = await make_client()
    play = Play(json.dumps(_wire(REPLIES[request_.name] | odd)).encode())
    server.script.extend([play] * 2)
    one, other = attach(client, "client"), attach(client, "fast")
    expected = await one.send(request_)
    # Of the client's own retries, which no lane has.
    expected["ResponseMetadata"].pop("MaxAttemptsReached", None)
    assert await other.send(request_) == expected
    await one.close()
    await other.close()


FAULTS = [
    fault("ConditionalCheckFailedException", Item=_wire(ITEM)),
    fault(
        "TransactionCanceledException",
        CancellationReasons=[
            {"Code": "ConditionalCheckFailed", "Item": _wire(ITEM)},
            {"Code": "None", "Message": None},
        ],
    ),
    fault("ValidationException", "Value 'x' at 'y' failed"),
    fault(
        "ProvisionedThroughputExceededException",
        throttlingReasons=[{"reason": "a", "resource": "b"}],
        ThrottlingReasons=[{"reason": "c"}],
    ),
    fault("NeverSeenBefore", status=500, headers={"x-amzn-requestid": None}),
    Play(b'{"__type": "ResourceNotFoundException:http://x/", "Message": "none"}', 400),
    Play(b'{"message": "no code"}', 403, {"x-amz-crc32": None}),
    Play(b'{"__type": null, "message": "no code"}', 400),
    Play(b"", 503, {"x-amz-crc32": None}),
    Play(b"<html>no</html>", 503, {"x-amz-crc32": None}),
    Play(gzip.compress(fault("ValidationException").body, mtime=0), 400, {"content-encoding": "gzip"}),
]


@pytest.mark.parametrize("play", FAULTS, ids=lambda play: ascii(play.body[:80]))
async def test_both_lanes_raise_the_same(make_client: MakeClient, server: ScriptedServer, play: Play) -> None:
    """Class, text, code, and what the error brings with it."""
    client = await make_client()
    server.script.extend([play] * 2)
    seen: list[tuple[object, ...]] = []
    for lane in (attach(client, "client"), attach(client, "fast")):
        with pytest.raises(DDBModelError) as caught:
            await lane.send(PutItem("orders", KEY))
        error: Any = caught.value
        parts = (
            getattr(error, name, None) for name in ("code", "request_id", "operation", "item", "reasons")
        )
        seen.append((type(error), str(error), type(error.__cause__), *parts))
        await lane.close()
    assert seen[1] == seen[0]


@pytest.mark.parametrize("body", [b'{"__type": 5, "message": 6}', b"[]"])
async def test_a_refusal_of_another_form_is_a_damaged_reply(
    make_client: MakeClient, server: ScriptedServer, body: bytes
) -> None:
    """It is JSON, and whatever it is about, nobody can tell."""
    client = await make_client()
    server.script.extend([Play(body, 400)] * 2)
    for lane in (attach(client, "client"), attach(client, "fast")):
        with pytest.raises(ReplyCorrupt) as caught:
            await lane.send(PutItem("orders", KEY))
        assert caught.value.code == "NotAReply"
        await lane.close()


@pytest.mark.parametrize("levels", [3_000, 200_000])
async def test_a_reply_that_is_nested_without_end_is_a_damaged_reply(
    make_lane: MakeLane, server: ScriptedServer, levels: int
) -> None:
    """DynamoDB's have 32 levels at most; what no parser can follow is told as what it is."""
    lane = await make_lane(rules=RetryRules(max_attempts=1))
    nested = b'{"L": [' * levels + b"]}" * levels
    server.script.append(Play(b'{"Item": {"b": {"B": "eA=="}, "n": ' + nested + b"}}"))
    with pytest.raises(ReplyCorrupt) as caught:
        await lane.send(GetItem("orders", KEY))
    assert caught.value.code == "NotAReply"
    server.script.append(Play(b'{"Item": {}}'))
    assert (await lane.send(GetItem("orders", KEY)))["Item"] == {}


async def test_what_a_refusal_brings_has_bytes(make_client: MakeClient, server: ScriptedServer) -> None:
    """In the stored item and in the items of a canceled transaction."""
    lane = attach(await make_client(), "fast")
    server.script.extend(FAULTS[:2])
    with pytest.raises(ConditionalCheckFailed) as caught:
        await lane.send(PutItem("orders", KEY, condition=Expression("status")))
    assert caught.value.item == ITEM
    with pytest.raises(DDBModelError) as canceled:
        await lane.send(REQUESTS[-1])
    reasons: Any = canceled.value
    assert reasons.reasons == (
        CancellationReason("ConditionalCheckFailed", None, ITEM),
        CancellationReason("None"),
    )
    await lane.close()


def _model() -> Any:
    loader = aiobotocore.session.get_session().get_component("data_loader")
    from botocore.model import ServiceModel

    return ServiceModel(loader.load_service_model("dynamodb", "service-2"))


MODEL = _model()

SCALARS: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.builds(lambda text: {"S": text}, st.text(st.characters(exclude_categories=["Cs"]), max_size=5)),
    st.builds(lambda number: {"N": str(number)}, st.integers()),
    st.builds(lambda data: {"B": data}, st.binary(max_size=5)),
    st.builds(lambda data: {"BS": data}, st.lists(st.binary(max_size=3), max_size=3)),
    st.sampled_from([{"NULL": True}, {"BOOL": True}, {"S": "B"}, {"S": '"B"'}, {"S": "null"}]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.builds(lambda many: {"L": many}, st.lists(inner, max_size=3))
        | st.builds(
            lambda many: {"M": many},
            st.dictionaries(st.sampled_from(["a", "B", "null", "M"]), inner, max_size=3),
        )
    ),
    max_leaves=8,
)


@given(
    st.lists(
        st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=3), VALUES, max_size=4),
        max_size=3,
    ),
    st.booleans(),
)
def test_any_items_are_read_as_they_are(items: list[dict[str, Any]], escaped: bool) -> None:
    """Whether there is something to do in them or not, and however the JSON is spelled."""
    body = json.dumps({"Items": _wire(items), "Count": len(items)}, ensure_ascii=escaped).encode()
    read = Members.of(MODEL.operation_model("Query").output_shape).read(body)
    assert read == {"Items": items, "Count": len(items)}


def test_an_escape_may_spell_the_type() -> None:
    """No JSON writer does that, and no reader may mind."""
    read = Members.of(MODEL.operation_model("GetItem").output_shape).read(
        rb'{"Item": {"a": {"\u0042": "eA=="}}}'
    )
    assert read == {"Item": {"a": {"B": b"x"}}}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"Item": []}',
        b'{"Item": "x"}',
        b'{"Item": {"a": {"B": "x"}}',
        b'{"Item": {"a": {"S": "\xff"}}}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_reply_is_an_error_and_no_other(body: bytes) -> None:
    """It is a `ValueError`, by which the lane knows a damaged reply."""
    members = Members.of(MODEL.operation_model("GetItem").output_shape)
    with pytest.raises(ValueError, match=r".*"):
        members.read(body)


@pytest.mark.parametrize(
    "item",
    [
        b'{"a": {"B": 5}}',
        b'{"a": {"B": "x"}}',
        b'{"a": {"BS": {}}}',
        b'{"a": 5}',
        b'{"a": {"M": ' + b'{"B": {"M": ' * 400 + b"{}" + b"}}" * 400 + b"}}",
    ],
)
def test_what_is_no_item_is_an_error_once_it_is_looked_at(item: bytes) -> None:
    """Items stay JSON until then; the error says nothing of what is in them."""
    read = Members.of(MODEL.operation_model("GetItem").output_shape).read(b'{"Item": ' + item + b"}")
    assert isinstance(read["Item"], WireItem)
    with pytest.raises(CodecError, match=r"^\$: what is stored has another form \(\w+\)$"):
        dict(read["Item"])


def test_items_are_cut_out_of_replies_wherever_they_are() -> None:
    """One item, many, and those of several tables."""
    item = b'{"a": {"S": "x"}}'
    for operation, body in {
        "GetItem": b'{"Item": %s}',
        "UpdateItem": b'{"Attributes": %s}',
        "Query": b'{"Items": [%s]}',
        "Scan": b'{"Items": [%s]}',
        "BatchGetItem": b'{"Responses": {"t": [%s]}}',
    }.items():
        read = Members.of(MODEL.operation_model(operation).output_shape).read(body % item)
        assert [found.text for found in _wire_items(read)] == [item], operation


def _wire_items(value: Any) -> list[WireItem]:
    if isinstance(value, WireItem):
        return [value]
    inner = value.values() if isinstance(value, dict) else value
    return [found for one in inner for found in _wire_items(one)]


@pytest.mark.parametrize("wire", [{"Limit": 1 << 70}, {"Text": "\ud800"}], ids=["long", "surrogate"])
def test_what_the_service_will_refuse_is_sent(wire: Any) -> None:
    """As the client would: what is wrong with it, the service says."""
    assert json.loads(bodies.dump(wire)) == wire


def test_what_cannot_be_sent_is_not_quoted() -> None:
    """A value that is none of ours is told by its type."""
    with pytest.raises(TypeError, match="object is no part of a request"):
        bodies.dump({"Item": object()})
