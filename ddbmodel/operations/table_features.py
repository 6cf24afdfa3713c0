"""What a restore does not bring back of a table's features: the stream, and protection from deletion.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CreateBackup.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from ddbmodel.operations.request import optional_parameters


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
