"""Dumps: what is in a folder afterwards, and what is refused."""

from __future__ import annotations

import gzip
import hashlib
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ddbmodel import (
    Attr,
    DumpError,
    DumpProgress,
    DynamoDBExport,
    ExpressionError,
    Mapper,
    Model,
    TableNotFound,
    dump,
    load,
    partition_key,
    sort_key,
)
from ddbmodel.admin.dump_folder import DumpFolder
from ddbmodel.testing import LocalDynamoDB
from tests.strategies.effort import examples
from tests.strategies.stored import values
from tests.unit.admin.dumping import Before, fill, item, make_table, stored

ODD: dict[str, dict[str, Any]] = {
    "empty": {"S": ""},
    "no bytes": {"B": b""},
    "bytes": {"B": bytes(range(256))},
    "digits": {"N": "1234567890123456789012345678901234567.8"},
    "small": {"N": "-1E-130"},
    "large": {"N": "9.9999999999999999999999999999999999999E+125"},
    "texts": {"SS": ["a", "", "\u2028", "𝔘"]},
    "numbers": {"NS": ["1", "-2.5", "12345678901234567890123456789012345678"]},
    "binaries": {"BS": [b"\x00", b"\xff\xfe", b"x"]},
    "yes": {"BOOL": True},
    "nothing": {"NULL": True},
    "list": {"L": [{"L": []}, {"M": {}}, {"B": b"\x00"}, {"BS": [b"1"]}, {"NULL": True}]},
    "map": {"M": {"": {"S": "x"}, "B": {"B": b"b"}, "a.b": {"M": {"N": {"N": "0"}}}, "nl\n": {"S": "\r\n"}}},
    "": {"S": "an attribute without a name"},
}


class Line(Model, table="lines"):
    pk: Attr[str] = partition_key()
    sk: Attr[int] = sort_key()
    total: Attr[Decimal]


@pytest.mark.parametrize("lane", ["fast", "client"])
async def test_every_type_comes_back_as_it_was(tmp_path: Path, dynamodb: LocalDynamoDB, lane: Any) -> None:
    """Items that no model knows are the same in the new table: each type, binary sets, empty text, 38 digits."""
    odd = {name: value for name, value in ODD.items() if name}
    async with dynamodb.connect(lane=lane) as mapper:
        await make_table(mapper, "old")
        await make_table(mapper, "new")
        await fill(
            mapper, "old", [item(1, **odd), *(item(n, **{name: odd[name]}) for n, name in enumerate(odd, 2))]
        )
        report = await dump(mapper, "old", tmp_path / "d", segments=3)
        loaded = await load(mapper, tmp_path / "d", table="new")
        assert await stored(mapper, "new") == await stored(mapper, "old")
    assert report.items == loaded.items == loaded.written == 1 + len(odd)


@settings(
    max_examples=examples(15),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    data=st.lists(
        st.dictionaries(
            st.text(min_size=1, max_size=4).filter(lambda n: n not in ("pk", "sk")), values(), max_size=4
        ),
        max_size=8,
    )
)
async def test_any_items_come_back(
    tmp_path: Path, dynamodb: LocalDynamoDB, data: list[dict[str, Any]]
) -> None:
    """Whatever is stored is the same after dump and load, item by item, with as many parts as there are pages."""
    await dynamodb.reset()
    folder = tmp_path / str(len(list(tmp_path.iterdir())))  # noqa: ASYNC240
    async with dynamodb.connect() as mapper:
        await make_table(mapper, "old")
        await fill(mapper, "old", [item(number, **others) for number, others in enumerate(data)])
        await dump(mapper, "old", folder, segments=2, part_bytes=1)
        await load(mapper, folder, table="new", create=True)
        before = await stored(mapper, "old")
        assert len(before) == len(data)
        assert await stored(mapper, "new") == before


