"""Models and dicts that the program makes itself, from any iterable."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, cast

from pydantic import BaseModel
from pydantic_core import PydanticSerializationError, to_json

from ddbmodel.errors import CodecError
from ddbmodel.ingest.letters import Verbatim
from ddbmodel.ingest.rows import BadRow, Position, Row
from ddbmodel.ingest.source import Reader, Source
from ddbmodel.ingest.stored_json import stored_json
from ddbmodel.ingest.validation import Validator
from ddbmodel.model import plan_of


@dataclass(frozen=True, slots=True)
class Objects(Source):
    """Models, or dicts by field name, from an iterable or an async iterable.

    With a checkpoint, it has to give the same rows each time.
    """

    format: ClassVar[str] = "objects"

    rows: Iterable[Any] | AsyncIterable[Any] = field(repr=False)

    @property
    def name(self) -> str:
        return "the iterable"

    @property
    def repeatable(self) -> bool:
        return False

    def open(self, start: Position) -> Reader:
        assert isinstance(self.rows, Iterable)
        return ObjectReader(self.rows, start)

    def model_of(self, row: Row, validator: Validator[Any]) -> BaseModel:
        return model_of_object(row.content, validator)

    def letter(self, row: Row) -> Mapping[str, Any]:
        return letter_of_object(row.content)


class ObjectReader(Reader):
    """Counts what the iterable gives."""

    def __init__(self, rows: Iterable[Any], start: Position) -> None:
        self._rows = rows
        self._start = start

    def __iter__(self) -> Iterator[Row]:
        for number, content in enumerate(self._rows, start=1):
            if number > self._start.row:
                yield Row(number, None, Position(number), content)


def model_of_object(content: Any, validator: Validator[Any]) -> BaseModel:
    """Take a model as it is, and validate anything else.

    Raises:
        BadRow: it is another model, or not one at all.
    """
    if isinstance(content, validator.model):
        model: BaseModel = content
        return model
    if not isinstance(content, Mapping):
        raise BadRow(f"a row is a {validator.model.__name__} or a dict, not a {type(content).__name__}")
    return cast("BaseModel", validator.of_objects(content))


def letter_of_object(content: Any) -> Mapping[str, Any]:
    """Write a model as its item, exactly; anything else as JSON if it can be, or as its repr."""
    if isinstance(content, BaseModel):
        try:
            item = plan_of(type(content)).encode(content)
        except CodecError:
            return {"format": "json-lines", "content": Verbatim(content.model_dump_json(by_alias=False))}
        return {"format": "dynamodb-json", "content": {"Item": stored_json(item)}}
    try:
        return {"format": "json-lines", "content": Verbatim(to_json(content).decode())}
    except (PydanticSerializationError, ValueError, UnicodeError):
        return {"format": "json-lines", "text": repr(content)}
