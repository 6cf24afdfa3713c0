"""One write that a batch writer has accepted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from pydantic import BaseModel

from ddbmodel import limits
from ddbmodel.codec.sizes import item_size_bytes, item_wire_size_bytes
from ddbmodel.codec.values import Item
from ddbmodel.errors import ExpressionError, Failure
from ddbmodel.mapper.arguments import key_of_target, plan_of_object
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.mapper.stamps import Stamp
from ddbmodel.mapper.write import Identity
from ddbmodel.model import ItemKey, ModelPlan, plan_of
from ddbmodel.model.keys import identity_of
from ddbmodel.operations import BatchDelete, BatchPut, BatchWrite

Heat: TypeAlias = tuple[str, tuple[str, str, Any]]
"""Table and partition key: what can be hot."""

# What a write adds to the request around its item: {"PutRequest":{"Item":...}}, and a share of the rest.
_FRAME_BYTES: Final = 256


@dataclass(slots=True, eq=False)
class Entry:
    """One accepted write.

    Attributes:
        identity: equal for two writes exactly if they are to the same item.
        heat: equal for two writes exactly if they have the same partition key.
        write: what is sent.
        origin: the model or key that the user gave, for failures.
        size_bytes: its share of a request.
        number: its place in the order of acceptance, counted from 1.
        attempts: how many requests carried it.
        stalled: how many of them, the last ones in a row, were left unprocessed as a whole.
        reason: why it was not written by the last of them.
        in_flight: True while a request with it is under way.
        unknown: True if the reply to one of the requests was lost.
        passed_over: True if the last request left it over because its key is hot.
        cleared: True if it has waited for its hot key, and may go now.
    """

    identity: Identity = field(repr=False)
    heat: Heat = field(repr=False)
    write: BatchWrite
    origin: Any = field(repr=False)
    size_bytes: int
    number: int = 0
    attempts: int = 0
    stalled: int = 0
    reason: str = ""
    in_flight: bool = False
    unknown: bool = False
    passed_over: bool = False
    cleared: bool = False

    @property
    def write_units(self) -> int:
        """An estimate of what it costs: 1 for each KB of the item, without indexes; 1 for a delete."""
        if not isinstance(self.write, BatchPut):
            return 1
        return max(1, -(-item_size_bytes(self.write.item) // limits.WRITE_UNIT_BYTES))

    def failure(self, reason: str) -> Failure:
        """What is reported if it is given up."""
        operation = "put" if isinstance(self.write, BatchPut) else "delete"
        return Failure(operation, self.origin, reason, self.attempts, self.unknown or self.in_flight)


def entry_for_put(gateway: Gateway, model: BaseModel) -> Entry:
    """A put of a model, encoded now.

    Raises:
        ExpressionError: it is no model, or one with unique fields or a version.
        CodecError: a value cannot be stored without loss.
        ItemTooLarge: over 400 KB.
    """
    plan = plan_of_object("put", model)
    check_bulk(plan)
    stamp = Stamp(plan, gateway.now())
    item = plan.encode(model, stamp.attributes(model))
    stamp.set_values(model)
    write = BatchPut(gateway.table_name(plan), item)
    return _entry(write, plan, plan.key_from_item(item), item, model)


def entry_for_delete(gateway: Gateway, target: ItemKey[Any] | BaseModel) -> Entry:
    """A delete of the item with this key, or with the key of this model.

    Raises:
        ExpressionError: it is neither a key nor a model.
        CodecError: a key value cannot be stored.
    """
    key = key_of_target("delete", target)
    plan: ModelPlan[Any] = plan_of(key.model)
    check_bulk(plan)
    write = BatchDelete(gateway.table_name(plan), key.attributes)
    return _entry(write, plan, key.attributes, key.attributes, target)


def check_bulk(plan: ModelPlan[Any]) -> None:
    """Refuse models whose promises a write without conditions would break.

    Raises:
        ExpressionError: it has unique fields or a version.
    """
    model = plan.model.__name__
    if plan.guards:
        names = ", ".join(guard.field.name for guard in plan.guards)
        raise ExpressionError(
            f"a batch cannot keep the unique fields of {model} ({names}), for its writes have no "
            "conditions: use put, "
            "create, delete or a transaction"
        )
    if plan.roles.version is not None:
        raise ExpressionError(
            f"a batch cannot check the version of {model}, for its writes have no conditions, and "
            "writers that do "
            "check it would lose theirs: use put, save, delete or a transaction"
        )


def _entry(write: BatchWrite, plan: ModelPlan[Any], key: Item, sent: Item, origin: Any) -> Entry:
    identity = identity_of(key)
    partition = plan.stored_table.partition_key[0].name
    heat = next(part for part in identity if part[0] == partition)
    size_bytes = item_wire_size_bytes(sent) + _FRAME_BYTES
    return Entry((write.table, identity), (write.table, heat), write, origin, size_bytes)
