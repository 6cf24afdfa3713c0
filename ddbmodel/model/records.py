"""From Pydantic's schema of models, dataclasses and typed dicts to record codecs, field by field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import replace
from typing import Any, Final, cast

from pydantic import AliasChoices, BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from ddbmodel.codec.base import Codec
from ddbmodel.codec.containers import SetCodec
from ddbmodel.codec.forms import MethodSerializedCodec
from ddbmodel.codec.parts import Absent, Access, FieldCodec, PartCodec, SerializedPartCodec
from ddbmodel.codec.unrolled import UNROLLED
from ddbmodel.codec.untyped import UntypedCodec
from ddbmodel.codec.wrappers import RevivedCodec
from ddbmodel.errors import ModelDefinitionError
from ddbmodel.model.compiler import Compiler
from ddbmodel.model.fields import NO_OPTIONS, FieldOptions, check_options, options_of
from ddbmodel.model.functions import Schema, is_own, python_serialization
from ddbmodel.model.stored_as import Compressed, Epoch, EpochSeconds, Null

_MISSING: Final = object()


# Models ----------------------------------------------------------------------------------------------


def compile_model(compiler: Compiler, schema: Schema) -> Codec:
    """Compile a Pydantic model, field by field."""
    cls: type[BaseModel] = schema["cls"]
    inner = _fields_schema(schema["schema"])
    if inner is None:
        return compiler.json_form(schema, cls.__name__)
    with compiler.configured(schema.get("config")):
        fields = [
            _model_field(compiler, cls, name, field, is_named_by_alias=bool(schema.get("custom_init")))
            for name, field in inner["fields"].items()
        ]
        extra_codec = _extra_codec(compiler, inner) if cls.model_config.get("extra") == "allow" else None
    _check_stored_names(cls, fields)
    access = Access(_accepts(cls), _model_values, _model_extra, extra_codec, unrolled=UNROLLED)
    if python_serialization(schema) is not None or python_serialization(inner) is not None:
        return SerializedPartCodec(
            cls,
            fields,
            access,
            _validate_with(cls),
            serialize=compiler.core(schema).dump,
            keeps_unknown=cls.model_config.get("extra") != "forbid",
        )
    proved = _has_functions(cls, schema) or compiler.has_foreign_functions(inner)
    return PartCodec(cls, fields, access, _validate_with(cls) if proved else None)


def _validate_with(cls: type[BaseModel]) -> Callable[[Any], Any]:
    """Validation by the class, which may not be complete yet."""
    return lambda values: cls.__pydantic_validator__.validate_python(values, by_alias=False, by_name=True)


def _has_functions(cls: type[BaseModel], schema: Schema) -> bool:
    """True if methods of the user's take part in making an instance or serialising it."""
    methods = cls.__pydantic_decorators__
    return bool(
        schema.get("custom_init")
        or methods.validators
        or methods.field_validators
        or methods.root_validators
        or methods.model_validators
        or methods.field_serializers
        or ("post_init" in schema and not is_own(cls.model_post_init))
    )


def _model_values(value: Any) -> Mapping[str, Any]:
    values: Mapping[str, Any] = value.__dict__
    return values


def _model_extra(value: Any) -> Mapping[str, Any]:
    extra: Mapping[str, Any] | None = value.__pydantic_extra__
    return extra or {}


def _accepts(cls: type[BaseModel]) -> Callable[[Any], bool]:
    """Instances of this class itself, or of a parametrised form of it: a subclass would come back as this."""

    def accepts(value: Any) -> bool:
        if type(value) is cls:
            return True
        return isinstance(value, cls) and value.__pydantic_generic_metadata__["origin"] is cls

    return accepts


def _fields_schema(schema: Schema) -> Schema | None:
    """The schema of the fields, below validators inside of the model; None if a custom one replaces it."""
    while schema["type"] in ("function-before", "function-after", "function-wrap"):
        schema = schema["schema"]
    return schema if schema["type"] == "model-fields" else None


def _extra_codec(compiler: Compiler, schema: Schema) -> Codec:
    typed = schema.get("extras_schema")
    return UntypedCodec() if typed is None else compiler.compile(typed)


