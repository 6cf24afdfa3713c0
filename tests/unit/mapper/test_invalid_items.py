"""Items that cannot be decoded: what the error tells, and how reads set them aside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import FrozenInstanceError
from itertools import repeat
from typing import Any

import pytest

from ddbmodel import CodecError, ExpressionError, InvalidItem, Mapper
from ddbmodel.mapper.pages import ReadOptions
from ddbmodel.mapper.query import Query
from ddbmodel.mapper.read import Read
from ddbmodel.mapper.scan import Scan
from tests.unit.mapper.market import Order
from tests.unit.mapper.reading import C, numbers_of, order_table
from tests.unit.mapper.reading_table import ReadingTable

SECRET = "hunter2"
LENIENT = ReadOptions(lenient=True)


def _table(*bad: int, sizes: Any = None) -> ReadingTable:
    """Ten orders; the days of some are no text."""
    table = order_table(sizes=sizes)
    for number in bad:
        table.items[number]["day"] = {"M": {"secret": {"S": SECRET}}}
    return table


def _query(table: ReadingTable) -> Query[Order]:
    return Query(table.gateway, table.plan, LENIENT)


def _scan(table: ReadingTable, segments: int = 1) -> Scan[Order]:
    return Scan(table.gateway, table.plan, LENIENT, segments)


def _numbers(invalid: list[InvalidItem]) -> list[int]:
    return [int(entry.item["count"]["N"]) for entry in invalid]


def _key(number: int) -> dict[str, Any]:
    return {"customer_id": {"S": "c"}, "order_id": {"S": f"o{number:03}"}}


READS: list[Callable[[ReadingTable], Any]] = [
    lambda t: t.query().where(C).all(),
    lambda t: t.query().where(C).page(size=5),
    lambda t: t.query().where(C).limit(4).first(),
    lambda t: t.query().where(C).select(Order.day).all(),
    lambda t: t.query().where(Order.rating == 1).hydrate().all(),
    lambda t: t.scan().all(),
    lambda t: t.scan(segments=3).all(),
    lambda t: Mapper(_Client(t)).get(Order, "c", "o000"),
    lambda t: Mapper(_Client(t)).require(Order, "c", "o000"),
    lambda t: Mapper(_Client(t)).batch_get(Order, [("c", "o000"), ("c", "o001")]),
]
WRITES: list[Callable[[ReadingTable], Any]] = [
    lambda t: Mapper(_Client(t)).update(Order.key("c", "o000"), Order.note.set("x")),
    lambda t: Mapper(_Client(t)).put(Order(customer_id="c", order_id="o000"), return_old=True),
    lambda t: Mapper(_Client(t)).delete(Order.key("c", "o000"), return_old=True),
]


class _Client:
    """What `Mapper` is given here: a table in memory, which answers single items as well."""

    def __init__(self, table: ReadingTable) -> None:
        self.table, self.statistics = table, table.statistics

    async def send(self, request: Any) -> dict[str, Any]:
        if request.name == "GetItem":
            return {"Item": self.table.items[0]}
        if request.name in ("UpdateItem", "PutItem", "DeleteItem"):
            return {"Attributes": self.table.items[0]}
        return await self.table.send(request)

    async def close(self) -> None: ...


@pytest.fixture(autouse=True)
def attached(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mapper sends through what it is given."""
    monkeypatch.setattr("ddbmodel.mapper.mapper.attach", lambda client, lane: client)


@pytest.mark.parametrize("read", [*READS, *WRITES])
async def test_the_error_names_key_and_path(read: Callable[[ReadingTable], Any]) -> None:
    """The message has model and path, the error has the key, and no value shows in either."""
    with pytest.raises(CodecError, match=r"^Order at \$.day: ") as failure:
        await read(_table(0))
    error = failure.value
    assert (error.key, error.path) == (_key(0), "$.day")
    notes = "".join(getattr(error, "__notes__", ()))
    assert not any(text in repr(error) + str(error) + notes for text in (SECRET, "o000"))
    assert ("has been written" in notes) is (read in WRITES)


def test_no_key() -> None:
    """A value that cannot be stored has no key: no item was read."""
    with pytest.raises(CodecError) as failure:
        Order.key("c", "")
    assert failure.value.key is None


