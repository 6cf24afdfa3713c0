"""What a rendered condition means: read by another parser, it is true of the same items as in Python."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from ddbmodel.expressions import Placeholders
from ddbmodel.model import plan_of
from tests.unit.expressions import trees
from tests.unit.expressions.grammar import Parser, evaluate
from tests.unit.expressions.trees import Thing, Tree


@given(tree=trees.trees, thing=trees.things)
def test_a_condition_means_what_it_says(tree: Tree, thing: Thing) -> None:
    """Whatever is combined with & | ~, parentheses and precedence keep the meaning."""
    placeholders = Placeholders()
    text = tree.condition.render(placeholders)
    assert evaluate(text, placeholders.to_wire(), plan_of(Thing).encode(thing)) is tree.holds(thing)


@pytest.mark.parametrize(
    ("text", "true"),
    [
        ("#a = :x OR #b = :x AND #b = :y", True),
        ("(#a = :x OR #b = :x) AND #b = :y", True),
        ("(#a = :x OR #b = :x) AND #b = :x", False),
        ("NOT #a = :x OR #a = :x", True),
        ("NOT (#a = :x OR #a = :x)", False),
        ("#a BETWEEN :x AND :y AND #b = :x", False),
        ("NOT #c = :x", True),
        ("#c <> :x", True),
        ("#c < :x", False),
        ("size(#a) = :x", False),
        ("#a IN (:y, :x)", True),
    ],
)
def test_the_other_parser_knows_precedence(text: str, true: bool) -> None:
    """The parser that the test above relies on is itself right about what binds tighter."""
    names = {"#a": "a", "#b": "b", "#c": "c"}
    values: dict[str, Any] = {":x": {"N": "1"}, ":y": {"N": "2"}}
    item: dict[str, Any] = {"a": {"N": "1"}, "b": {"N": "2.0"}}
    assert Parser(text, names, values).parse()(item) is true


@pytest.mark.parametrize(
    "text", ["((#a = :x))", "#a = :x)", "(#a = :x", "a = :x", "#a == :x", "#a = :x AND", ""]
)
def test_the_other_parser_refuses_what_dynamodb_refuses(text: str) -> None:
    """Redundant parentheses, bare names and broken syntax do not pass."""
    with pytest.raises((AssertionError, IndexError)):
        Parser(text, {"#a": "a"}, {":x": {"N": "1"}}).parse()
