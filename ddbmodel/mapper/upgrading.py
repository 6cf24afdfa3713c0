"""One stored item of an older schema version, brought to the version of today; live writers win."""

from __future__ import annotations

from enum import Enum
from typing import Any, Final

from ddbmodel.codec.values import Item
from ddbmodel.errors import ConditionalCheckFailed, ItemNotFound, TransactionCanceled, WriteOutcomeUnknown
from ddbmodel.mapper.commit import commit
from ddbmodel.mapper.drafts import Drafts
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.mapper.items import get_item, send_write
from ddbmodel.mapper.reading import decoded
from ddbmodel.mapper.unique import concerns_guards
from ddbmodel.mapper.write import Write
from ddbmodel.model import ModelPlan

# Arbitrary: who loses so often to writers of the old code should wait until these are gone.
_ROUNDS_MAX: Final = 4


class Upgraded(Enum):
    """What became of an item that was to be upgraded."""

    UPGRADED = "rewritten in the version of today"
    CURRENT = "it was in the version of today"
    OVERTAKEN = "a live writer was faster: it is in the version of today, or gone"
    BUSY = "live writers kept changing it, in its old version"


async def upgrade_item(gateway: Gateway, plan: ModelPlan[Any], key: Item) -> Upgraded:
    """Read an item, and rewrite it if it is of an older schema version.

    Raises:
        CodecError: it cannot be read.
        UniqueViolation: a unique value that it gets is taken.
    """
    item = await _stored(gateway, plan, key)
    return Upgraded.OVERTAKEN if item is None else await upgrade(gateway, plan, item)


async def upgrade(gateway: Gateway, plan: ModelPlan[Any], item: Item) -> Upgraded:
    """Rewrite an item as it was read, if it is of an older schema version; see `upgrade_item`.

    Atomicity: one conditional write, or one transaction if unique values change. If a writer was faster, the
    item is read again.
    """
    if plan.history.is_current(item):
        return Upgraded.CURRENT
    key = plan.key_from_item(item)
    for _ in range(_ROUNDS_MAX):
        unknown = False
        try:
            await _send(gateway, Drafts(gateway).migrate(decoded(plan, item)))
        except (ConditionalCheckFailed, ItemNotFound, TransactionCanceled):
            pass
        except WriteOutcomeUnknown:
            unknown = True
        else:
            return Upgraded.UPGRADED
        found = await _stored(gateway, plan, key)
        if found is None:
            return Upgraded.OVERTAKEN
        if plan.history.is_current(found):
            # Whoever did it; nothing else is promised.
            return Upgraded.UPGRADED if unknown else Upgraded.OVERTAKEN
        item = found
    return Upgraded.BUSY


async def _send(gateway: Gateway, write: Write) -> None:
    if concerns_guards(write):
        await commit(gateway, [write])
    else:
        await send_write(gateway, write)


async def _stored(gateway: Gateway, plan: ModelPlan[Any], key: Item) -> Item | None:
    return await get_item(gateway, gateway.table_name(plan), key, consistent=True)
