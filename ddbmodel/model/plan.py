"""The plan of a model: its codec, keys, indexes and table, compiled once when the class is complete."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from ddbmodel import limits
from ddbmodel.codec.levels import levels_max
from ddbmodel.codec.parts import Absent, Access, FieldCodec, PartCodec
from ddbmodel.codec.scalars import STR
from ddbmodel.codec.sizes import item_size_bytes, nesting_levels, value_size_bytes
from ddbmodel.codec.trial import message_of, refusal_of
from ddbmodel.codec.values import Attributes, AttributeValue, Item
from ddbmodel.codec.wire_decoder import ReadText, text_decoder
from ddbmodel.codec.wire_item import WireItem, dump_item
from ddbmodel.errors import CodecError, ExpressionError, ItemTooLarge, ModelDefinitionError
from ddbmodel.model.binding import bind_keys
from ddbmodel.model.compiler import Compiler
from ddbmodel.model.declaration import build_keys
from ddbmodel.model.fields import FieldOptions, options_of
from ddbmodel.model.guards import GUARD_PREFIX, UniqueGuard, build_guards
from ddbmodel.model.indexes import Index
from ddbmodel.model.key_plan import KeyPlan
from ddbmodel.model.keys import ItemKey
from ddbmodel.model.records import RECORDS
from ddbmodel.model.roles import NO_ROLES, WRITE_ATTRIBUTE, Roles, build_roles
from ddbmodel.model.schema_history import NO_HISTORY, SCHEMA_ATTRIBUTE, SchemaHistory, check_extra
from ddbmodel.model.shared_table import ENTITY_ATTRIBUTE, Table
from ddbmodel.model.stored import remember
from ddbmodel.schema import TableSchema, TableSettings
from ddbmodel.schema.settings import NO_SETTINGS

M = TypeVar("M", bound=BaseModel)
_LARGEST_NAMED: Final = 3
# No key attribute is too long with so many bytes.
_SHORT_KEY: Final = min(limits.SORT_KEY_BYTES, limits.PARTITION_KEY_BYTES)
_PACKAGE: Final = __name__.partition(".")[0] + "."


@dataclass(frozen=True)
class ModelPlan(Generic[M]):
    """Everything that is known of a model class.

    Attributes:
        model: the class.
        part: the codec of its fields.
        keys: its table, and how the keys there are written; None for a part or a base class.
        indexes: its indexes by the class attribute that declares them.
        shared: the table, if it is one of several models.
        roles: the fields that writes take care of.
        guards: how its unique fields are kept unique.
        history: the version of its schema, and the way to it from those before.
    """

    model: type[M]
    part: PartCodec
    keys: KeyPlan | None
    indexes: Mapping[str, Index]
    shared: Table | None = None
    roles: Roles = NO_ROLES
    guards: tuple[UniqueGuard, ...] = ()
    history: SchemaHistory = NO_HISTORY

    @property
    def stored_keys(self) -> KeyPlan:
        """The keys.

        Raises:
            ModelDefinitionError: the model has no table.
        """
        if self.keys is None:
            raise ModelDefinitionError(
                f'{self.model.__name__} has no table: write class {self.model.__name__}(Model, table="...")'
            )
        return self.keys

    @property
    def stored_table(self) -> TableSchema:
        """The table.

        Raises:
            ModelDefinitionError: the model has none.
        """
        return self.stored_keys.table

    @property
    def settings(self) -> TableSettings:
        """What the table is beside keys and indexes, as far as it is declared."""
        if self.shared is not None:
            return self.shared.settings
        return getattr(self.model, "__ddbmodel_settings__", NO_SETTINGS)

    @property
    def key_fields(self) -> tuple[FieldCodec, ...]:
        """The fields of the primary key, partition key first."""
        return self.stored_keys.fields

    @cached_property
    def paths(self) -> dict[str, Any]:
        """The paths of fields that were asked for so far, by name: they never change."""
        return {}

    @cached_property
    def required(self) -> frozenset[str]:
        """The attributes without which an item cannot be read, but for the key's and what writes add."""
        roles = self.roles
        by_itself = [field for field in (roles.version, roles.created_at, roles.updated_at) if field]
        known = {field.name for field in (*self.key_fields, *by_itself)}
        needed = (field for field in self.part.fields.values() if field.absent is Absent.ERROR)
        return frozenset(field.stored_name for field in needed if field.name not in known)

    # Items --------------------------------------------------------------------------------------------

    def encode(self, model: M, instead: Item | None = None) -> WireItem:
        """Give the item of a model, in both of its forms.

        Args:
            model: the model.
            instead: attributes that take the place of what the model has.

        Raises:
            CodecError: a value cannot be stored without loss, or a key is empty or too long.
            ItemTooLarge: over 400 KB.
        """
        try:
            item = self.part.encode_attributes(model)
            if instead:
                item |= instead
            if self.keys is not None:
                if self.part.keeps_extra:
                    check_extra(item)
                self.keys.add_to(item, self.part.fields)
                self.keys.check(item)
                if self.history.is_kept:
                    item[SCHEMA_ATTRIBUTE] = self.history.mark
        except CodecError as error:
            raise error.about(self.model.__name__) from error.__cause__
        except RecursionError:
            raise self._too_deep() from None
        return self._weighed(item)

    def decode(self, item: Item) -> M:
        """Give the model of an item, validated. An item of an older schema version is upgraded before.

        Raises:
            CodecError: the item is not one of this model, or of a newer schema version than the class; the
                path names the place.
        """
        if isinstance(item, WireItem):
            quickly = self._decoded_quickly(item)
            if quickly is not None:
                return quickly
        try:
            own = item if self._is_plain and SCHEMA_ATTRIBUTE not in item else self._own_attributes(item)
            values = self.part.decode_attributes(own)
        except CodecError as error:
            raise error.about(self.model.__name__) from error.__cause__
        try:
            model: M = self.model.__pydantic_validator__.validate_python(values, by_alias=False, by_name=True)
        except ValidationError as error:
            refusal = invalid(error, values).about(self.model.__name__)
            refusal.__cause__ = without_input(error)
        except Exception as error:  # noqa: BLE001  # a function of the user's, that did not expect this
            # Not chained: it may quote the value.
            refusal = CodecError(f"validation failed ({type(error).__name__})").about(self.model.__name__)
        else:
            if self.keys is not None:
                remember(model, item)
            return model
        raise refusal  # here, so that the error with the input is no context of it

    def _decoded_quickly(self, item: WireItem) -> M | None:
        """The model by the decoder that is made for its class; None without one, or if anything is odd."""
        read = self._read_text
        if read is None:
            return None
        try:
            values = read(item.text)
            model: M = self.model.__pydantic_validator__.validate_python(values, by_alias=False, by_name=True)
        except Exception:  # noqa: BLE001  # whatever it is, the plain way says what and where
            return None
        remember(model, item)
        return model

    @cached_property
    def _read_text(self) -> ReadText | None:
        keys, history = self.keys, self.history
        if keys is None:
            return text_decoder(self.part)
        # An item of another version takes the plain way.
        version = (SCHEMA_ATTRIBUTE, str(history.version) if history.is_kept else None)
        marks = [] if keys.entity_attribute is None else [(keys.entity_attribute, keys.entity_name or "")]
        # What is not there of the others may stand in the key.
        return text_decoder(self.part, [field.name for field in keys.written], marks, version)

    @cached_property
    def _is_plain(self) -> bool:
        """True if an item is nothing but fields: no entity, written keys, extra values or schema version."""
        keys = self.keys
        alone = keys is None or (keys.entity_attribute is None and not keys.composed)
        return alone and not self.history.is_kept and not self.part.keeps_extra

    def _own_attributes(self, item: Item) -> Item:
        """The item, without what is no field where undeclared attributes are kept.

        Raises:
            CodecError: the item is another entity's.
        """
        keys = self.keys
        if keys is None:
            return item
        if not keys.owns(item):
            raise CodecError(
                f"the item is a {keys.entity_of(item)!r}, and no {keys.entity_name!r}",
                (keys.entity_attribute or "",),
            )
        item = keys.completed(self.upgraded(keys.completed(item)))
        if not self.part.keeps_extra:
            return item
        return {name: stored for name, stored in item.items() if name not in self.hidden}

    def upgraded(self, item: Item, lacking: set[str] | None = None) -> Item:
        """Give an item in the schema version of today; the same one if it is in that already.

        Args:
            item: as it is stored.
            lacking: takes the names that upgraders asked for, and that were not there.

        Raises:
            CodecError: it cannot be upgraded, or is of a newer version.
        """
        key = (attribute.name for attribute in self.stored_table.key)
        return self.history.upgraded(item, self.hidden, key, lacking)

    @cached_property
    def hidden(self) -> frozenset[str]:
        """The attributes of an item that are neither fields nor extra values of the model."""
        managed = self.keys.managed if self.keys is not None else frozenset[str]()
        return managed | {WRITE_ATTRIBUTE, SCHEMA_ATTRIBUTE}

    # Keys ---------------------------------------------------------------------------------------------

    def key_of(self, model: M) -> ItemKey[M]:
        """Give the key of a model.

        Raises:
            CodecError: a key value cannot be stored.
        """
        return self._key({field.name: getattr(model, field.name) for field in self.key_fields}, model)

    def make_key(self, values: tuple[Any, ...], fields: Mapping[str, Any]) -> ItemKey[M]:
        """Make a key from values in order, or by field name.

        Raises:
            ExpressionError: values are missing, or there are too many.
            CodecError: a value cannot be stored as this key.
        """
        names = self._key_names
        given = dict(zip(names, values, strict=False))
        if not fields and len(values) == len(names):
            return self._key(given)
        if len(values) > len(names) or set(fields) & set(given) or (set(given) | set(fields)) != set(names):
            raise ExpressionError(
                f"the key of {self.model.__name__} is ({', '.join(names)}): give each of them once"
            )
        return self._key({**given, **fields})

    @cached_property
    def _key_names(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.key_fields)

    def _key(self, values: dict[str, Any], model: M | None = None) -> ItemKey[M]:
        attributes = self._text_key(values)
        return ItemKey(self.model, attributes or self._encoded_key(values, model), values)

    def _text_key(self, values: Mapping[str, Any]) -> Attributes | None:
        """The attributes of a key of short ASCII texts, as most are; None of any other."""
        attributes: Attributes = {}
        for name, stored_name in self._text_key_names:
            value = values[name]
            if value.__class__ is not str or not 0 < len(value) <= _SHORT_KEY or not value.isascii():
                return None
            attributes[stored_name] = {"S": value}
        return attributes

    @cached_property
    def _text_key_names(self) -> Sequence[tuple[str, str]]:
        """The names of the key's fields and attributes; none where these are not just texts."""
        keys = self.stored_keys
        bindings = keys.primary.bindings
        plain = all(not binding.is_composed and binding.sources[0].codec is STR for binding in bindings)
        if not plain or keys.reserved is not None:
            return ()
        return [(binding.sources[0].name, binding.name) for binding in bindings]

    def _encoded_key(self, values: Mapping[str, Any], model: M | None) -> Attributes:
        keys, stored = self.stored_keys, dict[str, AttributeValue | None]()
        try:
            for field in keys.fields:
                stored[field.name] = field.encode(values[field.name], model)
            rendered = {binding.name: binding.render(stored) for binding in keys.primary.bindings}
            attributes = {name: value for name, value in rendered.items() if value is not None}
            keys.check(attributes, primary_only=True)
        except CodecError as error:
            raise error.about(self.model.__name__) from error.__cause__
        return attributes

    def key_from_item(self, item: Item) -> Item:
        """Give the primary key's attributes of a stored item."""
        return {attribute.name: item[attribute.name] for attribute in self.stored_table.key}

    # Checks -------------------------------------------------------------------------------------------

    def _weighed(self, item: Attributes) -> WireItem:
        """The item with its JSON."""
        try:
            weighed = WireItem(dump_item(item), item)
        except TypeError:
            raise self._too_deep() from None
        # JSON has never fewer bytes than DynamoDB meters.
        if len(weighed.text) > limits.ITEM_BYTES or self._levels_max > limits.NESTING_LEVELS:
            self._check_size(item)
        return weighed

    def _check_size(self, item: Item) -> None:
        """Refuse an item that the service would refuse: over 400 KB, or nested deeper than 32 levels.

        Raises:
            ItemTooLarge: over 400 KB.
            CodecError: lists and maps are nested too deep.

        Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
        """
        size = item_size_bytes(item)
        if size > limits.ITEM_BYTES:
            weights = sorted(((value_size_bytes(value), name) for name, value in item.items()), reverse=True)
            largest = ", ".join(f"{name} ({weight:,} bytes)" for weight, name in weights[:_LARGEST_NAMED])
            raise ItemTooLarge(
                f"the {self.model.__name__} has {size:,} bytes, an item at most {limits.ITEM_BYTES:,}; "
                f"the largest attributes: {largest}"
            )
        for name, value in item.items():
            if ("M" in value or "L" in value) and nesting_levels(value) > limits.NESTING_LEVELS:
                raise self._too_deep(name)

    @cached_property
    def _levels_max(self) -> int:
        """How deep lists and maps of the model can be nested; more than DynamoDB takes if that is open."""
        return levels_max(self.part, limits.NESTING_LEVELS + 2) - 1

    def _too_deep(self, *path: str) -> CodecError:
        return CodecError(
            f"lists and maps are nested deeper than {limits.NESTING_LEVELS} levels, more than DynamoDB takes",
            path,
        ).about(self.model.__name__)


