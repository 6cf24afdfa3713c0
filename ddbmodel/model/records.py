"""From Pydantic's schema of models, dataclasses and typed dicts to record codecs, field by field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from pydantic import BaseModel
from pydantic_core import PydanticSerializationError, PydanticUndefined

from ddbmodel.codec.base import Codec
from ddbmodel.codec.containers import SetCodec
from ddbmodel.codec.parts import Absent, FieldCodec, PartCodec, SerializedPartCodec
from ddbmodel.codec.wrappers import JsonFormCodec, SerializedCodec
from ddbmodel.errors import CodecError, ModelDefinitionError
from ddbmodel.model.compiler import Compiler, Schema, is_serialized, scalar_epoch
from ddbmodel.model.fields import NO_OPTIONS, FieldOptions, Null, options_of


def compile_model(compiler: Compiler, schema: Schema) -> Codec:
    """A Pydantic model; a root model is stored as its root."""
    cls: type[BaseModel] = schema["cls"]
    if schema.get("root_model"):
        return RootCodec(cls, compiler.compile(_fields_schema(schema)["schema"]))
    fields_schema = _fields_schema(schema)
    fields, serialized = _compile_fields(compiler, cls, fields_schema["fields"])
    keeps_extra = cls.model_config.get("extra") == "allow"
    part = PartCodec(
        cls,
        fields,
        _reader(serialized),
        _accepts(cls),
        (lambda value: value.__pydantic_extra__ or {}) if keeps_extra else None,
    )
    if is_serialized(schema) or is_serialized(fields_schema):
        return SerializedPartCodec(part, _dump)
    return part


class RootCodec(SerializedCodec):
    """A root model: stored as its root is."""

    def __init__(self, cls: type[BaseModel], root: Codec) -> None:
        super().__init__(root, lambda value: value.root, root)
        self.name = cls.__name__
        self._cls = cls

    @property
    def core(self) -> Codec:
        return self._returned.core

    def exact(self, value: object) -> bool:
        return type(value) is self._cls

    def encode(self, value: Any) -> Any:
        if not isinstance(value, self._cls):
            from ddbmodel.codec.base import unexpected

            raise unexpected(self.name, value)
        return self._returned.encode(self._serialize(value))


def _fields_schema(schema: Schema) -> Schema:
    """The schema of the fields, below the model's validators."""
    while schema["type"] in ("model", "function-before", "function-after", "function-wrap"):
        inner = schema["schema"]
        if schema["type"] == "model" and schema.get("root_model"):
            return schema
        schema = inner
    if schema["type"] != "model-fields":
        raise ModelDefinitionError("its schema is replaced by a custom one, so its fields are not known")
    return schema


def _compile_fields(
    compiler: Compiler, cls: type[BaseModel], fields: Mapping[str, Schema]
) -> tuple[list[FieldCodec], dict[str, str]]:
    """The field codecs, and the fields with a serializer method, with the mode in which it runs."""
    compiled: list[FieldCodec] = []
    serialized: dict[str, str] = {}
    for name, field in fields.items():
        info = cls.__pydantic_fields__[name]
        try:
            codec, mode = _compile_field(compiler, field["schema"])
            compiled.append(_field_codec(name, codec, _has_default(info), info.default, options_of(info)))
        except ModelDefinitionError as error:
            raise ModelDefinitionError(f"{cls.__name__}.{name}: {error}") from error
        if mode is not None:
            serialized[name] = mode
    names = [field.stored_name for field in compiled]
    for compiled_field in compiled:
        if names.count(compiled_field.stored_name) > 1:
            raise ModelDefinitionError(
                f"{cls.__name__}.{compiled_field.name}: two fields are stored as "
                f"{compiled_field.stored_name!r}; give one of them another attribute="
            )
    return compiled, serialized


def _compile_field(compiler: Compiler, schema: Schema) -> tuple[Codec, str | None]:
    """The codec of a field; and `python` or `json` if a serializer method has to run first, in that mode."""
    serialization = _method_serialization(schema)
    if serialization is None:
        return compiler.compile(schema), None
    plain = _compile_beneath(compiler, schema)
    if is_serialized({"serialization": serialization}):
        return SerializedCodec(plain, lambda value: value, compiler.returned(serialization)), "python"
    if isinstance(plain.core, JsonFormCodec) or not plain.types:
        return SerializedCodec(plain, lambda value: value, compiler.returned({})), "json"
    return plain, None


def _method_serialization(schema: Schema) -> Schema | None:
    """The serializer method (`@field_serializer`) of a field; it needs the model to run."""
    while schema["type"] in ("default", "nullable") and "serialization" not in schema:
        schema = schema["schema"]
    serialization: Schema | None = schema.get("serialization")
    return serialization if serialization is not None and serialization.get("is_field_serializer") else None


def _compile_beneath(compiler: Compiler, schema: Schema) -> Codec:
    """The codec of a field as if it had no serializer method."""
    bare = {key: value for key, value in schema.items() if key != "serialization"}
    if schema["type"] in ("default", "nullable") and "serialization" not in schema:
        bare["schema"] = {k: v for k, v in schema["schema"].items() if k != "serialization"}
    bare.pop("ref", None)
    try:
        return compiler.compile(bare)
    except ModelDefinitionError:
        return compiler.compile({"type": "any"})


