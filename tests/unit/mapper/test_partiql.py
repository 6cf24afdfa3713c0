"""What is read off PartiQL statements."""

from __future__ import annotations

import pytest

from ddbmodel import ExpressionError
from ddbmodel.mapper.partiql import parse


@pytest.mark.parametrize(
    ("where", "bound"),
    [
        ("", set()),
        ("WHERE pk = ?", {"pk"}),
        ("where pk=?", {"pk"}),
        ("WHERE \"pk\" = 'it''s' AND sk > 5", {"pk"}),
        ("WHERE ? = pk", {"pk"}),
        ("WHERE sk BETWEEN ? AND ? AND pk = ?", {"pk"}),
        ("WHERE (pk = ?) AND (sk = ? OR x = 1)", {"pk"}),
        ("WHERE ((pk = ? AND sk = ?))", {"pk", "sk"}),
        ("WHERE pk IN [?, ?]", {"pk"}),
        ("WHERE pk IN (?, ?) ORDER BY sk", {"pk"}),
        ("WHERE pk = ? ORDER BY sk DESC;", {"pk"}),
        ("WHERE pk = ? OR sk = ?", set()),
        ("WHERE (pk = ? OR sk = ?)", set()),
        ("WHERE NOT pk = ?", set()),
        ("WHERE NOT (pk = ?)", set()),
        ("WHERE pk > ?", set()),
        ("WHERE pk <> ?", set()),
        ("WHERE pk = sk", set()),
        ("WHERE pk.x = ?", set()),
        ("WHERE begins_with(pk, ?)", set()),
        ("WHERE x = 'WHERE pk = 1'", {"x"}),
        ("-- WHERE pk = ?\n", set()),
        ("WHERE x = ? /* AND pk = ? */", {"x"}),
        ("WHERE pk BETWEEN ? AND pk = ?", set()),
    ],
)
def test_what_binds_a_key_is_seen(where: str, bound: set[str]) -> None:
    """Equality and IN bind, joined by AND at the top; nothing else does."""
    assert parse(f'SELECT * FROM "t" {where}').bound == bound


@pytest.mark.parametrize(
    ("where", "equal"),
    [
        ("WHERE pk = ? AND sk IN [?]", {"pk"}),
        ("WHERE (pk IN (?)) AND (sk = ?)", {"sk"}),
        ("WHERE pk = ? AND sk = ?;", {"pk", "sk"}),
        ("WHERE pk = ? OR sk = ?", set()),
    ],
)
def test_equality_is_told_from_in(where: str, equal: set[str]) -> None:
    """One item is read by equality; IN can bind several."""
    assert parse(f'SELECT * FROM "t" {where}').equal == equal


@pytest.mark.parametrize("end", ["", ";"])
def test_a_check_is_a_select_in_exists(end: str) -> None:
    """In a transaction; its table, keys and parameters are those of the SELECT."""
    clauses = parse(f'EXISTS(SELECT * FROM "t" WHERE pk = ? AND x = ?){end}', checks=True)
    assert (clauses.verb, clauses.table, clauses.parameters) == ("EXISTS", "t", 2)
    assert clauses.equal == {"pk", "x"}


@pytest.mark.parametrize(
    ("statement", "checks"),
    [
        ("EXISTS(SELECT * FROM t WHERE pk = ?)", False),
        ("EXISTS", True),
        ("EXISTS SELECT * FROM t", True),
        ("EXISTS(DELETE FROM t)", True),
        ("EXISTS(SELECT * FROM t) AND x", True),
    ],
)
def test_a_check_stands_by_itself(statement: str, checks: bool) -> None:
    """Outside of transactions, and in any other form, it is refused."""
    with pytest.raises(ExpressionError):
        parse(statement, checks=checks)


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ('SELECT * FROM "a-b"."by-x" WHERE x = ?', ("SELECT", "a-b", "by-x", 1)),
        ("select x, y.z[0] from t", ("SELECT", "t", None, 0)),
        ("INSERT INTO \"t\" VALUE {'a': ?, 'b': '?'}", ("INSERT", "t", None, 1)),
        ('UPDATE "t" SET x = ? WHERE pk = ? RETURNING ALL NEW *', ("UPDATE", "t", None, 2)),
        ("DELETE FROM t WHERE pk = ?", ("DELETE", "t", None, 1)),
    ],
)
def test_verb_table_index_and_parameters_are_seen(
    statement: str, found: tuple[str, str, str | None, int]
) -> None:
    """Names may be quoted, and a `?` inside of a text is none."""
    clauses = parse(statement)
    assert (clauses.verb, clauses.table, clauses.index, clauses.parameters) == found


@pytest.mark.parametrize(
    "statement", ["", "  ", "EXISTS(SELECT 1)", "DROP TABLE t", "SELECT *", "SELECT 'a", "UPDATE", "é"]
)
def test_what_is_no_statement_is_refused(statement: str) -> None:
    """What cannot be executed by itself is an error, which does not quote it."""
    with pytest.raises(ExpressionError):
        parse(statement)
