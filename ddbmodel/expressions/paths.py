"""`Path[T]`: a place in an item, with the Python type of what is there.

A model class gives its fields' paths (`Order.total`). Here is how they go deeper: `.at(Address.city)`, `[0]`,
`["key"]`. Their conditions are in `path_conditions`, their update actions in `path_updates`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Final,
    Generic,
    Literal,
    NoReturn,
    Protocol,
    TypeVar,
    overload,
)

from pydantic import BaseModel, RootModel

from ddbmodel.codec.base import Codec
from ddbmodel.codec.containers import DictCodec, SetCodec, TupleCodec
from ddbmodel.codec.parts import FieldCodec, PartCodec
from ddbmodel.errors import CodecError, ExpressionError
from ddbmodel.expressions.encoding import codecs_of, element_of
from ddbmodel.expressions.path_conditions import PathConditions
from ddbmodel.expressions.path_updates import PathUpdates
from ddbmodel.expressions.places import PathRef, PathTo, Place
from ddbmodel.expressions.visibility import check_visible

T = TypeVar("T")
U = TypeVar("U")
V = TypeVar("V")
W = TypeVar("W")
K = TypeVar("K")

# The documentation has no number; the service calls one more "not within the allowable range".
_LAST_INDEX: Final = 2**31 - 1


class Dataclass(Protocol):
    """An instance of a dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


