"""How each update method of a path becomes an action: what it takes, and what it refuses.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeGuard

from ddbmodel.codec.base import Codec
from ddbmodel.codec.containers import SetCodec, TupleCodec
from ddbmodel.codec.parts import Absent
from ddbmodel.codec.scalars import ChoiceCodec, ScalarCodec
from ddbmodel.errors import ExpressionError
from ddbmodel.expressions.comparisons import check_distinct
from ddbmodel.expressions.encoding import (
    constant,
    element_of,
    encoded,
    is_operand,
    operand,
    stored_field,
    types_of,
)
from ddbmodel.expressions.functions import Size
from ddbmodel.expressions.operands import Arithmetic, Call, Computed, Operand, Value
from ddbmodel.expressions.places import PathRef
from ddbmodel.expressions.updates import SET_TYPES, Action
from ddbmodel.expressions.visibility import check_changeable

_NO_MEMBERS: Final = (str, bytes, bytearray, memoryview, Mapping, Operand)
_EMPTY_LIST: Final = Value({"L": []})


def set_value(path: PathRef, value: object) -> Action:
    """`SET path = value`; REMOVE where the value is stored by absence (None, an empty set)."""
    if is_operand(value):
        return Action("SET", path, _source(path, value))
    stored = stored_field(path, value)
    if stored is None:
        return Action("REMOVE", path, creates=True)
    return Action("SET", path, stored, creates=True)


def set_if_not_exists(path: PathRef, value: object) -> Action:
    """`SET path = if_not_exists(path, value)`."""
    source = _source(path, value) if is_operand(value) else constant(path, value)
    if not isinstance(source, PathRef | Value):
        raise ExpressionError(
            f"{path!r}.set_if_not_exists: DynamoDB takes a value or a path here, not a sum; "
            f"use .increment(by, start=...)"
        )
    check_distinct(path, "set_if_not_exists", source)
    return Action("SET", path, Call("if_not_exists", (path, source)), creates=isinstance(source, Value))


def remove(path: PathRef) -> Action:
    """`REMOVE path`. What a model cannot be read without is refused."""
    if path.place.field is not None and path.place.field.absent is Absent.ERROR:
        raise ExpressionError(
            f"{path!r}.remove(): the field is required, an item without it could not be read; "
            "give the field a default, or set another value"
        )
    parent = path.place.parent
    if parent is not None and isinstance(parent.codec.core, TupleCodec) and not parent.codec.element:
        raise ExpressionError(
            f"{path!r}.remove(): a tuple of this type has a fixed number of elements; set the whole tuple"
        )
    return Action("REMOVE", path)


def add(path: PathRef, value: object) -> Action:
    """`ADD path value`: a number, starting from 0; or members for a set."""
    check_changeable("add", path)
    if is_operand(value):
        raise ExpressionError(f"{path!r}.add: ADD takes a value; use .set({path!r} + ...) with a path")
    if isinstance(path.place.codec.core, SetCodec) or _is_members(value):
        return Action("ADD", path, _members(path, "add", value), creates=True)
    _check_number(path, "add")
    return Action("ADD", path, constant(path, value), creates=True)


def increment(path: PathRef, by: object, start: object) -> Action:
    """`SET path = if_not_exists(path, start) + by`; without `start` the attribute must exist."""
    check_changeable("increment", path)
    _check_number(path, "increment")
    base: Operand = path if start is None else Call("if_not_exists", (path, constant(path, start)))
    return Action("SET", path, Arithmetic(base, "+", _number(path, by)), creates=start is not None)


def delete(path: PathRef, members: object) -> Action:
    """`DELETE path members`: takes members out of a set; a set without members is not there any more."""
    check_changeable("delete", path)
    return Action("DELETE", path, _members(path, "delete", members))


def extend(path: PathRef, values: Sequence[Any], *, front: bool) -> Action:
    """`SET path = list_append(if_not_exists(path, []), values)`, or with the values in front."""
    name = "prepend" if front else "append"
    check_changeable(name, path)
    codec = path.place.codec
    element = element_of(codec)
    is_list = not codec.types or ("L" in codec.types and not isinstance(codec.core, SetCodec))
    if element is None or not is_list:
        raise ExpressionError(
            f"{path!r}.{name}: it is stored as {path.place.stored_as}, and only a list can be appended to"
        )
    if not values:
        raise ExpressionError(f"{path!r}.{name}: there is no value to append")
    if len(values) == 1 and _is_list(values[0]) and not _stores_lists(element):
        values = values[0]
    new = Value({"L": [encoded(path, value, element).stored for value in values]})
    old = Call("if_not_exists", (path, _EMPTY_LIST))
    both = (new, old) if front else (old, new)
    return Action("SET", path, Call("list_append", both), creates=True)


def arithmetic(left: object, operator: str, right: object, path: PathRef) -> Arithmetic:
    """`left + right` or `left - right`, one of which is `path`; for `set`."""
    check_changeable(operator, left, right)
    _check_number(path, operator)
    return Arithmetic(_number(path, left), operator, _number(path, right))


def _source(path: PathRef, value: Operand | Computed[Any]) -> Operand:
    """A path or sum whose value is to be stored at `path`."""
    source = operand(path, value)
    check_changeable("with a path or sum", path, source)
    if isinstance(source, Size):
        raise ExpressionError(f"{path!r}: DynamoDB has no size() in updates; set a number that you computed")
    mine, theirs = path.place.types, types_of(source)
    if mine and theirs and not mine & theirs:
        raise ExpressionError(
            f"{path!r}: it is stored as {path.place.stored_as}, {source!r} gives {'/'.join(sorted(theirs))}"
        )
    return source


def _number(path: PathRef, value: object) -> Operand:
    """One side of a sum: a path to a number, or a constant of `path`'s type."""
    number = operand(path, value)
    if isinstance(number, PathRef):
        _check_number(number, "in a sum")
    elif not isinstance(number, Value):
        raise ExpressionError(
            f"{path!r}: DynamoDB adds two paths or values, no functions or further sums; "
            "use two updates, or set a value that you computed"
        )
    return number


