"""Functions in Pydantic's core schema: validators and serializers, the user's and Pydantic's own.

What only Pydantic's own functions touch comes back by what the type says; what the user's functions touch has
to be proved, value by value.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias, cast

Schema: TypeAlias = Mapping[str, Any]

_RAW_INPUT: Final = ("function-before", "function-wrap", "function-plain")
_PYTHON_MODE: Final = ("always", "unless-none")
_OWN_MODULES: Final = ("pydantic.", "pydantic_core.", "ddbmodel.model.")
_NOT_OWN: Final = "pydantic.experimental."  # its pipelines hold the user's functions
_STANDARD: Final = ("builtins", "collections", "fractions", "ipaddress", "pathlib", "re", "uuid", "zoneinfo")
_NOT_SEARCHED: Final = ("serialization", "metadata")
_RECORDS: Final = ("model", "dataclass")


def python_serialization(schema: Schema) -> Schema | None:
    """Give the serializer function that runs when the value is dumped as Python values, if there is one."""
    serialization: Schema = schema.get("serialization") or {}
    if serialization.get("type") not in ("function-plain", "function-wrap"):
        return None
    if serialization.get("when_used", "always") not in _PYTHON_MODE or declared_beneath(schema) is not None:
        return None
    return serialization


def declared_beneath(schema: Schema) -> Schema | None:
    """Give the type that Pydantic knows for serialising only, as in `SkipValidation[T]`; None without one."""
    serialization: Schema = schema.get("serialization") or {}
    if serialization.get("type") == "function-wrap" and is_own(serialization["function"]):
        beneath: Schema | None = serialization.get("schema")
        return beneath
    return None


def is_own(function: Any) -> bool:
    """Tell whether a function is Pydantic's own, or one of this package, which changes nothing twice."""
    module = _module_of(function)
    return module.startswith(_OWN_MODULES) and not module.startswith(_NOT_OWN)


def _module_of(function: Any) -> str:
    inner = getattr(function, "func", function)
    return str(getattr(inner, "__module__", None) or type(inner).__module__) + "."


def is_foreign_validator(function: Any) -> bool:
    """Tell whether a validator is the user's: not Pydantic's own, nor a class that it calls, like `UUID`."""
    is_class = isinstance(function, type) and function.__module__ in _STANDARD
    return not is_class and not is_own(function)


def takes_raw_input(schema: Schema) -> bool:
    """Tell whether a validator of the user's runs on the input before the type's own validation."""
    if schema["type"] == "chain":
        return any(map(takes_raw_input, schema["steps"]))
    return schema["type"] in _RAW_INPUT and is_foreign_validator(schema["function"]["function"])


def has_foreign_functions(schema: Any, definitions: Mapping[str, Any]) -> bool:
    """Tell whether a validator or serializer of the user's is in a schema.

    Models and dataclasses inside of it do not count, for these prove their own values.
    """
    return _Search(definitions).find(schema)


class _Search:
    def __init__(self, definitions: Mapping[str, Any]) -> None:
        self._definitions = definitions
        self._seen: set[str] = set()

    def find(self, schema: Any) -> bool:
        if isinstance(schema, list | tuple):
            return any(map(self.find, cast("list[Any]", schema)))
        return isinstance(schema, Mapping) and self._in_node(cast("Schema", schema))

    def _in_node(self, schema: Schema) -> bool:
        if schema.get("type") in _RECORDS and not schema.get("root_model"):
            return False
        reference = schema.get("schema_ref")
        if reference is not None and reference not in self._seen:
            self._seen.add(reference)
            if self.find(self._definitions.get(reference)):
                return True
        function = schema.get("function")
        if isinstance(function, Mapping) and is_foreign_validator(cast("Schema", function).get("function")):
            return True
        serialization = python_serialization(schema)
        if serialization is not None and not is_own(serialization["function"]):
            return True
        return any(self.find(value) for key, value in schema.items() if key not in _NOT_SEARCHED)
