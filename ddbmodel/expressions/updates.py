"""Update actions: `SET`, `REMOVE`, `ADD`, `DELETE`, and the update that they form.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal

from ddbmodel.codec.parts import Absent
from ddbmodel.codec.values import NULL
from ddbmodel.errors import CodecError, ExpressionError
from ddbmodel.expressions.operands import (
    Arithmetic,
    Call,
    Operand,
    PathRef,
    Value,
    constant,
    encoded,
    operand,
)
from ddbmodel.expressions.placeholders import Placeholders, check_expression

Verb = Literal["SET", "REMOVE", "ADD", "DELETE"]
_VERBS: Final[tuple[Verb, ...]] = ("SET", "REMOVE", "ADD", "DELETE")
_SET_TYPES: Final = frozenset(("SS", "NS", "BS"))


@dataclass(frozen=True, slots=True)
class Action:
    """One change of one path.

    Attributes:
        verb: the clause of the update expression it belongs to.
        path: what changes.
        operand: the new value, the number to add, or the set members; None for REMOVE.
        creates: True if the path has a value afterwards whatever was there before.
    """

    verb: Verb
    path: PathRef
    operand: Operand | None = None
    creates: bool = False

    @property
    def operators(self) -> int:
        return 1 + (self.operand.operators if self.operand is not None else 0)

    @property
    def idempotent(self) -> bool:
        """True if doing it twice in a row is the same as doing it once."""
        positional = any(isinstance(step, int) for step in self.path.place.steps)
        match self.verb:
            case "SET":
                plain = isinstance(self.operand, Value) or (
                    isinstance(self.operand, Call) and self.operand.function == "if_not_exists"
                )
                return plain and not positional
            case "REMOVE":
                return not positional
            case "ADD":
                return isinstance(self.operand, Value) and self.operand.type in _SET_TYPES
            case "DELETE":
                return True

    def text(self, placeholders: Placeholders) -> str:
        """Its part of the expression, without the verb."""
        path = self.path.text(placeholders)
        if self.operand is None:
            return path
        joint = " = " if self.verb == "SET" else " "
        return f"{path}{joint}{self.operand.text(placeholders)}"


@dataclass(frozen=True, slots=True)
class Update:
    """The actions of one request. They all see the item as it was before any of them.

    Raises:
        ExpressionError: there is no action, or two of them change overlapping paths.
    """

    actions: tuple[Action, ...]
    kind: ClassVar[str] = "update"

    def __post_init__(self) -> None:
        if not self.actions:
            raise ExpressionError("an update needs at least one action, such as Order.total.add(5)")
        for number, action in enumerate(self.actions):
            for other in self.actions[:number]:
                if action.path.overlaps(other.path):
                    raise ExpressionError(
                        f"{other.path!r} and {action.path!r} overlap: an update changes each place once"
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
        clauses = []
        for verb in _VERBS:
            parts = [action.text(placeholders) for action in self.actions if action.verb == verb]
            if parts:
                clauses.append(f"{verb} {', '.join(parts)}")
        operators = sum(action.operators for action in self.actions)
        return check_expression(self.kind, " ".join(clauses), operators)


def set_value(path: PathRef, value: Any) -> Action:
    """`SET path = value`; REMOVE where the value is stored by absence (None, an empty set)."""
    if isinstance(value, PathRef) or getattr(value, "operand", None) is not None:
        return Action("SET", path, operand(path, value))
    if path.place.field is not None:
        try:
            stored = path.place.field.encode(value)
        except CodecError as error:
            raise ExpressionError(f"{path!r}: {error.reason}") from error
        if stored is None:
            return Action("REMOVE", path, creates=True)
        return Action("SET", path, Value(stored), creates=True)
    if value is None and path.place.codec.nullable:
        return Action("SET", path, Value(NULL), creates=True)
    return Action("SET", path, constant(path, value), creates=True)


def set_if_not_exists(path: PathRef, value: Any) -> Action:
    """`SET path = if_not_exists(path, value)`."""
    return Action("SET", path, Call("if_not_exists", (path, operand(path, value))), creates=True)


def remove(path: PathRef) -> Action:
    """`REMOVE path`. A field that a model cannot be read without is refused."""
    if path.place.field is not None and path.place.field.absent is Absent.ERROR:
        raise ExpressionError(
            f"{path!r}.remove(): the field is required, an item without it could not be read; "
            "give the field a default, or set another value"
        )
    return Action("REMOVE", path)


def add(path: PathRef, value: Any) -> Action:
    """`ADD path value`: a number, starting from 0; or members for a set."""
    if isinstance(value, PathRef):
        raise ExpressionError(f"{path!r}.add: ADD takes a value; use .set({path!r} + {value!r})")
    stored = constant(path, value)
    if stored.type != "N" and stored.type not in _SET_TYPES:
        raise ExpressionError(f"{path!r}.add: ADD takes a number or a set with members of one type")
    return Action("ADD", path, stored, creates=True)


def increment(path: PathRef, by: Any, start: Any) -> Action:
    """`SET path = if_not_exists(path, start) + by`; without `start` the attribute must exist."""
    _check_number(path)
    base: Operand = path if start is None else Call("if_not_exists", (path, constant(path, start)))
    return Action("SET", path, Arithmetic(base, "+", constant(path, by)), creates=start is not None)


def delete(path: PathRef, members: Iterable[Any]) -> Action:
    """`DELETE path members`: takes members out of a set; a set without members is not there any more."""
    stored = constant(path, set(members))
    if stored.type not in _SET_TYPES:
        raise ExpressionError(
            f"{path!r}.delete: DELETE takes one or more members of a set of text, numbers or bytes"
        )
    return Action("DELETE", path, stored)


def extend(path: PathRef, values: Sequence[Any], *, front: bool) -> Action:
    """`SET path = list_append(if_not_exists(path, []), values)`, or with the values in front."""
    element = path.place.codec.element
    if element is None or (path.place.codec.types and "L" not in path.place.codec.types):
        raise ExpressionError(f"{path!r}: only a list can be appended to")
    if len(values) == 1 and isinstance(values[0], list) and not _stores_lists(element):
        values = values[0]
    if not values:
        raise ExpressionError(f"{path!r}: there is nothing to append")
    members = Value({"L": [encoded(path, value, element).stored for value in values]})
    existing = Call("if_not_exists", (path, Value({"L": []})))
    return Action(
        "SET", path, Call("list_append", (members, existing) if front else (existing, members)), creates=True
    )


def arithmetic(path: PathRef, operator: str, other: Any) -> Arithmetic:
    """`path + other` or `path - other`, for `set`."""
    _check_number(path)
    return Arithmetic(path, operator, operand(path, other))


def _check_number(path: PathRef) -> None:
    types = path.place.codec.types
    if types and "N" not in types:
        raise ExpressionError(f"{path!r}: it is stored as {'/'.join(sorted(types))}, not as a number")


def _stores_lists(codec: Any) -> bool:
    return not codec.types or "L" in codec.types
