"""Several entities of a shared table in one query: what they are asked, which are left alone, what is reported."""

from __future__ import annotations

from typing import Any

import pytest

from ddbmodel import Attr, CodecError, ExpressionError, Key, Model, NoAccessPath, Table, TableIndex, field
from ddbmodel.mapper.collection import Collection
from ddbmodel.mapper.pages import ReadOptions
from ddbmodel.model import plan_of
from tests.unit.mapper.events import NOON, Event, Remark, Tenant, Timed
from tests.unit.mapper.market import Order as PlainOrder
from tests.unit.mapper.reading_table import Item, ReadingTable

EVENTS = [Event(tenant="t", kind="a", seq=number, number=number) for number in range(3)]
REMARKS = [Remark(tenant="t", kind="a", number=number, text=f"r{number}") for number in range(2)]
GHOST: Item = {"pk": {"S": "TENANT#t"}, "sk": {"S": "GHOST"}, "_entity": {"S": "ghost"}}
NAMELESS: Item = {"pk": {"S": "TENANT#t"}, "sk": {"S": "NAMELESS"}}


def table_of(*extra: Item) -> ReadingTable:
    table = ReadingTable([*EVENTS, *REMARKS, Tenant(tenant="t")], kind=Event)
    table.items += extra
    return table


def together(table: ReadingTable, *models: type[Model], lenient: bool = False) -> Collection[Any]:
    return Collection(table.gateway, [plan_of(model) for model in models], ReadOptions(lenient=lenient))


def shown(*conditions: Any, models: tuple[type[Model], ...] = (Event, Remark), using: Any = None) -> Any:
    query = together(table_of(), *models).where(*conditions)
    explained = (query if using is None else query.using(using)).explain()
    return explained.index, explained.key_condition, explained.filter


T, K = Event.tenant == "t", Event.kind == "a"


@pytest.mark.parametrize(
    ("conditions", "models", "expected"),
    [
        ([T], (Event, Remark), (None, "pk = :v0", None)),
        ([T], (Event, Tenant), (None, "pk = :v0", None)),
        ([Timed.tenant == "t"], (Event, Remark), (None, "pk = :v0", None)),
        ([T, Remark.tenant == "t"], (Event, Remark), (None, "pk = :v0", None)),
        ([T, Event.seq > 1], (Event, Remark), (None, "pk = :v0", "_entity <> :v1 OR seq > :v2")),
        (
            [T, Timed.number > 1],
            (Event, Remark, Tenant),
            (None, "pk = :v0", "_entity <> :v1 AND _entity <> :v2 OR number > :v3"),
        ),
        ([K], (Event, Remark), ("gsi1", "gsi1pk = :v0", None)),
        (
            [K, Timed.at == NOON],
            (Event, Remark),
            ("gsi1", "gsi1pk = :v0 AND begins_with(gsi1sk, :v1)", None),
        ),
        (
            [K, Timed.at > NOON],
            (Event, Remark),
            ("gsi1", "gsi1pk = :v0 AND gsi1sk >= :v1", None),
        ),
        ([K, Event.at > NOON], (Event, Remark), ("gsi1", "gsi1pk = :v0", "_entity <> :v1 OR at > :v2")),
    ],
)
def test_plans(conditions: list[Any], models: tuple[type[Model], ...], expected: tuple[Any, ...]) -> None:
    """The partition is asked for; conditions narrow the key where they are on all models, else filter some."""
    index, key, rest = shown(*conditions, models=models)
    assert (index, key) == expected[:2]
    assert (rest or "").replace("(", "").replace(")", "") == (expected[2] or "")


