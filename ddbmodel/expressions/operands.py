"""What stands left and right of an operator: paths, values, and functions and sums of them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from ddbmodel.codec import untyped
from ddbmodel.codec.base import Codec
from ddbmodel.codec.parts import FieldCodec
from ddbmodel.codec.values import AttributeValue
from ddbmodel.errors import CodecError, ExpressionError
from ddbmodel.expressions.placeholders import Placeholders


class Operand(Protocol):
    """Anything that stands in an expression."""

    @property
    def operators(self) -> int:
        """How many operators and functions it adds, of the 300 that the service allows."""

    @property
    def paths(self) -> tuple[PathRef, ...]:
        """The paths in it."""

    def text(self, placeholders: Placeholders) -> str:
        """Its part of the expression."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a path leads.

    Attributes:
        root: the model class that the path starts from.
        steps: stored attribute names, and positions in lists.
        label: the path as it is written in Python, for messages.
        codec: how the values there are stored.
        field: the declared field there, if it is one.
    """

    root: type
    steps: tuple[str | int, ...]
    label: str
    codec: Codec
    field: FieldCodec | None = None


class PathRef:
    """A place in an item, without its Python type.

    Attributes:
        place: where it leads.
    """

    __slots__ = ("place",)

    def __init__(
        self,
        root: type,
        steps: tuple[str | int, ...],
        label: str,
        codec: Codec,
        field: FieldCodec | None = None,
    ) -> None:
        self.place = Place(root, steps, label, codec, field)

    def __repr__(self) -> str:
        return self.place.label

    @property
    def operators(self) -> int:
        """A path is no operator."""
        return 0

    @property
    def paths(self) -> tuple[PathRef, ...]:
        """This path."""
        return (self,)

    def text(self, placeholders: Placeholders) -> str:
        """`#n0.#n1[2]`."""
        rendered = ""
        for step in self.place.steps:
            if isinstance(step, int):
                rendered += f"[{step}]"
            else:
                rendered += ("." if rendered else "") + placeholders.name(step)
        return rendered

    def overlaps(self, other: PathRef) -> bool:
        """True if one of the two paths holds the other."""
        length = min(len(self.place.steps), len(other.place.steps))
        return self.place.steps[:length] == other.place.steps[:length]


@dataclass(frozen=True, slots=True)
class Value:
    """A constant, already in its stored form. It never shows in messages."""

    stored: AttributeValue

    operators = 0
    paths = ()

    @property
    def type(self) -> str:
        """Its stored type, such as `S`."""
        return next(iter(self.stored))

    def text(self, placeholders: Placeholders) -> str:
        """`:v0`."""
        return placeholders.value(self.stored)

    def __repr__(self) -> str:
        return f"<{self.type}>"


@dataclass(frozen=True, slots=True)
class Call:
    """`size(path)`, `if_not_exists(path, value)`, `list_append(a, b)`."""

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


@dataclass(frozen=True, slots=True)
class Arithmetic:
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


def constant(path: PathRef, value: Any, codec: Codec | None = None) -> Value:
    """A value as it would be stored at `path` (or by `codec`).

    Raises:
        ExpressionError: it could not be stored there; None, which is not stored at all.
    """
    if value is None:
        raise ExpressionError(
            f"{path!r}: None is not stored; use .not_exists(), or .is_type('NULL') where NULL is stored"
        )
    return encoded(path, value, codec or path.place.codec)


def encoded(path: PathRef, value: Any, codec: Codec) -> Value:
    """A value, which may be None, as `codec` stores it.

    Raises:
        ExpressionError: it could not be stored.
    """
    if isinstance(value, float) and not codec.exact(value) and codec.exact(Decimal(0)):
        value = Decimal(repr(value))
    try:
        return Value(codec.encode(value))
    except CodecError as error:
        raise ExpressionError(f"{path!r}: {error.reason}") from error


def untyped_constant(path: PathRef, value: Any) -> Value:
    """A value stored by its own type.

    Raises:
        ExpressionError: it could not be stored.
    """
    try:
        return Value(untyped.encode(value))
    except CodecError as error:
        raise ExpressionError(f"{path!r}: {error.reason}") from error


def operand(path: PathRef, value: Any, codec: Codec | None = None) -> Operand:
    """A path or function as it is, anything else as a constant stored the way `path` is."""
    if isinstance(value, PathRef | Call | Arithmetic):
        return value
    rendered = getattr(value, "operand", None)
    if rendered is not None and isinstance(rendered, Call | Arithmetic):
        return rendered
    return constant(path, value, codec)
