"""The primary key of one item of one model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from ddbmodel.codec.values import Item

M = TypeVar("M")


@dataclass(frozen=True, slots=True, eq=False)
class ItemKey(Generic[M]):
    """Which item of which model. Make one with `Order.key("c1", "o1")`.

    Attributes:
        model: the model class.
        attributes: the key attributes in stored form. They are left out of its repr.
        values: the key's field values by field name.
    """

    model: type[M]
    attributes: Item = field(repr=False)
    values: dict[str, Any] = field(repr=False)

    @property
    def identity(self) -> tuple[tuple[str, str, Any], ...]:
        """Equal for two keys exactly if they name the same item of a table."""
        return identity_of(self.attributes)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ItemKey) and self.model is other.model and self.identity == other.identity

    def __hash__(self) -> int:
        return hash((self.model, self.identity))


def identity_of(attributes: Item) -> tuple[tuple[str, str, Any], ...]:
    """A hashable form of key attributes: name, type and value, sorted by name."""
    return tuple(sorted((name, *next(iter(stored.items()))) for name, stored in attributes.items()))
