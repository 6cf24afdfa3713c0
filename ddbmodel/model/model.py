"""`Model`: a Pydantic model whose class attributes are typed paths, and which may have a table."""

from __future__ import annotations

import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from types import FrameType
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self, dataclass_transform

from pydantic import BaseModel, Field, PrivateAttr

from ddbmodel.errors import ModelDefinitionError
from ddbmodel.expressions import Path
from ddbmodel.model.fields import created_at, field, partition_key, sort_key, ttl, updated_at, version
from ddbmodel.model.indexes import Index, named
from ddbmodel.model.keys import ItemKey
from ddbmodel.model.plan import ModelPlan, compile_plan, plan_of
from ddbmodel.model.schema_history import NO_HISTORY, SchemaHistory, Upgrader, build_history
from ddbmodel.model.shared_table import Table
from ddbmodel.model.stored import STORED_SLOT, carry_over
from ddbmodel.schema import BackupPolicy, TableSettings
from ddbmodel.schema.settings import NO_SETTINGS

if TYPE_CHECKING:
    from pydantic._internal._model_construction import ModelMetaclass as PydanticMetaclass
    from pydantic.config import ConfigDict
    from typing_extensions import Unpack
else:
    PydanticMetaclass = type(BaseModel)

# While Pydantic builds a class it asks bases for class attributes, to find defaults and shadowed fields;
# a path must not look like either.
_building: Final[ContextVar[bool]] = ContextVar("ddbmodel_building", default=False)


@contextmanager
def _hidden_paths() -> Generator[None]:
    token = _building.set(True)
    try:
        yield
    finally:
        _building.reset(token)


@dataclass_transform(
    kw_only_default=True,
    field_specifiers=(
        field,
        partition_key,
        sort_key,
        version,
        ttl,
        created_at,
        updated_at,
        Field,
        PrivateAttr,
    ),
)
class ModelMetaclass(PydanticMetaclass):
    """Pydantic's metaclass, with a table and indexes for the class, and paths for its fields."""

    if not TYPE_CHECKING:

        def __new__(
            mcs,
            name,
            bases,
            namespace,
            *,
            table=None,
            entity=None,
            settings=None,
            backups=None,
            schema_version=None,
            upgraders=None,
            **kwargs,
        ):
            indexes = {key: value for key, value in namespace.items() if isinstance(value, Index)}
            plain = {key: value for key, value in namespace.items() if key not in indexes}
            # Pydantic would look names up in the frame that calls it, which is this one.
            kwargs.setdefault("__pydantic_reset_parent_namespace__", False)
            with _hidden_paths():
                cls = super().__new__(mcs, name, bases, plain, **kwargs)
            _declare(cls, table, entity, indexes)
            if settings is not None or backups is not None:
                declared = _checked_settings(name, table, settings, backups)
                type.__setattr__(cls, "__ddbmodel_settings__", declared)
            if schema_version is not None or upgraders is not None:
                history = build_history(name, schema_version, upgraders)
                type.__setattr__(cls, "__ddbmodel_history__", history)
            if not cls.__pydantic_complete__:
                _complete_locally(cls, sys._getframe(1))
            if cls.__pydantic_complete__ and "__ddbmodel_plan__" not in cls.__dict__:
                _compile(cls)
            return cls

        def __getattr__(cls, name):  # noqa: N805  # a metaclass' instances are classes
            if not _building.get() and not name.startswith("__"):
                fields = cls.__dict__.get("__pydantic_fields__") or {}
                if name in fields:
                    return _path(cls, name)
                if name == "key":
                    return _KeyMaker(cls)
            return super().__getattr__(name)


def _declare(cls: Any, table: object, entity: object, indexes: Mapping[str, Index]) -> None:
    """Keep what the class statement says of the table; make paths of fields named like inherited methods."""
    own = {key: named(index, key) for key, index in indexes.items()}
    type.__setattr__(cls, "__ddbmodel_own_indexes__", own)
    fields = cls.__pydantic_fields__
    for key, index in own.items():
        if key in fields or key == "key" or hasattr(BaseModel, key):
            other = "a field" if key in fields else "a method of every model"
            raise ModelDefinitionError(f"{cls.__name__}.{key} is both an index and {other}: rename the index")
        type.__setattr__(cls, key, index)
    for name in fields:
        if any(name in base.__dict__ for base in cls.__mro__):
            type.__setattr__(cls, name, _ShadowingPath(name))
    if table is not None:
        type.__setattr__(cls, "__ddbmodel_table__", _checked_table(cls.__name__, table))
    if entity is not None:
        type.__setattr__(cls, "__ddbmodel_entity__", entity)


def _complete_locally(cls: type[Model], frame: FrameType) -> None:
    """Complete a class whose annotations name local types of the function that defines it."""
    if frame.f_code.co_name.startswith("<generic parameters of") and frame.f_back is not None:
        frame = frame.f_back
    if frame.f_code.co_name != "<module>":
        with _hidden_paths():
            cls.model_rebuild(raise_errors=False, _types_namespace=frame.f_locals)


