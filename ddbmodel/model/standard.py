"""Classes for which Pydantic has a schema of its own making: paths, IP addresses, URLs, secrets, collections.

Their schemas are trees of functions, so they are recognised by the class that an `is-instance` step names.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict, deque
from typing import TYPE_CHECKING, Any, Final

from pydantic import Secret, SecretBytes, SecretStr

from ddbmodel.codec import scalars
from ddbmodel.codec.base import Codec
from ddbmodel.codec.containers import DictCodec, ListCodec, PairsCodec, TupleCodec
from ddbmodel.codec.unions import Member, UnionCodec
from ddbmodel.codec.untyped import UntypedCodec
from ddbmodel.codec.wrappers import RevivedCodec, SecretCodec
from ddbmodel.model.functions import Schema, declared_beneath, is_own

if TYPE_CHECKING:
    from ddbmodel.model.compiler import Compiler

_URLS: Final = ("url", "multi-host-url")
_TEXT_KEYS: Final = frozenset(("S", "N", "B", "BOOL"))


def standard_codec(compiler: Compiler, schema: Schema) -> Codec | None:
    """Give the codec of a class that Pydantic knows; None for any other schema."""
    match schema["type"]:
        case "url" | "multi-host-url":
            return compiler.json_form(schema, schema["type"], frozenset(("S",)))
        case "function-wrap" if schema["schema"]["type"] in _URLS and is_own(schema["function"]["function"]):
            owner = getattr(schema.get("serialization", {}).get("function"), "__self__", None)
            return compiler.json_form(schema, getattr(owner, "__name__", "url"), frozenset(("S",)))
        case "lax-or-strict" | "json-or-python":
            return _by_class(compiler, schema) or compiler.json_form(schema, schema["type"])
        case _:
            return None


def _by_class(compiler: Compiler, schema: Schema) -> Codec | None:
    if _is_secret(schema):
        return SecretCodec("Secret", compiler.compile(schema["python_schema"]["schema"]), None)
    python = _instance_class(schema)
    if python is None:
        return None
    if schema["type"] == "json-or-python":
        if getattr(python, "__name__", "") == "Sequence" and schema["json_schema"]["type"] == "list":
            return _sequence(compiler, schema)
        return _instance_of(compiler, schema) or scalars.text_codec(python)
    if not isinstance(python, type):
        return _collection(compiler, schema, getattr(python, "__origin__", None))
    if issubclass(python, SecretStr):
        return SecretCodec(python.__name__, scalars.STR, python)
    if issubclass(python, SecretBytes):
        return SecretCodec(python.__name__, scalars.BYTES, python)
    return scalars.text_codec(python) or _collection(compiler, schema, python)


def _is_secret(schema: Schema) -> bool:
    function = schema.get("python_schema", {}).get("function", {})
    name = getattr(function.get("function"), "__qualname__", "")
    return bool(name.startswith(f"{Secret.__name__}.")) and is_own(function["function"])


def _instance_class(schema: Schema) -> Any:
    """The class that an `is-instance` step on the way to Python values names."""
    if schema["type"] == "is-instance":
        return schema["cls"]
    for name in ("python_schema", "strict_schema"):
        if name in schema:
            return _instance_class(schema[name])
    for step in (*schema.get("choices", ()), *schema.get("steps", ())):
        found = _instance_class(step)
        if found is not None:
            return found
    return None


def _instance_of(compiler: Compiler, schema: Schema) -> Codec | None:
    """`InstanceOf[T]` takes instances only, so reading makes one as T's own validation would."""
    if declared_beneath(schema["python_schema"]) is None:
        return None
    typed = schema["json_schema"]
    return RevivedCodec(compiler.compile(typed), compiler.core(typed).validate)


def _sequence(compiler: Compiler, schema: Schema) -> Codec:
    """`Sequence[T]` keeps the class of what it is given."""
    item = compiler.items(schema["json_schema"])
    validate = compiler.core(schema).validate
    codecs = (ListCodec(item), TupleCodec((item,), 0), ListCodec(item, deque))
    return UnionCodec([Member(codec, validate) for codec in codecs], validate)


def _collection(compiler: Compiler, schema: Schema, python: Any) -> Codec | None:
    inner = schema["lax_schema"]
    while inner["type"] in ("function-wrap", "function-after"):
        inner = inner["schema"]
    if python is deque and inner["type"] == "list":
        return ListCodec(compiler.items(inner), deque)
    if inner["type"] != "dict":
        return None
    if python is Counter:
        return map_codec(compiler, inner, Counter)
    if python is OrderedDict:
        return map_codec(compiler, inner, OrderedDict)
    if python is defaultdict:
        plain = map_codec(compiler, inner)
        return RevivedCodec(plain, compiler.core(schema, lax=True).validate) if compiler.strict else plain
    return None


def map_codec(compiler: Compiler, schema: Schema, make: type[dict[Any, Any]] = dict) -> Codec:
    """Give the codec of a map: M where its keys have a text, and DynamoDB's lack of order does no harm."""
    keys, values = schema.get("keys_schema"), schema.get("values_schema")
    key = scalars.STR if keys is None or keys["type"] == "any" else compiler.compile(keys)
    value = UntypedCodec() if values is None else compiler.compile(values)
    has_text = len(key.types) == 1 and key.types <= _TEXT_KEYS and not isinstance(key.core, UnionCodec)
    if has_text and make is not OrderedDict:
        return DictCodec(key, value, make)
    return PairsCodec(key, value, make, compiler.core(keys).validate if keys is not None else _as_it_is)


def _as_it_is(value: Any) -> Any:
    return value
