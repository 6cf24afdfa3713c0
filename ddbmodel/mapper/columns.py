"""One selected path: what has to be projected for it, and how its value is read from what comes back.

A value is validated as it is in a whole model: field by field, with the validators of the field. What is
below a field that is no plain part (a list, a map, a union, a part with validators of its own) is looked up
in the validated value; so such a field is projected whole, which also keeps the positions of list elements.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeAlias, TypeGuard, cast

from pydantic import BaseModel, RootModel, ValidationError
from pydantic_core import SchemaValidator, core_schema

from ddbmodel.codec.containers import DictCodec
from ddbmodel.codec.parts import Absent, FieldCodec, PartCodec
from ddbmodel.codec.values import AttributeValue, Item
from ddbmodel.errors import CodecError
from ddbmodel.expressions import PathRef, Place
from ddbmodel.model import ModelPlan
from ddbmodel.model.plan import invalid, without_input

_Schema: TypeAlias = Mapping[str, Any]

# What wraps the schema of a part without changing its value.
_TRANSPARENT: Final = frozenset(("default", "nullable"))


@dataclass(frozen=True, slots=True)
class Column:
    """One selected path.

    Attributes:
        model: the model's name, for messages.
        above: the parts around the field that is read, from the top.
        owner: the class that declares the field.
        field: the field that is read.
        below: the places from below the field down to the path.
    """

    model: str
    above: tuple[FieldCodec, ...]
    owner: type[BaseModel]
    field: FieldCodec
    below: tuple[Place, ...]

    @property
    def steps(self) -> tuple[str, ...]:
        """The stored names that lead to what is projected."""
        return tuple(field.stored_name for field in (*self.above, self.field))

    @property
    def label(self) -> str:
        """What is projected, as a path is written in Python."""
        return ".".join((self.model, *(field.name for field in (*self.above, self.field))))

    def value(self, item: Item) -> Any:
        """The value in an item; None, or the field's default, where it has none.

        Raises:
            CodecError: what is stored is not of the field's type, or the field is required and not there.
        """
        try:
            value = self._read(item, self.above)
        except CodecError as error:
            raise error.about(self.model) from error.__cause__
        for place in self.below:
            value = _step_into(value, place)
        return value

    def _read(self, attributes: Item, above: tuple[FieldCodec, ...]) -> Any:
        """The validated value of the field, which is below the parts `above` among these attributes."""
        if not above:
            return self._validated(attributes)
        part, *rest = above
        try:
            inner = _part_attributes(part, attributes)
            return None if inner is None else self._read(inner, tuple(rest))
        except CodecError as error:
            raise error.within(part.name) from error.__cause__

    def _validated(self, attributes: Item) -> Any:
        field, validator = self.field, _field_validator(self.owner, self.field.name)
        given = _given(field, attributes)
        try:
            return validator.validate_python(given, by_alias=False, by_name=True)[0][field.name]
        except ValidationError as error:
            refusal = invalid(error, given)
            refusal.__cause__ = without_input(error)
        except KeyError as error:
            reason = (
                "its validator asks for other fields, but a selected one is read alone: read the whole model"
            )
            raise CodecError(reason, (field.name,)) from error
        raise refusal  # here, so that the error with the input is no context of it


def column_of(plan: ModelPlan[Any], path: PathRef) -> Column:
    """The column of a path."""
    places = path.place.lineage
    owners: list[type[BaseModel]] = [plan.model]
    fields: list[FieldCodec] = [plan.part.by_stored_name[str(places[0].steps[0])]]
    for place in places[1:]:
        part = _plain_part(owners[-1], fields[-1])
        if part is None or place.field is None or not _tells_apart(fields, place.field):
            break
        owners.append(part)
        fields.append(place.field)
    return Column(plan.model.__name__, tuple(fields[:-1]), owners[-1], fields[-1], places[len(fields) :])


def _part_attributes(field: FieldCodec, attributes: Item) -> Item | None:
    """The attributes of the part that a field holds; None where it holds none."""
    stored: AttributeValue | None = attributes.get(field.stored_name)
    if stored is None or "NULL" in stored:
        return None if field.codec.nullable else {}
    part: Item | None = stored.get("M")
    if part is None:
        raise CodecError("the stored value is no map")
    return part


def _given(field: FieldCodec, attributes: Item) -> dict[str, Any]:
    """What validation takes for one field; nothing where its default stands for the missing attribute."""
    stored = attributes.get(field.stored_name)
    if stored is not None:
        return {field.name: field.decode(stored)}
    match field.absent:
        case Absent.NONE:
            return {field.name: None}
        case Absent.EMPTY:
            return {field.name: field.empty()}
        case Absent.DEFAULT | Absent.ERROR:
            return {}


def _tells_apart(above: Sequence[FieldCodec], field: FieldCodec) -> bool:
    """True if a missing value means one thing, when of the parts above only this field is asked for.

    A projection leaves out a part of which nothing is left, so a part without the field looks as if it was
    missing.
    """
    if all(part.absent is Absent.ERROR for part in above):
        return True
    plain = (Absent.ERROR, Absent.NONE)
    return field.absent in plain and all(part.absent in plain for part in above)


def _step_into(value: object, place: Place) -> Any:
    """The value at the last step of a place, where its parent's value is known; None if there is none."""
    while _is_root_model(value):
        value = value.root
    step = place.steps[-1]
    if isinstance(step, int):
        return value[step] if _is_sequence(value) and step < len(value) else None
    if _is_mapping(value):
        return _entry(value, step, place)
    return getattr(value, step if place.field is None else place.field.name, None)


