"""Attributes with names that DynamoDB reserves or cannot read, in every expression there is, on every engine."""

from __future__ import annotations

import pytest

from ddbmodel import Attr, ConditionalCheckFailed, GlobalIndex, Mapper, Model, field, partition_key, sort_key


class Value(Model):
    order: Attr[str] = field(attribute="order", default="")
    dots: Attr[int] = field(attribute="a.b[0]", default=0)


class Row(Model, table="rows"):
    """Every stored name is a reserved word, begins with a digit, or holds what paths are made of."""

    name: Attr[str] = partition_key(attribute="name")
    date: Attr[int] = sort_key(attribute="date")
    status: Attr[str] = field(attribute="status", default="new")
    size: Attr[int] = field(attribute="size", default=0)
    count: Attr[int] = field(attribute="#count", default=0)
    value: Attr[Value] = field(attribute=":value", default_factory=Value)
    items: Attr[list[int]] = field(attribute="1 items", default_factory=list)
    groups: Attr[set[str]] = field(attribute="groups", default_factory=set)
    comment: Attr[str | None] = field(attribute="comment", default=None)

    by_status = GlobalIndex(partition_key="status", sort_key="size")


KEY = Row.key("a", 1)
ROW = Row(name="a", date=1, size=5, count=2, value=Value(order="x", dots=1), items=[1], comment="c")


@pytest.fixture
async def rows(mapper: Mapper) -> Mapper:
    """A mapper with one row."""
    await mapper.create_table(Row)
    await mapper.create(ROW)
    return mapper


async def test_in_conditions(rows: Mapper) -> None:
    """Of puts, updates and deletes; true and false alike."""
    conditions = (
        (Row.status == "new")
        & (Row.size.between(1, 9))
        & (Row.count == 2)
        & (Row.value.at(Value.order) == "x")
        & (Row.value.at(Value.dots) == 1)
        & Row.items.contains(1)
        & (Row.items[0] == 1)
        & Row.comment.exists()
        & Row.groups.not_exists()
        & (Row.name == "a")
    )
    await rows.put(ROW, when=conditions)
    await rows.update(KEY, Row.size.set(5), when=conditions)
    with pytest.raises(ConditionalCheckFailed):
        await rows.delete(KEY, when=~conditions)
    await rows.delete(KEY, when=conditions)
    assert await rows.get(KEY) is None


async def test_in_updates(rows: Mapper) -> None:
    """With every action, also inside of a part."""
    updated = await rows.update(
        KEY,
        Row.status.set("old"),
        Row.size.increment(1),
        Row.count.add(1),
        Row.value.at(Value.order).set("y"),
        Row.value.at(Value.dots).add(1),
        Row.items.append(2),
        Row.groups.add({"g"}),
        Row.comment.remove(),
    )
    expected = ROW.model_copy(
        update={
            "status": "old",
            "size": 6,
            "count": 3,
            "value": Value(order="y", dots=2),
            "items": [1, 2],
            "groups": {"g"},
            "comment": None,
        }
    )
    assert updated == await rows.require(KEY) == expected


async def test_in_queries_scans_and_projections(rows: Mapper) -> None:
    """As keys, in filters, and selected one by one."""
    by_key = rows.query(Row).where(Row.name == "a", Row.date >= 1, Row.count == 2)
    by_index = rows.query(Row).where(Row.status == "new", Row.size > 1, Row.value.at(Value.order) == "x")
    assert (
        await by_key.all() == await by_index.all() == await rows.scan(Row).where(Row.size == 5).all() == [ROW]
    )
    selected = by_index.select(Row.date, Row.count, Row.value.at(Value.dots), Row.items[0])
    assert [tuple(row) for row in await selected.all()] == [(1, 2, 1, 1)]
    assert await rows.batch_get(Row, [KEY]) == [ROW]


@pytest.mark.behaviour("transactions")
async def test_in_transactions(rows: Mapper) -> None:
    """Each action has names and values of its own."""
    async with rows.transaction() as tx:
        tx.update(KEY, Row.value.at(Value.order).set("z"), when=Row.size == 5)
        tx.put(Row(name="b", date=2), when=Row.status.not_exists())
    assert (await rows.require(KEY)).value.order == "z"
    assert await rows.get(Row, "b", 2) == Row(name="b", date=2)
