"""What of the service's own words may be shown.

Messages of DynamoDB say what is wrong, and rarely quote what was sent: values in a few validation messages,
and in signature errors the request's headers, session token included. Those parts are taken out.
"""

from __future__ import annotations

import re
from typing import Final

_LENGTH_MAX: Final = 500
_HIDDEN: Final = "(not shown)"
_PATTERNS: Final = (
    # Validation quotes the value: Value '...' at 'tableName' failed to satisfy constraint.
    (re.compile(r"\b(values?) '.*?' (at '[^']*' failed)", re.IGNORECASE | re.DOTALL), rf"\1 {_HIDDEN} \2"),
    # So it does for numbers, and for sets with a value twice.
    (re.compile(r"(numeric value:) .*", re.DOTALL), rf"\1 {_HIDDEN}"),
    (re.compile(r"(Input collection) \[.*\]", re.DOTALL), rf"\1 {_HIDDEN}"),
    # Attribute values as some engines print them: {"S": "..."}, AttributeValue(S=...).
    (re.compile(r"AttributeValue\(.*\)|\{\s*[\"']?[SNBML][SL]?[\"']?\s*[:=].*\}", re.DOTALL), _HIDDEN),
    # Signature errors quote the Authorization header, or the canonical request with the session token.
    (
        re.compile(r"(Authorization header:|The Canonical String|The String-to-Sign).*", re.DOTALL),
        rf"\1 {_HIDDEN}",
    ),
    (re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b"), _HIDDEN),
)


def presentable(message: str) -> str:
    """The message without what may be values or credentials, on one line, at most 500 characters long."""
    for pattern, replacement in _PATTERNS:
        message = pattern.sub(replacement, message)
    message = " ".join(message.split())
    return message if len(message) <= _LENGTH_MAX else message[: _LENGTH_MAX - 3] + "..."


def is_presentable(message: str) -> bool:
    """True if nothing had to be taken out, so that an error with this text may be chained as a cause."""
    return presentable(message) == " ".join(message.split())