@pytest.mark.parametrize(
    ("describe", "valid", "invalid"),
    [
        (lambda t: _query(t).where(C), [1, 2, 5, 6, 7, 8, 9], [0, 3, 4]),
        (lambda t: _query(t).where(C).reverse(), [9, 8, 7, 6, 5, 2, 1], [4, 3, 0]),
        (lambda t: _query(t).where(C, Order.note == "even"), [2, 6, 8], [0, 4]),
        (lambda t: _query(t).where(C).limit(3), [1, 2, 5], [0, 3, 4]),
        (lambda t: _query(t).where(C, Order.note == "even").limit(2), [2, 6], [0, 4]),
        (lambda t: _query(t).where(C).limit(2), [1, 2], [0]),
        (lambda t: _query(t).where(Order.rating == 1).hydrate(), [6, 9], [0, 3]),
        (lambda t: _query(t).where(Order.rating == 1).hydrate().limit(1), [6], [0, 3]),
        (lambda t: _scan(t), [1, 2, 5, 6, 7, 8, 9], [0, 3, 4]),
    ],
)
@pytest.mark.parametrize("splits", [1, 2, 1000])
async def test_iteration(
    describe: Callable[[ReadingTable], Read[Order]], valid: list[int], invalid: list[int], splits: int
) -> None:
    """What is valid comes out, as many as the limit says; the rest is set aside in the order it was read."""
    read = describe(_table(0, 3, 4, sizes=repeat(splits)))
    assert numbers_of(await read.all()) == valid
    assert _numbers(read.invalid) == invalid
    assert [entry.key for entry in read.invalid] == [_key(number) for number in invalid]
    assert [entry.error.key for entry in read.invalid] == [_key(number) for number in invalid]


@pytest.mark.parametrize("segments", [2, 5])
@pytest.mark.parametrize("limit", [2, 7, 100])
async def test_segments(segments: int, limit: int) -> None:
    """Scans in segments find as many valid items as their limit says."""
    scan = _scan(_table(0, 3, 4, sizes=repeat(2)), segments).limit(limit)
    found = numbers_of(await scan.all())
    assert len(found) == len(set(found)) == min(limit, 7)
    assert set(found) <= {1, 2, 5, 6, 7, 8, 9}
    assert set(_numbers(scan.invalid)) <= {0, 3, 4}
    assert limit < 7 or len(scan.invalid) == 3


async def test_nothing_is_decoded_too_early() -> None:
    """A bad item is raised when it is its turn, after the ones before it have come out."""
    orders = aiter(_table(2).query().where(C))
    assert numbers_of([await anext(orders), await anext(orders)]) == [0, 1]
    with pytest.raises(CodecError):
        await anext(orders)


async def test_rows() -> None:
    """Rows are set aside if one of their fields cannot be read; other fields do not matter."""
    query = _query(_table(0, 3)).where(C).limit(3)
    assert await query.select(Order.count).all() == [(0,), (1,), (2,)]
    rows = query.select(Order.count, Order.day)
    assert await rows.all() == [(1, None), (2, None), (4, None)]
    assert _numbers(rows.invalid) == [0, 3]
    assert rows.invalid[0].item.keys() == {"customer_id", "order_id", "count", "day"}
    assert rows.invalid[0].error.path == "$.day"


async def test_first() -> None:
    """The first valid item is found behind bad ones, which are set aside; None where all are bad."""
    query = _query(_table(0, 1)).where(C)
    first = await query.first()
    assert (first and first.count, _numbers(query.invalid)) == (2, [0, 1])
    nothing = _query(_table(*range(10))).where(C)
    assert (await nothing.first(), len(nothing.invalid)) == (None, 10)


async def test_whose_list() -> None:
    """Every read has a list of its own, which grows each time; pages and counts leave it alone."""
    query = _query(_table(0, 3)).where(C)
    derived = query.limit(5)
    await query.page(size=10)
    assert (await query.count(), query.invalid) == (10, [])
    await query.all()
    await query.all()
    assert (_numbers(query.invalid), derived.invalid) == ([0, 3, 0, 3], [])


@pytest.mark.parametrize("splits", [1, 3, 1000])
async def test_pages(splits: int) -> None:
    """A page has its own list; valid and invalid items together are as many as its size."""
    query = _query(_table(0, 3, 4, 5, sizes=repeat(splits))).where(C)
    shown: list[tuple[list[int], list[int]]] = []
    page = await query.page(size=3)
    shown.append((numbers_of(page.items), _numbers(page.invalid)))
    while page.next is not None:
        page = await query.page(size=3, after=page.next)
        shown.append((numbers_of(page.items), _numbers(page.invalid)))
    assert shown == [([1, 2], [0]), ([], [3, 4, 5]), ([6, 7, 8], []), ([9], [])]
    assert query.invalid == []
    back: list[tuple[list[int], list[int]]] = []
    while page.previous is not None:
        page = await query.page(size=3, before=page.previous)
        back.insert(0, (numbers_of(page.items), _numbers(page.invalid)))
    assert back == shown[:-1]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 100])
