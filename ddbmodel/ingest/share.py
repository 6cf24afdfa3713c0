"""Which rows are whose, where several workers read one source.

Every worker reads every row, and writes its own. With `order="last"`, a row is the worker's that its key
belongs to, so that all rows with one key are written by one worker, in their order, and the last one wins as
it does with one worker. With `order="any"`, rows are dealt out in turns, unseen.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from pydantic import BaseModel

from ddbmodel.ingest.rows import Row
from ddbmodel.model import ModelPlan
from ddbmodel.model.keys import identity_of

Order: TypeAlias = Literal["last", "any"]

_TURN_ROWS: Final = 100


@dataclass(frozen=True, slots=True)
class Share:
    """The part of one worker.

    Attributes:
        index: which worker, counted from 0.
        count: of how many.
        order: how rows are dealt out.
    """

    index: int = 0
    count: int = 1
    order: Order = "last"

    @property
    def label(self) -> str:
        """For checkpoints."""
        return f"{self.index + 1}/{self.count}"

    def has_turn(self, row: Row) -> bool:
        """True if it is this worker's turn to take a row whose key does not matter."""
        return (row.number // _TURN_ROWS) % self.count == self.index

    def has(self, row: Row, model: BaseModel, plan: ModelPlan[Any]) -> bool:
        """True if the row's key is this worker's.

        Raises:
            CodecError: its key cannot be stored.
        """
        fields = type(model).model_fields
        made_anew = (
            fields[field.name].default_factory is not None and field.name not in model.model_fields_set
            for field in plan.key_fields
        )
        if any(made_anew):
            return self.has_turn(row)  # such a key is no other row's
        key = repr(identity_of(plan.key_of(model).attributes)).encode()
        return zlib.crc32(key) % self.count == self.index
