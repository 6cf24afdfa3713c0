"""One write that a batch writer has accepted."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from pydantic import BaseModel

from ddbmodel import limits
from ddbmodel.codec.sizes import item_size_bytes, wire_size_bytes
from ddbmodel.codec.values import Item
from ddbmodel.codec.wire_item import WireItem, dump_item
from ddbmodel.errors import CodecError, ExpressionError, Failure
from ddbmodel.mapper.arguments import key_of_target, plan_of_object
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.mapper.stamps import Stamp
from ddbmodel.model import ItemKey, ModelPlan, plan_of
from ddbmodel.model.key_plan import KeyPlan
from ddbmodel.model.roles import NO_ROLES
from ddbmodel.operations import BatchDelete, BatchPut, BatchWrite

Target: TypeAlias = tuple[Any, ...]
"""Table and primary key: equal for two writes exactly if they are to the same item."""

Heat: TypeAlias = tuple[Any, ...]
"""Table and partition key: what can be hot."""

# What a write adds to the request around its item: {"PutRequest":{"Item":...}}, and a share of the rest.
_FRAME_BYTES: Final = 256


class Entry:
    """One accepted write.

    Args:
        target: which item it is to.
        write: what is sent.
        keys: how the keys of its table are read.
        origin: the model or key that the user gave, for failures.
        size_bytes: its share of a request.

    Attributes:
        heat: equal for two writes exactly if they have the same partition key.
        number: its place in the order of acceptance, counted from 1.
        attempts: how many requests carried it.
        stalled: how many of them, the last ones in a row, were left unprocessed as a whole.
        reason: why it was not written by the last of them.
        in_flight: True while a request with it is under way.
        unknown: True if the reply to one of the requests was lost.
        passed_over: True if the last request left it over because its key is hot.
        cleared: True if it has waited for its hot key, and may go now.
    """

    # Nearly all writes leave nearly all of these as they are, and are made faster without them.
    number: int = 0
    attempts: int = 0
    stalled: int = 0
    reason: str = ""
    in_flight: bool = False
    unknown: bool = False
    passed_over: bool = False
    cleared: bool = False

    def __init__(
        self, target: Target, write: BatchWrite, keys: KeyPlan, origin: Any, size_bytes: int
    ) -> None:
        self.target = target
        self.write = write
        self.keys = keys
        self.origin = origin
        self.size_bytes = size_bytes

    @property
    def heat(self) -> Heat:
        """Table and partition key."""
        return self.target[:2]

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
    if plan.roles is NO_ROLES:
        item = plan.encode(model)
    else:
        stamp = Stamp(plan, gateway.now())
        item = plan.encode(model, stamp.attributes(model))
        stamp.set_values(model)
    table, keys = gateway.table_name(plan), plan.stored_keys
    target = (table, *keys.identity(item))
    size_bytes = wire_size_bytes(item.text) + _FRAME_BYTES
    item.forget()
    return Entry(target, BatchPut(table, item), keys, model, size_bytes)


def entry_for_item(keys: KeyPlan, item: Item) -> Entry:
    """A put of an item as it is stored, of any model or none, in the table of these keys.

    Raises:
        CodecError: an attribute of the key is missing, or no value.
    """
    wire = item if isinstance(item, WireItem) else WireItem(dump_item(item))
    try:
        target = (keys.table.name, *keys.identity(wire))
        key = {attribute.name: wire[attribute.name] for attribute in keys.table.key}
    except (LookupError, TypeError, ValueError):
        # Not chained: it may quote the value.
        problem = CodecError("the item has no key of the table", ())
    else:
        size_bytes = wire_size_bytes(wire.text) + _FRAME_BYTES
        wire.forget()
        return Entry(target, BatchPut(keys.table.name, wire), keys, key, size_bytes)
    raise problem


def entry_for_delete(gateway: Gateway, target: ItemKey[Any] | BaseModel) -> Entry:
    """A delete of the item with this key, or with the key of this model.

    Raises:
        ExpressionError: it is neither a key nor a model.
        CodecError: a key value cannot be stored.
    """
    key = key_of_target("delete", target)
    plan: ModelPlan[Any] = plan_of(key.model)
    check_bulk(plan)
    table, keys = gateway.table_name(plan), plan.stored_keys
    size_bytes = wire_size_bytes(dump_item(key.attributes)) + _FRAME_BYTES
    return Entry(
        (table, *keys.identity(key.attributes)), BatchDelete(table, key.attributes), keys, target, size_bytes
    )


def target_of(write: BatchWrite, keys: KeyPlan) -> Target | None:
    """The target of a write as the service gives it back; None if its key is not all there."""
    attributes: Item = write.item if isinstance(write, BatchPut) else write.key
    try:
        return (write.table, *keys.identity(attributes))
    except KeyError:
        return None


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
