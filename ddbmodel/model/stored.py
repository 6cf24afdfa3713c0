"""What a model was when it was last read or written; `save` compares with it."""

from __future__ import annotations

from typing import Final

from ddbmodel.codec.values import Item

STORED_SLOT: Final = "__ddbmodel_stored__"


def remember(model: object, item: Item) -> None:
    """Keep the stored item of a model."""
    object.__setattr__(model, STORED_SLOT, item)


def remembered(model: object) -> Item | None:
    """Give the stored item of a model; None if it was neither read nor written."""
    item: Item | None = getattr(model, STORED_SLOT, None)
    return item


def carry_over(source: object, target: object) -> None:
    """Let a copy know what its original knows. The item itself is never changed."""
    item = remembered(source)
    if item is not None:
        remember(target, item)
