"""From what a row holds to a validated model, with nothing dropped on the way.

Rows of JSON are validated in Pydantic's JSON mode, so they are read as FastAPI would read them; rows of text
and of Python objects in its Python mode. Fields go by their names or by their aliases. What the model would
ignore is refused, unless that is asked for.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Generic, Literal, TypeAlias, TypeVar

from pydantic import BaseModel, ValidationError

from ddbmodel.codec.trial import refusal_of
from ddbmodel.errors import CodecError
from ddbmodel.ingest.rows import BadRow

M = TypeVar("M", bound=BaseModel)

Unknown: TypeAlias = Literal["refuse", "ignore"]

_EXTRA: Final = "extra_forbidden"
_ROUNDED: Final = (
    "this number does not fit into a JSON number, and would be rounded: write it as text, in quotes"
)


@dataclass(frozen=True, slots=True)
class Validator(Generic[M]):
    """Makes models of rows.

    Attributes:
        model: the class.
        unknown: what to do about names that the model would ignore.
    """

    model: type[M]
    unknown: Unknown = "refuse"

    def of_json(self, text: bytes) -> M:
        """Validate a JSON object.

        Raises:
            BadRow: it is none, or not one of the model.
        """
        parsed = parse_json(text)
        if not isinstance(parsed, dict):
            raise BadRow("a row is a JSON object")
        validate = self.model.model_validate_json
        return self._checked(parsed, lambda extra: validate(text, extra=extra, by_alias=True, by_name=True))

    def of_text(self, values: dict[str, Any]) -> M:
        """Validate values that are all text, or None; also where the model is strict.

        Raises:
            BadRow: they are not those of the model.
        """
        validate = self.model.model_validate
        return self._checked(
            values,
            lambda extra: validate(values, strict=False, extra=extra, by_alias=True, by_name=True),
        )

    def of_objects(self, values: Any) -> M:
        """Validate Python objects.

        Raises:
            BadRow: they are not those of the model.
        """
        validate = self.model.model_validate
        return self._checked(values, lambda extra: validate(values, extra=extra, by_alias=True, by_name=True))

    def _checked(self, plain: Any, validate: Callable[[Any], M]) -> M:
        try:
            try:
                return validate("forbid" if self.unknown == "refuse" else None)
            except ValidationError as error:
                details = error.errors(include_input=False, include_url=False, include_context=False)
                if any(detail["type"] != _EXTRA for detail in details) or self.unknown == "ignore":
                    raise
                model = validate(None)
                lost = next((one["loc"] for one in details if not _is_kept(model, one["loc"])), None)
        except ValidationError as error:
            raise _bad_row(error, plain) from None
        except BadRow:
            raise
        except Exception as error:  # noqa: BLE001  # a validator of the user's may raise anything
            raise BadRow(f"a validator failed with {type(error).__name__}", detail=str(error)) from None
        if lost is None:
            return model
        raise BadRow(f"{self.model.__name__} has no field of this name, and would drop it", path_of(lost))


def _bad_row(error: ValidationError, plain: Any) -> BadRow:
    refusal = refusal_of(error, plain)
    detail = error.errors(include_input=False, include_url=False, include_context=False)[0]["msg"]
    return BadRow(refusal.reason, path_of(refusal.path), detail)


def _is_kept(model: Any, location: Sequence[str | int]) -> bool:
    """True if a name that is no field is in the model all the same: as an extra value, or computed again."""
    inside: Any = model
    for step in location[:-1]:
        try:
            inside = _field(inside, str(step)) if isinstance(inside, BaseModel) else inside[step]
        except (LookupError, TypeError, AttributeError):
            return False
    name = location[-1]
    if not isinstance(inside, BaseModel):
        return False
    return name in (inside.model_extra or ()) or name in type(inside).model_computed_fields


def _field(model: BaseModel, name: str) -> Any:
    fields = type(model).model_fields
    by_alias = (one for one, info in fields.items() if name in (info.alias, info.validation_alias))
    return getattr(model, name if name in fields else next(by_alias, name))


def path_of(steps: Sequence[str | int]) -> str:
    """Give a place as text."""
    error = CodecError("", tuple(steps))
    return error.path if steps else ""


# JSON -------------------------------------------------------------------------------------------------------


def parse_json(text: bytes) -> Any:
    """Parse JSON that keeps its meaning on the way: no name comes twice in an object, no number is rounded.

    Raises:
        BadRow: it is no such JSON.
    """
    try:
        return json.loads(text, object_pairs_hook=_object, parse_float=_exact, parse_constant=_refused)
    except json.JSONDecodeError as error:
        raise BadRow(f"this is no JSON: {error.msg} at character {error.pos + 1}") from None
    except UnicodeDecodeError:
        raise BadRow("this is no UTF-8") from None
    except RecursionError:
        raise BadRow("lists and objects are nested too deep") from None
    except _RoundedError:
        raise BadRow(_ROUNDED, _place_of_rounded(text)) from None
    except ValueError as error:  # whole numbers of more than 4,300 digits
        raise BadRow("a number has too many digits", detail=str(error)) from None


class _RoundedError(Exception):
    """A number that would change."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadRow("this name comes twice in an object", path_of((twice,)))
    return values


def _exact(digits: str) -> float:
    number = float(digits)
    if (len(digits) > 15 or "e" in digits or "E" in digits) and Decimal(repr(number)) != Decimal(digits):
        raise _RoundedError
    return number


def _refused(name: str) -> float:
    raise BadRow(f"{name} is no number that can be stored")


def _place_of_rounded(text: bytes) -> str:
    """Find the first number that would be rounded, once it is known that there is one."""
    return path_of(_steps_to_rounded(json.loads(text, parse_float=Decimal)) or ())


def _steps_to_rounded(value: Any) -> tuple[str | int, ...] | None:
    if isinstance(value, Decimal):
        return () if Decimal(repr(float(value))) != value else None
    items: Iterable[tuple[str | int, Any]] = ()
    if value.__class__ is dict:
        items = value.items()
    elif value.__class__ is list:
        members: list[Any] = value
        items = enumerate(members)
    for step, inner in items:
        if (rest := _steps_to_rounded(inner)) is not None:
            return (step, *rest)
    return None
