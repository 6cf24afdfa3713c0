"""The methods of a path that make update actions, typed so that a wrong one is an error in the editor.

What they do is in `actions`; here is what they accept. `path_conditions` says why the types in `self` are
as they are.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import timedelta
from decimal import Decimal
from typing import Any, Generic, TypeAlias, TypeVar, overload

from ddbmodel.expressions import actions
from ddbmodel.expressions.operands import Computed
from ddbmodel.expressions.places import PathTo
from ddbmodel.expressions.updates import Action

T = TypeVar("T")
U = TypeVar("U")


class PathUpdates(PathTo[T], Generic[T]):
    """Update actions of a path whose Python type is `T`."""

    __slots__ = ()

    @overload
    def set(
        self: PathUpdates[Decimal], value: Decimal | int | PathTo[Decimal] | Computed[Decimal | None]
    ) -> Action: ...
    @overload
    def set(
        self: PathUpdates[Decimal | None],
        value: Decimal | int | PathTo[Decimal | None] | Computed[Decimal | None] | None,
    ) -> Action: ...
    @overload
    def set(self, value: T | PathTo[T] | Computed[T | None]) -> Action: ...
    def set(self, value: object) -> Action:
        """Set to a value, another path's value, or a sum. None and an empty set remove the attribute.

        The value has to be of the field's type; Pydantic's constraints and validators see it when it is read.
        """
        return actions.set_value(self, value)

    @overload
    def set_if_not_exists(
        self: PathTo[Decimal | None], value: Decimal | int | PathTo[Decimal | None]
    ) -> Action: ...
    @overload
    def set_if_not_exists(self, value: T | PathTo[T]) -> Action: ...
    def set_if_not_exists(self, value: object) -> Action:
        """Set to a value unless the attribute is there."""
        return actions.set_if_not_exists(self, value)

    def remove(self) -> Action:
        """Remove the attribute or list element. Required fields are refused."""
        return actions.remove(self)

    @overload
    def add(self: PathTo[AnySet[Decimal] | None], value: Members[Decimal | int]) -> Action: ...
    @overload
    def add(self: PathTo[AnySet[U] | None], value: Members[U]) -> Action: ...
    @overload
    def add(self: PathTo[Decimal | None], value: Decimal | int) -> Action: ...
    @overload
    def add(self: IntPath, value: int) -> Action: ...
    @overload
    def add(self: FloatPath, value: float) -> Action: ...
    @overload
    def add(self: PathTo[timedelta | None], value: timedelta) -> Action: ...
    def add(self, value: object) -> Action:
        """Add to a number, which starts from 0, or add members to a set. Not safe to repeat for numbers."""
        return actions.add(self, value)

    @overload
    def increment(
        self: PathTo[Decimal | None],
        by: Decimal | int | PathTo[Decimal] = 1,
        *,
        start: Decimal | int | None = 0,
    ) -> Action: ...
    @overload
    def increment(self: IntPath, by: int | PathTo[int] = 1, *, start: int | None = 0) -> Action: ...
    @overload
    def increment(self: FloatPath, by: float | PathTo[float] = 1, *, start: float | None = 0) -> Action: ...
    def increment(self, by: object = 1, *, start: object = 0) -> Action:
        """Add to a number, which starts from `start` where it is missing; with None it must be there."""
        return actions.increment(self, by, start)

    @overload
    def append(self: PathTo[list[Decimal] | None], *values: Decimal | int) -> Action: ...
    @overload
    def append(self: PathTo[list[U] | None], values: list[U], /) -> Action: ...
    @overload
    def append(self: PathTo[list[U] | None], *values: U) -> Action: ...
    def append(self, *values: object) -> Action:
        """Append values, or one list of values, to a list; a missing list starts empty."""
        return actions.extend(self, values, front=False)

    @overload
    def prepend(self: PathTo[list[Decimal] | None], *values: Decimal | int) -> Action: ...
    @overload
    def prepend(self: PathTo[list[U] | None], values: list[U], /) -> Action: ...
    @overload
    def prepend(self: PathTo[list[U] | None], *values: U) -> Action: ...
    def prepend(self, *values: object) -> Action:
        """Put values, or one list of values, in front of a list; a missing list starts empty."""
        return actions.extend(self, values, front=True)

    @overload
    def delete(self: PathTo[AnySet[Decimal] | None], members: Members[Decimal | int]) -> Action: ...
    @overload
    def delete(self: PathTo[AnySet[U] | None], members: Members[U]) -> Action: ...
    def delete(self, members: object) -> Action:
        """Take members out of a set. A set without members is stored by absence."""
        return actions.delete(self, members)

    # Sums, for `set` ------------------------------------------------------------------------------------

    @overload
    def __add__(self: PathTo[Decimal | None], other: Decimal | int | PathTo[Decimal]) -> Computed[T]: ...
    @overload
    def __add__(self: IntPath, other: int | PathTo[int]) -> Computed[T]: ...
    @overload
    def __add__(self: FloatPath, other: float | PathTo[float]) -> Computed[T]: ...
    @overload
    def __add__(self: PathTo[timedelta | None], other: timedelta | PathTo[timedelta]) -> Computed[T]: ...
    def __add__(self, other: object) -> Computed[Any]:
        return Computed(actions.arithmetic(self, "+", other, self))

    @overload
    def __sub__(self: PathTo[Decimal | None], other: Decimal | int | PathTo[Decimal]) -> Computed[T]: ...
    @overload
    def __sub__(self: IntPath, other: int | PathTo[int]) -> Computed[T]: ...
    @overload
    def __sub__(self: FloatPath, other: float | PathTo[float]) -> Computed[T]: ...
    @overload
    def __sub__(self: PathTo[timedelta | None], other: timedelta | PathTo[timedelta]) -> Computed[T]: ...
    def __sub__(self, other: object) -> Computed[Any]:
        return Computed(actions.arithmetic(self, "-", other, self))

    @overload
    def __radd__(self: PathTo[Decimal | None], other: Decimal | int) -> Computed[T]: ...
    @overload
    def __radd__(self: IntPath, other: int) -> Computed[T]: ...
    @overload
    def __radd__(self: FloatPath, other: float) -> Computed[T]: ...
    @overload
    def __radd__(self: PathTo[timedelta | None], other: timedelta) -> Computed[T]: ...
    def __radd__(self, other: object) -> Computed[Any]:
        return Computed(actions.arithmetic(other, "+", self, self))

    @overload
    def __rsub__(self: PathTo[Decimal | None], other: Decimal | int) -> Computed[T]: ...
    @overload
    def __rsub__(self: IntPath, other: int) -> Computed[T]: ...
    @overload
    def __rsub__(self: FloatPath, other: float) -> Computed[T]: ...
    @overload
    def __rsub__(self: PathTo[timedelta | None], other: timedelta) -> Computed[T]: ...
    def __rsub__(self, other: object) -> Computed[Any]:
        return Computed(actions.arithmetic(other, "-", self, self))


# Outside of the class, where `set` is a method.
AnySet: TypeAlias = set[U] | frozenset[U]
Members: TypeAlias = AbstractSet[U] | list[U] | tuple[U, ...]
IntPath: TypeAlias = PathUpdates[int] | PathUpdates[int | None]
FloatPath: TypeAlias = PathUpdates[float] | PathUpdates[float | None]
