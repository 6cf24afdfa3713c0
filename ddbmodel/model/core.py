"""Pydantic's validator and serializer for one core schema, apart from the class that it is part of."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from pydantic_core import CoreConfig, CoreSchema, SchemaSerializer, SchemaValidator, core_schema

from ddbmodel.model.functions import Schema


class Core:
    """Validates and serialises by one schema, by field names.

    Both are built when they are first needed, for recursive types need them late.

    Args:
        schema: the schema.
        definitions: what it may refer to; complete when the class is compiled.
        config: of the class around it.
    """

    def __init__(
        self, schema: Schema, definitions: Mapping[str, CoreSchema], config: CoreConfig | None
    ) -> None:
        self._schema = schema
        self._definitions = definitions
        self._config = config

    def validate(self, value: Any) -> Any:
        """Validate Python values."""
        return self._validator.validate_python(value, by_alias=False, by_name=True)

    def validate_json(self, data: bytes) -> Any:
        """Validate JSON."""
        return self._validator.validate_json(data, by_alias=False, by_name=True)

    def dump(self, value: Any) -> Any:
        """Serialise to Python values."""
        return self._serializer.to_python(value, by_alias=False, warnings=False)

    def dump_json(self, value: Any) -> Any:
        """Serialise to the Python values that JSON has."""
        return self._serializer.to_python(value, mode="json", by_alias=False, warnings=False)

    def dump_json_again(self, value: Any) -> Any:
        """Serialise to what can be validated again, where this differs: `Json[T]` becomes text."""
        return self._serializer.to_python(value, mode="json", by_alias=False, round_trip=True, warnings=False)

    @cached_property
    def _validator(self) -> SchemaValidator:
        return SchemaValidator(self._whole(), self._config)

    @cached_property
    def _serializer(self) -> SchemaSerializer:
        return SchemaSerializer(self._whole(), self._config)

    def _whole(self) -> CoreSchema:
        schema: Any = self._schema
        inner: CoreSchema = schema
        own = self._schema.get("ref")
        others = [definition for ref, definition in self._definitions.items() if ref != own]
        return core_schema.definitions_schema(inner, others) if others else inner
