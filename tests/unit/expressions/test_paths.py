"""Paths that go deeper: parts, lists, tuples, maps, unions, and what they mean for names and types."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from ddbmodel import Attr, ExpressionError, Model, field, partition_key
from ddbmodel.expressions import PathRef
from tests.unit.expressions.models import (
    Address,
    Card,
    Cash,
    Line,
    Options,
    Order,
    Pair,
    Place,
    Plain,
    Renamed,
    Tree,
    Wallet,
)


@pytest.mark.parametrize(
    ("path", "label", "steps", "types"),
    [
        (Order.total, "total", ("total",), "N"),
        (Order.address.at(Address.city), "address.city", ("address", "city"), "S"),
        (Order.address.at(Place.city), "address.city", ("address", "city"), "S"),
        (Order.address.at(Place.zip_code), "address.zip_code", ("address", "zip"), "S"),
        (Order.address.at(Address.street), "address.street", ("address", "st"), "S"),
        (Order.address.at("street"), "address.street", ("address", "st"), "S"),
        (Order.address.at(Address.geo)[1], "address.geo[1]", ("address", "geo", 1), "N"),
        (Order.address.at(Address.geo[1]), "address.geo[1]", ("address", "geo", 1), "N"),
        (Order.renamed.at(Renamed.city), "renamed.city", ("renamed", "town"), "S"),
        (Order.renamed.at(Place.city), "renamed.city", ("renamed", "town"), "S"),
        (Order.plain.at("city"), "plain.city", ("plain", "city"), "S"),
        (Order.plain.at("inner")["x"], "plain.inner['x']", ("plain", "inner", "x"), "N"),
        (Order.box.at("width"), "box.width", ("box", "width"), "N"),
        (Order.options.at("gift"), "options.gift", ("options", "gift"), "BOOL"),
        (Order.lines[0], "lines[0]", ("lines", 0), "M"),
        (Order.lines[12].at(Line.quantity), "lines[12].quantity", ("lines", 12, "qty"), "N"),
        (Order.lines[0].at(Line.notes[3]), "lines[0].notes[3]", ("lines", 0, "notes", 3), "S"),
        (Order.labels["k"], "labels['k']", ("labels", "k"), "S"),
        (Order.labels.at("k"), "labels['k']", ("labels", "k"), "S"),
        (Order.by_number[3].at(Line.sku), "by_number[3].sku", ("by_number", "3", "sku"), "S"),
        (
            Order.by_day[date(2026, 1, 2)],
            "by_day[datetime.date(2026, 1, 2)]",
            ("by_day", "2026-01-02"),
            "N",
        ),
        (Order.pair[0], "pair[0]", ("pair", 0), "N"),
        (Order.pair[1], "pair[1]", ("pair", 1), "S"),
        (Order.numbers[7], "numbers[7]", ("numbers", 7), "N"),
        (Order.matrix[1][2], "matrix[1][2]", ("matrix", 1, 2), "N"),
        (Order.words[1], "words[1]", ("words", 1), "S"),
        (Order.of_int.at(Pair[int].first), "of_int.first", ("of_int", "first"), "N"),
        (Order.of_int.at(Pair.first), "of_int.first", ("of_int", "first"), "N"),
        (Order.payment.at(Card.number), "payment.number", ("payment", "number"), "S"),
        (Order.payment.at(Cash.number), "payment.number", ("payment", "no"), "S"),
        (Order.payment.at("given"), "payment.given", ("payment", "given"), "N"),
        (Order.payment.at("type"), "payment.type", ("payment", "type"), "S"),
        (
            Order.wallet.at(Wallet.payment.at(Card.number)),
            "wallet.payment.number",
            ("wallet", "payment", "number"),
            "S",
        ),
        (
            Order.wallet.at(Wallet.payment.at(Cash.number)),
            "wallet.payment.number",
            ("wallet", "payment", "no"),
            "S",
        ),
        (Order.purse.at(Wallet.extra), "purse.extra", ("purse", "extra"), "S"),
        (Order.tree.at(Tree.child.at(Tree.name)), "tree.child.name", ("tree", "child", "name"), "S"),
        (
            Order.tree.at(Tree.children["a"].at(Tree.child)),
            "tree.children['a'].child",
            ("tree", "children", "a", "child"),
            "M",
        ),
        (Order.anything["a"][3]["b"], "anything['a'][3]['b']", ("anything", "a", 3, "b"), ""),
        (Order.anything.at("a"), "anything['a']", ("anything", "a"), ""),
    ],
)
def test_paths_go_deeper(path: PathRef, label: str, steps: tuple[str | int, ...], types: str) -> None:
    """A path knows its stored names and positions, how it is written, and how values there are stored."""
    assert repr(path) == f"Order.{label}"
    assert path.place.steps == steps
    assert path.place.root is Order
    assert "/".join(sorted(path.place.types)) == types


def test_a_path_knows_its_field_and_the_way_to_it() -> None:
    """The declared field is known where there is one, and so are the places on the way."""
    path = Order.lines[0].at(Line.quantity)
    assert path.place.field is not None
    assert path.place.field.name == "quantity"
    assert [place.label for place in path.place.lineage] == [
        "Order.lines",
        "Order.lines[0]",
        "Order.lines[0].quantity",
    ]
    assert Order.lines[0].place.field is None


class Shelf(Model, table="shelves"):
    shelf_id: Attr[str] = partition_key(alias="shelfId")
    item: Attr[Address] = field(attribute="i", alias="theItem", serialization_alias="out")


class Board(Shelf, table="boards"):
    extra: Attr[str]


@pytest.mark.parametrize(
    ("path", "label", "steps"),
    [
        (Board.shelf_id, "Board.shelf_id", ("shelf_id",)),
        (Board.item.at(Address.street), "Board.item.street", ("i", "st")),
        (Shelf.item.at(Address.street), "Shelf.item.street", ("i", "st")),
    ],
)
def test_aliases_name_nothing_that_is_stored(path: PathRef, label: str, steps: tuple[str, ...]) -> None:
    """Only `attribute=` gives a field another stored name, at every level and in subclasses."""
    assert (repr(path), path.place.steps) == (label, steps)


def test_the_plain_parts_are_what_they_are_said_to_be() -> None:
    """The parts that are reached by name are no models of ours."""
    assert not issubclass(Plain, Model)
    assert Options.__required_keys__ == {"gift"}


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: Order.address.at(Line.sku),
            r"Order.address.at\(Line.sku\): what is stored there is no Line; Address has city",
        ),
        (lambda: Order.plain.at(Address.city), r"what is stored there is no Address; Plain has city, inner"),
        (lambda: Order.lines.at(Line.sku), r"what is stored there is no Line; it has no fields"),
        (lambda: Order.renamed.at(Address.street), r"what is stored there is no Address"),
        (lambda: Order.purse.at(Wallet.extra["k"]), r"Order.purse.extra is stored as S, no map"),
        (lambda: Order.payment.at(Line.sku), r"no Line; Card has type, number; Cash has type, number, given"),
        (
            lambda: Order.address.at("town"),
            r"Order.address.at\('town'\): there is no such field; Address has",
        ),
        (lambda: Order.address.at("st"), r"there is no such field; Address has city, zip_code, street"),
        (lambda: Order.payment.at("number"), r"store it under different names; give the path of one"),
        (
            lambda: Order.total.at("x"),
            r"Order.total\[...\]: it is stored as N, and has no entries with a key",
        ),
        (lambda: Order.total[0], r"Order.total\[0\]: it is stored as N, and has no element there"),
        (lambda: Order.tags[0], r"Order.tags\[0\]: it is stored as SS, and has no element there"),
        (lambda: Order.status[0], r"only lists and tuples have elements with a position"),
        (lambda: Order.lines[-1], r"Order.lines\[-1\]: .* from 0 to 2,147,483,647, never from the end"),
        (lambda: Order.lines[2**31], r"from 0 to 2,147,483,647"),
        (
            lambda: Order.lines[True],
            r"Order.lines\[...\]: it is stored as L, and has no entries .* type bool",
        ),
        (lambda: Order.lines["a"], r"no entries with a key of type str"),
        (lambda: Order.lines[0:2], r"no entries with a key of type slice"),
        (lambda: Order.pair[2], r"Order.pair\[2\]: it is stored as L, and has no element there"),
        (lambda: Order.labels[3], r"Order.labels\[...\]: expected str, got int"),
        (lambda: Order.labels[""], r"no attribute with an empty name"),
        (lambda: Order.by_number["3"], r"Order.by_number\[...\]: expected int, got str"),
        (lambda: Order.anything[-1], r"never from the end"),
    ],
)
def test_a_path_that_leads_nowhere_is_refused(make: Callable[[], object], message: str) -> None:
    """The error names the path, what is there, and what there is instead."""
    with pytest.raises(ExpressionError, match=message):
        make()


def test_paths_have_up_to_32_steps() -> None:
    """DynamoDB follows 32 steps, list positions counted."""
    path = Order.anything
    for _ in range(31):
        path = path["a"]
    assert len(path.place.steps) == 32
    with pytest.raises(ExpressionError, match=r"the path has 33 steps, DynamoDB follows 32"):
        path[0]


@pytest.mark.parametrize(
    ("use", "message"),
    [
        (lambda: bool(Order.flag), "Order.flag is a path, neither true nor false: compare it"),
        (lambda: not Order.flag, "neither true nor false"),
        (lambda: list(Order.lines), "'Path' object is not iterable"),
        (
            lambda: "x" in Order.tags,
            r"Order.tags is a path: write Order.tags.contains\(...\) instead of `in`",
        ),
    ],
)
def test_paths_are_no_values(use: Callable[[], object], message: str) -> None:
    """What Python does with values is a TypeError that names the remedy."""
    with pytest.raises(TypeError, match=message):
        use()


def test_paths_can_be_kept_in_sets_and_dicts() -> None:
    """A path is hashable, by identity."""
    one, other = Order.total, Order.count
    assert {one: 1, other: 2}[one] == 1
    assert len({one, other, one}) == 2


@pytest.mark.parametrize(
    ("one", "other", "clash"),
    [
        (Order.total, Order.count, False),
        (Order.total, Order.total, True),
        (Order.address, Order.address.at(Address.city), True),
        (Order.address.at(Address.city), Order.address, True),
        (Order.lines[0], Order.lines[1], False),
        (Order.lines[0], Order.lines[0].at(Line.sku), True),
        (Order.labels["a"], Order.labels["a.b"], False),
        (Order.anything[0], Order.anything["0"], True),
        (Order.anything[0]["a"], Order.anything["0"]["b"], True),
        (Order.labels["labels"], Order.labels["labels2"], False),
    ],
)
def test_paths_know_which_others_they_exclude(one: PathRef, other: PathRef, clash: bool) -> None:
    """No update or projection has two paths of which one is in the other, or that differ in list and map."""
    assert one.overlaps(other) is clash
    assert other.overlaps(one) is clash