def _has_default(info: Any) -> bool:
    return not info.is_required()


def _field_codec(
    name: str, codec: Codec, has_default: bool, default: Any, options: FieldOptions
) -> FieldCodec:
    if options.stored_as is not None and options.stored_as.unit is not None:
        from ddbmodel.codec.scalars import epoch_codec

        codec = scalar_epoch(codec, epoch_codec(options.stored_as.unit))
    if options.stored_as is Null and not codec.nullable:
        raise ModelDefinitionError("stored_as=Null is for fields that can be None")
    return FieldCodec(
        name,
        options.attribute or name,
        codec,
        _absent(codec, has_default, default),
        visible_null=options.stored_as is Null,
    )


def _absent(codec: Codec, has_default: bool, default: Any) -> Absent:
    """What a missing attribute reads back as: None and empty sets are stored by absence where a default does not
    say otherwise."""
    if codec.nullable and (not has_default or default is None):
        return Absent.NONE
    if (
        isinstance(codec.core, SetCodec)
        and not codec.nullable
        and (not has_default or not _is_filled(default))
    ):
        return Absent.EMPTY
    return Absent.DEFAULT if has_default else Absent.ERROR


def _is_filled(default: Any) -> bool:
    """False for an empty set, and for a default that only a factory knows: `set`, as nearly always."""
    return default is not PydanticUndefined and default is not None and bool(default)


def _reader(serialized: Mapping[str, str]) -> Callable[[Any], Mapping[str, Any]]:
    """How to get the values of a model's fields: as they are, or as serializer methods give them."""
    if not serialized:
        return lambda value: value.__dict__
    modes = {mode: {n for n, m in serialized.items() if m == mode} for mode in set(serialized.values())}

    def read(value: Any) -> Mapping[str, Any]:
        values = dict(value.__dict__)
        for mode, names in modes.items():
            values.update(_dump(value, mode, names))
        return values

    return read


def _dump(value: Any, mode: str = "python", include: set[str] | None = None) -> Any:
    serializer = type(value).__pydantic_serializer__
    try:
        return serializer.to_python(value, mode=mode, include=include, by_alias=False, warnings=False)
    except PydanticSerializationError as error:
        raise CodecError("a serializer failed") from error


def _accepts(cls: type[BaseModel]) -> Callable[[Any], bool]:
    """Instances of exactly this class, of a parametrised form of it, or a subclass without fields of its own."""

    def accepts(value: Any) -> bool:
        kind = type(value)
        if kind is cls:
            return True
        if not isinstance(value, cls):
            return False
        return kind.__pydantic_generic_metadata__["origin"] is cls

    return accepts


def compile_typed_dict(compiler: Compiler, schema: Schema) -> Codec:
    """A typed dict: the keys that are there are stored, None as NULL."""
    fields = [
        FieldCodec(
            name,
            name,
            compiler.compile(field["schema"]),
            Absent.ERROR if field.get("required", schema.get("total", True)) else Absent.DEFAULT,
        )
        for name, field in schema["fields"].items()
    ]
    names = {field.name for field in fields}
    keeps_extra = (
        schema.get("extra_behavior") == "allow"
        or schema.get("config", {}).get("extra_fields_behavior") == "allow"
    )
    return PartCodec(
        schema.get("cls", dict),
        fields,
        lambda value: value,
        lambda value: isinstance(value, Mapping),
        (lambda value: {k: v for k, v in value.items() if k not in names}) if keeps_extra else None,
    )


def compile_dataclass(compiler: Compiler, schema: Schema) -> Codec:
    """A dataclass, standard or Pydantic's: its `__init__` fields are stored, None as NULL."""
    cls = schema["cls"]
    arguments = schema["schema"]
    while arguments["type"] != "dataclass-args":
        arguments = arguments["schema"]
    fields = [
        _dataclass_field(compiler, cls, field)
        for field in arguments["fields"]
        if field.get("init", True) and not field.get("init_only")
    ]
    names = [field.name for field in fields]
    part = PartCodec(
        cls,
        fields,
        lambda value: {name: getattr(value, name) for name in names},
        lambda value: type(value) is cls,
    )
    if is_serialized(schema):
        return compiler.json_form(schema)
    return part


def _dataclass_field(compiler: Compiler, cls: type, field: Schema) -> FieldCodec:
    name, schema = field["name"], field["schema"]
    if _method_serialization(schema) is not None:
        raise ModelDefinitionError(
            f"{cls.__name__}.{name}: serializer methods need a model instead of a dataclass"
        )
    absent = Absent.DEFAULT if schema["type"] == "default" else Absent.ERROR
    return FieldCodec(name, name, compiler.compile(schema), absent)


RECORDS: Final = {
    "model": compile_model,
    "typed-dict": compile_typed_dict,
    "dataclass": compile_dataclass,
}
