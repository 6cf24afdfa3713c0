"""What DynamoDB refuses of expressions without knowing the item: their size, their names and values.

The grammar itself is left to the engine behind.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from ddbmodel import limits
from ddbmodel.testing.strict.refusal import Refused, invalid
from ddbmodel.testing.strict.shapes import is_object
from ddbmodel.testing.strict.values import check_value
from ddbmodel.testing.strict.weight import item_bytes

_EXPRESSIONS: Final = (
    "UpdateExpression",
    "ConditionExpression",
    "KeyConditionExpression",
    "FilterExpression",
    "ProjectionExpression",
)
_NAMES: Final = "ExpressionAttributeNames"
_VALUES: Final = "ExpressionAttributeValues"
_PLACEHOLDER: Final = re.compile(r"[#:]\w+", re.ASCII)
_UNDEFINED: Final = {
    _NAMES: "An expression attribute name used in the document path is not defined; attribute name:",
    _VALUES: "An expression attribute value used in expression is not defined; attribute value:",
}


def check_expressions(wire: Mapping[str, Any]) -> None:
    """Refuse the expressions of one request, or of one action or table of it.

    Raises:
        Refused: with the service's words.
    """
    texts = {name: wire[name] for name in _EXPRESSIONS if wire.get(name) is not None}
    used: dict[str, str] = {}  # the expression that each placeholder is first met in
    for name, text in texts.items():
        _check_text(name, text)
        for placeholder in _PLACEHOLDER.findall(text):
            used.setdefault(placeholder, name)
    for member, sign in ((_NAMES, "#"), (_VALUES, ":")):
        defined = wire.get(member)
        if defined is not None:
            _check_map(member, defined, has_expressions=bool(texts))
        _check_uses(member, defined or {}, {one: used[one] for one in used if one[0] == sign})
    _check_size(wire)


def _check_text(name: str, text: Any) -> None:
    if not isinstance(text, str):
        raise Refused("SerializationException", "Unexpected token: expected a string")
    if not text:
        raise invalid(f"Invalid {name}: The expression can not be empty;")
    size = len(text.encode())
    if size > limits.EXPRESSION_BYTES:
        raise invalid(
            f"Invalid {name}: Expression size has exceeded the maximum allowed size; expression size: {size}"
        )


def _check_map(member: str, defined: Any, *, has_expressions: bool) -> None:
    if not is_object(defined):
        raise Refused("SerializationException", "Unexpected field type")
    if not has_expressions:
        raise invalid(f"{member} can only be specified when using expressions")
    if not defined:
        raise invalid(f"{member} must not be empty")
    if member == _VALUES:
        for placeholder, value in defined.items():
            _check_placeholder_value(placeholder, value)


def _check_placeholder_value(placeholder: str, value: Any) -> None:
    try:
        check_value(value)
    except Refused as refused:
        if refused.code == "ValidationException":
            raise invalid(
                f"{_VALUES} contains invalid value: {refused.message} for key {placeholder}"
            ) from None
        raise


def _check_uses(member: str, defined: Mapping[str, Any], used: Mapping[str, str]) -> None:
    for placeholder, expression in used.items():
        if placeholder not in defined:
            raise invalid(f"Invalid {expression}: {_UNDEFINED[member]} {placeholder}")
    unused = [placeholder for placeholder in defined if placeholder not in used]
    if unused:
        raise invalid(f"Value provided in {member} unused in expressions: keys: {{{', '.join(unused)}}}")


def _check_size(wire: Mapping[str, Any]) -> None:
    names: Mapping[str, Any] = wire.get(_NAMES) or {}
    values: Mapping[str, Any] = wire.get(_VALUES) or {}
    size = sum(len(str(name).encode()) for name in names.values())
    size += item_bytes(values) - sum(len(placeholder.encode()) for placeholder in values)
    if size > limits.EXPRESSION_VARIABLES_BYTES:
        raise invalid(
            f"The size of the names and values of the expressions, {size} bytes, has exceeded the maximum"
        )