def compile_plan(
    cls: type[M],
    table: str | Table | None,
    indexes: Mapping[str, Index],
    entity: str | None = None,
    history: SchemaHistory = NO_HISTORY,
) -> ModelPlan[M]:
    """Compile a complete class.

    Raises:
        ModelDefinitionError: a field's type cannot be stored, or keys or indexes are wrong.
    """
    codec = Compiler(RECORDS).compile(cls.__pydantic_core_schema__).core
    if not isinstance(codec, PartCodec):
        if table is not None:
            raise ModelDefinitionError(f"{cls.__name__}: a root model is a part, it cannot have a table")
        codec = PartCodec(cls, (), Access(lambda value: isinstance(value, cls), vars))
    options: dict[str, FieldOptions] = {
        name: options_of(info) for name, info in cls.__pydantic_fields__.items() if name in codec.fields
    }
    if table is None:
        return ModelPlan(cls, codec, None, dict(indexes))
    keys = _keys(cls, table, codec, options=options, indexes=indexes, entity=entity)
    guards = _guards(cls, keys, [codec.fields[name] for name, option in options.items() if option.unique])
    keys = replace(keys, reserved=GUARD_PREFIX if guards and keys.entity_name is None else None)
    shared, roles = table if isinstance(table, Table) else None, build_roles(cls.__name__, codec, options)
    plan = ModelPlan(cls, codec, keys, dict(indexes), shared, roles, guards, history)
    if shared is not None:
        shared.register(plan)
    return plan


