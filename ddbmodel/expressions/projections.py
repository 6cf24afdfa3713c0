"""Projections: which parts of an item a read returns."""

from __future__ import annotations

from dataclasses import dataclass

from ddbmodel.errors import ExpressionError
from ddbmodel.expressions.operands import PathRef
from ddbmodel.expressions.placeholders import Placeholders, check_expression


@dataclass(frozen=True, slots=True)
class Projection:
    """The paths to return.

    Raises:
        ExpressionError: two of them overlap, which DynamoDB refuses.
    """

    paths: tuple[PathRef, ...]

    def __post_init__(self) -> None:
        for number, path in enumerate(self.paths):
            for other in self.paths[:number]:
                if path.overlaps(other):
                    raise ExpressionError(f"{other!r} and {path!r} overlap: select one of the two")

    def render(self, placeholders: Placeholders) -> str:
        """The paths, separated by commas.

        Raises:
            ExpressionError: over 4 KB.
        """
        return check_expression("projection", ", ".join(path.text(placeholders) for path in self.paths), 0)
