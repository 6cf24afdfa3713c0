"""DescribeStream, GetShardIterator and GetRecords: the requests of DynamoDB Streams.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB_Streams.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, Self, TypeAlias

from ddbmodel.operations.request import optional_parameters

IteratorType: TypeAlias = Literal["TRIM_HORIZON", "LATEST", "AFTER_SEQUENCE_NUMBER"]


def latest_stream(reply: Mapping[str, Any]) -> str | None:
    """The ARN of a table's latest stream, from the reply to DescribeTable; None if it has had none."""
    arn: str | None = reply["Table"].get("LatestStreamArn")
    return arn


@dataclass(frozen=True, slots=True)
class DescribeStream:
    """Ask for the state of a stream, and a page of up to 100 shards."""

    name: ClassVar[str] = "DescribeStream"
    method: ClassVar[str] = "describe_stream"
    is_write: ClassVar[bool] = False

    table: str
    arn: str
    after: str | None = None

    @property
    def repeatable(self) -> bool:
        """Reads change nothing."""
        return True

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API."""
        return {"StreamArn": self.arn} | optional_parameters(ExclusiveStartShardId=self.after)


@dataclass(frozen=True, slots=True)
class ShardDescription:
    """A shard.

    Attributes:
        shard: its id.
        parent: the shard that it came from by rollover or split, which may be trimmed already.
        is_closed: nothing more is written to it.
    """

    shard: str
    parent: str | None
    is_closed: bool


@dataclass(frozen=True, slots=True)
class DescribeStreamResult:
    """The state of a stream.

    Attributes:
        status: `ENABLING`, `ENABLED`, `DISABLING` or `DISABLED`.
        view: what a record shows of the item: `KEYS_ONLY`, `NEW_IMAGE`, `OLD_IMAGE`, `NEW_AND_OLD_IMAGES`.
        shards: one page of them.
        last_shard: where the next page begins; None after the last.
    """

    status: str
    view: str
    shards: Sequence[ShardDescription]
    last_shard: str | None

    @classmethod
    def from_wire(cls, reply: Mapping[str, Any]) -> Self:
        """Read the reply."""
        stream = reply["StreamDescription"]
        return cls(
            stream["StreamStatus"],
            stream["StreamViewType"],
            [
                ShardDescription(
                    shard["ShardId"],
                    shard.get("ParentShardId"),
                    shard.get("SequenceNumberRange", {}).get("EndingSequenceNumber") is not None,
                )
                for shard in stream.get("Shards") or ()
            ],
            stream.get("LastEvaluatedShardId"),
        )


@dataclass(frozen=True, slots=True)
class GetShardIterator:
    """Ask for an iterator, which is good for 15 minutes.

    Attributes:
        kind: where it begins.
        after: the sequence number, for `AFTER_SEQUENCE_NUMBER`.
    """

    name: ClassVar[str] = "GetShardIterator"
    method: ClassVar[str] = "get_shard_iterator"
    is_write: ClassVar[bool] = False

    table: str
    arn: str
    shard: str
    kind: IteratorType
    after: str | None = None

    @property
    def repeatable(self) -> bool:
        """Reads change nothing."""
        return True

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API."""
        wire = {"StreamArn": self.arn, "ShardId": self.shard, "ShardIteratorType": self.kind}
        return wire | optional_parameters(SequenceNumber=self.after)


@dataclass(frozen=True, slots=True)
class GetRecords:
    """Read up to 1,000 records, or 1 MB, from an iterator on. An empty page need not be the last."""

    name: ClassVar[str] = "GetRecords"
    method: ClassVar[str] = "get_records"
    is_write: ClassVar[bool] = False

    table: str
    iterator: str = field(repr=False)

    @property
    def repeatable(self) -> bool:
        """Reads change nothing."""
        return True

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API."""
        return {"ShardIterator": self.iterator}


@dataclass(frozen=True, slots=True)
class GetRecordsResult:
    """Records of one shard, in order.

    Attributes:
        records: as the service gives them.
        next_iterator: for the next page; None if the shard is closed, and read to its end.
    """

    records: Sequence[Mapping[str, Any]] = field(repr=False)
    next_iterator: str | None = field(repr=False)

    @classmethod
    def from_wire(cls, reply: Mapping[str, Any]) -> Self:
        """Read the reply."""
        return cls(reply.get("Records") or (), reply.get("NextShardIterator"))