def _check_number(path: PathRef, what: str) -> None:
    core = path.place.codec.core
    if path.place.types and "N" not in path.place.types:
        raise ExpressionError(f"{path!r} {what}: it is stored as {path.place.stored_as}, not as a number")
    if isinstance(core, ChoiceCodec) or (isinstance(core, ScalarCodec) and core.python is datetime):
        raise ExpressionError(
            f"{path!r} {what}: a sum might be no {core.name}, and could not be read; set a new value"
        )


def _is_list(value: object) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def _is_members(value: object) -> TypeGuard[Iterable[Any]]:
    return isinstance(value, Iterable) and not isinstance(value, _NO_MEMBERS)


def _members(path: PathRef, what: str, members: object) -> Value:
    """Members of one type, as a set. An empty set is none that DynamoDB knows."""
    element = element_of(path.place.codec)
    if not _is_members(members):
        raise ExpressionError(
            f"{path!r}.{what}: give a set or list of members, not one {type(members).__name__}"
        )
    if element is None or (path.place.types and not path.place.types & SET_TYPES):
        raise ExpressionError(
            f"{path!r}.{what}: it is stored as {path.place.stored_as}, not as a set of text, numbers or bytes"
        )
    return _set_of(path, what, [encoded(path, member, element) for member in members])


def _set_of(path: PathRef, what: str, members: Sequence[Value]) -> Value:
    kinds = {f"{member.type}S" for member in members}
    if not members:
        raise ExpressionError(f"{path!r}.{what}: there are no members, and DynamoDB knows no empty set")
    if len(kinds) > 1 or not kinds <= SET_TYPES:
        raise ExpressionError(
            f"{path!r}.{what}: the members are stored as {', '.join(sorted({m.type for m in members}))}; "
            "a set holds text, numbers or bytes, all of one type"
        )
    distinct = {member.stored[member.type] for member in members}
    return Value({kinds.pop(): sorted(distinct)})


def _stores_lists(codec: Codec) -> bool:
    return not codec.types or "L" in codec.types
