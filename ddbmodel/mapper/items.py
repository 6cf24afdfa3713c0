"""Single items: get, and a described write sent by itself."""

from __future__ import annotations

from typing import Any, Literal, TypeVar

from pydantic import BaseModel

from ddbmodel.codec.values import Item
from ddbmodel.errors import ConditionalCheckFailed, RequestRefused
from ddbmodel.mapper.expiry import is_expired
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.mapper.reading import decoded
from ddbmodel.mapper.refusals import decoded_result, error_of, explained_refusal
from ddbmodel.mapper.settlement import send_settled
from ddbmodel.mapper.write import Presence, Write
from ddbmodel.model import ItemKey, plan_of
from ddbmodel.operations import (
    DeleteItem,
    GetItem,
    GetItemResult,
    PutItem,
    TransactCheck,
    TransactDelete,
    TransactPut,
    TransactUpdate,
    UpdateItem,
)

M = TypeVar("M", bound=BaseModel)
Returned = Literal["NONE", "ALL_OLD", "ALL_NEW"]


async def get(gateway: Gateway, key: ItemKey[M], *, consistent: bool) -> M | None:
    """The item with this key, or None."""
    plan = plan_of(key.model)
    request = GetItem(gateway.table_name(plan), key.attributes, consistent=consistent)
    reply = await gateway.read(request, gateway.route(plan, consistent=consistent))
    item = GetItemResult.from_wire(reply).item
    if item is None or (gateway.hide_expired and is_expired(plan, item, gateway.now())):
        return None
    return decoded(plan, item)


async def get_item(gateway: Gateway, table: str, key: Item, *, consistent: bool) -> Item | None:
    """The item with this key as it is stored at home, or None."""
    return GetItemResult.from_wire(await gateway.send(GetItem(table, key, consistent=consistent))).item


async def send_write(gateway: Gateway, write: Write, returned: Returned = "NONE") -> Item | None:
    """Send one write by itself, and bring the object in memory up to date.

    Args:
        gateway: the way to the service.
        write: the write.
        returned: which state of the item to return: none, the one before, or after it.

    Raises:
        ItemExists, ItemNotFound, VersionConflict, ConditionalCheckFailed: its condition was false.
        RequestRefused: the service calls it invalid.
        WriteOutcomeUnknown: the reply was lost, and reading back does not tell what became of it.
    """
    try:
        reply = await send_settled(gateway, write, _request(write, returned))
    except ConditionalCheckFailed as refusal:
        raise error_of(write, refusal) from refusal.__cause__
    except RequestRefused as refusal:
        raise explained_refusal(refusal, write.plan, write.actions) from refusal.__cause__
    item: Item | None = reply.get("Attributes") if returned != "NONE" else None
    write.applied(item)
    return item


def result(write: Write, item: Item | None) -> Any:
    """The model of the item that a write returned; None if it returned none."""
    return None if item is None else decoded_result(write.plan, item, write.verb)


def _request(write: Write, returned: Returned) -> PutItem | UpdateItem | DeleteItem:
    before: Literal["NONE", "ALL_OLD"] = "ALL_OLD" if returned == "ALL_OLD" else "NONE"
    match write.action:
        case TransactPut(table=table, item=item):
            return PutItem(table, item, condition=write.condition, return_values=before)
        case TransactDelete(table=table):
            return DeleteItem(table, write.key, condition=write.condition, return_values=before)
        case TransactUpdate(table=table, update=update):
            return UpdateItem(
                table,
                write.key,
                update,
                condition=write.condition,
                return_values=returned,
                is_lasting=_is_lasting(write),
            )
        case TransactCheck(table=table):
            # Nothing is written, so the condition is as true afterwards.
            return UpdateItem(
                table, write.key, condition=write.condition, return_values=returned, is_lasting=True
            )


def _is_lasting(write: Write) -> bool:
    """True if the update itself cannot make its own condition false.

    Beside the caller's and the version, it asks for the item, and for fields that the update leaves alone.
    """
    return write.when is None and write.version is None and write.presence is not Presence.NEW
