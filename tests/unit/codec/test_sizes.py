"""Sizes as the service meters them, and upper estimates of what a request takes on the wire."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings

from ddbmodel.codec.sizes import item_size_bytes, nesting_levels, value_size_bytes, wire_size_bytes
from ddbmodel.codec.wire_item import dump_item
from tests.strategies import stored

QUICK = settings(max_examples=200, deadline=None, database=None)


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": ""}, 0),
        ({"S": "abc"}, 3),
        ({"S": "é"}, 2),
        ({"S": "👩"}, 4),
        ({"N": "0"}, 1),
        ({"N": "5"}, 2),
        ({"N": "-5"}, 3),
        ({"N": "123"}, 3),
        ({"N": "1000"}, 2),
        ({"N": "0.001"}, 2),
        ({"N": "12E+20"}, 2),
        ({"B": b"abc"}, 3),
        ({"BOOL": False}, 1),
        ({"NULL": True}, 1),
        ({"SS": ["a", "bc"]}, 3),
        ({"NS": ["1", "22"]}, 4),
        ({"BS": [b"a", b"bc"]}, 3),
        ({"L": []}, 3),
        ({"L": [{"S": "a"}, {"S": "b"}]}, 7),
        ({"M": {}}, 3),
        ({"M": {"a": {"S": "b"}}}, 6),
    ],
)
def test_a_value_weighs_what_the_service_meters(value: dict[str, Any], size: int) -> None:
    """UTF-8 for text, two digits to a byte for numbers, three bytes for a list or map and one for each element."""
    assert value_size_bytes(value) == size


def test_an_item_weighs_its_names_and_values() -> None:
    """Attribute names count in UTF-8."""
    assert item_size_bytes({"name": {"S": "abc"}, "é": {"BOOL": True}}) == 4 + 3 + 2 + 1


@QUICK
@given(stored.items())
def test_an_item_takes_no_more_on_the_wire_than_estimated(item: dict[str, Any]) -> None:
    """The estimate is never below what the request's JSON has."""
    text = json.dumps(item, default=lambda data: base64.b64encode(data).decode(), separators=(", ", ": "))
    assert len(text.encode()) <= wire_size_bytes(dump_item(item))


@pytest.mark.parametrize(
    ("value", "levels"),
    [
        ({"S": "a"}, 0),
        ({"SS": ["a"]}, 0),
        ({"L": []}, 1),
        ({"M": {"a": {"L": [{"M": {}}]}}}, 3),
    ],
)
def test_nesting_counts_lists_and_maps(value: dict[str, Any], levels: int) -> None:
    """Lists and maps inside of one another count, sets and scalars do not."""
    assert nesting_levels(value) == levels


@pytest.mark.parametrize("letter", ["a", "é", "€", "\U0001f600", "\x7f", ",", '"'])
def test_a_large_item_takes_no_more_on_the_wire_than_estimated(letter: str) -> None:
    """Nor is it taken to be much larger, or batches would be small."""
    item = {"text": {"S": letter * 50_000}}
    size, estimate = len(json.dumps(item)), wire_size_bytes(dump_item(item))
    assert size <= estimate <= 2 * size
