"""Trying validation out: what reading would make of a value, before it is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, get_args

from pydantic import ValidationError
from pydantic_core import core_schema

from ddbmodel.codec.shapes import is_map, is_sequence

# What these say comes from the user's functions, or quotes the input. Errors that only users raise do so too.
_QUOTING: Final = frozenset(
    (
        "value_error",
        "assertion_error",
        "union_tag_invalid",
        "uuid_parsing",
        "iteration_error",
        "mapping_type",
        "get_attribute_error",
        "datetime_object_invalid",
    )
)
_HARMLESS: Final = frozenset(get_args(core_schema.ErrorType)) - _QUOTING


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a value was refused, and where in it. It holds nothing of the value."""

    reason: str
    path: tuple[str | int, ...] = ()


def attempt(validate: Callable[[Any], Any], plain: Any) -> Any:
    """Validate a value; gives a `Refusal` where Pydantic or one of the user's validators does not take it."""
    try:
        return validate(plain)
    except ValidationError as error:
        return refusal_of(error, plain)
    except Exception as error:  # noqa: BLE001  # a validator that is given what it does not expect raises anything
        return Refusal(f"a validator failed with {type(error).__name__}")


def refusal_of(error: ValidationError, plain: Any = None) -> Refusal:
    """Give Pydantic's first error, with its place in the input; all of Pydantic's location without input."""
    details = error.errors(include_input=False, include_url=False, include_context=False)
    more = f" (and {len(details) - 1} more)" if len(details) > 1 else ""
    first = details[0]
    place = tuple(first["loc"]) if plain is None else place_of(first["loc"], plain)
    return Refusal(message_of(first) + more, place)


def message_of(detail: Mapping[str, Any]) -> str:
    """Give Pydantic's message for one error, without what could quote the value."""
    kind = str(detail["type"])
    return f"{detail['msg']} [{kind}]" if kind in _HARMLESS else f"validation failed [{kind}]"


def place_of(location: Sequence[str | int], plain: Any) -> tuple[str | int, ...]:
    """Give the steps of Pydantic's location that lead through the input.

    The others name members of unions and functions.
    """
    steps: list[str | int] = []
    inside: Any = plain
    for index, step in enumerate(location):
        is_missing = is_map(inside) and index == len(location) - 1
        if _leads_on(inside, step):
            inside = inside[step]
            steps.append(step)
        elif is_missing:
            steps.append(step)
    return tuple(steps)


def _leads_on(inside: Any, step: str | int) -> bool:
    if is_map(inside):
        return step in inside
    return is_sequence(inside) and isinstance(step, int) and step < len(inside)