@pytest.mark.parametrize("bad", [(), (0,), (1, 2), (0, 1, 5, 9), (4, 5, 6, 7, 8, 9), tuple(range(10))])
async def test_pages_with_a_limit(size: int, bad: tuple[int, ...]) -> None:
    """Only valid items count for a limit, and on the way back everything comes once more."""
    query = _query(_table(*bad)).where(C).limit(4)
    expected = [number for number in range(10) if number not in bad][:4]
    page = await query.page(size=size)
    pages = [page]
    while page.next is not None:
        page = await query.page(size=size, after=page.next)
        pages.append(page)
    assert [number for page in pages for number in numbers_of(page.items)] == expected
    back = [page]
    while page.previous is not None:
        page = await query.page(size=size, before=page.previous)
        back.insert(0, page)
    assert [number for page in back for number in numbers_of(page.items)] == expected
    assert [n for page in back for n in _numbers(page.invalid)] == [
        n for page in pages for n in _numbers(page.invalid)
    ]


@pytest.mark.parametrize("size", [3, 10])
async def test_last_page_with_a_limit(size: int) -> None:
    """A limit that bad items keep from being reached does not hide that nothing more comes."""
    query = _query(_table(0, 8)).where(C).limit(10)
    page = await query.page(size=size)
    while page.next is not None:
        page = await query.page(size=size, after=page.next)
        assert page.items or page.invalid


async def test_batch_get() -> None:
    """What cannot be decoded stands in its place; what is missing is None still."""
    mapper: Mapper = Mapper(_Client(_table(1)))
    keys = [("c", "o002"), ("c", "o001"), ("c", "nothing"), ("c", "o001")]
    found = await mapper.batch_get(Order, keys, on_invalid="collect")
    assert isinstance(found[0], Order)
    assert found[2] is None
    for entry in (found[1], found[3]):
        assert isinstance(entry, InvalidItem)
        assert (entry.key, entry.error.path) == (_key(1), "$.day")
        assert entry.item["day"] == {"M": {"secret": {"S": SECRET}}}


async def test_the_mappers_reads() -> None:
    """Queries and scans of a mapper raise unless they are told to collect."""
    mapper = Mapper(_Client(_table(0)))
    query, scan = mapper.query(Order, on_invalid="collect").where(C), mapper.scan(Order, on_invalid="collect")
    assert len(await query.all()) == len(await scan.all()) == 9
    assert len(query.invalid) == len(scan.invalid) == 1
    assert len(await mapper.scan(Order, segments=3, on_invalid="collect").all()) == 9
    for read in (mapper.query(Order, on_invalid="raise").where(C), mapper.scan(Order)):
        with pytest.raises(CodecError):
            await read.all()
        assert read.invalid == []


@pytest.mark.parametrize(
    "call",
    [
        lambda m, choice: m.query(Order, on_invalid=choice),
        lambda m, choice: m.scan(Order, on_invalid=choice),
        lambda m, choice: m.batch_get(Order, [("c", "o000")], on_invalid=choice),
    ],
)
@pytest.mark.parametrize("choice", ["ignore", None, True, [], "Raise"])
async def test_no_choice(call: Callable[[Mapper, Any], Any], choice: Any) -> None:
    """What is neither "raise" nor "collect" is refused, and nothing is sent."""
    table = _table(0)
    with pytest.raises(ExpressionError, match='on_invalid is "raise" or "collect"'):
        await call(Mapper(_Client(table)), choice)
    assert table.requests == []


async def test_tokens_serve_lenient_reads() -> None:
    """A token of a read that raises serves the same read when it collects, so that it can get past a bad item."""
    table = _table(4)
    page = await table.query().where(C).page(size=3)
    page = await _query(table).where(C).page(size=3, after=page.next)
    assert (numbers_of(page.items), _numbers(page.invalid)) == ([3, 5], [4])


async def test_an_invalid_item_is_a_value_that_shows_nothing() -> None:
    """It cannot be changed, and its repr has what is wrong, without key and values."""
    query = _query(_table(0)).where(C)
    await query.all()
    (entry,) = query.invalid
    with pytest.raises(FrozenInstanceError):
        entry.key = {}  # type: ignore[misc]
    assert "CodecError" in repr(entry)
    assert entry.error.__traceback__ is None
    assert not any(text in repr(entry) for text in (SECRET, "o000"))
