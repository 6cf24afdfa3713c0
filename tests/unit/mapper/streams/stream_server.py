"""DynamoDB Streams on loopback, as AWS describes them: shards that split, close, trim, throttle and disappear.

No engine does that, so these are shapes of the documentation, and the tests set what happens.
"""

from __future__ import annotations

import asyncio
import json
import zlib
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from ddbmodel import Attr, Mapper, Model, partition_key

ARN = "arn:aws:dynamodb:us-east-1:123456789012:table/counters/stream/2026-01-01T00:00:00.000"


class Tally(Model, table="counters"):
    """What is written by the tests."""

    name: Attr[str] = partition_key()
    value: Attr[int]


@dataclass
class Shard:
    """A shard: its records by sequence number, and how many of its first ones are trimmed."""

    parent: str | None = None
    records: list[dict[str, Any]] = field(default_factory=list)
    closed: bool = False
    trimmed: int = 0


class Fault(Exception):
    """What the service refuses."""


class StreamServer:
    """A table with a stream."""

    def __init__(self) -> None:
        self.arn = ARN
        self.status = "ENABLED"
        self.view = "NEW_AND_OLD_IMAGES"
        self.shards: dict[str, Shard] = {}
        self.faults: dict[str, list[str]] = {}
        self.asked: Counter[str] = Counter()
        self.kinds: list[tuple[str, str]] = []
        self.expired: set[str] = set()
        self.page_records = 2
        self.gap_pages = 0
        self.sequence = 100
        self.url = ""
        self.changed = asyncio.Event()

    def shard(self, name: str, parent: str | None = None) -> Shard:
        """Add a shard, whose parent is closed by that."""
        if parent is not None and parent in self.shards:
            self.shards[parent].closed = True
        return self.shards.setdefault(name, Shard(parent))

    def write(self, shard: str, name: str, value: int, **members: Any) -> str:
        """Let an item be put."""
        self.sequence += 1
        item = {"name": {"S": name}, "value": {"N": str(value)}}
        images = {} if self.view == "KEYS_ONLY" else {"NewImage": item}
        self.shards[shard].records.append(
            {
                "eventID": f"e{self.sequence}",
                "eventName": "INSERT" if value == 0 else "MODIFY",
                "dynamodb": {
                    "ApproximateCreationDateTime": members.pop("at", 1_900_000_000),
                    "Keys": {"name": {"S": name}},
                    **images,
                    "SequenceNumber": str(self.sequence),
                    "StreamViewType": self.view,
                },
                **members,
            }
        )
        return str(self.sequence)

    def connect(self, **options: Any) -> Any:
        """Open a mapper on it."""
        keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
        return Mapper.connect(region_name="us-east-1", endpoint_url=self.url, **keys, **options)

    # The service ------------------------------------------------------------------------------------------

    def answer(self, operation: str, body: dict[str, Any]) -> dict[str, Any]:
        """Answer one request."""
        self.asked[operation] += 1
        if self.faults.get(operation):
            raise Fault(self.faults[operation].pop(0))
        match operation:
            case "DescribeTable":
                return {
                    "Table": {"TableName": "counters", "TableStatus": "ACTIVE", "LatestStreamArn": self.arn}
                }
            case "DescribeStream":
                return self._describe(body.get("ExclusiveStartShardId"))
            case "GetShardIterator":
                return {"ShardIterator": self._iterator(body)}
            case "GetRecords":
                return self._records(*body["ShardIterator"].split("|"))
        raise Fault("UnknownOperationException")

    def _describe(self, after: str | None) -> dict[str, Any]:
        names = list(self.shards)
        begin = 0 if after is None else names.index(after) + 1
        page = names[begin : begin + 2]
        stream = {
            "StreamArn": self.arn,
            "StreamStatus": self.status,
            "StreamViewType": self.view,
            "Shards": [self._described(name) for name in page],
        }
        if begin + 2 < len(names):
            stream["LastEvaluatedShardId"] = page[-1]
        return {"StreamDescription": stream}

    def _described(self, name: str) -> dict[str, Any]:
        shard = self.shards[name]
        numbers = {"StartingSequenceNumber": "100"}
        if shard.closed:
            numbers["EndingSequenceNumber"] = "999"
        parent = {} if shard.parent is None else {"ParentShardId": shard.parent}
        return {"ShardId": name, "SequenceNumberRange": numbers, **parent}

    def _iterator(self, body: dict[str, Any]) -> str:
        name, kind = body["ShardId"], body["ShardIteratorType"]
        self.kinds.append((name, kind))
        if name not in self.shards:
            raise Fault("ResourceNotFoundException")
        shard = self.shards[name]
        if kind == "LATEST":
            place = len(shard.records)
        elif kind == "TRIM_HORIZON":
            place = shard.trimmed
        else:
            place = sum(
                int(one["dynamodb"]["SequenceNumber"]) <= int(body["SequenceNumber"]) for one in shard.records
            )
            if place < shard.trimmed:
                raise Fault("TrimmedDataAccessException")
        return f"{name}|{place}"

    def _records(self, name: str, place: str) -> dict[str, Any]:
        if f"{name}|{place}" in self.expired:
            self.expired.remove(f"{name}|{place}")
            raise Fault("ExpiredIteratorException")
        shard, begin = self.shards[name], int(place)
        if begin < shard.trimmed:
            raise Fault("TrimmedDataAccessException")
        if self.gap_pages:  # AWS gives empty pages too, behind which there is more
            self.gap_pages -= 1
            return {"Records": [], "NextShardIterator": f"{name}|{place}"}
        page = shard.records[begin : begin + self.page_records]
        reply: dict[str, Any] = {"Records": page}
        if not (shard.closed and begin + len(page) >= len(shard.records)):
            reply["NextShardIterator"] = f"{name}|{begin + len(page)}"
        return reply

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                fields = dict(
                    line.lower().split(": ", 1) for line in head.decode().split("\r\n")[1:] if ": " in line
                )
                target = next(
                    line for line in head.decode().split("\r\n") if line.lower().startswith("x-amz-target")
                )
                body = json.loads(await reader.readexactly(int(fields["content-length"])))
                try:
                    status, reply = 200, self.answer(target.rpartition(".")[2], body)
                except Fault as fault:
                    status, reply = 400, {"__type": f"x#{fault}", "message": "It is so."}
                text = json.dumps(reply).encode()
                writer.write(
                    f"HTTP/1.1 {status} X\r\nContent-Type: application/x-amz-json-1.0\r\n"
                    f"x-amz-crc32: {zlib.crc32(text)}\r\nContent-Length: {len(text)}\r\n\r\n".encode()
                    + text
                )
                await writer.drain()
                self.changed.set()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def stream_server() -> AsyncGenerator[StreamServer]:
    """Serve a stream."""
    server = StreamServer()
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        listening.close()
