"""Conditions as they are typed: `customer_id=c1 placed_at>=2026-01-01`. Parsed, and never run as code."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from ddbmodel.cli.typed_paths import PATH, TypedPath, typed_path, unquoted, value_of
from ddbmodel.errors import ExpressionError
from ddbmodel.expressions import Condition
from ddbmodel.model import Model

_TERM: Final = re.compile(
    rf"""(?P<field>{PATH})\s*
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

    A term is a field, or a path such as `address.city`, `lines[0].sku` or `labels["k"]`, an operator and a
    value: `=`, `!=`, `<`, `<=`, `>`, `>=`, `^=` (begins with), and `=low..high` (between, both included). A
    value with spaces or `..` goes into quotes. Values are read as the type of what is there reads them from
    text; a datetime without a zone is UTC.

    Raises:
        ExpressionError: it is no such text, or names no field, or a value is none of its field.
    """
    conditions = [_condition(model, *term) for term in _terms(text)]
    if not conditions:
        raise ExpressionError(f"give conditions such as: {_EXAMPLE}")
    return conditions


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
    here = typed_path(model, name)
    quoted = typed[0] in "\"'"
    if quoted:
        typed = unquoted(typed)
    low, is_range, high = typed.partition("..")
    if is_range and not quoted:
        if sign not in ("=", "=="):
            raise ExpressionError(f"{name}: a range low..high goes with =")
        between: Condition = here.path.between(_value(here, low), _value(here, high))
        return between
    return _OPERATORS[sign](here.path, _value(here, typed))


def _value(here: TypedPath, typed: str) -> Any:
    value = value_of(here, typed, repr(here.path))
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    return value
