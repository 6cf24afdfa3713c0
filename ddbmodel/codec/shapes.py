"""Questions about the shape of a Python value, whose answers type checkers understand."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any, TypeGuard


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Tell whether a value is a list."""
    return isinstance(value, list)


def is_tuple(value: object) -> TypeGuard[tuple[Any, ...]]:
    """Tell whether a value is a tuple."""
    return isinstance(value, tuple)


def is_sequence(value: object) -> TypeGuard[list[Any] | tuple[Any, ...] | deque[Any]]:
    """Tell whether a value is a list, tuple or deque."""
    return isinstance(value, list | tuple | deque)


def is_set(value: object) -> TypeGuard[AbstractSet[Any]]:
    """Tell whether a value is a set of any kind."""
    return isinstance(value, AbstractSet)


def is_dict(value: object) -> TypeGuard[dict[Any, Any]]:
    """Tell whether a value is a dict."""
    return isinstance(value, dict)


def is_map(value: object) -> TypeGuard[Mapping[Any, Any]]:
    """Tell whether a value is a map of any kind."""
    return isinstance(value, Mapping)
