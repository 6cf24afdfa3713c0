"""TagResource, UntagResource and ListTagsOfResource.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Tagging.Operations.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self


@dataclass(frozen=True, slots=True)
class TagResource:
    """Add tags to a table, or change their values."""

    name: ClassVar[str] = "TagResource"
    method: ClassVar[str] = "tag_resource"
    is_write: ClassVar[bool] = True

    arn: str
    tags: Mapping[str, str]

    @property
    def table(self) -> str:
        """The table's name, out of its ARN."""
        return self.arn.rpartition("/")[2]

    @property
    def repeatable(self) -> bool:
        """It would be set to the same once more."""
        return True

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API."""
        return {
            "ResourceArn": self.arn,
            "Tags": [{"Key": key, "Value": value} for key, value in self.tags.items()],
        }


@dataclass(frozen=True, slots=True)
class UntagResource:
    """Remove tags from a table."""

    name: ClassVar[str] = "UntagResource"
    method: ClassVar[str] = "untag_resource"
    is_write: ClassVar[bool] = True

    arn: str
    keys: tuple[str, ...]

    @property
    def table(self) -> str:
        """The table's name, out of its ARN."""
        return self.arn.rpartition("/")[2]

    @property
    def repeatable(self) -> bool:
        """It would be set to the same once more."""
        return True

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API."""
        return {"ResourceArn": self.arn, "TagKeys": list(self.keys)}


@dataclass(frozen=True, slots=True)
class ListTagsOfResource:
    """Ask for the tags of a table, page by page."""

    name: ClassVar[str] = "ListTagsOfResource"
    method: ClassVar[str] = "list_tags_of_resource"
    is_write: ClassVar[bool] = False

    arn: str
    after: str | None = None

    @property
    def table(self) -> str:
        """The table's name, out of its ARN."""
        return self.arn.rpartition("/")[2]

    @property
    def repeatable(self) -> bool:
        """Reads change nothing."""
        return True

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API."""
        return {"ResourceArn": self.arn} | ({"NextToken": self.after} if self.after else {})


@dataclass(frozen=True, slots=True)
class TagsPage:
    """Some of the tags, and the token of the next page; None after the last."""

    tags: Mapping[str, str]
    next: str | None

    @classmethod
    def from_wire(cls, reply: Mapping[str, Any]) -> Self:
        """Read the reply of ListTagsOfResource."""
        return cls({tag["Key"]: tag["Value"] for tag in reply.get("Tags") or ()}, reply.get("NextToken"))
