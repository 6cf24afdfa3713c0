"""One write to one item, described: what a verb sends by itself, or as an action of a transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeAlias

from ddbmodel.codec.values import Item
from ddbmodel.expressions import Action, And, Condition
from ddbmodel.model import ModelPlan
from ddbmodel.model.keys import identity_of
from ddbmodel.operations import TransactAction

Identity: TypeAlias = tuple[str, tuple[tuple[str, str, Any], ...]]
"""Table and key."""


class Presence(Enum):
    """What must be there for a write to happen."""

    ANY = "anything"
    NEW = "no item"
    STORED = "an item"


def _nothing(_: Item | None) -> None:
    """A write that concerns no object in memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One write to one item.

    Attributes:
        plan: of the item's model.
        verb: as the user called it, for messages.
        key: the item's key.
        action: what is done, in the table, under the whole condition.
        condition: the whole condition.
        when: the user's part of it.
        presence: whether there must be an item, or must be none.
        version: the version that must be stored; None if none is checked.
        read: the item as the caller's object was read or written; None if that is not known, or of no use.
        write_id: the mark that the write leaves in the item; None if it leaves none.
        actions: the user's, of an update.
        applied: brings the object in memory up to date, given the stored item if that is known.
    """

    plan: ModelPlan[Any]
    verb: str
    key: Item = field(repr=False)
    action: TransactAction = field(repr=False)
    condition: Condition | None = field(default=None, repr=False)
    when: Condition | None = field(default=None, repr=False)
    presence: Presence = Presence.ANY
    version: int | None = None
    read: Item | None = field(default=None, repr=False)
    write_id: str | None = None
    actions: tuple[Action, ...] = ()
    applied: Callable[[Item | None], None] = field(default=_nothing, repr=False)

    @property
    def identity(self) -> Identity:
        """Equal for two writes exactly if they are to the same item."""
        return self.action.table, identity_of(self.key)

    @property
    def subject(self) -> str:
        """For messages."""
        return f"{self.verb} {self.plan.model.__name__}"


def all_of(*conditions: Condition | None) -> Condition | None:
    """The conjunction of those conditions that there are; None of none."""
    given = [condition for condition in conditions if condition is not None]
    if not given:
        return None
    return given[0] if len(given) == 1 else And(tuple(given))