async def test_the_manifest_describes_what_is_there(tmp_path: Path, mapper: Mapper) -> None:
    """Counts, checksums of the files as they lie there, keys and table; finished; and nothing is left over."""
    await make_table(mapper, "old")
    await fill(mapper, "old", [item(n) for n in range(50)])
    heard: list[DumpProgress] = []
    report = await dump(mapper, "old", tmp_path, segments=4, progress=heard.append)
    manifest = json.loads((tmp_path / "dump.json").read_text())
    assert (manifest["finished"], manifest["table"], manifest["items"]) == (True, "old", 50)
    assert manifest["description"]["KeySchema"][0] == {"AttributeName": "pk", "KeyType": "HASH"}
    for part in manifest["parts"]:
        content = (tmp_path / "data" / part["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == part["sha256"]
        assert len(gzip.decompress(content).splitlines()) == part["items"]
    names = {path.name for path in tmp_path.rglob("*") if path.is_file()} - {".lock"}  # noqa: ASYNC240
    assert names == {"dump.json", "manifest-files.json", *(part["file"] for part in manifest["parts"])}
    assert (report.parts, heard[-1].items, report.resumed) == (len(manifest["parts"]), 50, False)
    assert str(report).startswith("50 items of old in ")
    assert json.loads(report.to_json())["items"] == 50


async def test_a_dump_is_a_source_of_ingest(tmp_path: Path, mapper: Mapper) -> None:
    """`DynamoDBExport` reads the folder, and compares counts and checksums."""
    await mapper.create_table(Line)
    async with mapper.batch_writer() as writer:
        for number in range(30):
            await writer.put(Line(pk="p", sk=number, total=Decimal(number) / 3))
    before = await mapper.scan(Line).all()
    await dump(mapper, Line, tmp_path / "d")
    await mapper.delete_table(Line)
    await mapper.create_table(Line)
    report = await mapper.ingest(DynamoDBExport(tmp_path / "d"), model=Line)
    assert (report.written, await mapper.scan(Line).all()) == (30, before)


async def test_the_prefix_is_put_in_front(tmp_path: Path, dynamodb: LocalDynamoDB) -> None:
    """A mapper with a prefix dumps and loads its own tables; without a name, the table that was dumped."""
    async with dynamodb.connect(table_prefix="dev-") as mapper:
        await make_table(mapper, "dev-old")
        await fill(mapper, "dev-old", [item(1)])
        assert (await dump(mapper, "old", tmp_path)).table == "dev-old"
        assert (await load(mapper, tmp_path, table="new", create=True)).table == "dev-new"
        with pytest.raises(DumpError, match="table 'dev-old' is not empty"):
            await load(mapper, tmp_path)


async def test_an_empty_table_has_an_empty_dump(tmp_path: Path, mapper: Mapper) -> None:
    """No parts, and it is finished; loading it writes nothing."""
    await make_table(mapper, "old")
    assert (await dump(mapper, "old", tmp_path)).parts == 0
    assert (await load(mapper, tmp_path)).written == 0


@pytest.mark.parametrize("consistent", [True, False])
async def test_how_it_is_read(tmp_path: Path, mapper: Mapper, consistent: bool) -> None:
    """In so many segments, each consistent or not."""
    await make_table(mapper, "old")
    seen: list[dict[str, Any]] = []
    mapper.add_hook(Before(lambda request: seen.append(request.to_wire())))
    await dump(mapper, "old", tmp_path, segments=3, consistent=consistent)
    scans = [wire for wire in seen if "TotalSegments" in wire]
    assert sorted(wire["Segment"] for wire in scans) == [0, 1, 2]
    assert {wire.get("ConsistentRead", False) for wire in scans} == {consistent}


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"segments": 0}, "segments is a whole number from 1"),
        ({"segments": True}, "segments is a whole number from 1"),
        ({"segments": 1_000_001}, "segments is a whole number from 1"),
        ({"part_bytes": 0}, "part_bytes is a whole number"),
    ],
)
async def test_what_cannot_be_is_not_sent(tmp_path: Path, mapper: Mapper, options: Any, text: str) -> None:
    """Options are checked first, and no folder is made."""
    with pytest.raises(ExpressionError, match=text):
        await dump(mapper, "old", tmp_path / "d", **options)
    assert mapper.statistics.requests == 0
    assert not (tmp_path / "d").exists()


async def test_a_table_has_to_be_there(tmp_path: Path, mapper: Mapper) -> None:
    """Without one, no folder is made."""
    with pytest.raises(TableNotFound):
        await dump(mapper, "none", tmp_path / "d")
    assert not (tmp_path / "d").exists()


async def test_a_folder_of_something_else_is_left_alone(tmp_path: Path, mapper: Mapper) -> None:
    """A folder with other files, a finished dump, and one that is being written, are refused."""
    await make_table(mapper, "old")
    other, done, busy = tmp_path / "other", tmp_path / "done", tmp_path / "busy"
    other.mkdir()
    (other / "letter.txt").write_text("dear")
    with pytest.raises(DumpError, match="is not empty, and is no dump"):
        await dump(mapper, "old", other)
    assert not (other / "dump.json").exists()
    await dump(mapper, "old", done)
    with pytest.raises(DumpError, match="there is a finished dump here already"):
        await dump(mapper, "old", done)
    holder = DumpFolder(busy)
    manifest = DumpFolder(done).manifest()
    assert manifest is not None
    holder.begin(manifest)
    with pytest.raises(DumpError, match="another process is dumping to this folder"):
        await dump(mapper, "old", busy)
    holder.release()


async def test_a_broken_folder_is_told(tmp_path: Path, mapper: Mapper) -> None:
    """What is no manifest, or of a later version, is named."""
    await make_table(mapper, "old")
    for content, text in [
        ("{", "no manifest of a dump"),
        ("[]", "no manifest"),
        ('{"ddbmodel_dump": 9}', "another version"),
    ]:
        (tmp_path / "dump.json").write_text(content)
        with pytest.raises(DumpError, match=text):
            await dump(mapper, "old", tmp_path)
        with pytest.raises(DumpError, match=text):
            await load(mapper, tmp_path)
