"""Projections: which parts of an item a read returns.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ProjectionExpressions.html
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from ddbmodel.errors import ExpressionError
from ddbmodel.expressions.placeholders import Placeholders, check_text
from ddbmodel.expressions.places import PathRef


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """The paths to return.

    Raises:
        ExpressionError: there is none, or two of them clash, which DynamoDB refuses.
    """

    paths: tuple[PathRef, ...]

    def __post_init__(self) -> None:
        if not self.paths:
            raise ExpressionError("a projection needs at least one path, such as Order.total")
        for one, other in combinations(self.paths, 2):
            clash = one.place.clash(other.place)
            if clash:
                raise ExpressionError(f"{one!r} and {other!r} {clash}; select one of the two")

    def render(self, placeholders: Placeholders) -> str:
        """The paths, separated by commas.

        Raises:
            ExpressionError: over 4 KB.
        """
        return check_text("projection", ", ".join(path.text(placeholders) for path in self.paths))
