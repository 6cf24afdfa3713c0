"""Versions on every engine: a copy that another writer has overtaken writes nothing, whatever the verb."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from ddbmodel import (
    Attr,
    ConditionalCheckFailed,
    Mapper,
    Model,
    VersionConflict,
    field,
    partition_key,
    version,
)
from ddbmodel.mapper.backoff import Backoff


class Article(Model, table="articles"):
    name: Attr[str] = partition_key()
    text: Attr[str] = field(default="")
    visits: Attr[int] = field(default=0)
    revision: Attr[int] = version()


class Log(Model, table="logs"):
    name: Attr[str] = partition_key()


KEY = Article.key("a")
Verb = Callable[[Mapper, Article], Awaitable[object]]


@pytest.fixture
async def articles(mapper: Mapper) -> Mapper:
    """A mapper with one article, of version 1."""
    await mapper.create_table(Article)
    await mapper.create(Article(name="a", text="first"))
    return mapper


async def _save(mapper: Mapper, article: Article) -> None:
    article.text = "mine"
    await mapper.save(article)


async def _update_together(mapper: Mapper, article: Article) -> None:
    async with mapper.transaction() as tx:
        tx.update(article, Article.text.set("mine"))
        tx.put(Log(name="mine"))


async def _put_together(mapper: Mapper, article: Article) -> None:
    async with mapper.transaction() as tx:
        tx.put(article)
        tx.put(Log(name="mine"))


async def _delete_together(mapper: Mapper, article: Article) -> None:
    async with mapper.transaction() as tx:
        tx.delete(article)
        tx.put(Log(name="mine"))


async def _check_together(mapper: Mapper, article: Article) -> None:
    async with mapper.transaction() as tx:
        tx.check(article, Article.name.exists())
        tx.put(Log(name="mine"))


ALONE: list[tuple[str, Verb]] = [
    ("put", lambda m, a: m.put(a)),
    ("save", _save),
    ("update", lambda m, a: m.update(a, Article.text.set("mine"))),
    ("delete", lambda m, a: m.delete(a)),
]
TOGETHER: list[tuple[str, Verb]] = [
    ("put", _put_together),
    ("update", _update_together),
    ("delete", _delete_together),
    ("check", _check_together),
]


async def test_every_write_raises_the_version(articles: Mapper) -> None:
    """By one, in the table and in the object that was written."""
    article = await articles.require(KEY)
    assert article.revision == 1
    await articles.put(article)
    article.text = "third"
    await articles.save(article)
    assert article.revision == 3
    updated = await articles.update(article, Article.visits.add(1))
    assert (updated.revision, updated.text) == (4, "third")
    assert await articles.require(KEY) == updated


@pytest.mark.parametrize("verb", [case[1] for case in ALONE], ids=[case[0] for case in ALONE])
async def test_who_was_overtaken_writes_nothing(articles: Mapper, verb: Verb) -> None:
    """The write is a `VersionConflict`; the item is the other writer's, and the copy keeps its version."""
    mine = await articles.require(KEY)
    theirs = await articles.update(KEY, Article.text.set("theirs"))
    with pytest.raises(VersionConflict):
        await verb(articles, mine)
    assert await articles.require(KEY) == theirs
    assert mine.revision == 1


@pytest.mark.behaviour("transactions")
@pytest.mark.parametrize("verb", [case[1] for case in TOGETHER], ids=[case[0] for case in TOGETHER])
async def test_who_was_overtaken_writes_nothing_in_a_transaction(articles: Mapper, verb: Verb) -> None:
    """Nor does what goes with it; and the version of an article that is only checked counts as well."""
    await articles.create_table(Log)
    mine = await articles.require(KEY)
    theirs = await articles.update(KEY, Article.text.set("theirs"))
    with pytest.raises(VersionConflict):
        await verb(articles, mine)
    assert await articles.require(KEY) == theirs
    assert await articles.get(Log, "mine") is None
    await verb(articles, theirs)
    assert await articles.get(Log, "mine") == Log(name="mine")


@pytest.mark.behaviour("the stored item comes with a refused condition")
async def test_the_conflict_brings_the_item(articles: Mapper) -> None:
    """`.item` is the other writer's, so that a program can show both."""
    mine = await articles.require(KEY)
    theirs = await articles.update(KEY, Article.text.set("theirs"))
    with pytest.raises(VersionConflict) as conflict:
        await articles.put(mine)
    assert conflict.value.item == theirs


@pytest.mark.parametrize("verb", ["put", "save", "update", "delete"])
async def test_who_comes_after_a_delete_writes_nothing(articles: Mapper, verb: str) -> None:
    """An item that was deleted meanwhile does not come back."""
    mine = await articles.require(KEY)
    await articles.delete(KEY)
    with pytest.raises(VersionConflict):
        await dict(ALONE)[verb](articles, mine)
    assert await articles.get(KEY) is None


@pytest.mark.behaviour("the stored item comes with a refused condition")
async def test_what_was_never_stored_replaces_nothing(articles: Mapper) -> None:
    """A new object has version 0, so putting it where an item is would lose what nobody has read."""
    with pytest.raises(ConditionalCheckFailed) as refusal:
        await articles.put(Article(name="a", text="new"))
    assert isinstance(refusal.value, VersionConflict)
    assert (await articles.require(KEY)).text == "first"


async def test_a_key_checks_no_version(articles: Mapper) -> None:
    """Whoever updates or deletes by key has read nothing; the version rises all the same."""
    assert (await articles.update(KEY, Article.visits.add(1))).revision == 2
    await articles.delete(KEY)
    assert await articles.get(KEY) is None


async def test_of_many_copies_one_is_saved(articles: Mapper) -> None:
    """The others are told, and none is lost in silence."""
    copies = [await articles.require(KEY) for _ in range(8)]
    for number, copy in enumerate(copies):
        copy.visits = number + 1
    results = await asyncio.gather(*map(articles.save, copies), return_exceptions=True)
    assert sum(isinstance(result, VersionConflict) for result in results) == 7
    (saved,) = [copy for copy, result in zip(copies, results, strict=True) if result is None]
    assert await articles.require(KEY) == saved


async def test_a_change_is_made_again_until_nobody_is_faster(
    articles: Mapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eight tasks that each count one visit count eight."""

    async def no_pause(*_: object) -> None:
        await asyncio.sleep(0)

    monkeypatch.setattr(Backoff, "pause", no_pause)

    def visit(article: Article) -> None:
        article.visits += 1

    await asyncio.gather(*[articles.retry_on_conflict(KEY, visit, attempts=50) for _ in range(8)])
    assert (await articles.require(KEY)).visits == 8
