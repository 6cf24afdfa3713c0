"""From Pydantic's core schema to codecs, type by type.

A type that has no codec of its own goes through its JSON form; a type that cannot come back at all is a
`ModelDefinitionError` when the class is defined.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from pydantic import Secret, SecretBytes, SecretStr
from pydantic_core import CoreSchema, SchemaSerializer, SchemaValidator, core_schema

from ddbmodel.codec import scalars
from ddbmodel.codec.base import Codec
from ddbmodel.codec.containers import DictCodec, ListCodec, SetCodec, TupleCodec
from ddbmodel.codec.scalars import ChoiceCodec, NoneCodec, ScalarCodec
from ddbmodel.codec.unions import Member, UnionCodec
from ddbmodel.codec.untyped import DumpedCodec, UntypedCodec
from ddbmodel.codec.wrappers import (
    DeferredCodec,
    JsonFormCodec,
    LenientCodec,
    NullableCodec,
    SecretCodec,
    SerializedCodec,
)
from ddbmodel.errors import CodecError, ModelDefinitionError

Schema = Mapping[str, Any]

_SCALARS: Final[dict[str, Codec]] = {
    "any": UntypedCodec(),
    "none": NoneCodec(),
    "bool": scalars.BOOL,
    "int": scalars.INT,
    "float": scalars.FLOAT,
    "decimal": scalars.DECIMAL,
    "str": scalars.STR,
    "bytes": scalars.BYTES,
    "date": scalars.DATE,
    "time": scalars.TIME,
    "timedelta": scalars.TIMEDELTA,
    "uuid": scalars.UUID_CODEC,
}
_TEXT_JSON: Final = frozenset(("url", "multi-host-url", "json"))
_IMPOSSIBLE: Final = {
    "generator": "an iterator can be read only once: declare a list",
    "callable": "a function cannot be stored",
    "is-subclass": "a class cannot be stored",
    "is-instance": "Pydantic has no stored form for this class: give it a serializer and a validator",
}
_FOREIGN_FREE: Final = (
    "pydantic",
    "builtins",
    "ipaddress",
    "operator",
    "functools",
    "pathlib",
    "collections",
)

Record = Callable[["Compiler", Schema], Codec]


class Compiler:
    """Compiles the schema of one class. `records` compiles models, dataclasses and typed dicts."""

    def __init__(self, records: Mapping[str, Record]) -> None:
        self._records = records
        self._definitions: dict[str, CoreSchema] = {}
        self._by_ref: dict[str, DeferredCodec] = {}

    def compile(self, schema: Schema) -> Codec:
        """The codec of a schema.

        Raises:
            ModelDefinitionError: values of this type cannot be stored and read back.
        """
        ref = schema.get("ref")
        if ref is None:
            return self._compile(schema)
        if ref in self._by_ref:
            return self._by_ref[ref]
        deferred = self._by_ref[ref] = DeferredCodec(ref)
        codec = self._compile(schema)
        deferred.resolve(codec)
        return codec

    def _compile(self, schema: Schema) -> Codec:
        special = self._special(schema)
        if special is not None:
            return special
        if is_serialized(schema):
            return self._serialized(schema)
        return self.compile_plain(schema)

    def compile_plain(self, schema: Schema) -> Codec:
        """The codec of a schema, whatever serializer it has."""
        kind = schema["type"]
        if kind in _SCALARS:
            return _SCALARS[kind]
        if kind in self._records:
            return self._records[kind](self, schema)
        if kind in _IMPOSSIBLE and "serialization" not in schema:
            raise ModelDefinitionError(_IMPOSSIBLE[kind])
        method = getattr(self, "_" + kind.replace("-", "_"), None)
        if method is not None:
            codec: Codec = method(schema)
            return codec
        return self.json_form(schema)

    # Types ---------------------------------------------------------------------------------------------------

    def _datetime(self, schema: Schema) -> Codec:
        if schema.get("tz_constraint") == "naive":
            raise ModelDefinitionError("a naive datetime is ambiguous and is not stored: declare datetime")
        return scalars.DATETIME

    def _enum(self, schema: Schema) -> Codec:
        return self._choice(schema["cls"].__name__, tuple(schema["members"]), schema)

    def _literal(self, schema: Schema) -> Codec:
        return self._choice("Literal", tuple(schema["expected"]), schema)

    def _choice(self, name: str, choices: tuple[Any, ...], schema: Schema) -> Codec:
        try:
            return ChoiceCodec(name, choices)
        except CodecError as error:
            raise ModelDefinitionError(f"{name}: {error.reason}") from error

    def _list(self, schema: Schema) -> Codec:
        return ListCodec(self._items(schema))

    def _set(self, schema: Schema) -> Codec:
        return SetCodec(self._items(schema), frozen=False)

    def _frozenset(self, schema: Schema) -> Codec:
        return SetCodec(self._items(schema), frozen=True)

    def _items(self, schema: Schema) -> Codec:
        items = schema.get("items_schema")
        return _SCALARS["any"] if items is None else self.compile(items)

    def _tuple(self, schema: Schema) -> Codec:
        items = [self.compile(item) for item in schema["items_schema"]]
        return TupleCodec(items, schema.get("variadic_item_index"))

    def _dict(self, schema: Schema) -> Codec:
        keys, values = schema.get("keys_schema"), schema.get("values_schema")
        return DictCodec(
            scalars.STR if keys is None or keys["type"] == "any" else self.compile(keys),
            _SCALARS["any"] if values is None else self.compile(values),
        )

    def _nullable(self, schema: Schema) -> Codec:
        return NullableCodec(self.compile(schema["schema"]))

    def _union(self, schema: Schema) -> Codec:
        choices = [choice[0] if isinstance(choice, tuple) else choice for choice in schema["choices"]]
        return self._union_of(choices)

    def _tagged_union(self, schema: Schema) -> Codec:
        return self._union_of(list(schema["choices"].values()))

    def _union_of(self, choices: list[Schema]) -> Codec:
        return UnionCodec([Member(self.compile(choice), self._validate(choice)) for choice in choices])

    # Wrappers ------------------------------------------------------------------------------------------------

    def _default(self, schema: Schema) -> Codec:
        return self.compile(schema["schema"])

    def _function_before(self, schema: Schema) -> Codec:
        return self.compile(schema["schema"])

    def _function_after(self, schema: Schema) -> Codec:
        return LenientCodec(self.compile(schema["schema"]))

    _function_wrap = _function_after

    def _function_plain(self, schema: Schema) -> Codec:
        return self.json_form(schema) if "serialization" in schema else DumpedCodec()

    def _chain(self, schema: Schema) -> Codec:
        return LenientCodec(self.compile(schema["steps"][-1]))

    def _model(self, schema: Schema) -> Codec:  # a root model; other models are records
        return self.compile(schema["schema"])

    def _definitions_(self, schema: Schema) -> Codec:
        for definition in schema["definitions"]:
            self._definitions[definition["ref"]] = definition
        return self.compile(schema["schema"])

    def _definition_ref(self, schema: Schema) -> Codec:
        ref = schema["schema_ref"]
        return self._by_ref[ref] if ref in self._by_ref else self.compile(self._definitions[ref])

    # Pydantic's own classes ----------------------------------------------------------------------------------

    def _special(self, schema: Schema) -> Codec | None:
        match schema["type"]:
            case "definitions":
                return self._definitions_(schema)
            case "lax-or-strict":
                return self._standard_class(_instance_class(schema["strict_schema"])) or self.json_form(
                    schema
                )
            case "json-or-python":
                return self._json_or_python(schema)
            case "function-wrap" if schema["schema"]["type"] in _TEXT_JSON:
                return self.json_form(schema, frozenset(("S",)))
            case "url" | "multi-host-url":
                return self.json_form(schema, frozenset(("S",)))
            case _:
                return None

    def _standard_class(self, python: type | None) -> Codec | None:
        if python is None:
            return None
        if issubclass(python, SecretStr):
            return SecretCodec(python, scalars.STR)
        if issubclass(python, SecretBytes):
            return SecretCodec(python, scalars.BYTES)
        return scalars.text_codec(python)

    def _json_or_python(self, schema: Schema) -> Codec:
        python, json = schema["python_schema"], schema["json_schema"]
        function = python.get("function", {}).get("function")
        if getattr(function, "__qualname__", "").startswith(f"{Secret.__name__}."):
            return SecretCodec(Secret, self.compile(python["schema"]))
        known = self._standard_class(_instance_class(schema))
        if known is not None:
            return known
        if json["type"] == "list":
            return ListCodec(self._items(json), abstract=True)
        return self.json_form(schema)

    def _json(self, schema: Schema) -> Codec:
        """`Json[T]` is validated from text, and so it is stored as text."""
        serializer = self._serializer(schema)
        serialize = partial(
            serializer.to_python, mode="json", by_alias=False, round_trip=True, warnings=False
        )
        return JsonFormCodec("Json", serialize, None, frozenset(("S",)))

    # Serializers and validators of single types ----------------------------------------------------------------

    def _serialized(self, schema: Schema) -> Codec:
        serializer = self._serializer(schema)
        serialize = partial(serializer.to_python, by_alias=False, warnings=False)
        return SerializedCodec(self._plain_or_any(schema), serialize, self.returned(schema["serialization"]))

    def returned(self, serialization: Schema) -> Codec:
        """The codec of what a serializer returns, by its return annotation."""
        schema = serialization.get("return_schema")
        return DumpedCodec() if schema is None or schema["type"] == "any" else self.compile(schema)

    def _plain_or_any(self, schema: Schema) -> Codec:
        try:
            return self.compile_plain(schema)
        except ModelDefinitionError:
            return _SCALARS["any"]

    def json_form(self, schema: Schema, types: frozenset[str] = frozenset()) -> Codec:
        """The codec of a type that has none of its own: its JSON form.

        Functions of the user's must not run twice on one value, so a type that holds some is not parsed by us.
        """
        serializer = self._serializer(schema)
        parse = None
        if not _has_foreign_functions(schema):
            validator = SchemaValidator(self._whole(schema))
            parse = partial(validator.validate_json, by_alias=False, by_name=True)
        serialize = partial(serializer.to_python, mode="json", by_alias=False, warnings=False)
        return JsonFormCodec(schema["type"], serialize, parse, types)

    def _serializer(self, schema: Schema) -> SchemaSerializer:
        return SchemaSerializer(self._whole(schema))

    def _validate(self, schema: Schema) -> Callable[[Any], Any]:
        """Validation by this schema alone, built when it is first needed: recursive types need it late."""
        built: list[SchemaValidator] = []

        def validate(value: Any) -> Any:
            if not built:
                built.append(SchemaValidator(self._whole(schema)))
            return built[0].validate_python(value, by_alias=False, by_name=True)

        return validate

    def _whole(self, schema: Schema) -> CoreSchema:
        """The schema with the definitions it may refer to."""
        inner: Any = schema
        own = schema.get("ref")
        others = [definition for ref, definition in self._definitions.items() if ref != own]
        return core_schema.definitions_schema(inner, others) if others else inner


def is_serialized(schema: Schema) -> bool:
    """True if a serializer function runs when the value is dumped as Python values."""
    serialization = schema.get("serialization") or {}
    return serialization.get("type") in ("function-plain", "function-wrap") and serialization.get(
        "when_used", "always"
    ) in ("always", "unless-none")


def scalar_epoch(codec: Codec, unit_codec: ScalarCodec) -> Codec:
    """Swap the datetime codec inside wrappers for an epoch codec."""
    if codec is scalars.DATETIME:
        return unit_codec
    if isinstance(codec, NullableCodec):
        return NullableCodec(scalar_epoch(codec.inner, unit_codec))
    if isinstance(codec, LenientCodec):
        return LenientCodec(scalar_epoch(codec.inner, unit_codec))
    raise ModelDefinitionError("stored_as an epoch is for datetime fields")


def _instance_class(schema: Schema) -> type | None:
    """The class that an `is-instance` step inside of Pydantic's schema for a standard class names."""
    if schema["type"] == "is-instance":
        return schema["cls"] if isinstance(schema["cls"], type) else None
    for name in ("python_schema", "strict_schema"):
        if name in schema:
            return _instance_class(schema[name])
    for choice in schema.get("choices", ()):
        if choice["type"] == "is-instance":
            return _instance_class(choice)
    return None


def _has_foreign_functions(schema: Any) -> bool:
    """True if a validator that is not Pydantic's own is somewhere in the schema."""
    if isinstance(schema, Mapping):
        function = schema.get("function")
        inner = function.get("function") if isinstance(function, Mapping) else None
        if inner is not None and not _module_of(inner).startswith(_FOREIGN_FREE):
            return True
        return any(_has_foreign_functions(value) for key, value in schema.items() if key != "serialization")
    if isinstance(schema, list | tuple):
        return any(_has_foreign_functions(value) for value in schema)
    return False


def _module_of(function: Any) -> str:
    inner = getattr(function, "func", function)
    return getattr(inner, "__module__", None) or type(inner).__module__
