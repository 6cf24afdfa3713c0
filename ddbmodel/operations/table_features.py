"""What a restore does not bring back: tags, the stream, and protection from deletion.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CreateBackup.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ddbmodel.operations.request import optional_parameters


@dataclass(frozen=True, slots=True)
class ListTagsOfResource:
    """List a page of the tags of a table."""

    name: ClassVar[str] = "ListTagsOfResource"
    method: ClassVar[str] = "list_tags_of_resource"
    is_write: ClassVar[bool] = False

    arn: str
    start: str | None = None

    @property
    def table(self) -> str | None:
        """The resource is named by its ARN."""
        return None

    @property
    def repeatable(self) -> bool:
        """Reads change nothing."""
        return True

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API."""
        return {"ResourceArn": self.arn} | optional_parameters(NextToken=self.start)


@dataclass(frozen=True, slots=True)
class TagResource:
    """Give a table tags, in place of those with the same key."""

    name: ClassVar[str] = "TagResource"
    method: ClassVar[str] = "tag_resource"
    is_write: ClassVar[bool] = True

    arn: str
    tags: Mapping[str, str]

    @property
    def table(self) -> str | None:
        """The resource is named by its ARN."""
        return None

    @property
    def repeatable(self) -> bool:
        """The second time changes nothing more."""
        return True

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API."""
        tags = [{"Key": key, "Value": value} for key, value in self.tags.items()]
        return {"ResourceArn": self.arn, "Tags": tags}


@dataclass(frozen=True, slots=True)
class UpdateTableFeatures:
    """Switch a table's stream or its protection from deletion on, by UpdateTable.

    Attributes:
        stream: what its records show, such as `NEW_AND_OLD_IMAGES`; None leaves the stream as it is.
        deletion_protection: None leaves it as it is.
    """

    name: ClassVar[str] = "UpdateTable"
    method: ClassVar[str] = "update_table"
    is_write: ClassVar[bool] = True

    table: str
    stream: str | None = None
    deletion_protection: bool | None = None

    @property
    def repeatable(self) -> bool:
        """The second one would be told that the stream is on."""
        return False

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API."""
        stream = None if self.stream is None else {"StreamEnabled": True, "StreamViewType": self.stream}
        return {"TableName": self.table} | optional_parameters(
            StreamSpecification=stream, DeletionProtectionEnabled=self.deletion_protection
        )
