"""What Lambda and Kinesis deliver. The events are written after the documentation of AWS."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from ddbmodel import (
    Attr,
    CodecError,
    ExpressionError,
    Key,
    Model,
    Table,
    changes_of_event,
    changes_of_kinesis,
    field,
    partition_key,
)

shop = Table("shop", partition_key="pk", sort_key="sk")


class Photo(Model, table="photos"):
    """A table of one model."""

    name: Attr[str] = partition_key()
    pixels: Attr[bytes] = field(default=b"")
    tags: Attr[set[bytes]] = field(default_factory=set)


class Customer(Model, table=shop, entity="customer"):
    """An entity."""

    customer_id: Attr[str]
    email: Attr[str] = field(unique=True)
    primary = Key(partition="C#{customer_id}", sort="PROFILE")


class Order(Model, table=shop, entity="order"):
    """Another."""

    customer_id: Attr[str]
    number: Attr[int]
    primary = Key(partition="C#{customer_id}", sort="O#{number:06d}")


def record(number: int, kind: str = "INSERT", **images: Any) -> dict[str, Any]:
    """A record of a stream's event."""
    change = {
        "ApproximateCreationDateTime": 1_790_000_000.0,
        "SequenceNumber": str(number),
        "SizeBytes": 26,
        "StreamViewType": "NEW_AND_OLD_IMAGES",
        **images,
    }
    return {
        "eventID": f"e{number}",
        "eventName": kind,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-west-1",
        "dynamodb": change,
        "eventSourceARN": "arn:aws:dynamodb:eu-west-1:123456789012:table/photos/stream/2026-01-01T00:00:00.000",
    }


def photo(number: int, pixels: Any = "AP8=") -> dict[str, Any]:
    """A photo that was put."""
    item = {"name": {"S": f"p{number}"}, "pixels": {"B": pixels}, "tags": {"BS": ["AQ==", "Ag=="]}}
    return record(number, Keys={"name": item["name"]}, NewImage=item)


def entity(number: int, model: Model, kind: str = "INSERT", **images: Any) -> dict[str, Any]:
    """A record of an entity, as it is stored."""
    item = dict(type(model).__ddbmodel_plan__.encode(model))
    keys = {name: item[name] for name in ("pk", "sk")}
    return record(number, kind, Keys=keys, NewImage=item, **images)


def test_bytes_come_as_bytes() -> None:
    """The event's base64 is decoded, in sets as well, and the moment is aware."""
    (change,) = changes_of_event({"Records": [photo(1)]}, Photo)
    assert change.new == Photo(name="p1", pixels=b"\x00\xff", tags={b"\x01", b"\x02"})
    assert (change.kind, change.old, change.key) == ("INSERT", None, Photo.key("p1"))
    assert change.at == datetime.fromtimestamp(1_790_000_000, UTC)
    assert (change.sequence_number, change.event_id, change.shard) == ("1", "e1", None)


def test_an_expiry_is_told() -> None:
    """Lambda spells the principal's members with small letters."""
    gone = photo(1)
    gone["dynamodb"]["OldImage"] = gone["dynamodb"].pop("NewImage")
    gone |= {
        "eventName": "REMOVE",
        "userIdentity": {"principalId": "dynamodb.amazonaws.com", "type": "Service"},
    }
    (change,) = changes_of_event({"Records": [gone]}, Photo)
    assert change.is_expiry
    assert change.old is not None
    assert change.new is None


def test_models_of_a_table_are_told_apart_and_others_left_out() -> None:
    """Each change is of its entity; guards of unique fields, and entities not asked for, are left out."""
    guard = {"pk": {"S": "_unique#customer"}, "sk": {"S": "x"}, "_entity": {"S": "_unique"}}
    event = {
        "Records": [
            entity(1, Customer(customer_id="c", email="e@x")),
            record(2, Keys={"pk": guard["pk"], "sk": guard["sk"]}, NewImage=guard),
            record(3, Keys={"pk": guard["pk"], "sk": guard["sk"]}, StreamViewType="KEYS_ONLY"),
            entity(4, Order(customer_id="c", number=7)),
        ]
    }
    both = [change.new for change in changes_of_event(event, Customer, Order)]
    assert both == [Customer(customer_id="c", email="e@x"), Order(customer_id="c", number=7)]
    assert [change.sequence_number for change in changes_of_event(event, Order)] == ["4"]


def test_keys_alone_tell_the_entity() -> None:
    """Of KEYS_ONLY views, templates give the model and the key's values."""
    keys = {"pk": {"S": "C#c"}, "sk": {"S": "O#000007"}}
    event = {"Records": [record(1, Keys=keys, StreamViewType="KEYS_ONLY")]}
    (change,) = changes_of_event(event, Customer, Order)
    assert change.key == Order.key("c", 7)
    assert change.key.values == {"customer_id": "c", "number": 7}


