"""What engines get wrong: the one place where a test may be expected to fail.

A test that shows a behaviour of DynamoDB which an engine may lack is marked with its name:

    @pytest.mark.behaviour("binary keys in a parallel scan")

On an engine that is listed here for this behaviour the test must fail, by an error of the kind that is given.
When it passes, or fails otherwise, the run fails. So the list stays true.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ddbmodel import ServiceError


@dataclass(frozen=True, slots=True)
class Quirk:
    """One behaviour that one engine lacks.

    Attributes:
        engine: the engine's name.
        behaviour: as tests name it.
        reason: what the engine does instead of what DynamoDB does.
        raises: what the test fails with.
    """

    engine: str
    behaviour: str
    reason: str
    raises: type[BaseException] | tuple[type[BaseException], ...] = AssertionError


QUIRKS: tuple[Quirk, ...] = (
    Quirk(
        "dynalite",
        "the stored item comes with a refused condition",
        "it does not know ReturnValuesOnConditionCheckFailure",
    ),
    Quirk("dynalite", "empty text", "its BETWEEN and IN do not find empty text"),
    Quirk("dynalite", "maps in lists", "numbers that are spelled differently make maps unequal"),
    Quirk("dynalite", "equal lists", "numbers that are spelled differently make lists unequal"),
    Quirk("dynalite", "equal maps", "it never finds two maps equal"),
    Quirk(
        "moto",
        "the size of a missing attribute",
        "it fails instead of finding the condition false",
        ServiceError,
    ),
    Quirk("moto", "the capacity of a batch", "it reports one unit for each table, whatever was written"),
    Quirk("moto", "begins_with of bytes", "it compares the base64 text"),
    Quirk("ministack", "number keys with far exponents", "it does not find what it stored under 1E100"),
)


def find_quirk(engine: str, behaviours: Iterable[str]) -> Quirk | None:
    """The first quirk of the engine that concerns one of the behaviours."""
    named = set(behaviours)
    return next((quirk for quirk in QUIRKS if quirk.engine == engine and quirk.behaviour in named), None)
