"""The primary key of one item of one model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Generic, TypeGuard, TypeVar

from ddbmodel.codec.numbers import canonical_number
from ddbmodel.codec.values import AttributeValue, Item

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
        return _is_key(other) and self.model is other.model and self.identity == other.identity

    def __hash__(self) -> int:
        return hash((self.model, self.identity))


def _is_key(value: object) -> TypeGuard[ItemKey[Any]]:
    return isinstance(value, ItemKey)


def identity_of(attributes: Item) -> tuple[tuple[str, str, Any], ...]:
    """Give key attributes in a form that can be hashed: name, type and value, sorted by name.

    Numbers are compared by their value: `5.0`, as another client may have written it, is `5`.
    """
    return tuple(sorted(_identity(name, stored) for name, stored in attributes.items()))


def _identity(name: str, stored: AttributeValue) -> tuple[str, str, Any]:
    ((kind, value),) = stored.items()
    return name, kind, canonical_number(value) if kind == "N" else value