def _is_root_model(value: object) -> TypeGuard[RootModel[Any]]:
    return isinstance(value, RootModel)


def _is_sequence(value: object) -> TypeGuard[Sequence[Any]]:
    return isinstance(value, Sequence)


def _is_mapping(value: object) -> TypeGuard[Mapping[Any, Any]]:
    return isinstance(value, Mapping)


def _entry(entries: Mapping[Any, Any], step: str, place: Place) -> Any:
    codec = None if place.parent is None else place.parent.codec.core
    if isinstance(codec, DictCodec):
        return next((entry for key, entry in entries.items() if codec.key_text(key) == step), None)
    return entries.get(step if place.field is None else place.field.name)


# Pydantic's schema -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Fields:
    """The schema of a model's fields, and what it may refer to."""

    fields: Mapping[str, _Schema]
    definitions: Mapping[str, _Schema]
    config: Any

    def resolve(self, schema: _Schema) -> _Schema:
        """A schema without what changes nothing around it."""
        while True:
            if schema["type"] == "definition-ref":
                schema = self.definitions[schema["schema_ref"]]
            elif schema["type"] in _TRANSPARENT:
                schema = schema["schema"]
            else:
                return schema


def _schema_of(owner: type[BaseModel]) -> _Schema:
    """Pydantic's schema of a class, as a mapping: checkers take for ever to narrow the union that it is."""
    return owner.__pydantic_core_schema__


@lru_cache(maxsize=1024)
def _fields_of(owner: type[BaseModel]) -> _Fields:
    schema = _schema_of(owner)
    definitions: dict[str, _Schema] = {}
    config: Any = None
    while schema["type"] != "model-fields":
        if schema["type"] == "definitions":
            definitions = {definition["ref"]: definition for definition in schema["definitions"]}
        if schema["type"] == "definition-ref":
            schema = definitions[schema["schema_ref"]]
            continue
        config = schema.get("config", config)
        schema = schema["schema"]
    return _Fields(schema["fields"], definitions, config)


def _plain_part(owner: type[BaseModel], field: FieldCodec) -> type[BaseModel] | None:
    """The class of the part that a field holds, if its fields can be read one by one.

    They cannot if there is code that makes or checks the part as a whole, or several classes to choose from.
    """
    if type(field.codec.core) is not PartCodec:
        return None
    fields = _fields_of(owner)
    schema = fields.resolve(fields.fields[field.name]["schema"])
    if schema["type"] != "model" or schema["schema"]["type"] != "model-fields":
        return None
    if schema.get("custom_init") or schema.get("post_init"):
        return None
    part: type[BaseModel] = schema["cls"]
    return part


@lru_cache(maxsize=1024)
def _field_validator(owner: type[BaseModel], name: str) -> SchemaValidator:
    """A validator of one field, which it takes in a dict under its name."""
    fields = _fields_of(owner)
    field = core_schema.model_field(fields.fields[name]["schema"])
    schema: Any = core_schema.model_fields_schema({name: field})
    if fields.definitions:
        schema = core_schema.definitions_schema(schema, cast("Any", list(fields.definitions.values())))
    return SchemaValidator(schema, fields.config)
