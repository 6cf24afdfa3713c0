"""What every request is, and how its expressions become parameters."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol

from ddbmodel.expressions.placeholders import Placeholders


class Request(Protocol):
    """One request to DynamoDB, complete and immutable, ready to be shown or sent."""

    name: ClassVar[str]
    """DynamoDB's name of the operation, such as `PutItem`."""

    method: ClassVar[str]
    """The same as a client method, such as `put_item`."""

    is_write: ClassVar[bool]
    """True if the request can change what is stored."""

    @property
    def table(self) -> str | None:
        """The table's name; None if the request is about several tables."""
        ...

    @property
    def repeatable(self) -> bool:
        """True if sending it again, when nobody knows whether it was applied, can do no harm.

        That is: it is not applied twice, does not fail on its own first success, and its answer is right.
        """
        ...

    def to_wire(self) -> dict[str, Any]:
        """The parameters, under the names of DynamoDB's API."""
        ...


class Renderable(Protocol):
    """A condition, filter, key condition or projection."""

    def render(self, placeholders: Placeholders) -> str:
        """The expression's text, with names and values handed to `placeholders`."""
        ...


class RenderableUpdate(Renderable, Protocol):
    """An update expression."""

    @property
    def idempotent(self) -> bool:
        """True if applying it twice leaves the item as applying it once does."""
        ...


def expression_parameters(*expressions: tuple[str, Renderable | None]) -> dict[str, Any]:
    """Render a request's expressions, in the order given, through one set of placeholders.

    Each expression comes with the name of its parameter; None is left out.
    """
    placeholders = Placeholders()
    wire: dict[str, Any] = {
        parameter: expression.render(placeholders)
        for parameter, expression in expressions
        if expression is not None
    }
    wire.update(placeholders.to_wire())
    return wire


def condition_parameters(condition: Renderable | None) -> dict[str, Any]:
    """What a condition adds to a write besides its text: the stored item is asked for when it is false.

    It costs no read capacity.
    Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html
    """
    return {} if condition is None else {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}


def optional_parameters(**parameters: object) -> dict[str, Any]:
    """The parameters that are not None."""
    return {name: value for name, value in parameters.items() if value is not None}