@pytest.mark.parametrize(
    ("conditions", "models", "parts"),
    [
        (
            [],
            (Event, Remark),
            ["query of Event, Remark", "never becomes a scan", "the primary key: needs == on tenant"],
        ),
        (
            [T, Remark.tenant == "u"],
            (Event, Remark),
            ["the conditions on the models ask for different partition keys"],
        ),
        ([K], (Event, Tenant), ["index gsi1: Tenant has no Key there"]),
        ([K], (Tenant, Event), ["index gsi1: Tenant has no Key there"]),
    ],
)
def test_no_access_path(conditions: list[Any], models: tuple[type[Model], ...], parts: list[str]) -> None:
    """A query that no path serves for all models is refused, saying of each path what it lacks."""
    with pytest.raises(NoAccessPath) as caught:
        shown(*conditions, models=models)
    for part in parts:
        assert part in str(caught.value)


OTHER = Table("other", "pk", "day", indexes=[TableIndex("local", "pk", "rank", local=True)])


class Dated(Model):
    day: Attr[str]
    rank: Attr[str]


class Post(Dated, table=OTHER, entity="post"):
    user: Attr[str]
    primary = Key(partition="USER#{user}")


class Page(Dated, table=OTHER, entity="page"):
    """Its partition is never a post's, and its key is told apart by it."""

    site: Attr[str]
    primary = Key(partition="SITE#{site}")


class Like(Dated, table=Table("likes", "pk", "day"), entity="like"):
    user: Attr[str]
    primary = Key(partition="USER#{user}")


def test_a_partition_that_is_none_of_the_others() -> None:
    """Where one of the models never has an item in the partition, the query is refused with the template."""
    query = together(ReadingTable([], kind=Post), Post, Page).where(Post.user == "u")
    with pytest.raises(NoAccessPath, match="Page has pk 'SITE#{site}' there, which is never that value"):
        query.explain()


@pytest.mark.parametrize("model", [PlainOrder, Like])
def test_models_of_other_tables(model: type[Model]) -> None:
    """Models that share no table are refused, and so is one that comes twice."""
    with pytest.raises(ExpressionError, match=r"share one Table\(...\)"):
        together(table_of(), Event, model)
    with pytest.raises(ExpressionError, match="name each model once"):
        together(table_of(), Event, Remark, Event)


def test_conditions_of_no_model() -> None:
    """A condition is on one of the models, or on a base of some; one that has paths of two is refused."""
    query = together(table_of(), Event, Remark)
    for condition in (Tenant.tenant == "t", PlainOrder.status == "x", (Event.seq > 1) | (Remark.text == "x")):
        with pytest.raises(ExpressionError, match="has paths of one of these models"):
            query.where(condition)


def test_indexes() -> None:
    """An index is named by the key of any of the models, and by nothing else."""
    for key in (Event.by_time, Remark.by_time):
        assert shown(T, Remark.kind == "a", using=key)[0] == "gsi1"
    assert shown(T, K, using=Event.primary)[0] is None
    query = together(table_of(), Remark, Event)
    for wrong in (Key("gsi9"), Tenant.primary, PlainOrder.by_status, Event.seq, "gsi1"):
        with pytest.raises(ExpressionError, match=r"Remark.by_time, Event.by_time"):
            query.using(wrong)  # type: ignore[arg-type]  # what is refused


async def test_items_come_as_their_models() -> None:
    """Items come in the order of their keys, each as the model of its entity; others are left out."""
    query = together(table_of(), Event, Remark).where(T)
    assert await query.all() == [*EVENTS, *REMARKS]
    assert await query.reverse().first() == REMARKS[-1]
    assert await query.count() == 5
    assert await query.limit(4).all() == [*EVENTS, *REMARKS[:1]]


async def test_pages_both_ways() -> None:
    """Pages are turned forward and backward, and a token serves no query of other models."""
    table = table_of()
    query = together(table, Event, Remark).where(T)
    first = await query.page(size=2)
    second = await query.page(size=2, after=first.next)
    assert [*first.items, *second.items] == [*EVENTS, *REMARKS[:1]]
    assert (await query.page(size=2, before=second.previous)).items == first.items
    with pytest.raises(ExpressionError):
        await together(table, Event, Tenant).where(T).page(size=2, after=first.next)


