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
    """Report the keys of a table or a global index, or no longer."""

    name: ClassVar[str] = "UpdateContributorInsights"
    method: ClassVar[str] = "update_contributor_insights"
    is_write: ClassVar[bool] = True

    table: str
    insights: Insights | Literal[False]
    index: str | None = None

    @property
    def repeatable(self) -> bool:
        """It would be set to the same once more."""
        return True

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API."""
        return _subject(self.table, self.index) | (
            {"ContributorInsightsAction": "ENABLE", "ContributorInsightsMode": self.insights}
            if self.insights
            else {"ContributorInsightsAction": "DISABLE"}
        )


@dataclass(frozen=True, slots=True)
class DescribeContributorInsights:
    """Ask whether the keys of a table or a global index are reported."""

    name: ClassVar[str] = "DescribeContributorInsights"
    method: ClassVar[str] = "describe_contributor_insights"
    is_write: ClassVar[bool] = False

    table: str
    index: str | None = None

    @property
    def repeatable(self) -> bool:
        """Reads change nothing."""
        return True

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API."""
        return _subject(self.table, self.index)


@dataclass(frozen=True, slots=True)
class InsightsState:
    """Which keys are reported.

    Attributes:
        insights: which ones; False for none.
        status: `ENABLING`, `ENABLED`, `DISABLING`, `DISABLED` or `FAILED`.
        failure: why it failed, in the service's words; None if it did not.
    """

    insights: Insights | Literal[False]
    status: str = "DISABLED"
    failure: str | None = None

    @classmethod
    def from_wire(cls, reply: Mapping[str, Any]) -> Self:
        """Read the reply of either operation. A table without a mode reports all keys."""
        status: str = reply.get("ContributorInsightsStatus") or "DISABLED"
        if status not in ("ENABLED", "ENABLING"):
            exception: Mapping[str, Any] = reply.get("FailureException") or {}
            return cls(False, status, exception.get("ExceptionDescription"))
        return cls(reply.get("ContributorInsightsMode") or "ACCESSED_AND_THROTTLED_KEYS", status)


def _subject(table: str, index: str | None) -> dict[str, Any]:
    return {"TableName": table} | ({"IndexName": index} if index is not None else {})
