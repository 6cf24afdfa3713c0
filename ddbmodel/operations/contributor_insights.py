"""UpdateContributorInsights and DescribeContributorInsights: which keys are used most, in CloudWatch.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/contributorinsights.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self

from ddbmodel.schema.settings import Insights


@dataclass(frozen=True, slots=True)
class UpdateContributorInsights:
    """Report the keys of a table, or no longer."""

    name: ClassVar[str] = "UpdateContributorInsights"
    method: ClassVar[str] = "update_contributor_insights"
    is_write: ClassVar[bool] = True

    table: str
    insights: Insights | Literal[False]

    @property
    def repeatable(self) -> bool:
        """It would be set to the same once more."""
        return True

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API."""
        return {"TableName": self.table} | (
            {"ContributorInsightsAction": "ENABLE", "ContributorInsightsMode": self.insights}
            if self.insights
            else {"ContributorInsightsAction": "DISABLE"}
        )


@dataclass(frozen=True, slots=True)
class DescribeContributorInsights:
    """Ask whether the keys of a table are reported."""

    name: ClassVar[str] = "DescribeContributorInsights"
    method: ClassVar[str] = "describe_contributor_insights"
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
class InsightsState:
    """Which keys are reported; False for none."""

    insights: Insights | Literal[False]

    @classmethod
    def from_wire(cls, reply: Mapping[str, Any]) -> Self:
        """Read the reply of DescribeContributorInsights. A table without a mode reports all keys."""
        if reply.get("ContributorInsightsStatus") not in ("ENABLED", "ENABLING"):
            return cls(False)
        return cls(reply.get("ContributorInsightsMode") or "ACCESSED_AND_THROTTLED_KEYS")
