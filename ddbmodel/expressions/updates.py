"""Update actions: `SET`, `REMOVE`, `ADD`, `DELETE`, and the update that they form.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import ClassVar, Final, Literal

from ddbmodel import limits
from ddbmodel.codec.sizes import nesting_levels, value_size_bytes
from ddbmodel.errors import ExpressionError
from ddbmodel.expressions.operands import Arithmetic, Call, Operand, Value
from ddbmodel.expressions.placeholders import Placeholders, check_operators, check_text
from ddbmodel.expressions.places import PathRef

Verb = Literal["SET", "REMOVE", "ADD", "DELETE"]
_VERBS: Final[tuple[Verb, ...]] = ("SET", "REMOVE", "ADD", "DELETE")
SET_TYPES: Final = frozenset(("SS", "NS", "BS"))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Action:
    """One change of one path.

    Attributes:
        verb: the clause of the update expression it belongs to.
        path: what changes.
        operand: the new value, the number to add, or the set members; None for REMOVE.
        creates: True if the path reads as a valid value afterwards whatever was there before.

    Raises:
        ExpressionError: the value would be nested deeper in the item than DynamoDB allows, 32 levels.
    """

    verb: Verb
    path: PathRef
    operand: Operand | None = None
    creates: bool = False

    def __post_init__(self) -> None:
        for value in self.constants:
            levels = len(self.path.place.steps) - 1 + nesting_levels(value.stored)
            if levels > limits.NESTING_LEVELS:
                raise ExpressionError(
                    f"{self.path!r}: lists and maps would be nested {levels} levels deep, DynamoDB takes "
                    f"{limits.NESTING_LEVELS}: flatten the value"
                )

    @property
    def constants(self) -> Iterator[Value]:
        """The values in it."""
        pending = [] if self.operand is None else [self.operand]
        while pending:
            match pending.pop():
                case Value() as value:
                    yield value
                case Call(arguments=arguments):
                    pending.extend(arguments)
                case Arithmetic(left=left, right=right):
                    pending.extend((left, right))
                case _:
                    pass

    @property
    def operators(self) -> int:
        """How many operators and functions it has, of the 300 that the service allows."""
        return self.operand.operators if self.operand is not None else 0

    @property
    def idempotent(self) -> bool:
        """True if doing it twice in a row is the same as doing it once.

        An element is appended where its position is past the end of its list, and others move up where it is
        removed.
        """
        element = isinstance(self.path.place.steps[-1], int)
        match self.verb:
            case "SET":
                once = isinstance(self.operand, Value) or (
                    isinstance(self.operand, Call) and self.operand.function == "if_not_exists"
                )
                return once and not element
            case "REMOVE":
                return not element
            case "ADD":
                return isinstance(self.operand, Value) and self.operand.type in SET_TYPES
            case "DELETE":
                return True

    def text(self, placeholders: Placeholders) -> str:
        """Its part of the expression, without the verb."""
        path = self.path.text(placeholders)
        if self.operand is None:
            return path
        joint = " = " if self.verb == "SET" else " "
        return f"{path}{joint}{self.operand.text(placeholders)}"

    def __repr__(self) -> str:
        return f"{self.verb} {self.path!r}" + ("" if self.operand is None else f" {self.operand!r}")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Update:
    """The actions of one request. They all see the item as it was before any of them.

    Raises:
        ExpressionError: there is no action, two of them change overlapping paths, or what they set is larger
            than an item can be.
    """

    actions: tuple[Action, ...]
    kind: ClassVar[str] = "update"

    def __post_init__(self) -> None:
        if not self.actions:
            raise ExpressionError("an update needs at least one action, such as Order.total.add(5)")
        for one, other in combinations(self.actions, 2):
            clash = one.path.place.clash(other.path.place)
            if clash:
                raise ExpressionError(
                    f"{one.path!r} and {other.path!r} {clash}; an update changes each place once"
                )
        self._check_size()

    def _check_size(self) -> None:
        """Refuse what cannot be an item.

        Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
        """
        values = (value for action in self.actions for value in action.constants)
        size = sum(value_size_bytes(value.stored) for value in values)
        if size > limits.ITEM_BYTES:
            raise ExpressionError(
                f"the values of the update have {size:,} bytes, an item has {limits.ITEM_BYTES:,} at most"
            )

    @property
    def idempotent(self) -> bool:
        """True if sending the update twice is the same as sending it once."""
        return all(action.idempotent for action in self.actions)

    def render(self, placeholders: Placeholders) -> str:
        """`SET #n0 = :v0 REMOVE #n1`.

        Raises:
            ExpressionError: over 4 KB, or over 300 operators and functions.
        """
        check_operators(self.kind, sum(action.operators for action in self.actions))
        clauses: list[str] = []
        for verb in _VERBS:
            parts = [action.text(placeholders) for action in self.actions if action.verb == verb]
            if parts:
                clauses.append(f"{verb} {', '.join(parts)}")
        return check_text(self.kind, " ".join(clauses))

    def __repr__(self) -> str:
        return ", ".join(map(repr, self.actions))
