"""UpdateTimeToLive and DescribeTimeToLive: which attribute says when an item expires.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self


@dataclass(frozen=True, slots=True)
class UpdateTimeToLive:
    """Switch time to live on or off. A change takes up to an hour; until then the next one is refused."""

    name: ClassVar[str] = "UpdateTimeToLive"
    method: ClassVar[str] = "update_time_to_live"
    is_write: ClassVar[bool] = True

    table: str
    attribute: str
    enabled: bool = True

    @property
    def repeatable(self) -> bool:
        """The second one would be told that it is so already."""
        return False

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API."""
        return {
            "TableName": self.table,
            "TimeToLiveSpecification": {"AttributeName": self.attribute, "Enabled": self.enabled},
        }


@dataclass(frozen=True, slots=True)
class UpdateTimeToLiveResult:
    """The attribute, and whether time to live is on or off from now."""

    attribute: str
    enabled: bool

    @classmethod
    def from_wire(cls, reply: Mapping[str, Any]) -> Self:
        """Read the reply."""
        wire = reply["TimeToLiveSpecification"]
        return cls(attribute=wire["AttributeName"], enabled=wire["Enabled"])


@dataclass(frozen=True, slots=True)
class DescribeTimeToLive:
    """Ask whether time to live is on, and for which attribute."""

    name: ClassVar[str] = "DescribeTimeToLive"
    method: ClassVar[str] = "describe_time_to_live"
    is_write: ClassVar[bool] = False

    table: str

    @property
    def repeatable(self) -> bool:
        """Reads change nothing."""
        return True

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API."""
        return {"TableName": self.table}


@dataclass(frozen=True, slots=True)
class DescribeTimeToLiveResult:
    """The state of time to live.

    Attributes:
        status: `ENABLING`, `ENABLED`, `DISABLING` or `DISABLED`.
        attribute: the attribute; None while it is off.
    """

    status: str
    attribute: str | None

    @classmethod
    def from_wire(cls, reply: Mapping[str, Any]) -> Self:
        """Read the reply."""
        wire: Mapping[str, Any] = reply.get("TimeToLiveDescription") or {}
        return cls(status=wire.get("TimeToLiveStatus", "DISABLED"), attribute=wire.get("AttributeName"))