def _keys(
    cls: type[Any],
    table: str | Table,
    codec: PartCodec,
    *,
    options: Mapping[str, FieldOptions],
    indexes: Mapping[str, Index],
    entity: str | None,
) -> KeyPlan:
    if isinstance(table, Table):
        for field_name, option in options.items():
            if option.role in ("partition key", "sort key"):
                raise ModelDefinitionError(
                    f"{cls.__name__}.{field_name}: {option.role.replace(' ', '_')}() is for a table of one "
                    'model; of a shared one, the keys are written by Key(partition="...", sort="...")'
                )
        name = cls.__name__ if entity is None else entity
        return bind_keys(cls.__name__, table, name, codec, indexes)
    if entity is not None:
        raise ModelDefinitionError(f"{cls.__name__}: entity= goes with a Table(...), not with a table's name")
    return build_keys(cls.__name__, table, codec, options, indexes)


def _guards(cls: type[Any], keys: KeyPlan, unique: Sequence[FieldCodec]) -> tuple[UniqueGuard, ...]:
    attribute = keys.entity_attribute or ENTITY_ATTRIBUTE
    try:
        return build_guards(keys.table, unique, keys.entity_name, attribute)
    except ModelDefinitionError as error:
        raise ModelDefinitionError(f"{cls.__name__}: {error}") from error