class _ShadowingPath:
    """The path of a field that is named like a method of Pydantic's, such as `copy`.

    Other fields need none, for the metaclass finds what the class has not. Instances find their value first.
    """

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, instance: object, owner: type[Model]) -> Path[Any]:
        if instance is not None or _building.get():
            raise AttributeError(self._name)
        return _path(owner, self._name)


class _KeyMaker:
    """`Order.key(...)`. It is no method of `Model`, so that a field may be named `key`."""

    __slots__ = ("_model",)

    def __init__(self, model: type[Model]) -> None:
        self._model = model

    def __call__(self, *values: Any, **fields: Any) -> ItemKey[Any]:
        return plan_of(self._model).make_key(values, fields)


def _path(cls: type[Model], name: str) -> Path[Any]:
    plan = plan_of(cls)
    path: Path[Any] | None = plan.paths.get(name)
    if path is None:
        compiled = plan.part.fields[name]
        path = Path(cls, (compiled.stored_name,), f"{cls.__name__}.{name}", compiled.codec, compiled)
        plan.paths[name] = path
    return path


def _checked_table(model: str, table: object) -> str | Table:
    if not isinstance(table, str | Table):
        raise ModelDefinitionError(
            f"{model}: table= takes the table's name, or a Table(...), not a {type(table).__name__}"
        )
    return table


def _checked_settings(model: str, table: object, settings: object, backups: Any) -> TableSettings:
    declared = NO_SETTINGS if settings is None else settings
    if not isinstance(declared, TableSettings):
        raise ModelDefinitionError(
            f"{model}: settings= takes TableSettings(...), not a {type(declared).__name__}"
        )
    if not isinstance(table, str):
        given = "backups= is" if settings is None else "settings= are"
        raise ModelDefinitionError(
            f'{model}: {given} a table\'s: give them with table="...", or to the Table(...) it is on'
        )
    try:
        return declared.with_backups(backups)
    except ModelDefinitionError as error:
        raise ModelDefinitionError(f"{model}: {error}") from error


def _inherited_indexes(cls: type) -> dict[str, Index]:
    indexes: dict[str, Index] = {}
    for base in reversed(cls.__mro__):
        indexes.update(base.__dict__.get("__ddbmodel_own_indexes__", {}))
    return indexes


def _compile(cls: Any) -> None:
    indexes = _inherited_indexes(cls)
    for name in cls.__pydantic_fields__:
        if name in indexes:
            raise ModelDefinitionError(
                f"{cls.__name__}.{name} is a field, and an index of a base class: rename the field"
            )
    table, entity = getattr(cls, "__ddbmodel_table__", None), getattr(cls, "__ddbmodel_entity__", None)
    history = getattr(cls, "__ddbmodel_history__", NO_HISTORY)
    plan: ModelPlan[Any] = compile_plan(cls, table, indexes, entity, history)
    type.__setattr__(cls, "__ddbmodel_plan__", plan)


class Model(BaseModel, metaclass=ModelMetaclass):
    """Base class of what is stored: `class Order(Model, table="orders")`, or an entity of a shared `Table`.

    It is a Pydantic model in every respect. `Order.total` is a typed path for expressions, `order.total` the
    value.
    `settings=` says what its table is beside keys and indexes, and `backups=` how it is backed up; a shared
    table has its own.
    A model without `table=` is a part, stored as a map inside of an item, or a base class.
    With `schema_version=` and `upgraders=`, items carry the version of the schema that they were stored in,
    and older ones are upgraded when they are read; see `upgrader`. A subclass inherits both, or gives both.

    Raises:
        ModelDefinitionError: when the class is defined: keys, indexes or a field's type cannot work.
    """

    # A slot: it is no part of the model's value, nor of its pickles.
    __slots__ = (STORED_SLOT,)

    __ddbmodel_plan__: ClassVar[ModelPlan[Any]]
    __ddbmodel_table__: ClassVar[str | Table]
    __ddbmodel_entity__: ClassVar[str]
    __ddbmodel_settings__: ClassVar[TableSettings]
    __ddbmodel_history__: ClassVar[SchemaHistory]
    __ddbmodel_own_indexes__: ClassVar[dict[str, Index]]

    if TYPE_CHECKING:

        def __init_subclass__(
            cls,
            *,
            table: str | Table | None = None,
            entity: str | None = None,
            settings: TableSettings | None = None,
            backups: BackupPolicy | None = None,
            schema_version: int | None = None,
            upgraders: Sequence[Upgrader] | None = None,
            **kwargs: Unpack[ConfigDict],
        ) -> None: ...

        @classmethod
        def key(cls, *values: Any, **fields: Any) -> ItemKey[Self]:
            """Give the key of one item, from its values in order or by field name."""
            ...

    def __copy__(self) -> Self:
        copied = super().__copy__()
        carry_over(self, copied)
        return copied

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        copied = super().__deepcopy__(memo)
        carry_over(self, copied)
        return copied

    @classmethod
    def __pydantic_on_complete__(cls) -> None:
        super().__pydantic_on_complete__()
        if "__ddbmodel_own_indexes__" in cls.__dict__:  # a first build is compiled by the metaclass
            _compile(cls)
