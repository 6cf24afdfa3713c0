"""Paths as they are typed, such as `address.city` and `lines[0].sku`, and the types of what is there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Union, cast, get_args, get_origin

from pydantic import BaseModel, RootModel, TypeAdapter, ValidationError

from ddbmodel.errors import ExpressionError
from ddbmodel.expressions import Path
from ddbmodel.model import Model

PATH: Final = r"""[A-Za-z_]\w*(?:\.[A-Za-z_]\w*|\[\d{1,9}\]|\["(?:[^"\\]|\\.)*"\]|\['(?:[^'\\]|\\.)*'\])*"""
_STEP: Final = re.compile(
    r"""\.?(?P<name>[A-Za-z_]\w*)|\[(?P<position>\d{1,9})\]|\[(?P<key>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\]"""
)
_PATH: Final = re.compile(PATH)


@dataclass(frozen=True, slots=True)
class TypedPath:
    """A path, and what is there.

    Attributes:
        path: for expressions.
        annotation: the type of the values there.
    """

    path: Path[Any]
    annotation: Any


def typed_path(model: type[Model], text: str) -> TypedPath:
    """Give the path that a text names.

    Raises:
        ExpressionError: it is no path, or there is no such field.
    """
    if not _PATH.fullmatch(text):
        raise ExpressionError(
            f'{text!r} is no path: write a field, such as total, address.city, lines[0].sku or labels["k"]'
        )
    steps = list(_STEP.finditer(text))
    here = _top(model, steps[0]["name"])
    for step in steps[1:]:
        here = _below(here, step)
    return here


def unquoted(text: str) -> str:
    """A text in quotes, without them."""
    return re.sub(r"\\(.)", r"\1", text[1:-1])


def _top(model: type[Model], name: str) -> TypedPath:
    if name not in model.model_fields:
        names = ", ".join(model.model_fields)
        raise ExpressionError(f"{model.__name__} has no field {name!r}; it has {names}")
    return TypedPath(getattr(model, name), model.model_fields[name].annotation)


def _below(here: TypedPath, step: re.Match[str]) -> TypedPath:
    inside = _plain(here.annotation)
    arguments = get_args(inside)
    # The path refuses a step that cannot be; the type only says how a value is read.
    path = cast("Any", here.path)
    if step["name"] is not None:
        name = step["name"]
        fields: dict[str, Any] = inside.model_fields if _is_part(inside) else {}
        return TypedPath(path.at(name), fields[name].annotation if name in fields else Any)
    if step["position"] is not None:
        position = int(step["position"])
        return TypedPath(path[position], _element(inside, arguments, position))
    key: Any = unquoted(step["key"])
    if get_origin(inside) is dict and arguments:
        key = _as(arguments[0], key, repr(here.path))
        return TypedPath(path[key], arguments[1])
    return TypedPath(path[key], Any)


def _element(inside: Any, arguments: tuple[Any, ...], position: int) -> Any:
    if get_origin(inside) is not tuple:
        return arguments[0] if len(arguments) == 1 else Any
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        return arguments[0]
    return arguments[position] if position < len(arguments) else Any


def _plain(annotation: Any) -> Any:
    """A type without `Annotated`, None, and the root models around it; unions stay."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _plain(get_args(annotation)[0])
    if origin in (Union, UnionType):
        members = [member for member in get_args(annotation) if member is not NoneType]
        return _plain(members[0]) if len(members) == 1 else annotation
    if _is_part(annotation) and issubclass(annotation, RootModel):
        root: Any = annotation.model_fields["root"].annotation
        return _plain(root)
    return annotation


def _is_part(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def value_of(here: TypedPath, typed: str, where: str) -> Any:
    """Read a value as the type at a path reads it from text.

    Raises:
        ExpressionError: it is no value of this type.
    """
    return _as(here.annotation, typed, where)


def _as(annotation: Any, typed: str, where: str) -> Any:
    try:
        return TypeAdapter[Any](annotation).validate_strings(typed)
    except ValidationError as error:
        raise ExpressionError(f"{where}: the value is none of its type: {error.errors()[0]['msg']}") from None