def plan_of(model: type[M]) -> ModelPlan[M]:
    """Give the plan of a model class.

    Raises:
        ModelDefinitionError: the class is no `Model`, or has annotations that are not defined yet.
    """
    plan: ModelPlan[M] | None = model.__dict__.get("__ddbmodel_plan__")
    if plan is None:
        if not hasattr(model, "__ddbmodel_own_indexes__"):
            raise ModelDefinitionError(f"{model.__name__} is no subclass of ddbmodel.Model")
        model.model_rebuild(raise_errors=False, _types_namespace=_user_namespace())
        plan = model.__dict__.get("__ddbmodel_plan__")
    if plan is None:
        raise ModelDefinitionError(
            f"{model.__name__} refers to a type that is not defined yet: define it, then call "
            f"{model.__name__}.model_rebuild() if it is defined inside of a function"
        )
    return plan


def _user_namespace() -> Mapping[str, Any]:
    """The names at the user's code: a class inside of a function may refer to one that was defined later."""
    frame = inspect.currentframe()
    assert frame is not None
    while frame.f_back is not None and str(frame.f_globals.get("__name__", "")).startswith(_PACKAGE):
        frame = frame.f_back
    return frame.f_locals


def invalid(error: ValidationError, values: Any = None) -> CodecError:
    """Give Pydantic's first error, with its place in the values that were validated, without the values."""
    refusal = refusal_of(error, values)
    return CodecError(refusal.reason, refusal.path)


def without_input(error: ValidationError) -> ValidationError:
    """Give the same error without the values that it is about, to be chained."""
    lines: list[InitErrorDetails] = []
    for detail in error.errors(include_input=False, include_url=False, include_context=False):
        kind: Any = detail["type"]
        message = PydanticCustomError(kind, "{message}", {"message": message_of(detail)})
        lines.append(InitErrorDetails(type=message, loc=detail["loc"], input=None))
    return ValidationError.from_exception_data(error.title, lines, hide_input=True)
