"""What engines get wrong: the one place where a test may be expected to fail.

A test that shows a behaviour of DynamoDB which an engine may lack is marked with its name:

    @pytest.mark.behaviour("binary keys in a parallel scan")

On an engine that is listed here for this behaviour the test must fail, by an error of the kind that is given.
When it passes, or fails otherwise, the run fails. So the list stays true.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ddbmodel import DDBModelError, ServiceError, WriteOutcomeUnknown


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
    Quirk("dynalite", "transactions", "it has none", ServiceError),
    Quirk(
        "dynalite",
        "upgrading what is stored",
        "it never finds two maps equal, and does not give the item that refuses a condition",
        (AssertionError, DDBModelError),
    ),
    Quirk("dynalite", "time to live", "it has none", (AssertionError, ServiceError)),
    Quirk("dynalite", "empty text", "its BETWEEN and IN do not find empty text"),
    Quirk("dynalite", "maps in lists", "numbers that are spelled differently make maps unequal"),
    Quirk("dynalite", "equal lists", "numbers that are spelled differently make lists unequal"),
    Quirk("dynalite", "equal maps", "it never finds two maps equal"),
    Quirk(
        "dynalite", "index keys of several attributes", "it knows keys of two attributes only", ServiceError
    ),
    Quirk(
        "moto",
        "the size of a missing attribute",
        "it fails instead of finding the condition false",
        ServiceError,
    ),
    Quirk("moto", "the capacity of a batch", "it reports one unit for each table, whatever was written"),
    Quirk(
        "moto",
        "an update without actions",
        "it fails, though nothing is to be changed",
        (WriteOutcomeUnknown, ServiceError),
    ),
    Quirk("moto", "begins_with of bytes", "it compares the base64 text"),
    Quirk("moto", "attributes chosen in a transactional get", "it returns whole items"),
    Quirk("moto", "different types have no order", "it compares them in Python, and fails"),
    Quirk("moto", "numbers and flags are not equal", "it finds 0 equal to false in IN"),
    Quirk("moto", "a range of another type", "it compares them in Python, and fails"),
    Quirk("moto", "a range without an end", "it compares with nothing in Python, and fails"),
    Quirk("moto", "two missing attributes are not equal", "it finds them equal"),
    Quirk("moto", "contains of bytes", "it searches the base64 text"),
    Quirk("moto", "what is missing has no size", "it fails instead of finding the condition false"),
    Quirk("moto", "two sizes that are missing are not equal", "it fails where a size is missing"),
    Quirk("moto", "numbers and flags have no size", "it fails instead of finding the condition false"),
    Quirk("dynalite", "the order of text beyond 16 bits", "it orders UTF-16, not UTF-8"),
    Quirk("dynalite", "different types have no order", "it finds >= and <= true of equal lists"),
    Quirk("dynalite", "two missing attributes are not equal", "it finds them equal"),
    Quirk("dynalite", "begins_with of what is no text", "it crashes"),
    Quirk("dynalite", "two sizes that are missing are not equal", "it finds them equal"),
    Quirk("ministack", "two missing attributes are not equal", "it finds them equal"),
    Quirk("ministack", "begins_with of what is no text", "it refuses the condition for the item's type"),
    Quirk("ministack", "contains of bytes", "it searches no bytes"),
    Quirk("ministack", "members of number sets", "it does not find a number that is spelled differently"),
    Quirk("ministack", "two sizes that are missing are not equal", "it finds them equal"),
    Quirk("ministack", "numbers and flags have no size", "it takes their size for 0"),
    Quirk("ministack", "number keys with far exponents", "it does not find what it stored under 1E100"),
    Quirk("ministack", "capacity of batch reads", "it reports none"),
)


def find_quirk(engine: str, behaviours: Iterable[str]) -> Quirk | None:
    """The first quirk of the engine that concerns one of the behaviours."""
    named = set(behaviours)
    return next((quirk for quirk in QUIRKS if quirk.engine == engine and quirk.behaviour in named), None)
