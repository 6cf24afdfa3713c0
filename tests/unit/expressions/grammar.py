"""A parser and evaluator of condition expressions, written from DynamoDB's grammar and independent of ours.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

Stored = dict[str, Any]
Truth = Callable[[Mapping[str, Stored]], bool]
Operand = Callable[[Mapping[str, Stored]], Stored | None]

TOKEN = re.compile(r"\s*(<>|<=|>=|[=<>(),.\[\]]|[#:]?[A-Za-z0-9_]+)")
WORDS = ("AND", "OR", "NOT", "BETWEEN", "IN")
ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


class Parser:
    """Recursive descent: OR, then AND, then NOT, then the rest, each binding tighter than the one before."""

    def __init__(self, text: str, names: Mapping[str, str], values: Mapping[str, Stored]) -> None:
        self._tokens = self._split(text)
        self._names = names
        self._values = values
        self._at = 0

    @staticmethod
    def _split(text: str) -> list[str]:
        tokens, at = [], 0
        while at < len(text):
            match = TOKEN.match(text, at)
            assert match, f"no token at {text[at:]!r}"
            tokens.append(match[1])
            at = match.end()
        return tokens

    def parse(self) -> Truth:
        truth = self._or()
        assert self._at == len(self._tokens), f"left over: {self._tokens[self._at :]}"
        return truth

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _next(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1]

    def _skip(self, *expected: str) -> bool:
        if self._tokens[self._at : self._at + len(expected)] != list(expected):
            return False
        self._at += len(expected)
        return True

    def _expect(self, token: str) -> None:
        assert self._skip(token), f"expected {token!r}, found {self._peek()!r}"

    def _or(self) -> Truth:
        parts = [self._and()]
        while self._skip("OR"):
            parts.append(self._and())
        return parts[0] if len(parts) == 1 else lambda item: any(part(item) for part in parts)

    def _and(self) -> Truth:
        parts = [self._not()]
        while self._skip("AND"):
            parts.append(self._not())
        return parts[0] if len(parts) == 1 else lambda item: all(part(item) for part in parts)

    def _not(self) -> Truth:
        if self._skip("NOT"):
            inner = self._not()
            return lambda item: not inner(item)
        return self._single()

    def _single(self) -> Truth:
        if self._skip("("):
            start = self._at
            inner = self._or()
            redundant = self._tokens[start] == "(" and self._closing(start) == self._at - 1
            assert not redundant, "redundant parentheses"
            self._expect(")")
            return inner
        if self._peek() in FUNCTIONS and self._peek() != "size":
            return self._function(self._next())
        return self._comparison()

    def _closing(self, opening: int) -> int:
        depth = 0
        for place in range(opening, len(self._tokens)):
            depth += {"(": 1, ")": -1}.get(self._tokens[place], 0)
            if depth == 0:
                return place
        raise AssertionError("a parenthesis is not closed")

    def _function(self, name: str) -> Truth:
        self._expect("(")
        arguments = [self._operand()]
        while self._skip(","):
            arguments.append(self._operand())
        self._expect(")")
        return lambda item: bool(FUNCTIONS[name](*(argument(item) for argument in arguments)))

    def _comparison(self) -> Truth:
        left = self._operand()
        operator = self._next()
        if operator == "BETWEEN":
            low = self._operand()
            self._expect("AND")
            high = self._operand()
            return lambda item: (
                _ordered(">=", left(item), low(item)) and _ordered("<=", left(item), high(item))
            )
        if operator == "IN":
            self._expect("(")
            options = [self._operand()]
            while self._skip(","):
                options.append(self._operand())
            self._expect(")")
            return lambda item: any(_equal(left(item), option(item)) for option in options)
        right = self._operand()
        if operator == "=":
            return lambda item: _equal(left(item), right(item))
        if operator == "<>":
            return lambda item: not _equal(left(item), right(item))
        assert operator in ORDER, f"no operator: {operator!r}"
        return lambda item: _ordered(operator, left(item), right(item))

    def _operand(self) -> Operand:
        token = self._next()
        if token == "size":
            self._expect("(")
            inner = self._operand()
            self._expect(")")
            return lambda item: _size(inner(item))
        if token.startswith(":"):
            value = self._values[token]
            return lambda item: value
        assert token.startswith("#"), f"a bare name: {token!r}"
        steps: list[str | int] = [self._names[token]]
        while True:
            if self._skip("."):
                steps.append(self._names[self._next()])
            elif self._skip("["):
                steps.append(int(self._next()))
                self._expect("]")
            else:
                return lambda item: _value_at(item, steps)


def _value_at(item: Mapping[str, Stored], steps: list[str | int]) -> Stored | None:
    here: Stored | None = {"M": item}
    for step in steps:
        if here is None:
            return None
        if isinstance(step, int):
            elements = here.get("L", [])
            here = elements[step] if step < len(elements) else None
        else:
            here = here.get("M", {}).get(step)
    return here


def _plain(stored: Stored) -> tuple[str, Any]:
    ((kind, value),) = stored.items()
    match kind:
        case "N":
            return kind, Decimal(value)
        case "S":
            return kind, value.encode()
        case "SS":
            return kind, frozenset(member.encode() for member in value)
        case "BS":
            return kind, frozenset(value)
        case "NS":
            return kind, frozenset(map(Decimal, value))
        case "L":
            return kind, [_plain(element) for element in value]
        case "M":
            return kind, {key: _plain(entry) for key, entry in value.items()}
        case _:
            return kind, value


def _equal(left: Stored | None, right: Stored | None) -> bool:
    return left is not None and right is not None and _plain(left) == _plain(right)


def _ordered(operator: str, left: Stored | None, right: Stored | None) -> bool:
    if left is None or right is None:
        return False
    (kind, a), (other, b) = _plain(left), _plain(right)
    return kind == other and kind in ("S", "N", "B") and ORDER[operator](a, b)


def _size(stored: Stored | None) -> Stored | None:
    if stored is None:
        return None
    ((kind, value),) = stored.items()
    return None if kind in ("N", "BOOL", "NULL") else {"N": str(len(value))}


def _begins_with(text: Stored | None, prefix: Stored | None) -> bool:
    if text is None or prefix is None:
        return False
    (kind, a), (other, b) = _plain(text), _plain(prefix)
    return kind == other and kind in ("S", "B") and bool(a.startswith(b))


def _contains(whole: Stored | None, member: Stored | None) -> bool:
    if whole is None or member is None:
        return False
    (kind, a), (other, b) = _plain(whole), _plain(member)
    if kind == other and kind in ("S", "B"):
        return b in a
    if kind == "L":
        return (other, b) in a
    return kind == other + "S" and b in a


def _attribute_type(value: Stored | None, kind: Stored | None) -> bool:
    return value is not None and kind is not None and next(iter(value)) == kind["S"]


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "attribute_exists": lambda value: value is not None,
    "attribute_not_exists": lambda value: value is None,
    "attribute_type": _attribute_type,
    "begins_with": _begins_with,
    "contains": _contains,
    "size": _size,
}


def evaluate(text: str, wire: Mapping[str, Any], item: Mapping[str, Stored]) -> bool:
    """True if the condition expression holds for the item."""
    names = wire.get("ExpressionAttributeNames", {})
    values = wire.get("ExpressionAttributeValues", {})
    return Parser(text, names, values).parse()(item)