def _check_stored_names(cls: type, fields: list[FieldCodec]) -> None:
    names = [field.stored_name for field in fields]
    for field in fields:
        if names.count(field.stored_name) > 1:
            raise ModelDefinitionError(
                f"{cls.__name__}.{field.name}: two fields are stored as {field.stored_name!r}; "
                "give one of them another attribute="
            )


# Fields of models ------------------------------------------------------------------------------------


def _model_field(
    compiler: Compiler, cls: type[BaseModel], name: str, field: Schema, *, is_named_by_alias: bool
) -> FieldCodec:
    info: FieldInfo = cls.__pydantic_fields__[name]
    options = options_of(info)
    try:
        check_options(options)
        codec = _field_codec(compiler, cls, name, field["schema"], options)
        default = _MISSING if info.is_required() else info.default
        compiled = record_field(name, codec, default, options)
    except ModelDefinitionError as error:
        raise ModelDefinitionError(f"{cls.__name__}.{name}: {error}") from error
    return replace(compiled, input_name=_init_name(cls, name, info)) if is_named_by_alias else compiled


def _init_name(cls: type[BaseModel], name: str, info: FieldInfo) -> str:
    """The name by which `__init__`, which runs by aliases where the class has its own, takes a field."""
    alias = info.validation_alias
    if cls.model_config.get("populate_by_name") or cls.model_config.get("validate_by_name"):
        return name
    choices = alias.choices if isinstance(alias, AliasChoices) else [alias]
    return next((choice for choice in choices if isinstance(choice, str)), name)


def _field_codec(
    compiler: Compiler, cls: type[BaseModel], name: str, schema: Schema, options: FieldOptions
) -> Codec:
    stored_as = options.stored_as
    unit = stored_as.unit if isinstance(stored_as, Epoch) else None
    is_expiry = options.role == "ttl" and unit is None
    if is_expiry:
        unit = EpochSeconds.unit
    with nullcontext() if unit is None else compiler.datetimes_as(unit, floor=is_expiry) as epoch:
        serialization: Schema = schema.get("serialization") or {}
        if serialization.get("is_field_serializer"):
            codec = compiler.forms(schema, _method(compiler, cls, name, serialization))
        else:
            codec = compiler.compile(schema)
    if epoch is not None and codec.core is not epoch and not is_expiry:
        raise ModelDefinitionError("stored_as an epoch is for datetime fields")
    if stored_as is Null and not codec.nullable:
        raise ModelDefinitionError("stored_as=Null is for fields that can be None")
    return stored_as.around(codec) if isinstance(stored_as, Compressed) else codec


def _method(compiler: Compiler, cls: type[BaseModel], name: str, serialization: Schema) -> Codec:
    """The form that a serializer method makes."""
    mode = "python" if python_serialization({"serialization": serialization}) is not None else "json"

    def serialize(record: BaseModel) -> Any:
        dumped: dict[str, Any] = record.__pydantic_serializer__.to_python(
            record, mode=mode, include={name}, by_alias=False, warnings=False
        )
        return dumped[name]

    def blank(value: Any) -> BaseModel:
        record = cls.model_construct()
        vars(record)[name] = value
        return record

    return MethodSerializedCodec(name, blank, serialize, compiler.returned(serialization))


def record_field(name: str, codec: Codec, default: Any, options: FieldOptions = NO_OPTIONS) -> FieldCodec:
    """Give a field, with the meaning of its absence.

    A default that only a factory knows is `PydanticUndefined`.
    """
    core = codec.core
    return FieldCodec(
        name,
        options.attribute or name,
        codec,
        _absent(codec, default),
        visible_null=options.stored_as is Null,
        empty=core.make if isinstance(core, SetCodec) else set,
        default=default,
    )


def _absent(codec: Codec, default: Any) -> Absent:
    """None and empty sets are stored by absence where a default does not say otherwise."""
    if codec.nullable and (default is _MISSING or default is None):
        return Absent.NONE
    is_set = isinstance(codec.core, SetCodec) and not codec.nullable
    if is_set and (default is _MISSING or default is PydanticUndefined or not default):
        return Absent.EMPTY
    return Absent.ERROR if default is _MISSING else Absent.DEFAULT


# Typed dicts and dataclasses -------------------------------------------------------------------------


