"""`Attr[T]`: a field that is a typed path on the class and a plain `T` on instances."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, Generic, TypeVar, overload

T = TypeVar("T")


class _AttrMark:
    """Tells an `Attr[T]` from a plain annotation at run time."""

    def __repr__(self) -> str:
        return "Attr"


ATTR: Final = _AttrMark()

if TYPE_CHECKING:
    from ddbmodel.expressions import Path

    class Attr(Generic[T]):
        """The type of a field: `Order.total` is a `Path[T]`, `order.total` a `T`."""

        @overload
        def __get__(self, instance: None, owner: Any) -> Path[T]: ...
        @overload
        def __get__(self, instance: object, owner: Any) -> T: ...
        def __get__(self, instance: object | None, owner: Any) -> Path[T] | T: ...
        def __set__(self, instance: object, value: T) -> None: ...

else:

    class Attr:
        """The type of a field: `Order.total` is a `Path[T]`, `order.total` a `T`.

        At run time it is `Annotated[T, ...]`, so Pydantic sees a plain `T`.
        """

        def __class_getitem__(cls, item: Any) -> Any:
            return Annotated[item, ATTR]
