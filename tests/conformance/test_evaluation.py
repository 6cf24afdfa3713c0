"""Evaluation against engines: a condition is true here of the items for which it is true there."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, HTTPClientError
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ddbmodel import Attr, Condition, ConditionalCheckFailed, ItemExists, Mapper, Model, field, partition_key
from ddbmodel.expressions import holds
from ddbmodel.operations import Scan
from tests.engines.engine import Engine
from tests.strategies import conditions
from tests.strategies.conditions import (
    BYTES,
    EQUAL,
    EVERYTHING,
    FAR_TEXTS,
    FLAGS,
    LISTS,
    MAPS,
    NESTED,
    NUMBERS,
    ORDERED,
    SETS,
    SIGNS,
    TEXTS,
    TOP,
    comparisons,
    items,
    memberships,
    orders,
    pairings,
    presences,
    ranges,
    searches,
    sizes,
    sizes_beside_paths,
    two_sizes,
)
from tests.strategies.examples import examples_of

# TEXTS without what is not ASCII: the engines count the same characters differently.
SIZED = TEXTS[:5] + BYTES + SETS + LISTS + MAPS
MEASURED = st.fixed_dictionaries(
    {"a": st.sampled_from(SIZED), "b": st.sampled_from(NUMBERS), "c": st.sampled_from(NUMBERS)}
)


class Sample(Model, table="samples"):
    key: Attr[str] = partition_key()


def _whole(values: list[Any]) -> SearchStrategy[Any]:
    return items(values, whole=True)


GROUPS = [
    pytest.param(orders(NUMBERS), _whole(NUMBERS), id="numbers"),
    pytest.param(orders(TEXTS), _whole(TEXTS), id="text"),
    pytest.param(
        orders(FAR_TEXTS),
        _whole(FAR_TEXTS),
        id="text beyond 16 bits",
        marks=pytest.mark.behaviour("the order of text beyond 16 bits"),
    ),
    pytest.param(orders(BYTES), _whole(BYTES), id="bytes"),
    pytest.param(
        comparisons(ORDERED, SIGNS) | pairings(SIGNS),
        _whole(EVERYTHING),
        id="different types",
        marks=pytest.mark.behaviour("different types have no order"),
    ),
    pytest.param(
        ranges(ORDERED),
        _whole(EVERYTHING),
        id="ranges of different types",
        marks=pytest.mark.behaviour("a range of another type"),
    ),
    pytest.param(comparisons(NUMBERS, SIGNS), items(NUMBERS), id="missing"),
    pytest.param(
        ranges(NUMBERS),
        items(NUMBERS),
        id="ranges of the missing",
        marks=pytest.mark.behaviour("a range without an end"),
    ),
    pytest.param(
        pairings(SIGNS),
        items(NUMBERS),
        id="two missing",
        marks=pytest.mark.behaviour("two missing attributes are not equal"),
    ),
    pytest.param(comparisons(FLAGS) | pairings(), _whole(FLAGS), id="flags"),
    pytest.param(comparisons(SETS) | pairings(), _whole(SETS), id="sets"),
    pytest.param(
        comparisons(LISTS) | pairings(),
        _whole(LISTS),
        id="lists",
        marks=pytest.mark.behaviour("equal lists"),
    ),
    pytest.param(
        comparisons(MAPS) | pairings(), _whole(MAPS), id="maps", marks=pytest.mark.behaviour("equal maps")
    ),
    pytest.param(memberships(ORDERED + SETS), _whole(ORDERED + SETS), id="IN"),
    pytest.param(
        memberships(NUMBERS + FLAGS),
        _whole(NUMBERS + FLAGS),
        id="IN of numbers and flags",
        marks=pytest.mark.behaviour("numbers and flags are not equal"),
    ),
    pytest.param(presences(TOP + NESTED), items(EVERYTHING), id="presence and type"),
    pytest.param(
        comparisons(NUMBERS + TEXTS, EQUAL, TOP + NESTED), items(LISTS + MAPS + NUMBERS), id="nested"
    ),
    pytest.param(
        searches("begins_with", TEXTS + FAR_TEXTS), _whole(TEXTS + FAR_TEXTS), id="begins_with of text"
    ),
    pytest.param(
        searches("begins_with", BYTES),
        _whole(BYTES),
        id="begins_with of bytes",
        marks=pytest.mark.behaviour("begins_with of bytes"),
    ),
    pytest.param(
        searches("begins_with", TEXTS),
        items(TEXTS + NUMBERS + LISTS),
        id="begins_with of anything",
        marks=pytest.mark.behaviour("begins_with of what is no text"),
    ),
    pytest.param(searches("contains", TEXTS + FAR_TEXTS), _whole(TEXTS + FAR_TEXTS), id="contains of text"),
    pytest.param(
        searches("contains", BYTES),
        _whole(BYTES),
        id="contains of bytes",
        marks=pytest.mark.behaviour("contains of bytes"),
    ),
    pytest.param(
        searches("contains", NUMBERS + TEXTS + BYTES),
        _whole(SETS),
        id="contains of sets",
        marks=pytest.mark.behaviour("members of number sets"),
    ),
    pytest.param(searches("contains", NUMBERS + TEXTS + SETS), _whole(LISTS), id="contains of lists"),
    pytest.param(
        searches("contains", NUMBERS + TEXTS + SETS + FLAGS),
        items(NUMBERS + TEXTS + LISTS + FLAGS + MAPS),
        id="contains of anything",
    ),
    pytest.param(sizes() | two_sizes(), _whole(SIZED), id="sizes"),
    pytest.param(sizes_beside_paths(), MEASURED, id="sizes beside paths"),
    pytest.param(
        sizes(),
        items(SIZED),
        id="sizes of the missing",
        marks=pytest.mark.behaviour("what is missing has no size"),
    ),
    pytest.param(
        two_sizes(),
        items(SIZED),
        id="two sizes of the missing",
        marks=pytest.mark.behaviour("two sizes that are missing are not equal"),
    ),
    pytest.param(
        sizes(),
        _whole(NUMBERS + FLAGS + SETS),
        id="sizes of what has none",
        marks=pytest.mark.behaviour("numbers and flags have no size"),
    ),
]


async def _found(client: Any, table: str, condition: Condition) -> set[str] | str:
    """The keys of the items that an engine selects; what it says instead where it fails."""
    try:
        reply = await client.scan(**Scan(table, filter=condition).to_wire())
    except (ClientError, HTTPClientError) as error:
        return type(error).__name__
    return {item["key"]["S"] for item in reply["Items"]}


@pytest.mark.parametrize(("asked", "stored"), GROUPS)
async def test_an_engine_finds_the_same(
    mapper: Mapper,
    engine: Engine,
    table_prefix: str,
    asked: SearchStrategy[Condition],
    stored: SearchStrategy[dict[str, Any]],
) -> None:
    """Thirty drawn conditions, alone and joined, select the items of which they hold, out of a dozen."""
    await mapper.create_table(Sample)
    table = f"{table_prefix}samples"
    some = {str(n): item | {"key": {"S": str(n)}} for n, item in enumerate(examples_of(stored, 12))}
    wrong: list[tuple[Condition, set[str], set[str] | str]] = []
    async with engine.client() as client:
        for item in some.values():
            await client.put_item(TableName=table, Item=item)
        for condition in examples_of(conditions.joined(asked), 30):
            expected = {key for key, item in some.items() if holds(condition, item)}
            found = await _found(client, table, condition)
            if found != expected:
                wrong.append((condition, expected, found))
            if isinstance(found, str):
                break  # it may be down
    assert wrong == []


# Refusals ---------------------------------------------------------------------------------------------------


class Ticket(Model, table="tickets"):
    ticket_id: Attr[str] = partition_key()
    status: Attr[str] = field(default="open")
    votes: Attr[int] = field(default=0)
    note: Attr[str | None] = field(default=None)


OPEN, VOTED, NOTED = Ticket.status == "open", Ticket.votes > 5, Ticket.note.exists()


@pytest.mark.behaviour("the stored item comes with a refused condition")
async def test_a_refusal_tells_what_was_false(mapper: Mapper) -> None:
    """Put, update and delete name the clauses that were false of the stored item, and no others."""
    await mapper.create_table(Ticket)
    ticket = Ticket(ticket_id="t")
    await mapper.put(ticket)
    when = OPEN & VOTED & NOTED
    with pytest.raises(ConditionalCheckFailed) as put:
        await mapper.put(ticket, when=when)
    with pytest.raises(ConditionalCheckFailed) as update:
        await mapper.update(ticket, Ticket.votes.add(1), when=when)
    with pytest.raises(ConditionalCheckFailed) as delete:
        await mapper.delete(ticket, when=when)
    for refusal in (put.value, update.value, delete.value):
        assert [id(clause) for clause in refusal.failed] == [id(VOTED), id(NOTED)]
        assert "Ticket.votes > <N>, attribute_exists(Ticket.note)" in str(refusal)
    with pytest.raises(ItemExists):
        await mapper.create(ticket, when=when)


async def test_a_refusal_without_an_item_says_so(mapper: Mapper) -> None:
    """Where there is no item, the message says that, and no clause is blamed."""
    await mapper.create_table(Ticket)
    ticket = Ticket(ticket_id="t")
    refusals = []
    for write in (
        mapper.put(ticket, when=OPEN),
        mapper.create(ticket, when=OPEN),
        mapper.update(ticket, Ticket.votes.add(1), when=~OPEN, upsert=False),
        mapper.delete(ticket, when=OPEN),
    ):
        with pytest.raises(ConditionalCheckFailed) as refusal:
            await write
        refusals.append(refusal.value)
    assert all("There is no item with this key" in str(refusal) for refusal in refusals)
    assert [(refusal.item, refusal.failed) for refusal in refusals] == [(None, ())] * 4
