"""What stands beside an operator: paths (in `places`), constants, and functions and sums of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from ddbmodel.codec.values import AttributeValue
from ddbmodel.expressions.placeholders import Placeholders

if TYPE_CHECKING:
    from ddbmodel.expressions.places import PathRef

T_co = TypeVar("T_co", covariant=True)
NUMBER: frozenset[str] = frozenset(("N",))
ANY_TYPE: frozenset[str] = frozenset()


class Operand(ABC):
    """Anything that stands in an expression and has a value.

    Two operands are never compared by Python's `==`, which makes conditions of paths; they have no `__eq__`.
    """

    __slots__ = ()

    @property
    @abstractmethod
    def operators(self) -> int:
        """How many operators and functions it adds, of the 300 that the service allows."""

    @property
    @abstractmethod
    def paths(self) -> tuple[PathRef, ...]:
        """The paths in it."""

    @abstractmethod
    def text(self, placeholders: Placeholders) -> str:
        """Its part of the expression."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Value(Operand):
    """A constant, already in its stored form. It never shows in messages."""

    stored: AttributeValue

    @property
    def operators(self) -> int:
        return 0

    @property
    def paths(self) -> tuple[PathRef, ...]:
        return ()

    @property
    def type(self) -> str:
        """Its stored type, such as `S`."""
        return next(iter(self.stored))

    def text(self, placeholders: Placeholders) -> str:
        return placeholders.value(self.stored)

    def __repr__(self) -> str:
        return f"<{self.type}>"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Call(Operand):
    """A function of an update: `if_not_exists(path, value)`, `list_append(first, second)`."""

    function: str
    arguments: tuple[Operand, ...]

    @property
    def operators(self) -> int:
        return 1 + sum(argument.operators for argument in self.arguments)

    @property
    def paths(self) -> tuple[PathRef, ...]:
        return tuple(path for argument in self.arguments for path in argument.paths)

    def text(self, placeholders: Placeholders) -> str:
        arguments = ", ".join(argument.text(placeholders) for argument in self.arguments)
        return f"{self.function}({arguments})"

    def __repr__(self) -> str:
        return f"{self.function}({', '.join(map(repr, self.arguments))})"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Arithmetic(Operand):
    """`left + right` or `left - right`. DynamoDB takes exactly two operands."""

    left: Operand
    operator: str
    right: Operand

    @property
    def operators(self) -> int:
        return 1 + self.left.operators + self.right.operators

    @property
    def paths(self) -> tuple[PathRef, ...]:
        return (*self.left.paths, *self.right.paths)

    def text(self, placeholders: Placeholders) -> str:
        return f"{self.left.text(placeholders)} {self.operator} {self.right.text(placeholders)}"

    def __repr__(self) -> str:
        return f"{self.left!r} {self.operator} {self.right!r}"


class Computed(Generic[T_co]):
    """A number that DynamoDB computes from the item, such as `Order.total + 5`; for `set`."""

    __slots__ = ("operand",)

    def __init__(self, operand: Arithmetic) -> None:
        self.operand = operand

    def __repr__(self) -> str:
        return repr(self.operand)
