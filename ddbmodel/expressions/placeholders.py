"""The one owner of `#n0` and `:v0`.

Every expression of one request is rendered through one `Placeholders`, so names and values are
shared between its condition, filter, update, key condition and projection, and no name ever meets
the list of reserved words.
"""

from __future__ import annotations

from ddbmodel import limits
from ddbmodel.codec.values import AttributeValue
from ddbmodel.errors import ExpressionError


class Placeholders:
    """Hands out placeholders for attribute names and values, and renders the two maps of a request."""

    __slots__ = ("_names", "_values")

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._values: dict[str, AttributeValue] = {}

    def name(self, attribute: str) -> str:
        """The placeholder of an attribute name; the same name gets the same placeholder."""
        placeholder = self._names.get(attribute)
        if placeholder is None:
            placeholder = self._names[attribute] = f"#n{len(self._names)}"
        return placeholder

    def value(self, value: AttributeValue) -> str:
        """A placeholder for a value."""
        placeholder = f":v{len(self._values)}"
        self._values[placeholder] = value
        return placeholder

    def to_wire(self) -> dict[str, object]:
        """`ExpressionAttributeNames` and `ExpressionAttributeValues`; each is left out when empty, as the
        service refuses an empty map."""
        wire: dict[str, object] = {}
        if self._names:
            wire["ExpressionAttributeNames"] = {short: name for name, short in self._names.items()}
        if self._values:
            wire["ExpressionAttributeValues"] = dict(self._values)
        return wire


def check_expression(kind: str, text: str, operators: int) -> str:
    """Refuse an expression over the service's limits: 4 KB of text, 300 operators and functions.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
    """
    size = len(text.encode())
    if size > limits.EXPRESSION_BYTES:
        raise ExpressionError(
            f"the {kind} expression has {size:,} bytes, DynamoDB takes {limits.EXPRESSION_BYTES:,}: split it"
        )
    if operators > limits.EXPRESSION_OPERATORS:
        raise ExpressionError(
            f"the {kind} expression has {operators} operators and functions, "
            f"DynamoDB takes {limits.EXPRESSION_OPERATORS}: split it"
        )
    return text
