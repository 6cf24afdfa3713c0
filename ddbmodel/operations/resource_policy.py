"""PutResourcePolicy, GetResourcePolicy and DeleteResourcePolicy: who may use a table.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/access-control-resource-based.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class PutResourcePolicy:
    """Let this policy document, as JSON, decide who may use a table."""

    name: ClassVar[str] = "PutResourcePolicy"
    method: ClassVar[str] = "put_resource_policy"
    is_write: ClassVar[bool] = True

    arn: str
    policy: str = field(repr=False)

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
        return {"ResourceArn": self.arn, "Policy": self.policy}


@dataclass(frozen=True, slots=True)
class DeleteResourcePolicy:
    """Let only the policies of identities decide."""

    name: ClassVar[str] = "DeleteResourcePolicy"
    method: ClassVar[str] = "delete_resource_policy"
    is_write: ClassVar[bool] = True

    arn: str

    @property
    def table(self) -> str:
        """The table's name, out of its ARN."""
        return self.arn.rpartition("/")[2]

    @property
    def repeatable(self) -> bool:
        """The second one has nothing left to do."""
        return True

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API."""
        return {"ResourceArn": self.arn}


@dataclass(frozen=True, slots=True)
class GetResourcePolicy:
    """Ask for the policy; without one, the service refuses with `PolicyNotFoundException`."""

    name: ClassVar[str] = "GetResourcePolicy"
    method: ClassVar[str] = "get_resource_policy"
    is_write: ClassVar[bool] = False

    arn: str

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
        return {"ResourceArn": self.arn}
