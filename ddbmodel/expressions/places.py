"""Places in an item: which stored names and positions lead there, and how the values there are stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from ddbmodel import limits
from ddbmodel.codec.base import Codec
from ddbmodel.codec.containers import SetCodec
from ddbmodel.codec.parts import FieldCodec
from ddbmodel.errors import ExpressionError
from ddbmodel.expressions.operands import Operand
from ddbmodel.expressions.placeholders import Placeholders

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where a path leads.

    Attributes:
        root: the model class that the path starts from.
        steps: stored attribute names, and positions in lists.
        label: the path as it is written in Python, for messages.
        codec: how the values there are stored.
        field: the declared field there, if it is one.
        parent: the place one step up; None at the top level.

    Raises:
        ExpressionError: more steps than DynamoDB follows, 32.
    """

    root: type
    steps: tuple[str | int, ...]
    label: str
    codec: Codec
    field: FieldCodec | None = None
    parent: Place | None = None

    def __post_init__(self) -> None:
        if len(self.steps) > limits.NESTING_LEVELS:
            raise ExpressionError(
                f"{self.label}: the path has {len(self.steps)} steps, DynamoDB follows "
                f"{limits.NESTING_LEVELS}: write the part above it as a whole"
            )

    @property
    def lineage(self) -> tuple[Place, ...]:
        """The places from the top level down to this one."""
        return (self,) if self.parent is None else (*self.parent.lineage, self)

    @property
    def types(self) -> frozenset[str]:
        """The stored types that a value there can have; empty means any. NULL is left out."""
        return self.codec.types - {"NULL"}

    @property
    def stored_as(self) -> str:
        """The stored types, for messages. A set is a list only where it is mixed, or empty and no field."""
        types = self.types
        if isinstance(self.codec.core, SetCodec) and len(types) > 1:
            types = types - {"L"}
        return "/".join(sorted(types)) or "any type"

    def clash(self, other: Place) -> str | None:
        """Why DynamoDB takes only one of the two places in an update or projection; None if it takes both."""
        for mine, theirs in zip(self.steps, other.steps, strict=False):
            if isinstance(mine, int) != isinstance(theirs, int):
                return "conflict: one takes a list to be there, the other a map"
            if mine != theirs:
                return None
        return "overlap: one is the other, or a part of it"


class PathRef(Operand):
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
        *,
        parent: Place | None = None,
    ) -> None:
        self.place = Place(root, steps, label, codec, field, parent)

    def __repr__(self) -> str:
        return self.place.label

    @property
    def operators(self) -> int:
        return 0

    @property
    def paths(self) -> tuple[PathRef, ...]:
        return (self,)

    def text(self, placeholders: Placeholders) -> str:
        rendered = ""
        for step in self.place.steps:
            if isinstance(step, int):
                rendered += f"[{step}]"
            else:
                rendered += ("." if rendered else "") + placeholders.name(step)
        return rendered

    def overlaps(self, other: PathRef) -> bool:
        """True if an update or projection cannot have both paths."""
        return self.place.clash(other.place) is not None


class PathTo(PathRef, Generic[T_co]):
    """A path to a value of type `T_co` or a subtype: `Path` as an argument sees it.

    `Path[T]` is invariant, as values are written through it; what only reads takes a `PathTo`.
    """

    __slots__ = ()
