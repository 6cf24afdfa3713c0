"""Selected fields: from the parts of an item that a projection returns to a row of validated values."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from ddbmodel.codec.scalars import STR
from ddbmodel.codec.values import Item
from ddbmodel.errors import CodecError, ExpressionError
from ddbmodel.expressions import Path, PathRef, Projection
from ddbmodel.mapper.columns import Column, column_of
from ddbmodel.mapper.paths import check_paths
from ddbmodel.model import ModelPlan
from ddbmodel.model.schema_history import SCHEMA_ATTRIBUTE, SchemaHistory


class Selection:
    """The fields that a read returns, as named tuples.

    Args:
        plan: the model.
        paths: the fields in the order asked for. One may come twice, or be part of another.

    Raises:
        ExpressionError: there is no path, or one is no path of this model.
    """

    __slots__ = ("_columns", "_history", "_make_row", "_model")

    def __init__(self, plan: ModelPlan[Any], paths: Sequence[PathRef]) -> None:
        if not paths:
            raise ExpressionError("select() needs at least one path, such as Order.total")
        for path in paths:
            if not isinstance(path, Path):
                raise ExpressionError(
                    f"select() takes paths such as Order.total, not a {type(path).__name__}"
                )
        check_paths(plan, paths)
        self._model = plan.model
        self._columns = tuple(column_of(plan, path) for path in paths)
        self._make_row = _row_type(_names(paths))
        key = {attribute.name for attribute in plan.stored_table.key}
        is_old_news = plan.history.is_kept and any(column.steps[0] not in key for column in self._columns)
        self._history = plan.history if is_old_news else None

    @property
    def attributes(self) -> frozenset[str]:
        """The top-level attributes that are needed."""
        own = () if self._history is None else (SCHEMA_ATTRIBUTE,)
        return frozenset((*own, *(column.steps[0] for column in self._columns)))

    def projection(self, keys: Iterable[PathRef]) -> Projection:
        """What to ask for: the columns, each place once, and the key attributes that are not among them."""
        wanted = [*map(self._projected, self._columns), *keys]
        if self._history is not None:
            wanted.append(PathRef(self._model, (SCHEMA_ATTRIBUTE,), SCHEMA_ATTRIBUTE, STR))
        steps = {path.place.steps: path for path in wanted}
        return Projection(
            tuple(
                path
                for place, path in steps.items()
                if not any(place[:n] in steps for n in range(len(place)))
            )
        )

    def _projected(self, column: Column) -> PathRef:
        return PathRef(self._model, column.steps, column.label, column.field.codec, column.field)

    def row(self, item: Item) -> tuple[Any, ...]:
        """The selected values of one item; None, or the field's default, where it has none.

        Raises:
            CodecError: a value is not of its field's type, or the item is of another schema version.
        """
        if self._history is not None:
            self._check_version(self._history, item)
        row: tuple[Any, ...] = self._make_row(*(column.value(item) for column in self._columns))
        return row

    def _check_version(self, history: SchemaHistory, item: Item) -> None:
        try:
            is_current = history.is_current(item)
        except CodecError as error:
            raise error.about(self._model.__name__) from None
        if not is_current:
            raise CodecError(
                f"the item is of schema version {history.version_of(item)}, and only whole items are "
                "upgraded: read it without select(), or migrate the table first",
                (SCHEMA_ATTRIBUTE,),
            ).about(self._model.__name__)


def _names(paths: Sequence[PathRef]) -> tuple[str, ...]:
    """The last name of each path, numbered where two are the same."""
    names: list[str] = []
    for path in paths:
        texts = [step for step in path.place.steps if isinstance(step, str)]
        name = path.place.field.name if path.place.field else texts[-1]
        if not name.isidentifier():
            name = f"f{len(names)}"
        names.append(f"{name}_{len(names)}" if name in names else name)
    return tuple(names)


@lru_cache(maxsize=1024)
def _row_type(names: tuple[str, ...]) -> Any:
    # The names are known at run time only.
    return namedtuple("Row", names, rename=True)  # noqa: PYI024 # pyright: ignore[reportUntypedNamedTuple]
