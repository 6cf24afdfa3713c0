"""Selected fields: from the parts of an item that a projection returns to a row of validated values."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from ddbmodel.codec.parts import Absent, FieldCodec, PartCodec
from ddbmodel.codec.values import AttributeValue, Item
from ddbmodel.errors import CodecError
from ddbmodel.expressions import PathRef, Projection
from ddbmodel.mapper.paths import check_paths
from ddbmodel.model import ModelPlan
from ddbmodel.model.plan import invalid, without_input

_MISSING: AttributeValue = {}


@dataclass(frozen=True, slots=True)
class Selection:
    """The fields that a read returns, as named tuples.

    Attributes:
        plan: the model.
        paths: the fields in the order asked for.
        keys: attributes that come along so that a page can be continued.
    """

    plan: ModelPlan[Any]
    paths: tuple[PathRef, ...]
    keys: tuple[PathRef, ...] = ()

    def __post_init__(self) -> None:
        check_paths(self.plan, self.paths)
        Projection(self.paths)

    @property
    def attributes(self) -> frozenset[str]:
        """The top-level attributes that are needed."""
        return frozenset(str(path.place.steps[0]) for path in self.paths)

    def projection(self, keys: Sequence[PathRef]) -> Projection:
        """The projection to send, with the key attributes that are not selected already."""
        extra = [key for key in keys if not any(key.overlaps(path) for path in self.paths)]
        return Projection((*self.paths, *extra))

    def row(self, item: Item) -> tuple[Any, ...]:
        """The selected values of one item; None, or the field's default, where it has none."""
        values = [self._value(item, path) for path in self.paths]
        row: tuple[Any, ...] = _row_type(_names(self.paths))(*values)
        return row

    def _value(self, item: Item, path: PathRef) -> Any:
        place = path.place
        stored = self._stored({"M": item}, place.steps)
        if stored is None:
            return self._absent(path)
        try:
            return _validated(self.plan.model, path, stored)
        except CodecError as error:
            raise CodecError(error.reason, (path.place.label.partition(".")[2], *error.segments)).about(
                self.plan.model.__name__
            ) from error.__cause__

    def _stored(self, stored: AttributeValue, steps: tuple[str | int, ...]) -> AttributeValue | None:
        """The value at `steps`. A projection leaves out the list elements that were not asked for, and the rest
        move up."""
        done: tuple[str | int, ...] = ()
        for step in steps:
            if isinstance(step, int):
                elements = stored.get("L")
                place = self._position(done, step)
                if not isinstance(elements, list) or place >= len(elements):
                    return None
                stored = elements[place]
            else:
                entries = stored.get("M")
                if not isinstance(entries, Mapping) or step not in entries:
                    return None
                stored = entries[step]
            done = (*done, step)
        return stored

    def _position(self, done: tuple[str | int, ...], index: int) -> int:
        asked = {
            path.place.steps[len(done)]
            for path in self.paths
            if len(path.place.steps) > len(done) and path.place.steps[: len(done)] == done
        }
        return sorted(step for step in asked if isinstance(step, int)).index(index)

    def _absent(self, path: PathRef) -> Any:
        field = path.place.field
        if field is None or field.absent is Absent.NONE or field.absent is Absent.ERROR:
            return None
        if field.absent is Absent.EMPTY:
            return _adapter(*_field_of(self.plan.model, path)).validate_python(set())
        owner, name = _field_of(self.plan.model, path)
        return owner.__pydantic_fields__[name].get_default(call_default_factory=True)


def _validated(model: type[BaseModel], path: PathRef, stored: AttributeValue) -> Any:
    decoded = path.place.codec.decode(stored)
    try:
        if path.place.field is not None:
            return _adapter(*_field_of(model, path)).validate_python(decoded, by_alias=False, by_name=True)
        core = path.place.codec.core
        if isinstance(core, PartCodec) and issubclass(core.owner, BaseModel) and decoded is not None:
            return core.owner.__pydantic_validator__.validate_python(decoded, by_alias=False, by_name=True)
    except ValidationError as error:
        raise invalid(error) from without_input(error)
    return decoded


def _field_of(model: type[BaseModel], path: PathRef) -> tuple[type[BaseModel], str]:
    """The class that declares the field at a path, and the field's name."""
    from ddbmodel.model import plan_of

    field = path.place.field
    assert isinstance(field, FieldCodec)
    owner: PartCodec = plan_of(model).part
    codec: Any = owner
    for step in path.place.steps:
        core = codec.core
        if isinstance(core, PartCodec) and isinstance(step, str):
            owner = core
            codec = core.by_stored_name[step].codec
        else:
            codec = codec.element_at(step) if isinstance(step, int) else codec.entry
    return owner.owner, field.name


@lru_cache(maxsize=1024)
def _adapter(owner: type[BaseModel], name: str) -> TypeAdapter[Any]:
    info = owner.__pydantic_fields__[name]
    annotation: Any = info.annotation
    return TypeAdapter(Annotated[annotation, *info.metadata] if info.metadata else annotation)


def _names(paths: Sequence[PathRef]) -> tuple[str, ...]:
    """The last name of each path, numbered where two are the same."""
    names: list[str] = []
    for path in paths:
        texts = [step for step in path.place.steps if isinstance(step, str)]
        name = path.place.field.name if path.place.field else texts[-1]
        while name in names or not name.isidentifier():
            name = f"f{len(names)}" if not name.isidentifier() else f"{name}_{len(names)}"
        names.append(name)
    return tuple(names)


@lru_cache(maxsize=1024)
def _row_type(names: tuple[str, ...]) -> Any:
    return namedtuple("Row", names, rename=True)  # noqa: PYI024  # the names are known at run time only
