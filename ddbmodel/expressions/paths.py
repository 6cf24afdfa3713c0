"""`Path[T]`: a place in an item, with the Python type of what is there.

A model class gives its fields' paths (`Order.total`); they go deeper with `.at(Address.city)`, `[0]` and `["key"]`,
and make conditions, update actions and projections. The overloads on `self` are what makes a wrong expression an
error in the editor.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Generic, TypeAlias, TypeVar, overload
from uuid import UUID

from pydantic import BaseModel


from ddbmodel.codec.base import Codec
from ddbmodel.codec.containers import DictCodec
from ddbmodel.codec.parts import FieldCodec, PartCodec
from ddbmodel.codec.unions import UnionCodec
from ddbmodel.codec.values import AttributeType
from ddbmodel.errors import CodecError, ExpressionError
from ddbmodel.expressions import conditions, updates
from ddbmodel.expressions.conditions import Between, Comparison, Function, In
from ddbmodel.expressions.operands import Operand, PathRef
from ddbmodel.expressions.updates import Action

T = TypeVar("T")
U = TypeVar("U")
K = TypeVar("K")
Part = TypeVar("Part", bound=BaseModel | None)
Ordered = TypeVar(
    "Ordered", bound="str | bytes | int | float | Decimal | date | time | timedelta | UUID | None"
)


class Computed(Generic[T]):
    """A value that DynamoDB computes from the item, such as `Order.total + 5`; for `set`."""

    __slots__ = ("operand",)

    def __init__(self, operand: Operand) -> None:
        self.operand = operand


class Size(PathRef):
    """`size(path)`: characters, bytes, members or elements; compare it with a number."""

    __slots__ = ()

    def __init__(self, path: PathRef) -> None:
        from ddbmodel.codec.scalars import INT

        super().__init__(path.place.root, path.place.steps, f"{path!r}.size()", INT)
        conditions.size(path)

    @property
    def operators(self) -> int:
        return 1

    def text(self, placeholders: Any) -> str:
        return f"size({super().text(placeholders)})"

    def __eq__(self, other: int | Path[int]) -> Comparison:  # type: ignore[override]  # makes a condition
        return conditions.compare(self, "=", other)

    def __ne__(self, other: int | Path[int]) -> Comparison:  # type: ignore[override]  # makes a condition
        return conditions.compare(self, "<>", other)

    __hash__ = PathRef.__hash__

    def __lt__(self, other: int | Path[int]) -> Comparison:
        return conditions.compare(self, "<", other)

    def __le__(self, other: int | Path[int]) -> Comparison:
        return conditions.compare(self, "<=", other)

    def __gt__(self, other: int | Path[int]) -> Comparison:
        return conditions.compare(self, ">", other)

    def __ge__(self, other: int | Path[int]) -> Comparison:
        return conditions.compare(self, ">=", other)

    def between(self, low: int, high: int) -> Between:
        """`low <= size <= high`."""
        return conditions.between(self, low, high)

    def is_in(self, values: Iterable[int]) -> In:
        """The size is one of up to 100 numbers."""
        return conditions.is_in(self, list(values))


class Path(PathRef, Generic[T]):
    """A place in an item whose Python type is `T`.

    Make one by naming a field of a model class. Every method gives a frozen value; nothing is sent.

    Raises:
        ExpressionError: from every method: the operand could not be stored there, or DynamoDB would refuse
            the expression.
    """

    __slots__ = ()

    # Comparisons -----------------------------------------------------------------------------------------

    @overload  # type: ignore[override]  # makes a condition instead of a bool
    def __eq__(self: DecimalPath, other: Decimal | int | DecimalPath) -> Comparison: ...
    @overload
    def __eq__(self, other: T | Path[T]) -> Comparison: ...
    def __eq__(self, other: Any) -> Comparison:
        return conditions.compare(self, "=", other)

    @overload  # type: ignore[override]  # makes a condition instead of a bool
    def __ne__(self: DecimalPath, other: Decimal | int | DecimalPath) -> Comparison: ...
    @overload
    def __ne__(self, other: T | Path[T]) -> Comparison: ...
    def __ne__(self, other: Any) -> Comparison:
        return conditions.compare(self, "<>", other)

    __hash__ = PathRef.__hash__

    @overload
    def __lt__(self: DecimalPath, other: Decimal | int | DecimalPath) -> Comparison: ...
    @overload
    def __lt__(self: Path[Ordered], other: Ordered | Path[Ordered]) -> Comparison: ...
    def __lt__(self, other: Any) -> Comparison:
        return conditions.compare(self, "<", other)

    @overload
    def __le__(self: DecimalPath, other: Decimal | int | DecimalPath) -> Comparison: ...
    @overload
    def __le__(self: Path[Ordered], other: Ordered | Path[Ordered]) -> Comparison: ...
    def __le__(self, other: Any) -> Comparison:
        return conditions.compare(self, "<=", other)

    @overload
    def __gt__(self: DecimalPath, other: Decimal | int | DecimalPath) -> Comparison: ...
    @overload
    def __gt__(self: Path[Ordered], other: Ordered | Path[Ordered]) -> Comparison: ...
    def __gt__(self, other: Any) -> Comparison:
        return conditions.compare(self, ">", other)

    @overload
    def __ge__(self: DecimalPath, other: Decimal | int | DecimalPath) -> Comparison: ...
    @overload
    def __ge__(self: Path[Ordered], other: Ordered | Path[Ordered]) -> Comparison: ...
    def __ge__(self, other: Any) -> Comparison:
        return conditions.compare(self, ">=", other)

    @overload
    def between(
        self: DecimalPath, low: Decimal | int | Path[Decimal], high: Decimal | int | Path[Decimal]
    ) -> Between: ...
    @overload
    def between(
        self: Path[Ordered], low: Ordered | Path[Ordered], high: Ordered | Path[Ordered]
    ) -> Between: ...
    def between(self, low: Any, high: Any) -> Between:
        """`low <= path <= high`; both ends are included."""
        return conditions.between(self, low, high)

    @overload
    def is_in(self, values: Iterable[T], /) -> In: ...
    @overload
    def is_in(self, *values: T | Path[T]) -> In: ...
    def is_in(self, *values: Any) -> In:
        """Equal to one of up to 100 values, given one by one or as one list, tuple or set."""
        if len(values) == 1 and isinstance(values[0], Iterable) and not self._is_value(values[0]):
            values = tuple(values[0])
        return conditions.is_in(self, values)

    def _is_value(self, value: Any) -> bool:
        return isinstance(value, str | bytes | PathRef) or self.place.codec.exact(value)

    # Functions -------------------------------------------------------------------------------------------

    def exists(self) -> Function:
        """The attribute is there. (None and empty sets are stored by its absence.)"""
        return Function("attribute_exists", self)

    def not_exists(self) -> Function:
        """The attribute is not there."""
        return Function("attribute_not_exists", self)

    def is_type(self, stored_type: AttributeType) -> Function:
        """The attribute is there and stored as `S`, `N`, `B`, `BOOL`, `NULL`, `L`, `M`, `SS`, `NS` or `BS`."""
        return conditions.is_type(self, stored_type)

    @overload
    def begins_with(self: TextPath, prefix: str) -> Function: ...
    @overload
    def begins_with(self: BytesPath, prefix: bytes) -> Function: ...
    def begins_with(self, prefix: Any) -> Function:
        """The stored text or bytes begin with `prefix`; times are stored as ISO 8601 in UTC."""
        return conditions.begins_with(self, prefix)

    @overload
    def contains(self: StrPath, member: str | Path[str]) -> Function: ...
    @overload
    def contains(self: BytesPath, member: bytes) -> Function: ...
    @overload
    def contains(self: Path[builtins.set[U]], member: U | Path[U]) -> Function: ...
    @overload
    def contains(self: Path[builtins.set[U] | None], member: U | Path[U]) -> Function: ...
    @overload
    def contains(self: Path[frozenset[U]], member: U | Path[U]) -> Function: ...
    @overload
    def contains(self: Path[frozenset[U] | None], member: U | Path[U]) -> Function: ...
    @overload
    def contains(self: Path[list[U]], member: U | Path[U]) -> Function: ...
    @overload
    def contains(self: Path[list[U] | None], member: U | Path[U]) -> Function: ...
    @overload
    def contains(self: Path[tuple[U, ...]], member: U | Path[U]) -> Function: ...
    def contains(self, member: Any) -> Function:
        """Text that contains other text, or a set or list that contains a member."""
        return conditions.contains(self, member)

    @overload
    def size(self: TextPath) -> Size: ...
    @overload
    def size(self: BytesPath) -> Size: ...
    @overload
    def size(self: Path[builtins.set[U]]) -> Size: ...
    @overload
    def size(self: Path[builtins.set[U] | None]) -> Size: ...
    @overload
    def size(self: Path[frozenset[U]]) -> Size: ...
    @overload
    def size(self: Path[list[U]]) -> Size: ...
    @overload
    def size(self: Path[list[U] | None]) -> Size: ...
    @overload
    def size(self: Path[dict[K, U]]) -> Size: ...
    @overload
    def size(self: Path[dict[K, U] | None]) -> Size: ...
    def size(self) -> Size:
        """Its size: characters of text, bytes of binary, members of a set, elements of a list or map."""
        return Size(self)

    # Deeper ----------------------------------------------------------------------------------------------

    @overload
    def at(self: Path[Part], path: Path[U]) -> Path[U]: ...
    @overload
    def at(self, path: str) -> Path[Any]: ...
    def at(self, path: Any) -> Path[Any]:
        """A field of a part: `Order.address.at(Address.city)`; by name, `Order.address.at("city")`, for parts that
        are plain Pydantic models."""
        if isinstance(path, PathRef):
            return self._at_path(path)
        part = _part(self.place.codec, None)
        if part is None:
            return self[path]
        field = part.fields.get(path)
        if field is None:
            raise ExpressionError(
                f"{self!r}.at({path!r}): {part.name} has the fields {', '.join(part.fields)}"
            )
        return self._step(field.stored_name, f".{path}", field.codec, field)

    def _at_path(self, path: PathRef) -> Path[Any]:
        if _part(self.place.codec, path.place.root) is None:
            raise ExpressionError(f"{self!r}.at({path!r}): what is stored there is no {path.place.root.__name__}")
        label = f"{self!r}{path!r}".replace(f"{self!r}{path.place.root.__name__}", repr(self), 1)
        return Path(self.place.root, self.place.steps + path.place.steps, label, path.place.codec, path.place.field)

    @overload
    def __getitem__(self: Path[list[U]], key: int) -> Path[U]: ...
    @overload
    def __getitem__(self: Path[list[U] | None], key: int) -> Path[U]: ...
    @overload
    def __getitem__(self: Path[tuple[U, ...]], key: int) -> Path[U]: ...
    @overload
    def __getitem__(self: Path[dict[K, U]], key: K) -> Path[U]: ...
    @overload
    def __getitem__(self: Path[dict[K, U] | None], key: K) -> Path[U]: ...
    def __getitem__(self, key: Any) -> Path[Any]:
        """An element of a list by its position from 0, or an entry of a map by its key."""
        if isinstance(self.place.codec.core, DictCodec):
            return self._entry(self.place.codec.core, key)
        if isinstance(key, int) and not isinstance(key, bool):
            element = self.place.codec.element_at(key) if key >= 0 else None
            if element is None:
                raise ExpressionError(
                    f"{self!r}[{key}]: there is no element with this position, counted from 0"
                )
            return self._step(key, f"[{key}]", element)
        entry = self.place.codec.entry
        if entry is None or not isinstance(key, str) or not key:
            raise ExpressionError(f"{self!r}[...]: it has no entry with a key of type {type(key).__name__}")
        return self._step(key, f"[{key!r}]", entry)

    def _entry(self, codec: DictCodec, key: Any) -> Path[Any]:
        try:
            return self._step(codec.key_text(key), f"[{key!r}]", codec.entry)
        except CodecError as error:
            raise ExpressionError(f"{self!r}[...]: {error.reason}") from error

    def __iter__(self) -> Any:
        raise TypeError(f"{self!r} is a path, it cannot be iterated over")

    def _step(self, step: str | int, label: str, codec: Codec, field: FieldCodec | None = None) -> Path[Any]:
        return Path(self.place.root, (*self.place.steps, step), f"{self!r}{label}", codec, field)

    # Update actions --------------------------------------------------------------------------------------

    @overload
    def set(
        self: DecimalPath,
        value: Decimal | int | DecimalPath | Computed[Decimal] | Computed[Decimal | None] | None,
    ) -> Action: ...
    @overload
    def set(self, value: T | Path[T] | Computed[T]) -> Action: ...
    def set(self, value: Any) -> Action:
        """Set to a value, another path's value, or a sum. None and an empty set remove the attribute."""
        return updates.set_value(self, value)

    @overload
    def set_if_not_exists(self: DecimalPath, value: Decimal | int | Path[Decimal]) -> Action: ...
    @overload
    def set_if_not_exists(self, value: T | Path[T]) -> Action: ...
    def set_if_not_exists(self, value: Any) -> Action:
        """Set to a value unless the attribute is there."""
        return updates.set_if_not_exists(self, value)

    def remove(self) -> Action:
        """Remove the attribute or list element. Required fields are refused."""
        return updates.remove(self)

    @overload
    def add(self: Path[builtins.set[U]], value: Iterable[U]) -> Action: ...
    @overload
    def add(self: Path[builtins.set[U] | None], value: Iterable[U]) -> Action: ...
    @overload
    def add(self: Path[frozenset[U]], value: Iterable[U]) -> Action: ...
    @overload
    def add(self: Path[frozenset[U] | None], value: Iterable[U]) -> Action: ...
    @overload
    def add(self: DecimalPath, value: Decimal | int) -> Action: ...
    @overload
    def add(self: IntPath, value: int) -> Action: ...
    @overload
    def add(self: FloatPath, value: float) -> Action: ...
    @overload
    def add(self: DurationPath, value: timedelta) -> Action: ...
    def add(self, value: Any) -> Action:
        """Add to a number, which starts from 0, or add members to a set. Not safe to repeat for numbers."""
        is_members = isinstance(value, Iterable) and not isinstance(value, str | bytes | PathRef)
        return updates.add(self, builtins.set(value) if is_members else value)

    @overload
    def increment(self: DecimalPath, by: Decimal | int = 1, *, start: Decimal | int | None = 0) -> Action: ...
    @overload
    def increment(self: IntPath, by: int = 1, *, start: int | None = 0) -> Action: ...
    @overload
    def increment(self: FloatPath, by: float = 1, *, start: float | None = 0) -> Action: ...
    def increment(self, by: Any = 1, *, start: Any = 0) -> Action:
        """Add to a number that starts from `start` where it is missing; with `start=None` it must be there."""
        return updates.increment(self, by, start)

    @overload
    def append(self: Path[list[U]], values: list[U], /) -> Action: ...
    @overload
    def append(self: Path[list[U] | None], values: list[U], /) -> Action: ...
    @overload
    def append(self: Path[list[U]], *values: U) -> Action: ...
    @overload
    def append(self: Path[list[U] | None], *values: U) -> Action: ...
    def append(self, *values: Any) -> Action:
        """Append values, or one list of values, to a list; a missing list starts empty."""
        return updates.extend(self, values, front=False)

    @overload
    def prepend(self: Path[list[U]], values: list[U], /) -> Action: ...
    @overload
    def prepend(self: Path[list[U] | None], values: list[U], /) -> Action: ...
    @overload
    def prepend(self: Path[list[U]], *values: U) -> Action: ...
    @overload
    def prepend(self: Path[list[U] | None], *values: U) -> Action: ...
    def prepend(self, *values: Any) -> Action:
        """Put values, or one list of values, in front of a list; a missing list starts empty."""
        return updates.extend(self, values, front=True)

    @overload
    def delete(self: Path[builtins.set[U]], members: Iterable[U]) -> Action: ...
    @overload
    def delete(self: Path[builtins.set[U] | None], members: Iterable[U]) -> Action: ...
    @overload
    def delete(self: Path[frozenset[U]], members: Iterable[U]) -> Action: ...
    @overload
    def delete(self: Path[frozenset[U] | None], members: Iterable[U]) -> Action: ...
    def delete(self, members: Any) -> Action:
        """Take members out of a set. A set without members is stored by absence."""
        if isinstance(members, str | bytes):
            raise ExpressionError(f"{self!r}.delete: give a set of members, not one {type(members).__name__}")
        return updates.delete(self, members)

    # Arithmetic ------------------------------------------------------------------------------------------

    @overload
    def __add__(self: DecimalPath, other: Decimal | int | Path[Decimal]) -> Computed[Decimal]: ...
    @overload
    def __add__(self: IntPath, other: int | Path[int]) -> Computed[int]: ...
    @overload
    def __add__(self: FloatPath, other: float | Path[float]) -> Computed[float]: ...
    @overload
    def __add__(self: DurationPath, other: timedelta | Path[timedelta]) -> Computed[timedelta]: ...
    def __add__(self, other: Any) -> Computed[Any]:
        return Computed(updates.arithmetic(self, "+", other))

    @overload
    def __sub__(self: DecimalPath, other: Decimal | int | Path[Decimal]) -> Computed[Decimal]: ...
    @overload
    def __sub__(self: IntPath, other: int | Path[int]) -> Computed[int]: ...
    @overload
    def __sub__(self: FloatPath, other: float | Path[float]) -> Computed[float]: ...
    @overload
    def __sub__(self: DurationPath, other: timedelta | Path[timedelta]) -> Computed[timedelta]: ...
    def __sub__(self, other: Any) -> Computed[Any]:
        return Computed(updates.arithmetic(self, "-", other))


def _part(codec: Codec, owner: type | None) -> PartCodec | None:
    """The record that `codec` stores: the one of `owner`'s, or the only one."""
    core = codec.core
    if isinstance(core, UnionCodec) and owner is not None:
        core = core.part(owner) or core
    if not isinstance(core, PartCodec):
        return None
    return core if owner is None or issubclass(core.owner, owner) else None


# Concrete unions instead of bound type variables: mypy does not check the bound of a variable that only `self` has.
DecimalPath: TypeAlias = Path[Decimal] | Path[Decimal | None]
IntPath: TypeAlias = Path[int] | Path[int | None]
FloatPath: TypeAlias = Path[float] | Path[float | None]
DurationPath: TypeAlias = Path[timedelta] | Path[timedelta | None]
BytesPath: TypeAlias = Path[bytes] | Path[bytes | None]
StrPath: TypeAlias = Path[str] | Path[str | None]
TextPath: TypeAlias = (
    Path[str]
    | Path[str | None]
    | Path[datetime]
    | Path[datetime | None]
    | Path[date]
    | Path[date | None]
    | Path[time]
    | Path[time | None]
    | Path[UUID]
    | Path[UUID | None]
)
