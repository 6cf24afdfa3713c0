"""From Pydantic's core schema to codecs, type by type.

A type that has no codec of its own goes through its JSON form; a type that cannot come back at all is a
`ModelDefinitionError` when the class is defined.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from enum import Flag
from typing import Any, Final, TypeAlias

from pydantic_core import CoreConfig, CoreSchema

from ddbmodel.codec import scalars
from ddbmodel.codec.base import Codec
from ddbmodel.codec.containers import ListCodec, NamedTupleCodec, SetCodec, TupleCodec
from ddbmodel.codec.forms import FormsCodec, JsonFormCodec, SerializedCodec
from ddbmodel.codec.scalars import ChoiceCodec, NoneCodec
from ddbmodel.codec.shapes import is_list, is_tuple
from ddbmodel.codec.unions import Member, TaggedUnionCodec, UnionCodec
from ddbmodel.codec.untyped import DumpedCodec, UntypedCodec
from ddbmodel.codec.wrappers import DeferredCodec, LenientCodec, NullableCodec, RootCodec
from ddbmodel.errors import CodecError, ModelDefinitionError
from ddbmodel.model.core import Core
from ddbmodel.model.functions import (
    Schema,
    declared_beneath,
    has_foreign_functions,
    is_own,
    python_serialization,
    takes_raw_input,
)
from ddbmodel.model.standard import map_codec, standard_codec

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
_MISSING: Final = "missing-sentinel"
_TEXT: Final = frozenset(("S",))
_SAME_IN_JSON: Final = (scalars.BOOL, scalars.INT, scalars.FLOAT, scalars.STR)
_IMPOSSIBLE: Final = {
    "generator": "an iterator can be read only once: declare a list",
    "callable": "a function cannot be stored",
    "is-subclass": "a class cannot be stored",
    "is-instance": "Pydantic has no stored form for this class: give it a serializer and a validator",
}

_FUNCTIONS: Final = ("function-before", "function-after", "function-wrap")
_AROUND: Final = ("default", "nullable", *_FUNCTIONS)

Record: TypeAlias = "Callable[[Compiler, Schema], Codec]"


class Compiler:
    """Compiles the schema of one class. `records` compiles models, dataclasses and typed dicts."""

    def __init__(self, records: Mapping[str, Record]) -> None:
        self._records = records
        self._definitions: dict[str, CoreSchema] = {}
        self._by_ref: dict[str, Codec] = {}
        self._config: CoreConfig | None = None
        self._datetime_codec: Codec = scalars.DATETIME

    def compile(self, schema: Schema) -> Codec:
        """Give the codec of a schema.

        Raises:
            ModelDefinitionError: values of this type cannot be stored and read back.
        """
        ref = schema.get("ref")
        if ref is None:
            return self._compile(schema)
        if ref not in self._by_ref:
            deferred = self._by_ref[ref] = DeferredCodec(ref)
            codec = self._by_ref[ref] = self._compile(schema)
            deferred.resolve(codec)
        return self._by_ref[ref]

    def _compile(self, schema: Schema) -> Codec:
        if schema["type"] == "definitions":
            for definition in schema["definitions"]:
                self._definitions[definition["ref"]] = definition
            return self.compile(schema["schema"])
        special = standard_codec(self, schema)
        if special is not None:
            return special
        if takes_raw_input(schema) and not self._is_record(schema):
            return self.forms(schema)
        if python_serialization(schema) is not None and not self._is_record_itself(schema):
            return self.forms(schema)
        try:
            return self.plain(schema)
        except ModelDefinitionError:
            if "serialization" not in schema:
                raise
        return self.forms(schema)

    def plain(self, schema: Schema) -> Codec:
        """Give the codec of a schema as if it had no serializer.

        Raises:
            ModelDefinitionError: values of this type cannot be stored and read back.
        """
        kind = schema["type"]
        beneath = declared_beneath(schema)
        if beneath is not None:
            return LenientCodec(self.compile(beneath))
        if kind in _SCALARS:
            return _SCALARS[kind]
        if self._is_record_itself(schema):
            return self._records[kind](self, schema)
        if kind in _IMPOSSIBLE:
            raise ModelDefinitionError(_IMPOSSIBLE[kind])
        method = getattr(self, "_" + kind.replace("-", "_"), None)
        if method is not None:
            codec: Codec = method(schema)
            return codec
        return self.json_form(schema, kind)

    def _is_record_itself(self, schema: Schema) -> bool:
        return schema["type"] in self._records and not schema.get("root_model")

    def _is_record(self, schema: Schema) -> bool:
        """True for a record, below its own validators."""
        while schema["type"] in (*_FUNCTIONS, "definition-ref"):
            if schema["type"] == "definition-ref":
                schema = self._definition(schema["schema_ref"])
            else:
                schema = schema["schema"]
        return self._is_record_itself(schema)

    # Types --------------------------------------------------------------------------------------------

    def _datetime(self, schema: Schema) -> Codec:
        if schema.get("tz_constraint") == "naive":
            raise ModelDefinitionError("a naive datetime is ambiguous and is not stored: declare datetime")
        return self._datetime_codec

    def _enum(self, schema: Schema) -> Codec:
        python = schema["cls"]
        makes = issubclass(python, Flag) or "missing" in schema
        once = {id(member): member for member in schema["members"]}  # an alias is listed as well
        return self._choice(python.__name__, tuple(once.values()), python if makes else None)

    def _literal(self, schema: Schema) -> Codec:
        return self._choice("Literal", tuple(schema["expected"]))

    def _choice(self, name: str, choices: tuple[Any, ...], make: Callable[[Any], Any] | None = None) -> Codec:
        try:
            return ChoiceCodec(name, choices, make)
        except CodecError as error:
            raise ModelDefinitionError(error.reason) from error

    def _list(self, schema: Schema) -> Codec:
        return ListCodec(self.items(schema))

    def _deque(self, schema: Schema) -> Codec:
        return ListCodec(self.items(schema), deque)

    def _set(self, schema: Schema) -> Codec:
        return SetCodec(self.items(schema), frozen=False)

    def _frozenset(self, schema: Schema) -> Codec:
        return SetCodec(self.items(schema), frozen=True)

    def items(self, schema: Schema) -> Codec:
        """Give the codec of a list's, deque's or set's members."""
        items = schema.get("items_schema")
        return _SCALARS["any"] if items is None else self.compile(items)

    def _tuple(self, schema: Schema) -> Codec:
        items = [self.compile(item) for item in schema["items_schema"]]
        return TupleCodec(items, schema.get("variadic_item_index"))

    def _named_tuple(self, schema: Schema) -> Codec:
        return NamedTupleCodec(schema["cls"], [self.compile(field["schema"]) for field in schema["fields"]])

    def _call(self, schema: Schema) -> Codec:
        python: Any = schema["function"]
        if not hasattr(python, "_fields"):
            return self.json_form(schema, "call")
        fields: list[Schema] = schema["arguments_schema"][
            "arguments_schema"
        ]  # a named tuple before Pydantic 2.14
        return NamedTupleCodec(python, [self.compile(field["schema"]) for field in fields])

    def _dict(self, schema: Schema) -> Codec:
        return map_codec(self, schema)

    def _ordered_dict(self, schema: Schema) -> Codec:
        return map_codec(self, schema, OrderedDict)

    def _counter(self, schema: Schema) -> Codec:
        return map_codec(self, {"values_schema": {"type": "int"}, **schema}, Counter)

    def _nullable(self, schema: Schema) -> Codec:
        return NullableCodec(self.compile(schema["schema"]))

    def _union(self, schema: Schema) -> Codec:
        labelled: list[Any] = schema["choices"]
        choices: list[Schema] = [choice[0] if is_tuple(choice) else choice for choice in labelled]
        stored = [choice for choice in choices if choice["type"] != _MISSING]
        if len(stored) == 1:
            return self.compile(stored[0])
        members = self._members(stored)
        eager = schema.get("mode") == "left_to_right"
        return UnionCodec(members, self.core(schema).validate, eager=eager)

    def _tagged_union(self, schema: Schema) -> Codec:
        choices: Mapping[Any, Schema] = schema["choices"]
        members = self._members(list(choices.values()))
        discriminator = _discriminator_name(schema["discriminator"])
        if discriminator is None:
            return UnionCodec(members, self.core(schema).validate)
        tagged = [(tag, member.codec) for tag, member in zip(choices, members, strict=True)]
        return TaggedUnionCodec(members, self.core(schema).validate, discriminator, tagged)

    def _members(self, choices: Sequence[Schema]) -> list[Member]:
        return [Member(self.compile(choice), self.core(choice).validate) for choice in choices]

    def _model(self, schema: Schema) -> Codec:  # a root model; other models are records
        with self.configured(schema.get("config")):
            return RootCodec(schema["cls"], self.compile(schema["schema"]))

    # Wrappers -----------------------------------------------------------------------------------------

    def _default(self, schema: Schema) -> Codec:
        return self.compile(schema["schema"])

    def _function_before(self, schema: Schema) -> Codec:
        return self.compile(schema["schema"])

    def _function_after(self, schema: Schema) -> Codec:
        return LenientCodec(self.compile(schema["schema"]))

    _function_wrap = _function_after

    def _function_plain(self, schema: Schema) -> Codec:
        return self.json_form(schema, "function-plain") if "serialization" in schema else DumpedCodec()

    def _missing_sentinel(self, schema: Schema) -> Codec:
        """`T | MISSING`: MISSING itself is stored by absence, where it is the default."""
        if "schema" not in schema:
            raise ModelDefinitionError("MISSING alone cannot be stored: declare a type beside it")
        return self.compile(schema["schema"])

    def _chain(self, schema: Schema) -> Codec:
        return LenientCodec(self.compile(schema["steps"][-1]))

    def _definition_ref(self, schema: Schema) -> Codec:
        ref = schema["schema_ref"]
        return self._by_ref[ref] if ref in self._by_ref else self.compile(self._definition(ref))

    def _definition(self, ref: str) -> Schema:
        definition: Any = self._definitions[ref]
        return definition  # type: ignore[no-any-return]  # a union of typed dicts, read here as one mapping

    def _json(self, schema: Schema) -> Codec:
        """`Json[T]` is validated from text, and so it is stored as text."""
        core = self.core(schema)
        return FormsCodec([JsonFormCodec("Json", core.dump_json_again, None, _TEXT)], core.validate)

    # Functions of the user's --------------------------------------------------------------------------

    def forms(self, schema: Schema, method: Codec | None = None) -> Codec:
        """Give the codec of a type behind functions, each of whose forms may be the one that comes back.

        Args:
            schema: of the type, with its functions.
            method: the form that a serializer method makes, where there is one.

        Raises:
            ModelDefinitionError: it has no form.
        """
        serialization = python_serialization(schema)
        made: list[Codec] = []
        if method is not None:
            made.append(method)
        elif serialization is not None:
            made.append(self._serialized(schema, serialization))
        own: list[Codec] = []
        try:
            own.append(self.plain(schema))
        except ModelDefinitionError:
            if not made and "serialization" not in schema:
                raise
        is_pair = _takes_raw_input_inside(schema) or (
            serialization is not None and is_own(serialization["function"])
        )
        forms = [*made, *own] if is_pair else [*own, *made]
        if not own or own[0].core not in _SAME_IN_JSON:
            forms.extend(self._json_forms(schema))
        return FormsCodec(forms, self.core(schema).validate)

    def _serialized(self, schema: Schema, serialization: Schema) -> Codec:
        return SerializedCodec(schema["type"], self.core(schema).dump, self.returned(serialization))

    def returned(self, serialization: Schema) -> Codec:
        """Give the codec of what a serializer returns, by its return annotation."""
        schema = serialization.get("return_schema")
        if schema is None or schema["type"] == "any":
            return DumpedCodec()
        return LenientCodec(self.compile(schema))

    def json_form(self, schema: Schema, name: str, types: frozenset[str] = frozenset()) -> Codec:
        """Give the codec of a type that has none of its own: its JSON form."""
        plain, parsed = self._json_forms(schema, name, types)
        if has_foreign_functions(schema, self._definitions):
            return FormsCodec([plain, parsed], self.core(schema).validate)
        return parsed

    def _json_forms(
        self, schema: Schema, name: str = "JSON", types: frozenset[str] = frozenset()
    ) -> tuple[Codec, Codec]:
        """The JSON form, read as it is and read by JSON validation."""
        core = self.core(schema)
        plain = JsonFormCodec(name, core.dump_json, None, types)
        return plain, JsonFormCodec(name, core.dump_json, core.validate_json, types)

    # Pydantic -----------------------------------------------------------------------------------------

    @property
    def strict(self) -> bool:
        """True inside of a class whose configuration says strict."""
        return bool(self._config and self._config.get("strict"))

    @contextmanager
    def configured(self, config: CoreConfig | None) -> Generator[None]:
        """Compile under the configuration of a class."""
        outer = self._config
        self._config = config or outer
        try:
            yield
        finally:
            self._config = outer

    @contextmanager
    def datetimes_as(self, unit: timedelta, *, floor: bool = False) -> Generator[Codec]:
        """Compile datetimes as whole units since 1970-01-01 UTC; gives the codec that does so."""
        self._datetime_codec = scalars.epoch_codec(unit, floor=floor)
        try:
            yield self._datetime_codec
        finally:
            self._datetime_codec = scalars.DATETIME

    def has_foreign_functions(self, schema: Any) -> bool:
        """Tell whether functions of the user's take part in validating or serialising a schema."""
        return has_foreign_functions(schema, self._definitions)

    def core(self, schema: Schema, *, lax: bool = False) -> Core:
        """Give Pydantic's validation and serialisation by this schema alone.

        Args:
            schema: the schema.
            lax: leave the configuration of the class around it out.
        """
        return Core(schema, self._definitions, None if lax else self._config)


def _takes_raw_input_inside(schema: Schema) -> bool:
    """True if a validator of the user's gets the input, below defaults, None and other functions."""
    while not takes_raw_input(schema):
        if schema["type"] not in _AROUND:
            return False
        schema = schema["schema"]
    return True


def _discriminator_name(discriminator: Any) -> str | None:
    """The field whose value tells the members apart; None if a function or a deeper place does."""
    if isinstance(discriminator, str):
        return discriminator
    if not is_list(discriminator):
        return None
    first: list[str | int] = discriminator[0]
    return str(first[0]) if len(first) == 1 else None
