"""The methods of a path that make conditions, typed so that a wrong one is an error in the editor.

What they do is in `comparisons` and `functions`; here is what they accept. Concrete types stand in `self`,
as mypy does not check the bound of a type variable that only `self` has. `PathTo` is covariant, so
`PathTo[str | None]` stands for paths to text, to optional text, to a Literal of texts and to a StrEnum.
Where a bool must not pass for an int, the invariant type stands there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Sized
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from ipaddress import IPv4Address, IPv6Address
from pathlib import PurePath
from typing import Generic, TypeAlias, TypeVar, overload
from uuid import UUID

from pydantic import AnyUrl, BaseModel, RootModel

from ddbmodel.codec.values import AttributeType
from ddbmodel.expressions import comparisons, functions
from ddbmodel.expressions.comparisons import Between, Comparison, In
from ddbmodel.expressions.functions import Function, Size
from ddbmodel.expressions.places import PathTo

T = TypeVar("T")
U = TypeVar("U")


class PathConditions(PathTo[T], Generic[T]):
    """Comparisons and functions of a path whose Python type is `T`."""

    __slots__ = ()

    # Comparisons ----------------------------------------------------------------------------------------
    @overload  # type: ignore[override]  # a condition instead of a bool
    def __eq__(self: PathTo[Decimal | None], other: Decimal | int | PathTo[Decimal | None]) -> Comparison: ...
    @overload
    def __eq__(self: PathTo[int | None], other: Size) -> Comparison: ...
    @overload
    def __eq__(self, other: T | PathTo[T | None]) -> Comparison: ...
    def __eq__(self, other: object) -> Comparison:  # pyright: ignore[reportIncompatibleMethodOverride]  # likewise
        return comparisons.compare(self, "=", other)

    @overload  # type: ignore[override]  # a condition instead of a bool
    def __ne__(self: PathTo[Decimal | None], other: Decimal | int | PathTo[Decimal | None]) -> Comparison: ...
    @overload
    def __ne__(self: PathTo[int | None], other: Size) -> Comparison: ...
    @overload
    def __ne__(self, other: T | PathTo[T | None]) -> Comparison: ...
    def __ne__(self, other: object) -> Comparison:  # pyright: ignore[reportIncompatibleMethodOverride]  # likewise
        return comparisons.compare(self, "<>", other)

    def __hash__(self) -> int:
        return id(self)

    @overload
    def __lt__(self: PathTo[str | None], other: str | PathTo[str | None]) -> Comparison: ...
    @overload
    def __lt__(self: PathTo[bytes | None], other: bytes | PathTo[bytes | None]) -> Comparison: ...
    @overload
    def __lt__(self: PathTo[Decimal | None], other: Decimal | int | PathTo[Decimal | None]) -> Comparison: ...
    @overload
    def __lt__(self: IntPath, other: int | PathTo[int | None] | Size) -> Comparison: ...
    @overload
    def __lt__(self: FloatPath, other: float | PathTo[float | None]) -> Comparison: ...
    @overload
    def __lt__(
        self: MixedNumberPath, other: Decimal | float | PathTo[Decimal | float | None]
    ) -> Comparison: ...
    @overload
    def __lt__(self: PathTo[datetime | None], other: datetime | PathTo[datetime | None]) -> Comparison: ...
    @overload
    def __lt__(self: DatePath, other: date | PathTo[date | None]) -> Comparison: ...
    @overload
    def __lt__(self: PathTo[time | None], other: time | PathTo[time | None]) -> Comparison: ...
    @overload
    def __lt__(self: PathTo[timedelta | None], other: timedelta | PathTo[timedelta | None]) -> Comparison: ...
    @overload
    def __lt__(self: PathTo[UUID | None], other: UUID | PathTo[UUID | None]) -> Comparison: ...
    def __lt__(self, other: object) -> Comparison:
        return comparisons.compare(self, "<", other)

    @overload
    def __le__(self: PathTo[str | None], other: str | PathTo[str | None]) -> Comparison: ...
    @overload
    def __le__(self: PathTo[bytes | None], other: bytes | PathTo[bytes | None]) -> Comparison: ...
    @overload
    def __le__(self: PathTo[Decimal | None], other: Decimal | int | PathTo[Decimal | None]) -> Comparison: ...
    @overload
    def __le__(self: IntPath, other: int | PathTo[int | None] | Size) -> Comparison: ...
    @overload
    def __le__(self: FloatPath, other: float | PathTo[float | None]) -> Comparison: ...
    @overload
    def __le__(
        self: MixedNumberPath, other: Decimal | float | PathTo[Decimal | float | None]
    ) -> Comparison: ...
    @overload
    def __le__(self: PathTo[datetime | None], other: datetime | PathTo[datetime | None]) -> Comparison: ...
    @overload
    def __le__(self: DatePath, other: date | PathTo[date | None]) -> Comparison: ...
    @overload
    def __le__(self: PathTo[time | None], other: time | PathTo[time | None]) -> Comparison: ...
    @overload
    def __le__(self: PathTo[timedelta | None], other: timedelta | PathTo[timedelta | None]) -> Comparison: ...
    @overload
    def __le__(self: PathTo[UUID | None], other: UUID | PathTo[UUID | None]) -> Comparison: ...
    def __le__(self, other: object) -> Comparison:
        return comparisons.compare(self, "<=", other)

    @overload
    def __gt__(self: PathTo[str | None], other: str | PathTo[str | None]) -> Comparison: ...
    @overload
    def __gt__(self: PathTo[bytes | None], other: bytes | PathTo[bytes | None]) -> Comparison: ...
    @overload
    def __gt__(self: PathTo[Decimal | None], other: Decimal | int | PathTo[Decimal | None]) -> Comparison: ...
    @overload
    def __gt__(self: IntPath, other: int | PathTo[int | None] | Size) -> Comparison: ...
    @overload
    def __gt__(self: FloatPath, other: float | PathTo[float | None]) -> Comparison: ...
    @overload
    def __gt__(
        self: MixedNumberPath, other: Decimal | float | PathTo[Decimal | float | None]
    ) -> Comparison: ...
    @overload
    def __gt__(self: PathTo[datetime | None], other: datetime | PathTo[datetime | None]) -> Comparison: ...
    @overload
    def __gt__(self: DatePath, other: date | PathTo[date | None]) -> Comparison: ...
    @overload
    def __gt__(self: PathTo[time | None], other: time | PathTo[time | None]) -> Comparison: ...
    @overload
    def __gt__(self: PathTo[timedelta | None], other: timedelta | PathTo[timedelta | None]) -> Comparison: ...
    @overload
    def __gt__(self: PathTo[UUID | None], other: UUID | PathTo[UUID | None]) -> Comparison: ...
    def __gt__(self, other: object) -> Comparison:
        return comparisons.compare(self, ">", other)

    @overload
    def __ge__(self: PathTo[str | None], other: str | PathTo[str | None]) -> Comparison: ...
    @overload
    def __ge__(self: PathTo[bytes | None], other: bytes | PathTo[bytes | None]) -> Comparison: ...
    @overload
    def __ge__(self: PathTo[Decimal | None], other: Decimal | int | PathTo[Decimal | None]) -> Comparison: ...
    @overload
    def __ge__(self: IntPath, other: int | PathTo[int | None] | Size) -> Comparison: ...
    @overload
    def __ge__(self: FloatPath, other: float | PathTo[float | None]) -> Comparison: ...
    @overload
    def __ge__(
        self: MixedNumberPath, other: Decimal | float | PathTo[Decimal | float | None]
    ) -> Comparison: ...
    @overload
    def __ge__(self: PathTo[datetime | None], other: datetime | PathTo[datetime | None]) -> Comparison: ...
    @overload
    def __ge__(self: DatePath, other: date | PathTo[date | None]) -> Comparison: ...
    @overload
    def __ge__(self: PathTo[time | None], other: time | PathTo[time | None]) -> Comparison: ...
    @overload
    def __ge__(self: PathTo[timedelta | None], other: timedelta | PathTo[timedelta | None]) -> Comparison: ...
    @overload
    def __ge__(self: PathTo[UUID | None], other: UUID | PathTo[UUID | None]) -> Comparison: ...
    def __ge__(self, other: object) -> Comparison:
        return comparisons.compare(self, ">=", other)

    @overload
    def between(
        self: PathTo[str | None], low: str | PathTo[str | None], high: str | PathTo[str | None]
    ) -> Between: ...
    @overload
    def between(
        self: PathTo[bytes | None], low: bytes | PathTo[bytes | None], high: bytes | PathTo[bytes | None]
    ) -> Between: ...
    @overload
    def between(
        self: PathTo[Decimal | None],
        low: Decimal | int | PathTo[Decimal | None],
        high: Decimal | int | PathTo[Decimal | None],
    ) -> Between: ...
    @overload
    def between(self: IntPath, low: int | PathTo[int | None], high: int | PathTo[int | None]) -> Between: ...
    @overload
    def between(
        self: FloatPath, low: float | PathTo[float | None], high: float | PathTo[float | None]
    ) -> Between: ...
    @overload
    def between(
        self: MixedNumberPath,
        low: Decimal | float | PathTo[Decimal | float | None],
        high: Decimal | float | PathTo[Decimal | float | None],
    ) -> Between: ...
    @overload
    def between(
        self: PathTo[datetime | None],
        low: datetime | PathTo[datetime | None],
        high: datetime | PathTo[datetime | None],
    ) -> Between: ...
    @overload
    def between(
        self: DatePath, low: date | PathTo[date | None], high: date | PathTo[date | None]
    ) -> Between: ...
    @overload
    def between(
        self: PathTo[time | None], low: time | PathTo[time | None], high: time | PathTo[time | None]
    ) -> Between: ...
    @overload
    def between(
        self: PathTo[timedelta | None],
        low: timedelta | PathTo[timedelta | None],
        high: timedelta | PathTo[timedelta | None],
    ) -> Between: ...
    @overload
    def between(
        self: PathTo[UUID | None], low: UUID | PathTo[UUID | None], high: UUID | PathTo[UUID | None]
    ) -> Between: ...
    def between(self, low: object, high: object) -> Between:
        """`low <= path <= high`; both ends are included."""
        return comparisons.between(self, low, high)

    @overload
    def is_in(self: PathTo[Decimal | None], values: Iterable[Decimal | int], /) -> In: ...
    @overload
    def is_in(self: PathTo[Decimal | None], *values: Decimal | int | PathTo[Decimal | None]) -> In: ...
    @overload
    def is_in(self, values: Iterable[T], /) -> In: ...
    @overload
    def is_in(self, *values: T | PathTo[T | None]) -> In: ...
    def is_in(self, *values: object) -> In:
        """Equal to one of up to 100 values, given one by one or as one iterable."""
        return comparisons.is_in(self, values)

    # Functions ------------------------------------------------------------------------------------------

    def exists(self) -> Function:
        """The attribute is there; None and empty sets are mostly stored by its absence."""
        return functions.exists(self)

    def not_exists(self) -> Function:
        """The attribute is not there."""
        return functions.not_exists(self)

    def is_type(self, stored_type: AttributeType) -> Function:
        """The attribute is there, stored as `S`, `N`, `B`, `BOOL`, `NULL`, `L`, `M`, `SS`, `NS` or `BS`."""
        return functions.is_type(self, stored_type)

    @overload
    def begins_with(self: TextPath, prefix: str | PathTo[str | None]) -> Function: ...
    @overload
    def begins_with(self: PathTo[bytes | None], prefix: bytes | PathTo[bytes | None]) -> Function: ...
    def begins_with(self, prefix: object) -> Function:
        """The stored text or bytes begin with `prefix`; times are stored as ISO 8601 in UTC."""
        return functions.begins_with(self, prefix)

    @overload
    def contains(self: PathTo[str | None], member: str | PathTo[str | None]) -> Function: ...
    @overload
    def contains(self: PathTo[bytes | None], member: bytes | PathTo[bytes | None]) -> Function: ...
    @overload
    def contains(
        self: PathTo[set[Decimal] | frozenset[Decimal] | list[Decimal] | None], member: Decimal | int
    ) -> Function: ...
    @overload
    def contains(self: PathTo[set[U] | frozenset[U] | None], member: U | PathTo[U | None]) -> Function: ...
    @overload
    def contains(self: PathTo[list[U] | None], member: U | PathTo[U | None]) -> Function: ...
    @overload
    def contains(self: PathTo[tuple[U, ...] | None], member: U | PathTo[U | None]) -> Function: ...
    @overload
    def contains(self: PathTo[RootModel[list[U]] | None], member: U | PathTo[U | None]) -> Function: ...
    @overload
    def contains(self: PathConditions[Sequence[U]], member: U | PathTo[U | None]) -> Function: ...
    def contains(self, member: object) -> Function:
        """Text that contains other text, or a set or list that contains a member."""
        return functions.contains(self, member)

    def size(self: PathTo[Sized | BaseModel | date | time | UUID | Enum | None]) -> Size:
        """Its size, to be compared: `Order.lines.size() > 3`.

        Characters of text, bytes of binary, members of a set, elements of a list, entries of a map.
        """
        return Size(self)


IntPath: TypeAlias = PathConditions[int] | PathConditions[int | None]
FloatPath: TypeAlias = PathConditions[float] | PathConditions[float | None]
DatePath: TypeAlias = PathConditions[date] | PathConditions[date | None]
MixedNumberPath: TypeAlias = (
    PathConditions[int | float]
    | PathConditions[int | float | None]
    | PathConditions[int | Decimal]
    | PathConditions[int | Decimal | None]
    | PathConditions[float | Decimal]
    | PathConditions[float | Decimal | None]
    | PathConditions[int | float | Decimal]
    | PathConditions[int | float | Decimal | None]
)
TextPath: TypeAlias = PathTo[
    str | date | time | UUID | Enum | PurePath | IPv4Address | IPv6Address | AnyUrl | None
]
