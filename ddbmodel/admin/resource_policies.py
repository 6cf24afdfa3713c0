"""The resource policy of a table: who may use it, whatever the policies of identities say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from ddbmodel import limits
from ddbmodel.admin.naming import table_arn
from ddbmodel.admin.service import Service, TableRef
from ddbmodel.errors import ExpressionError, ServiceError
from ddbmodel.operations import DeleteResourcePolicy, GetResourcePolicy, PutResourcePolicy
from ddbmodel.schema.settings import canonical_json

# Expected where there is to be no policy yet.
_NO_POLICY: Final = "NO_POLICY"
_NOT_FOUND: Final = "PolicyNotFoundException"


@dataclass(frozen=True, slots=True)
class ResourcePolicy:
    """A policy as it stands.

    Attributes:
        document: what it says.
        revision: changes with it; to be given as `expected=`.
    """

    document: Mapping[str, Any] = field(repr=False)
    revision: str


class ResourcePolicies:
    """Reads and changes the policies of tables.

        policies = ResourcePolicies(mapper)
        present = await policies.read(Order)
        await policies.put(Order, document, expected=present.revision if present else False)

    Every method may raise `TableNotFound` and `ServiceError`. A change is seen a moment later: reading is
    eventually consistent. Where a policy is declared (`TableSettings(resource_policy=...)`), a plan shows
    what differs. Policies of streams are not managed here.

    Args:
        mapper: the way to the tables.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/access-control-resource-based.html
    """

    def __init__(self, mapper: Service) -> None:
        self._service = mapper

    async def read(self, table: TableRef) -> ResourcePolicy | None:
        """Give the policy of a table; None if it has none."""
        return await read_policy(self._service, await table_arn(self._service, table))

    async def put(
        self,
        table: TableRef,
        document: Mapping[str, Any],
        *,
        expected: str | Literal[False] | None = None,
        confirm_remove_self_access: bool = False,
    ) -> str:
        """Put a policy in place of the one there is, and give its revision.

        Args:
            table: a model, a shared table, or the name of a table.
            document: the policy, of what JSON can hold, at most 20 KB.
            expected: the revision that the policy has to have now; False if there is to be none; None
                replaces whatever there is.
            confirm_remove_self_access: also if the caller may not change the policy afterwards.

        Raises:
            ExpressionError: the document is empty, too large, or no JSON; nothing was sent.
            ServiceError: with the code `PolicyNotFoundException` if the revision is not the expected one;
                nothing was changed.
        """
        text = _checked(document)
        arn = await table_arn(self._service, table)
        request = PutResourcePolicy(
            arn, text, _NO_POLICY if expected is False else expected, confirm_remove_self_access
        )
        return str((await self._service.send(request)).get("RevisionId") or "")

    async def delete(self, table: TableRef, *, expected: str | None = None) -> None:
        """Remove the policy of a table. Without `expected`, one that is not there is no error.

        Args:
            table: a model, a shared table, or the name of a table.
            expected: the revision that the policy has to have.

        Raises:
            ServiceError: with the code `PolicyNotFoundException` if the revision is not the expected one.
        """
        arn = await table_arn(self._service, table)
        try:
            await self._service.send(DeleteResourcePolicy(arn, expected))
        except ServiceError as refusal:
            if expected is not None or refusal.code != _NOT_FOUND:
                raise


async def read_policy(service: Service, arn: str) -> ResourcePolicy | None:
    """Give the policy of the resource of an ARN; None if it has none."""
    try:
        reply = await service.send(GetResourcePolicy(arn))
    except ServiceError as refusal:
        if refusal.code != _NOT_FOUND:
            raise
        return None
    return ResourcePolicy(json.loads(reply["Policy"]), str(reply.get("RevisionId") or ""))


def _checked(document: Mapping[str, Any]) -> str:
    if not document:
        raise ExpressionError("resource policy: the document is empty; delete(...) removes a policy")
    try:
        text = canonical_json(document)
    except (TypeError, ValueError) as error:
        raise ExpressionError("resource policy: the document takes what JSON can hold") from error
    size = len(text.encode())
    if size > limits.RESOURCE_POLICY_BYTES:
        raise ExpressionError(
            f"resource policy: {size:,} bytes, at most {limits.RESOURCE_POLICY_BYTES:,} are possible"
        )
    return text
