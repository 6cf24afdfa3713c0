"""From one stored item to what a caller gets: the one place of the mapper where items are decoded.

Whatever cannot be decoded is named by its key, and raised or set aside.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Protocol, TypeAlias, TypeVar, overload

from pydantic import BaseModel

from ddbmodel.codec.values import Item
from ddbmodel.errors import CodecError, ExpressionError
from ddbmodel.mapper.selection import Selection
from ddbmodel.model import ModelPlan

M = TypeVar("M", bound=BaseModel)

OnInvalid: TypeAlias = Literal["raise", "collect"]
_CHOICES: Final = ("raise", "collect")


@dataclass(frozen=True, slots=True, eq=False)
class InvalidItem:
    """A stored item that its model cannot be read from, set aside by `on_invalid="collect"`.

    Attributes:
        key: its primary key, in stored form. It is left out of the repr, as is the item.
        error: what is wrong with it, and where.
        item: what was read of it, in stored form: the whole item, or what was selected of it and its key.
    """

    key: Item = field(repr=False)
    error: CodecError
    item: Item = field(repr=False)


class Decoder(Protocol):
    """Makes models of stored items. The plan of a model does."""

    def decode(self, item: Item) -> Any:
        """The model of a stored item."""
        ...

    def key_from_item(self, item: Item) -> Item:
        """The primary key's attributes of a stored item."""
        ...


@dataclass(frozen=True, slots=True)
class Reading:
    """How the items of one read are decoded.

    Attributes:
        plan: the model.
        selection: the fields that make a row; None makes models.
        lenient: set aside what cannot be decoded.
    """

    plan: Decoder
    selection: Selection | None = None
    lenient: bool = False

    def result(self, item: Item) -> Any:
        """The model or row of an item; an `InvalidItem` if it is neither, and the read lenient.

        Raises:
            CodecError: the item is not one of this model, and the read not lenient.
        """
        try:
            if self.selection is None:
                return decoded(self.plan, item)
            return _row(self.plan, self.selection, item)
        except CodecError as error:
            if not self.lenient:
                raise
            # Without the traceback, whose frames would keep all that was decoded.
            return InvalidItem(_key_of(self.plan, item) or {}, error.with_traceback(None), item)

    def sorted_out(self, items: Iterable[Item]) -> tuple[list[Any], list[InvalidItem]]:
        """The results of items, and what was set aside of them, each in order."""
        if self.selection is None and not self.lenient:
            return [decoded(self.plan, item) for item in items], []
        results: list[Any] = []
        invalid: list[InvalidItem] = []
        for item in items:
            result = self.result(item)
            (invalid if isinstance(result, InvalidItem) else results).append(result)
        return results, invalid


@overload
def decoded(plan: ModelPlan[M], item: Item) -> M: ...
@overload
def decoded(plan: Decoder, item: Item) -> Any: ...
def decoded(plan: Decoder, item: Item) -> Any:
    """The model of a stored item.

    Raises:
        CodecError: the item is not one of this model; `.key` is its key.
    """
    try:
        return plan.decode(item)
    except CodecError as error:
        error.key = _key_of(plan, item)
        raise


def is_lenient(on_invalid: OnInvalid) -> bool:
    """True for `"collect"`, False for `"raise"`.

    Raises:
        ExpressionError: it is neither.
    """
    if on_invalid not in _CHOICES:
        raise ExpressionError('on_invalid is "raise" or "collect"')
    return on_invalid == "collect"


def _row(plan: Decoder, selection: Selection, item: Item) -> tuple[Any, ...]:
    try:
        return selection.row(item)
    except CodecError as error:
        error.key = _key_of(plan, item)
        raise


def _key_of(plan: Decoder, item: Item) -> Item | None:
    """The primary key of a stored item; None if it was read without, or cannot be read."""
    try:
        return plan.key_from_item(item)
    except (KeyError, CodecError):
        return None
