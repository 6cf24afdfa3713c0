"""The one owner of `#n0` and `:v0`.

Every expression of one request is rendered through one `Placeholders`, so names and values are shared
between its condition, filter, update, key condition and projection, and no name ever meets the list of
reserved words.
"""

from __future__ import annotations

from ddbmodel import limits
from ddbmodel.codec.sizes import value_size_bytes
from ddbmodel.codec.values import AttributeValue
from ddbmodel.errors import ExpressionError


class Placeholders:
    """Hands out placeholders for attribute names and values, and renders the two maps of a request."""

    __slots__ = ("_names", "_values")

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._values: dict[str, AttributeValue] = {}

    def name(self, attribute: str) -> str:
        """The placeholder of an attribute name; the same name gets the same placeholder.

        Raises:
            ExpressionError: an empty name, or one over 65,535 bytes.
        """
        placeholder = self._names.get(attribute)
        if placeholder is None:
            _check_name(attribute)
            placeholder = self._names[attribute] = f"#n{len(self._names)}"
        return placeholder

    def value(self, value: AttributeValue) -> str:
        """A placeholder for a value; every value gets one of its own."""
        placeholder = f":v{len(self._values)}"
        self._values[placeholder] = value
        return placeholder

    def to_wire(self) -> dict[str, object]:
        """`ExpressionAttributeNames` and `ExpressionAttributeValues`.

        Each is left out when empty, as the service refuses an empty map.

        Raises:
            ExpressionError: names and values have more than 2 MB together.
        """
        self._check_size()
        wire: dict[str, object] = {}
        if self._names:
            wire["ExpressionAttributeNames"] = {short: name for name, short in self._names.items()}
        if self._values:
            wire["ExpressionAttributeValues"] = dict(self._values)
        return wire

    def _check_size(self) -> None:
        """Refuse more names and values than the service takes in a request, 2 MB.

        Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
        """
        size = sum(len(name.encode()) for name in self._names)
        size += sum(map(value_size_bytes, self._values.values()))
        if size > limits.EXPRESSION_VARIABLES_BYTES:
            raise ExpressionError(
                f"the names and values of the expressions have {size:,} bytes, DynamoDB takes "
                f"{limits.EXPRESSION_VARIABLES_BYTES:,} in a request: split it"
            )


def _check_name(attribute: str) -> None:
    size = len(attribute.encode())
    if not 1 <= size <= limits.ATTRIBUTE_NAME_BYTES:
        raise ExpressionError(
            f"an attribute name in the expression has {size:,} bytes, DynamoDB takes 1 to "
            f"{limits.ATTRIBUTE_NAME_BYTES:,}: use another name or map key"
        )


def check_operators(kind: str, operators: int) -> None:
    """Refuse more operators and functions than the service takes in one expression, 300.

    The `=` of `SET path = value` is none: the page counts two operators in `SET a = :v1 + :v2 + :v3`.
    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html

    Raises:
        ExpressionError: more than 300.
    """
    if operators > limits.EXPRESSION_OPERATORS:
        raise ExpressionError(
            f"the {kind} expression has {operators} operators and functions, "
            f"DynamoDB takes {limits.EXPRESSION_OPERATORS}: split it"
        )


def check_text(kind: str, text: str) -> str:
    """Refuse an expression without text, or with more than the service takes, 4 KB.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html

    Raises:
        ExpressionError: empty, or over 4 KB.
    """
    if not text:
        raise ExpressionError(f"the {kind} expression is empty: leave it out instead")
    size = len(text.encode())
    if size > limits.EXPRESSION_BYTES:
        raise ExpressionError(
            f"the {kind} expression has {size:,} bytes, DynamoDB takes {limits.EXPRESSION_BYTES:,}: split it"
        )
    return text
