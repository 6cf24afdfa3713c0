"""What lies between a table that is deployed and what it is to be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from ddbmodel.operations import Request

Kind: TypeAlias = Literal["create", "update", "delete"]
Loss: TypeAlias = Literal["", "items", "copy", "recovery"]
Awaited: TypeAlias = Literal["nothing", "table", "indexes", "replicas"]


@dataclass(frozen=True, slots=True)
class Step:
    """One request, and what has to have happened before the next one."""

    request: Request
    until: Awaited = "nothing"


@dataclass(frozen=True, slots=True)
class TableChange:
    """One difference.

    Attributes:
        kind: `create`, `update` or `delete`.
        subject: what differs, such as `billing` or `index by_status`.
        before: as it is deployed, in words; empty if it is not.
        after: as it is to be; empty if it is not to be.
        note: what to know about it.
        refused: why it cannot be done in place, and what to do; empty if it can.
        deletes_index: the index that goes, which `apply_tables` has to be told as well.
        deletes_replicas: likewise, the regions whose replicas go.
        destroys: what cannot be had back without a backup: `items` that expire, the `copy` in a region, or
            the past that could be restored (`recovery`); empty if nothing is lost.
        steps: the requests that make it so.
    """

    kind: Kind
    subject: str
    before: str = ""
    after: str = ""
    note: str = ""
    refused: str = ""
    deletes_index: str = ""
    deletes_replicas: tuple[str, ...] = ()
    destroys: Loss = ""
    steps: tuple[Step, ...] = field(default=(), repr=False)

    def __str__(self) -> str:
        sign = {"create": "+", "update": "~", "delete": "-"}[self.kind]
        text = f"{sign} {self.subject}: {self._difference}"
        notes = [
            f"    {line}" for line in (self.note, self.refused and f"cannot be done: {self.refused}") if line
        ]
        return "\n".join([text, *notes])

    @property
    def _difference(self) -> str:
        if self.before and self.after:
            return f"{self.before} -> {self.after}"
        return self.after or self.before

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "kind": self.kind,
            "subject": self.subject,
            "before": self.before,
            "after": self.after,
            "note": self.note,
            "refused": self.refused,
            "deletes": bool(self.deletes_index or self.deletes_replicas),
            "destroys": self.destroys,
            "requests": [step.request.name for step in self.steps],
        }
