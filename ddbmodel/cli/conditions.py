"""Conditions as they are typed: `customer_id=c1 placed_at>=2026-01-01`. Parsed, and never run as code."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from ddbmodel.errors import ExpressionError
from ddbmodel.expressions import Condition, Path
from ddbmodel.model import Model

_TERM: Final = re.compile(
    r"""(?P<field>[A-Za-z_]\w*)\s*
        (?P<operator>!=|<=|>=|\^=|==|=|<|>)\s*
        (?P<value>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s"']\S*)(?:\s+|$)""",
    re.VERBOSE,
)
_AND: Final = re.compile(r"and\s+", re.IGNORECASE)
_OPERATORS: Final[Mapping[str, Callable[[Any, Any], Condition]]] = {
    "=": operator.eq,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "^=": lambda path, value: path.begins_with(value),
}
_EXAMPLE: Final = "customer_id=c1 status^=pend placed_at>=2026-01-01 total=10..20"


def conditions_of(model: type[Model], text: str) -> list[Condition]:
    """Give the conditions that a text lists, all of which have to be true.

    A term is a field, an operator and a value: `=`, `!=`, `<`, `<=`, `>`, `>=`, `^=` (begins with), and
    `=low..high` (between, both included). A value with spaces or `..` goes into quotes. Values are read as
    the field's type reads them from text; a datetime without a zone is UTC.

    Raises:
        ExpressionError: it is no such text, or names no field, or a value is none of its field.
    """
    conditions = [_condition(model, *term) for term in _terms(text)]
    if not conditions:
        raise ExpressionError(f"give conditions such as: {_EXAMPLE}")
    return conditions


def path_of(model: type[Model], name: str) -> Path[Any]:
    """Give the path of a field.

    Raises:
        ExpressionError: there is no such field.
    """
    if name not in model.model_fields:
        names = ", ".join(model.model_fields)
        raise ExpressionError(f"{model.__name__} has no field {name!r}; it has {names}")
    path: Path[Any] = getattr(model, name)
    return path


def _terms(text: str) -> Iterator[tuple[str, str, str]]:
    at, text = 0, text.strip()
    while at < len(text):
        term = _TERM.match(text, at)
        if term is None:
            raise ExpressionError(
                f"there is no condition at character {at + 1}: write terms such as {_EXAMPLE}, with spaces "
                "between them, and quotes around values that have spaces"
            )
        yield term["field"], term["operator"], term["value"]
        at = term.end()
        if joint := _AND.match(text, at):
            at = joint.end()


def _condition(model: type[Model], name: str, sign: str, typed: str) -> Condition:
    path = path_of(model, name)
    quoted = typed[0] in "\"'"
    if quoted:
        typed = re.sub(r"\\(.)", r"\1", typed[1:-1])
    low, is_range, high = typed.partition("..")
    if is_range and not quoted:
        if sign not in ("=", "=="):
            raise ExpressionError(f"{name}: a range low..high goes with =")
        between: Condition = path.between(_value(model, name, low), _value(model, name, high))
        return between
    return _OPERATORS[sign](path, _value(model, name, typed))


def _value(model: type[Model], name: str, typed: str) -> Any:
    annotation: Any = model.model_fields[name].annotation
    try:
        value: Any = TypeAdapter[Any](annotation).validate_strings(typed)
    except ValidationError as error:
        raise ExpressionError(
            f"{model.__name__}.{name}: the value is none of its type: {error.errors()[0]['msg']}"
        ) from None
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    return value