def test_unknown_entities_are_raised_or_set_aside() -> None:
    """An entity that no model is known for is not passed over."""
    item = {"pk": {"S": "Z#1"}, "sk": {"S": "Z"}, "_entity": {"S": "zebra"}}
    event = {"Records": [record(1, Keys={"pk": item["pk"], "sk": item["sk"]}, NewImage=item)]}
    with pytest.raises(CodecError, match="zebra"):
        list(changes_of_event(event, Order))
    changes = changes_of_event(event, Customer, Order, on_invalid="collect")
    assert list(changes) == []
    assert [one.sequence_number for one in changes.invalid] == ["1"]


def test_the_response_names_the_change_that_failed() -> None:
    """Whatever stops the loop, the batch comes again from that change on, and none that was dealt with."""
    changes = changes_of_event({"Records": [photo(n) for n in range(1, 5)]}, Photo)
    assert changes.response() == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    with pytest.raises(ZeroDivisionError):
        for change in changes:
            if change.sequence_number == "3":
                raise ZeroDivisionError
    assert changes.response() == {"batchItemFailures": [{"itemIdentifier": "3"}]}
    assert [change.sequence_number for change in changes] == ["3", "4"]
    assert changes.response() == {"batchItemFailures": []}


@pytest.mark.parametrize("bad", ["no base64!", 5, None])
def test_a_bad_record_leaves_those_before_it_alone(bad: Any) -> None:
    """It is raised in its turn, named by the response, and its values are not told."""
    changes = changes_of_event({"Records": [photo(1), photo(2, bad), photo(3)]}, Photo)
    seen = []
    with pytest.raises(CodecError) as refused:
        seen.extend(change.sequence_number for change in iter(changes))
    assert "no base64!" not in str(refused.value)
    assert changes.response() == {"batchItemFailures": [{"itemIdentifier": "2"}]}


def kinesis(number: int, **members: Any) -> bytes:
    """The data of a record of Kinesis Data Streams for DynamoDB."""
    item = {"name": {"S": f"p{number}"}, "pixels": {"B": "AP8="}}
    change = {
        "ApproximateCreationDateTime": 1_790_000_000_123,
        "Keys": {"name": item["name"]},
        "NewImage": item,
        "SizeBytes": 30,
        **members,
    }
    return json.dumps(
        {
            "awsRegion": "eu-west-1",
            "eventID": f"e{number}",
            "eventName": "INSERT",
            "userIdentity": None,
            "recordFormat": "application/json",
            "tableName": "photos",
            "dynamodb": change,
            "eventSource": "aws:dynamodb",
        }
    ).encode()


@pytest.mark.parametrize(
    ("members", "microsecond"),
    [
        ({}, 123_000),
        ({"ApproximateCreationDateTimePrecision": "MILLISECOND"}, 123_000),
        (
            {
                "ApproximateCreationDateTime": 1_790_000_000_123_457,
                "ApproximateCreationDateTimePrecision": "MICROSECOND",
            },
            123_457,
        ),
    ],
)
def test_records_of_kinesis_have_their_own_precision(members: dict[str, Any], microsecond: int) -> None:
    """Milliseconds or microseconds, as the table is set, to the last digit."""
    records = [{"Data": kinesis(1, **members), "SequenceNumber": "49", "PartitionKey": "p"}]
    (change,) = changes_of_kinesis(records, Photo)
    assert change.at == datetime.fromtimestamp(1_790_000_000, UTC).replace(microsecond=microsecond)
    assert change.new == Photo(name="p1", pixels=b"\x00\xff")
    assert (change.sequence_number, change.view, change.is_expiry) == ("49", None, False)


def test_an_event_of_kinesis_is_decoded_as_well() -> None:
    """Lambda wraps the data in base64, and the response has Kinesis' sequence number."""
    wrapped = [
        {
            "eventSource": "aws:kinesis",
            "kinesis": {"sequenceNumber": f"4{n}", "data": base64.b64encode(kinesis(n)).decode()},
        }
        for n in (1, 2)
    ]
    changes = changes_of_event({"Records": wrapped}, Photo)
    for change in changes:
        assert change.new == Photo(name="p1", pixels=b"\x00\xff")
        break
    assert changes.response() == {"batchItemFailures": [{"itemIdentifier": "41"}]}


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"null", b'{"dynamodb": {}}', "text", None])
def test_what_is_no_record_of_kinesis_is_refused(data: Any) -> None:
    """Damaged data is a `CodecError`."""
    with pytest.raises(CodecError):
        list(changes_of_kinesis([{"Data": data, "SequenceNumber": "1"}], Photo))


@pytest.mark.parametrize("event", [{}, {"Records": 5}, {"Records": [5]}, {"Records": [{"s3": {}}]}])
def test_what_is_no_event_is_refused(event: dict[str, Any]) -> None:
    """Events of other services are an `ExpressionError`."""
    with pytest.raises(ExpressionError, match="changes_of_event takes"):
        changes_of_event(event, Photo)
