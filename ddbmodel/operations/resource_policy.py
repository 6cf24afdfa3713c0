"""PutResourcePolicy, GetResourcePolicy and DeleteResourcePolicy: who may use a table.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/access-control-resource-based.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from ddbmodel.operations.request import optional_parameters


@dataclass(frozen=True, slots=True)
class PutResourcePolicy:
    """Let this policy document, as JSON, decide who may use a table.

    Attributes:
        arn: of the table.
        policy: the document.
        expected: the revision that the policy has to have now, or `NO_POLICY`; None replaces any.
        confirm_remove_self_access: also if the caller may not change it afterwards.
    """

    name: ClassVar[str] = "PutResourcePolicy"
    method: ClassVar[str] = "put_resource_policy"
    is_write: ClassVar[bool] = True

    arn: str
    policy: str = field(repr=False)
    expected: str | None = None
    confirm_remove_self_access: bool = False

    @property
    def table(self) -> str:
        """The table's name, out of its ARN."""
        return self.arn.rpartition("/")[2]

    @property
    def repeatable(self) -> bool:
        """It would be set to the same once more; but an expected revision is another one by then."""
        return self.expected is None

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API."""
        wire = optional_parameters(ResourceArn=self.arn, Policy=self.policy, ExpectedRevisionId=self.expected)
        return wire | ({"ConfirmRemoveSelfResourceAccess": True} if self.confirm_remove_self_access else {})


@dataclass(frozen=True, slots=True)
class DeleteResourcePolicy:
    """Let only the policies of identities decide."""

    name: ClassVar[str] = "DeleteResourcePolicy"
    method: ClassVar[str] = "delete_resource_policy"
    is_write: ClassVar[bool] = True

    arn: str
    expected: str | None = None

    @property
    def table(self) -> str:
        """The table's name, out of its ARN."""
        return self.arn.rpartition("/")[2]

    @property
    def repeatable(self) -> bool:
        """The second one has nothing left to do; but an expected revision would be gone."""
        return self.expected is None

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API."""
        return optional_parameters(ResourceArn=self.arn, ExpectedRevisionId=self.expected)


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