async def test_groups() -> None:
    """Results are grouped by model, in order; a model without any has an empty list, and others are refused."""
    groups = await together(table_of(), Event, Remark, Tenant).where(T, Remark.text == "x").grouped()
    assert groups[Event] == EVENTS
    assert groups[Remark] == []
    assert groups[Tenant] == [Tenant(tenant="t")]
    assert len(groups) == len(list(groups)) == 4
    with pytest.raises(ExpressionError, match="is of Event, Remark, Tenant, not of Order"):
        groups[PlainOrder]


@pytest.mark.parametrize(
    ("item", "reason"),
    [(GHOST, "is of the entity 'ghost'"), (NAMELESS, "has no entity's name, and no model's key")],
)
async def test_unknown_items(item: Item, reason: str) -> None:
    """An item of no known entity is an error that says what to do, whatever the conditions are, or is set aside."""
    for conditions in ([T], [T, Event.seq > 1], [T, Timed.number > 0]):
        query = together(table_of(item), Event, Remark).where(*conditions)
        with pytest.raises(CodecError, match="define or import its model") as caught:
            await query.all()
        assert reason in str(caught.value)
        assert caught.value.key == {"pk": item["pk"], "sk": item["sk"]}
        lenient = together(table_of(item), Event, Remark, lenient=True).where(*conditions)
        groups = await lenient.grouped()
        assert [entry.item for entry in groups.invalid] == [item]
    assert await table_of(item).query().where(T).all() == EVENTS


def test_a_condition_on_a_key_of_one_model() -> None:
    """A condition on a key attribute that both models have as a field is put on both, or refused."""
    shared = Table("log", "pk", "sk", indexes=[TableIndex("days", "day", "rank")])

    class Start(Dated, table=shared, entity="start"):
        user: Attr[str]
        primary = Key(partition="LOG#{user}", sort="START")

    class End(Dated, table=shared, entity="end"):
        user: Attr[str]
        primary = Key(partition="LOG#{user}", sort="END")

    query = together(ReadingTable([], kind=Start), Start, End)
    both = query.where(Dated.day == "d", Dated.rank > "r", Dated.rank < "s").explain()
    assert (both.index, both.key_condition, both.filter) == (
        "days",
        "day = :v0 AND (rank BETWEEN :v1 AND :v2)",
        None,
    )
    assert any("excluded end" in note for note in both.notes)
    with pytest.raises(
        NoAccessPath, match="put the condition on all of the models, by a path of a base class"
    ):
        query.where(Start.day == "d", Start.rank > "r").explain()
    assert query.where(Start.user == "u", Start.rank > "r").explain().index is None


async def test_an_index_of_keys() -> None:
    """Where an index does not hold the entity's name, keys tell the models from others that are known."""
    shared = Table("keys", "pk", "sk", indexes=[TableIndex("days", "gpk", "gsk", projection="KEYS_ONLY")])
    days = Key("days", partition="DAY#{day}", sort="{rank}")

    class First(Dated, table=shared, entity="first"):
        user: Attr[str] = field(attribute="u")
        primary = Key(partition="LOG#{user}", sort="FIRST#{rank}")
        by_day = days

    class Second(Dated, table=shared, entity="second"):
        user: Attr[str]
        primary = Key(partition="LOG#{user}", sort="SECOND#{rank}")
        by_day = days

    class Third(Dated, table=shared, entity="third"):
        user: Attr[str]
        primary = Key(partition="LOG#{user}", sort="THIRD#{rank}")
        by_day = days

    models = [kind(day="d", rank=rank, user="u") for rank in "12" for kind in (First, Second, Third)]
    table = ReadingTable(models, kind=First)
    query = together(table, First, Second).where(Dated.day == "d", Dated.rank >= "1")
    with pytest.raises(NoAccessPath, match=r"ask to \.hydrate\(\)"):
        await query.all()
    hydrated = query.hydrate()
    assert await hydrated.count() == 4
    assert await hydrated.all() == [model for model in models if not isinstance(model, Third)]
    found = together(table, First, Second).where(First.user == "u", Dated.rank == "2")
    assert await found.all() == [models[3], models[4]]
