"""The functions of conditions: `attribute_exists`, `attribute_type`, `begins_with`, `contains` and `size`.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, get_args, overload

from ddbmodel.codec.values import AttributeType
from ddbmodel.errors import ExpressionError
from ddbmodel.expressions.comparisons import Between, Comparison, In, between, check_distinct, compare, is_in
from ddbmodel.expressions.conditions import Condition
from ddbmodel.expressions.encoding import element_of, encoded, encoded_by_type, types_of
from ddbmodel.expressions.operands import Operand, Value
from ddbmodel.expressions.placeholders import Placeholders
from ddbmodel.expressions.places import PathRef
from ddbmodel.expressions.visibility import check_comparable, check_visible

if TYPE_CHECKING:
    from ddbmodel.expressions.places import PathTo

_TYPES: Final = get_args(AttributeType)
_PREFIX_TYPES: Final = frozenset(("S", "B"))
_SEARCHED_TYPES: Final = frozenset(("S", "B", "L", "SS", "NS", "BS"))
_SIZED_TYPES: Final = _SEARCHED_TYPES | {"M"}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Function(Condition):
    """`attribute_exists(path)`, `begins_with(path, prefix)` and their kin."""

    name: str
    path: PathRef
    argument: Operand | None = None

    @property
    def operators(self) -> int:
        return 1 + (self.argument.operators if self.argument is not None else 0)

    @property
    def paths(self) -> tuple[PathRef, ...]:
        return (self.path, *(self.argument.paths if self.argument is not None else ()))

    def text(self, placeholders: Placeholders) -> str:
        path = self.path.text(placeholders)
        if self.argument is None:
            return f"{self.name}({path})"
        return f"{self.name}({path}, {self.argument.text(placeholders)})"

    def __repr__(self) -> str:
        argument = "" if self.argument is None else f", {self.argument!r}"
        return f"{self.name}({self.path!r}{argument})"


def exists(path: PathRef) -> Function:
    """The attribute is there."""
    return Function("attribute_exists", path)


def not_exists(path: PathRef) -> Function:
    """The attribute is not there."""
    return Function("attribute_not_exists", path)


def is_type(path: PathRef, stored_type: str) -> Function:
    """The attribute is there and stored as this type.

    Of a compressed field too: it is B where the value is compressed, and its usual type where it is not.
    """
    if stored_type not in _TYPES:
        raise ExpressionError(f"{path!r}.is_type: there is no such type; the types are {', '.join(_TYPES)}")
    return Function("attribute_type", path, Value({"S": stored_type}))


def begins_with(path: PathRef, prefix: object) -> Function:
    """Text or bytes that begin with a prefix."""
    check_visible("begins_with", path, prefix)
    if isinstance(prefix, PathRef):
        check_distinct(path, "begins_with", prefix)
        argument: Operand = prefix
    elif isinstance(prefix, str | bytes):
        argument = encoded_by_type(path, prefix)
    else:
        raise ExpressionError(
            f"{path!r}.begins_with: the prefix is text or bytes, not {type(prefix).__name__}"
        )
    types, prefix_types = path.place.types or _PREFIX_TYPES, types_of(argument) or _PREFIX_TYPES
    if not types & prefix_types & _PREFIX_TYPES:
        raise ExpressionError(
            f"{path!r}.begins_with: it is stored as {'/'.join(sorted(types))}, the prefix as "
            f"{'/'.join(sorted(prefix_types))}; both have to be text, or both bytes"
        )
    return Function("begins_with", path, argument)


def contains(path: PathRef, member: object) -> Function:
    """Text that contains other text, or a set or list that contains a member."""
    check_comparable("contains", path, member)
    types = path.place.types
    if types and not types & _SEARCHED_TYPES:
        raise ExpressionError(
            f"{path!r}.contains: it is stored as {path.place.stored_as}; text, bytes, sets and lists can be "
            "searched, other values are compared with =="
        )
    if isinstance(member, PathRef):
        check_distinct(path, "contains", member)
        return Function("contains", path, member)
    element = element_of(path.place.codec)
    if element is not None and not types & _PREFIX_TYPES:
        return Function("contains", path, encoded(path, member, element))
    argument = encoded_by_type(path, member)
    if types and not types & {"L", "SS", "NS", "BS"} and argument.type not in types:
        raise ExpressionError(
            f"{path!r}.contains: it is stored as {path.place.stored_as}, the value as {argument.type}"
        )
    return Function("contains", path, argument)


class Size(Operand):
    """`size(path)`; compare it with a number.

    Characters of text, bytes of binary, members of a set, elements of a list, entries of a map.
    """

    __slots__ = ("path",)

    def __init__(self, path: PathRef) -> None:
        check_visible("size()", path)
        types = path.place.types
        if types and not types & _SIZED_TYPES:
            raise ExpressionError(
                f"{path!r}.size(): it is stored as {path.place.stored_as}, which has no size; "
                "compare the value itself"
            )
        self.path = path

    @property
    def operators(self) -> int:
        return 1

    @property
    def paths(self) -> tuple[PathRef, ...]:
        return (self.path,)

    def text(self, placeholders: Placeholders) -> str:
        return f"size({self.path.text(placeholders)})"

    def __repr__(self) -> str:
        return f"{self.path!r}.size()"

    def __eq__(self, other: int | PathTo[int | None] | Size) -> Comparison:  # type: ignore[override]  # a condition
        return compare(self, "=", other)

    def __ne__(self, other: int | PathTo[int | None] | Size) -> Comparison:  # type: ignore[override]  # a condition
        return compare(self, "<>", other)

    __hash__ = Operand.__hash__

    def __lt__(self, other: int | PathTo[int | None] | Size) -> Comparison:
        return compare(self, "<", other)

    def __le__(self, other: int | PathTo[int | None] | Size) -> Comparison:
        return compare(self, "<=", other)

    def __gt__(self, other: int | PathTo[int | None] | Size) -> Comparison:
        return compare(self, ">", other)

    def __ge__(self, other: int | PathTo[int | None] | Size) -> Comparison:
        return compare(self, ">=", other)

    def between(self, low: int | PathTo[int | None], high: int | PathTo[int | None]) -> Between:
        """`low <= size <= high`."""
        return between(self, low, high)

    @overload
    def is_in(self, values: Iterable[int], /) -> In: ...
    @overload
    def is_in(self, *values: int | PathTo[int | None]) -> In: ...
    def is_in(self, *values: object) -> In:
        """The size is one of up to 100 numbers, given one by one or as one iterable."""
        return is_in(self, values)