def compile_typed_dict(compiler: Compiler, schema: Schema) -> Codec:
    """Compile a typed dict: the keys that are there are stored, None as NULL."""
    name = getattr(schema.get("cls"), "__name__", "TypedDict")
    fields: list[FieldCodec] = []
    optional: set[str] = set()
    with compiler.configured(schema.get("config")):
        for key, field in schema["fields"].items():
            is_required = field.get("required", schema.get("total", True))
            if not is_required:
                optional.add(key)
            absent = Absent.ERROR if is_required else Absent.DEFAULT
            fields.append(FieldCodec(key, key, _inside(compiler, name, key, field), absent))
        keeps_extra = schema.get("extra_behavior") == "allow" or _keeps_extra(schema)
        extra_codec = _extra_codec(compiler, schema) if keeps_extra else None
    names = {field.name for field in fields}
    access = Access(
        lambda value: isinstance(value, dict),
        lambda value: {key: entry for key, entry in value.items() if key in names},
        lambda value: {key: entry for key, entry in value.items() if key not in names},
        extra_codec,
        frozenset(optional),
    )
    return PartCodec(schema.get("cls", dict), fields, access)


def compile_dataclass(compiler: Compiler, schema: Schema) -> Codec:
    """Compile a dataclass, standard or Pydantic's: its `__init__` fields are stored."""
    cls: type = schema["cls"]
    arguments, has_validators = _dataclass_arguments(schema)
    config: dict[str, Any] = dict(schema.get("config") or {})
    is_strict = bool(schema.get("strict") or config.pop("strict", compiler.strict))
    with compiler.configured(schema.get("config")):
        fields = [
            _dataclass_field(compiler, cls, field)
            for field in arguments["fields"]
            if field.get("init", True) and not field.get("init_only")
        ]
    access = _dataclass_access(cls, schema, frozenset(field.name for field in fields))
    lax = compiler.core({**schema, "strict": False, "config": config}, lax=True)
    if python_serialization(schema) is not None:
        part: PartCodec = SerializedPartCodec(
            cls, fields, access, lax.validate, serialize=lax.dump, keeps_unknown=True
        )
    else:
        is_proved = (
            has_validators
            or schema.get("post_init")
            or len(fields) != len(arguments["fields"])
            or compiler.has_foreign_functions(arguments)
        )
        part = PartCodec(cls, fields, access, lax.validate if is_proved else None)
    return RevivedCodec(part, lax.validate) if is_strict else part


def _dataclass_arguments(schema: Schema) -> tuple[Schema, bool]:
    """The schema of a dataclass' fields, and whether there are validators around it."""
    arguments = schema["schema"]
    while arguments["type"] != "dataclass-args":
        arguments = arguments["schema"]
    return arguments, arguments is not schema["schema"]


def _dataclass_field(compiler: Compiler, cls: type, field: Schema) -> FieldCodec:
    schema = field["schema"]
    default = schema.get("default", PydanticUndefined) if schema["type"] == "default" else _MISSING
    return record_field(field["name"], _inside(compiler, cls.__name__, field["name"], field), default)


def _dataclass_access(cls: type, schema: Schema, stored: frozenset[str]) -> Access:
    names = frozenset(cast("list[str]", schema["fields"]))

    def read(value: Any) -> dict[str, Any]:
        return {name: getattr(value, name) for name in names if hasattr(value, name)}

    def extra(value: Any) -> dict[str, Any]:
        return {name: entry for name, entry in _attributes(value) if name not in names}

    access = Access(lambda value: type(value) is cls, read, unstored=names - stored)
    return replace(access, extra=extra, extra_codec=UntypedCodec()) if _keeps_extra(schema) else access


def _attributes(value: object) -> list[tuple[str, Any]]:
    return list(vars(value).items())


def _keeps_extra(schema: Schema) -> bool:
    config: Schema = schema.get("config") or {}
    return config.get("extra_fields_behavior") == "allow"


def _inside(compiler: Compiler, owner: str, name: str, field: Schema) -> Codec:
    try:
        return compiler.compile(field["schema"])
    except ModelDefinitionError as error:
        raise ModelDefinitionError(f"{owner}.{name}: {error}") from error


RECORDS: Final = {
    "model": compile_model,
    "typed-dict": compile_typed_dict,
    "dataclass": compile_dataclass,
}
