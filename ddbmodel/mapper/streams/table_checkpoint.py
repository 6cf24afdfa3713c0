"""The positions in a stream, kept in an item of a table."""

from __future__ import annotations

from typing import Any, Final

from ddbmodel.errors import ConditionalCheckFailed, ExpressionError, WriteOutcomeUnknown
from ddbmodel.expressions import Condition
from ddbmodel.mapper import items, writing
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.model import Attr, ItemKey, Model, field, partition_key

# Arbitrary: how often a save whose reply was lost is looked after. Each time is a write and a read.
_TRIES_MAX: Final = 3


class CheckpointItem(Model):
    """Base class of the items that checkpoints are kept in.

    class Place(CheckpointItem, table="places"):
        pass
    """

    name: Attr[str] = partition_key()
    text: Attr[str] = field(default="")


class TableCheckpoint:
    """Keeps the text in an item. It is a `ConditionalCheckpointStore`; `Mapper.stream_checkpoint` makes it.

    Cost: a consistent read to begin with, and a write for each checkpoint: a unit for each KB, which is what
    some ten shards take.

    Raises:
        ExpressionError: the key is of another class.
    """

    def __init__(self, gateway: Gateway, key: ItemKey[Any]) -> None:
        if not isinstance(key, ItemKey) or not issubclass(key.model, CheckpointItem):  # pyright: ignore[reportUnnecessaryIsInstance]  # for callers without a checker
            raise ExpressionError(
                "stream_checkpoint takes the key of a class that derives from CheckpointItem"
            )
        self._gateway = gateway
        self._key = key

    async def load(self) -> str | None:
        """Read the item."""
        item: CheckpointItem | None = await items.get(self._gateway, self._key, consistent=True)
        return None if item is None else item.text

    async def save(self, text: str, /) -> None:
        """Write it, whatever is there."""
        await self._write(text, None)

    async def replace(self, text: str, /, *, expected: str | None) -> bool:
        """Write it, if the item has the text that is expected.

        Raises:
            WriteOutcomeUnknown: replies were lost again and again, and the text is not there so far.
        """
        path = CheckpointItem.text
        when = path.not_exists() if expected is None else path == expected
        tries = 0
        while True:
            try:
                await self._write(text, when)
            except ConditionalCheckFailed:
                # A write of its own that was given up may have arrived after all.
                return await self.load() == text
            except WriteOutcomeUnknown:
                tries += 1
                if await self.load() == text:
                    return True
                if tries >= _TRIES_MAX:
                    raise
                continue  # if the first one comes late, one of them finds its condition false
            return True

    async def release(self) -> None:
        """Nothing is held: whoever begins later takes over, and the other is refused at its next save."""

    async def _write(self, text: str, when: Condition | None) -> None:
        actions = (CheckpointItem.text.set(text),)
        await writing.update(self._gateway, self._key, actions, when, upsert=True, given=None)