class Path(PathConditions[T], PathUpdates[T], Generic[T]):
    """A place in an item whose Python type is `T`.

    Make one by naming a field of a model class. Every method gives a frozen value; nothing is sent.

    Raises:
        ExpressionError: from every method: the operand could not be stored there, or DynamoDB would refuse
            the expression.
    """

    __slots__ = ()

    @overload
    def at(self: PathTo[BaseModel | None], path: Path[U]) -> Path[U]: ...
    @overload
    def at(self: PathTo[BaseModel | Mapping[str, Any] | Dataclass | None], path: str) -> Path[Any]: ...
    def at(self, path: PathRef | str) -> Path[Any]:
        """A field of a part: `Order.address.at(Address.city)`.

        Parts that are plain Pydantic models, dataclasses or typed dicts have no paths of their own; their
        fields go by name: `Order.address.at("city")`.
        """
        check_visible(f".at({path!r})", self)
        return self._follow(path) if isinstance(path, PathRef) else self._named(path)

    @overload
    def __getitem__(self: PathTo[list[U] | None], key: int) -> Path[U]: ...
    @overload
    def __getitem__(self: PathTo[dict[K, U] | None], key: K) -> Path[U]: ...
    @overload
    def __getitem__(self: PathTo[tuple[U, V] | None], key: Literal[0]) -> Path[U]: ...
    @overload
    def __getitem__(self: PathTo[tuple[U, V] | None], key: Literal[1]) -> Path[V]: ...
    @overload
    def __getitem__(self: PathTo[tuple[U, V, W] | None], key: Literal[0]) -> Path[U]: ...
    @overload
    def __getitem__(self: PathTo[tuple[U, V, W] | None], key: Literal[1]) -> Path[V]: ...
    @overload
    def __getitem__(self: PathTo[tuple[U, V, W] | None], key: Literal[2]) -> Path[W]: ...
    @overload
    def __getitem__(self: PathTo[tuple[U, ...] | None], key: int) -> Path[U]: ...
    @overload
    def __getitem__(self: PathConditions[Sequence[U]], key: int) -> Path[U]: ...
    @overload
    def __getitem__(self: PathConditions[Mapping[K, U]], key: K) -> Path[U]: ...
    @overload
    def __getitem__(self: PathTo[RootModel[list[U]] | None], key: int) -> Path[U]: ...
    @overload
    def __getitem__(self: PathTo[RootModel[dict[K, U]] | None], key: K) -> Path[U]: ...
    def __getitem__(self, key: Any) -> Path[Any]:
        """An element of a list by its position from 0, or an entry of a map by its key."""
        check_visible("[...]", self)
        if (
            isinstance(key, int)
            and not isinstance(key, bool)
            and not isinstance(self.place.codec.core, DictCodec)
        ):
            return self._element(key)
        return self._key(key)

    def _key(self, key: object) -> Path[Any]:
        core = self.place.codec.core
        if isinstance(core, DictCodec):
            return self._entry(core, key)
        entry = self.place.codec.entry
        if entry is None or not isinstance(key, str):
            raise ExpressionError(
                f"{self!r}[...]: it is stored as {self.place.stored_as}, and has no entries with "
                f"a key of type {type(key).__name__}"
            )
        return self._step(key, f"[{key!r}]", entry)

    def _element(self, index: int) -> Path[Any]:
        if not 0 <= index <= _LAST_INDEX:
            raise ExpressionError(
                f"{self!r}[{index}]: DynamoDB counts the elements of a list from 0 to {_LAST_INDEX:,}, "
                "never from the end"
            )
        element = _element_codec(self.place.codec, index)
        if element is None:
            raise ExpressionError(
                f"{self!r}[{index}]: it is stored as {self.place.stored_as}, and has no element there; "
                "only lists and tuples have elements with a position"
            )
        return self._step(index, f"[{index}]", element)

    def _entry(self, codec: DictCodec, key: object) -> Path[Any]:
        try:
            return self._step(codec.key_text(key), f"[{key!r}]", codec.entry)
        except CodecError as error:
            raise ExpressionError(f"{self!r}[...]: {error.reason}") from error

    def _named(self, name: str) -> Path[Any]:
        parts = _parts(self.place.codec)
        found = {part.fields[name].stored_name: part.fields[name] for part in parts if name in part.fields}
        if len(found) == 1:
            ((_, field),) = found.items()
            return self._step(field.stored_name, f".{name}", field.codec, field)
        if found:
            raise ExpressionError(
                f"{self!r}.at({name!r}): several models there have a field of this name, and store it under "
                "different names; give the path of one of them instead"
            )
        if not parts:
            return self._key(name)
        raise ExpressionError(f"{self!r}.at({name!r}): there is no such field; {_fields(parts)}")

    def _follow(self, path: PathRef) -> Path[Any]:
        """Take the steps of another path from here, through the codecs that are here.

        A subclass may store an inherited field under another name or in another way.
        """
        here: Path[Any] = self
        for place in path.place.lineage:
            here = here._stride(place, path)
        return here

    def _stride(self, place: Place, path: PathRef) -> Path[Any]:
        check_visible(f".at({path!r})", self)
        step = place.steps[-1]
        if place.field is not None:
            field = _same_field(place, _parts(self.place.codec))
            if field is None:
                raise ExpressionError(
                    f"{self!r}.at({path!r}): what is stored there is no {path.place.root.__name__}; "
                    f"{_fields(_parts(self.place.codec))}"
                )
            return self._step(field.stored_name, f".{field.name}", field.codec, field)
        if isinstance(step, int):
            return self._element(step)
        entry = self.place.codec.entry
        if entry is None:
            raise ExpressionError(
                f"{self!r}.at({path!r}): {self!r} is stored as {self.place.stored_as}, no map"
            )
        return self._step(step, place.label.removeprefix(place.parent.label if place.parent else ""), entry)

    def _step(self, step: str | int, label: str, codec: Codec, field: FieldCodec | None = None) -> Path[Any]:
        place = self.place
        return Path(place.root, (*place.steps, step), f"{place.label}{label}", codec, field, parent=place)

    # Python would ask for [0], [1], ... for ever.
    __iter__: ClassVar[None] = None

    if TYPE_CHECKING:
        __contains__: ClassVar[None]
    else:

        def __contains__(self, member: object) -> NoReturn:
            raise TypeError(f"{self!r} is a path: write {self!r}.contains(...) instead of `in`")

    def __bool__(self) -> NoReturn:
        raise TypeError(f"{self!r} is a path, neither true nor false: compare it, such as {self!r} == True")


def _element_codec(codec: Codec, index: int) -> Codec | None:
    core = codec.core
    if isinstance(core, TupleCodec):
        return core.element_at(index)
    is_list = not codec.types or ("L" in codec.types and not isinstance(core, SetCodec))
    return element_of(codec) if is_list else None


def _parts(codec: Codec) -> list[PartCodec]:
    """The records that can be stored there."""
    return [core for core in codecs_of(codec) if isinstance(core, PartCodec)]


def _same_field(place: Place, parts: list[PartCodec]) -> FieldCodec | None:
    """The field of one of the records that is the one at `place`, or inherits it."""
    assert place.field is not None
    name = place.field.name
    found = [part.fields[name] for part in parts if name in part.fields and _descends(part, place)]
    by_stored_name = {field.stored_name: field for field in reversed(found)}
    return by_stored_name.get(place.field.stored_name, found[0] if found else None)


def _descends(part: PartCodec, place: Place) -> bool:
    owners = [place.root] if place.parent is None else [p.owner for p in _parts(place.parent.codec)]
    return any(issubclass(part.owner, owner) for owner in owners)


def _fields(parts: list[PartCodec]) -> str:
    if not parts:
        return "it has no fields"
    return "; ".join(f"{part.name} has {', '.join(part.fields) or 'no fields'}" for part in parts)
