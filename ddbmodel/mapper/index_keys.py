"""Updates of attributes that are keys of an index: what the service refuses of them.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
"""

from __future__ import annotations

from collections.abc import Iterable

from ddbmodel import limits
from ddbmodel.codec.sizes import value_size_bytes
from ddbmodel.errors import ExpressionError
from ddbmodel.expressions import Action
from ddbmodel.schema import TableSchema


def check_index_keys(table: TableSchema, actions: Iterable[Action]) -> None:
    """Refuse to set a key attribute of an index to a value that no key can have.

    Raises:
        ExpressionError: it is empty, or longer than a key can be.
    """
    longest = _longest(table)
    for action in actions:
        limit = longest.get(str(action.path.place.steps[0]))
        if limit is None:
            continue
        for value in action.constants:
            size = value_size_bytes(value.stored)
            if size < 1:
                raise ExpressionError(
                    f"{action.path!r} is a key of an index and cannot be empty; use .remove(), which takes "
                    "the item out of the index, if the field can do without a value"
                )
            if size > limit:
                raise ExpressionError(
                    f"{action.path!r} is a key of an index, which has {limit:,} bytes at most, not {size:,}: "
                    "shorten the value"
                )


def _longest(table: TableSchema) -> dict[str, int]:
    """How many bytes each key attribute of an index can have; the least, where several indexes have it."""
    longest: dict[str, int] = {}
    for index in table.indexes:
        for key, limit in (
            (index.partition_key, limits.PARTITION_KEY_BYTES),
            (index.sort_key, limits.SORT_KEY_BYTES),
        ):
            for attribute in key:
                longest[attribute.name] = min(limit, longest.get(attribute.name, limit))
    return longest
