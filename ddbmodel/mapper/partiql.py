"""What a PartiQL statement says of tables and keys, as far as it takes to keep a SELECT from scanning.

It is no parser of the language: DynamoDB is, and says what is wrong. What is not understood here counts as
binding nothing.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.html
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from ddbmodel.errors import ExpressionError

_TOKEN: Final = re.compile(
    r"""\s+ | --[^\n]* | /\*.*?\*/
    | (?P<text>'(?:[^']|'')*')
    | (?P<quoted>"(?:[^"]|"")*")
    | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    | (?P<sign><<|>>|<=|>=|<>|!=|\|\||[-+*/%=<>?.,()\[\]{}:;@])
    """,
    re.VERBOSE | re.DOTALL,
)
_WRITES: Final = ("INSERT", "UPDATE", "DELETE")
_OPENING: Final = frozenset(("(", "[", "{", "<<"))
_CLOSING: Final = frozenset((")", "]", "}", ">>"))


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str

    @property
    def keyword(self) -> str:
        return self.text.upper() if self.kind == "word" else ""

    @property
    def name(self) -> str | None:
        """The name of a table or attribute; None if it is none."""
        if self.kind == "quoted":
            return self.text[1:-1].replace('""', '"')
        return self.text if self.kind == "word" else None


@dataclass(frozen=True, slots=True)
class Clauses:
    """What a statement says.

    Attributes:
        verb: `SELECT`, `INSERT`, `UPDATE`, `DELETE`, or `EXISTS` of a check.
        table: the table.
        index: the index, of a SELECT.
        bound: the attributes that the WHERE binds by `=` or `IN`, whatever else it says.
        equal: those among them that it binds by `=`.
        parameters: how many `?` there are.
    """

    verb: str
    table: str
    index: str | None
    bound: frozenset[str]
    equal: frozenset[str]
    parameters: int


def parse(statement: str, *, checks: bool = False) -> Clauses:
    """Look at a statement.

    Args:
        statement: its text.
        checks: take `EXISTS(SELECT ...)` too, which only transactions have.

    Raises:
        ExpressionError: it is none that can be executed by itself, or names no table.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-functions.exists.html
    """
    tokens = _tokens(statement)
    verb = tokens[0].keyword if tokens else ""
    if checks and verb == "EXISTS":
        return replace(_clauses(_checked(tokens)), verb="EXISTS")
    return _clauses(tokens)


def _checked(tokens: Sequence[_Token]) -> Sequence[_Token]:
    """What stands in the brackets of EXISTS."""
    inner = tokens[1:-1] if tokens[-1].text == ";" else tokens[1:]
    is_bracketed = len(inner) > 2 and inner[0].text == "(" and inner[-1].text == ")"
    if not is_bracketed or inner[1].keyword != "SELECT":
        raise ExpressionError("EXISTS is a statement of its own, around one SELECT: EXISTS(SELECT ...)")
    return inner[1:-1]


def _clauses(tokens: Sequence[_Token]) -> Clauses:
    verb = tokens[0].keyword if tokens else ""
    if verb != "SELECT" and verb not in _WRITES:
        raise ExpressionError("a PartiQL statement begins with SELECT, INSERT, UPDATE or DELETE")
    target = _target(tokens, verb)
    where = next((at for at, token in _outer(tokens) if token.keyword == "WHERE"), len(tokens))
    names = [tokens[target].name] if target < len(tokens) else []
    if target + 2 < len(tokens) and tokens[target + 1].text == ".":
        names.append(tokens[target + 2].name)
    table = names[0] if names else None
    if not table or None in names:
        raise ExpressionError(f"the {verb} names no table where one is expected; names are in double quotes")
    condition = _until_order(tokens[where + 1 :])
    return Clauses(
        verb,
        table,
        names[1] if len(names) > 1 else None,
        _bound(condition, by_in=True),
        _bound(condition, by_in=False),
        sum(token.text == "?" and token.kind == "sign" for token in tokens),
    )


def _tokens(statement: str) -> list[_Token]:
    tokens, at = list[_Token](), 0
    while at < len(statement):
        match = _TOKEN.match(statement, at)
        if match is None:
            raise ExpressionError(f"the statement cannot be read at character {at + 1}")
        if match.lastgroup is not None:
            tokens.append(_Token(match.lastgroup, match[0]))
        at = match.end()
    return tokens


def _target(tokens: Sequence[_Token], verb: str) -> int:
    """Where the table's name stands."""
    if verb == "UPDATE":
        return 1
    before = "INTO" if verb == "INSERT" else "FROM"
    return next((at + 1 for at, token in _outer(tokens) if token.keyword == before), len(tokens))


def _outer(tokens: Sequence[_Token]) -> list[tuple[int, _Token]]:
    """The tokens outside of all brackets, with their places."""
    depth, found = 0, list[tuple[int, _Token]]()
    for at, token in enumerate(tokens):
        depth -= token.kind == "sign" and token.text in _CLOSING
        if depth == 0:
            found.append((at, token))
        depth += token.kind == "sign" and token.text in _OPENING
    return found


def _until_order(tokens: Sequence[_Token]) -> Sequence[_Token]:
    ends = (
        at for at, token in _outer(tokens) if token.keyword in ("ORDER", "RETURNING") or token.text == ";"
    )
    return tokens[: next(ends, len(tokens))]


def _bound(tokens: Sequence[_Token], *, by_in: bool) -> frozenset[str]:
    """The attributes that a condition binds by `=`, and by `IN` if that counts."""
    outer = _outer(tokens)
    if any(token.keyword == "OR" for _, token in outer):
        return frozenset()
    if len(tokens) > 1 and tokens[0].text == "(" and [at for at, _ in outer] == [0, len(tokens) - 1]:
        return _bound(tokens[1:-1], by_in=by_in)
    bound, start, between = set[str](), 0, False
    for at, token in [*outer, (len(tokens), _Token("word", "AND"))]:
        if token.keyword == "BETWEEN":
            between = True
        elif token.keyword == "AND" and between and at < len(tokens):
            between = False
        elif token.keyword == "AND":
            whole = (start, at) == (0, len(tokens))
            bound |= _of_conjunct(tokens[start:at], is_whole=whole, by_in=by_in)
            start = at + 1
    return frozenset(bound)


def _of_conjunct(tokens: Sequence[_Token], *, is_whole: bool, by_in: bool) -> frozenset[str]:
    if not is_whole and tokens and tokens[0].text == "(":
        return _bound(tokens, by_in=by_in)
    if len(tokens) < 3:
        return frozenset()
    operator = tokens[1]
    if operator.keyword == "IN" and tokens[2].text in ("[", "("):
        return _named(tokens[0]) if by_in else frozenset()
    if len(tokens) != 3 or operator.text != "=":
        return frozenset()
    first, last = tokens[0], tokens[2]
    if _is_value(last):
        return _named(first)
    return _named(last) if _is_value(first) else frozenset()


def _named(token: _Token) -> frozenset[str]:
    return frozenset() if token.name is None else frozenset((token.name,))


def _is_value(token: _Token) -> bool:
    return token.kind in ("text", "number") or token.text == "?"
