"""Loads: what is verified first, what is refused, and how they go on."""

from __future__ import annotations

import gzip
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from ddbmodel import (
    DumpError,
    DumpProgress,
    Mapper,
    NoRecoveryPoint,
    TableInUse,
    TableNotFound,
    UnprocessedItems,
    dump,
    load,
)
from ddbmodel.admin.dump_folder import DumpFolder, manifest_of
from ddbmodel.operations import CreateTable, DescribeTable
from ddbmodel.testing import FaultProxy, FaultRates, LocalDynamoDB
from tests.unit.admin.dumping import Before, fill, item, make_table, put, schema, stored

FAULTS = FaultRates(throttle=0.1, unprocessed=0.2, reset_before=0.1, reset_after=0.1, wrong_crc=0.1)


@pytest.fixture
async def dumped(tmp_path: Path, mapper: Mapper) -> AsyncIterator[Path]:
    """A dump of 40 items, in several parts; the table is still there."""
    await make_table(mapper, "old")
    await fill(mapper, "old", [item(n, text={"S": f"t{n}"}) for n in range(40)])
    await dump(mapper, "old", tmp_path / "d", segments=4, part_bytes=1)
    return tmp_path / "d"


def writes(seen: list[str]) -> list[str]:
    return [name for name in seen if name in ("BatchWriteItem", "PutItem", "CreateTable")]


@pytest.fixture
def seen(mapper: Mapper) -> list[str]:
    """The operations that are sent, in order."""
    names: list[str] = []
    mapper.add_hook(Before(lambda request: names.append(request.name)))
    return names


def _flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    "damage", [_flipped, Path.unlink, lambda path: path.write_bytes(path.read_bytes()[:-1])]
)
async def test_damage_is_found_before_anything_is_written(
    dumped: Path, mapper: Mapper, seen: list[str], damage: Any
) -> None:
    """A file that was changed, cut off or removed is named, and no write is sent, whichever file it is."""
    last = max((dumped / "data").glob("*.gz"))
    damage(last)
    with pytest.raises(DumpError, match=last.name):
        await load(mapper, dumped, table="new", create=True)
    assert seen == []


async def test_an_unfinished_dump_is_not_loaded(tmp_path: Path, mapper: Mapper, seen: list[str]) -> None:
    """Nor a folder that has none."""
    await make_table(mapper, "old")
    description = (await mapper.send(DescribeTable("old")))["Table"]
    folder = DumpFolder(tmp_path / "d")
    folder.begin(manifest_of(description, 1, consistent=True))
    folder.release()
    seen.clear()
    with pytest.raises(DumpError, match="this dump is not finished"):
        await load(mapper, tmp_path / "d")
    with pytest.raises(DumpError, match="there is no dump here"):
        await load(mapper, tmp_path)
    assert seen == []


async def test_a_table_with_items_is_left_alone(dumped: Path, mapper: Mapper, seen: list[str]) -> None:
    """Unless told: then items with the same key are replaced, and others stay."""
    await make_table(mapper, "new")
    await put(mapper, "new", item(3, text={"S": "other"}))
    await put(mapper, "new", item(77))
    seen.clear()
    with pytest.raises(DumpError, match="table 'new' is not empty"):
        await load(mapper, dumped, table="new")
    assert writes(seen) == []
    with pytest.raises(NoRecoveryPoint, match="'new' has no point-in-time recovery"):
        await load(mapper, dumped, table="new", overwrite=True)
    assert writes(seen) == []
    await load(mapper, dumped, table="new", overwrite=True, without_recovery_point=True)
    before = await stored(mapper, "old")
    assert await stored(mapper, "new") == {**before, ("p0", "77"): json.dumps(item(77))}


async def test_another_key_is_refused(dumped: Path, mapper: Mapper, seen: list[str]) -> None:
    """A table whose key has other names or types gets nothing."""
    await mapper.send(CreateTable(schema("new", sort_key=None)))
    seen.clear()
    with pytest.raises(
        DumpError, match=r"another key \(pk S\) than the table that was dumped \(pk S, sk N\)"
    ):
        await load(mapper, dumped, table="new")
    assert writes(seen) == []


async def test_the_table_has_to_be_there_or_not(dumped: Path, mapper: Mapper) -> None:
    """Without `create` there has to be one, and with it none."""
    with pytest.raises(TableNotFound):
        await load(mapper, dumped, table="new")
    with pytest.raises(TableInUse):
        await load(mapper, dumped, table="old", create=True)


async def test_a_failed_load_goes_on(dumped: Path, dynamodb: LocalDynamoDB, mapper: Mapper) -> None:
    """Items that cannot be written are told by their keys; called again, it writes what was left, and reports all."""
    await make_table(mapper, "new")
    heard: list[DumpProgress] = []
    async with dynamodb.connect() as failing:
        count = 0

        def third(request: Any) -> None:
            nonlocal count
            if request.name == "BatchWriteItem":
                count += 1
                if count >= 3:
                    raise RuntimeError("as the test says")

        failing.add_hook(Before(third))
        with pytest.raises(UnprocessedItems) as failed:
            await load(failing, dumped, table="new", progress=heard.append, concurrency=1)
    assert {name for failure in failed.value.leftover for name in failure.item} == {"pk", "sk"}
    assert heard
    assert (dumped / "load-new.json").exists()
    report = await load(mapper, dumped, table="new")
    assert (report.items, report.written, report.resumed) == (40, 40 - heard[-1].items, True)
    assert "of them by an earlier run" in str(report)
    assert await stored(mapper, "new") == await stored(mapper, "old")


async def test_a_new_table_of_the_name_is_loaded_from_the_beginning(dumped: Path, mapper: Mapper) -> None:
    """How far another load was says nothing of a table that was made since."""
    (dumped / "load-new.json").write_text(
        json.dumps({"ddbmodel_load": 1, "dump": "x", "table": "y", "parts": ["00000-000001.json.gz"]})
    )
    report = await load(mapper, dumped, table="new", create=True)
    assert (report.written, report.resumed) == (40, False)


async def test_the_place_can_be_elsewhere(dumped: Path, tmp_path: Path, mapper: Mapper) -> None:
    """What is no such file is refused and stays as it is."""
    place = tmp_path / "place"
    place.write_text("my notes")
    with pytest.raises(DumpError, match="no place of a load"):
        await load(mapper, dumped, table="new", create=True, checkpoint=place)
    assert place.read_text() == "my notes"


async def test_throttling_and_leftovers_lose_nothing(
    tmp_path: Path, dumped: Path, dynamodb: LocalDynamoDB, mapper: Mapper
) -> None:
    """Through a service that throttles, leaves writes over and drops replies, everything is dumped and arrives."""
    await make_table(mapper, "new")
    async with FaultProxy(dynamodb.endpoint_url, faults=FAULTS) as proxy, proxy.connect() as through:
        await dump(through, "old", tmp_path / "again", part_bytes=1)
        await load(through, tmp_path / "again", table="new")
    assert await stored(mapper, "new") == await stored(mapper, "old")


async def test_lines_are_counted(dumped: Path, mapper: Mapper) -> None:
    """A file whose checksum is right and whose count is not is told."""
    manifest = json.loads((dumped / "dump.json").read_text())
    manifest["parts"][0]["items"] += 1
    (dumped / "dump.json").write_text(json.dumps(manifest))
    with pytest.raises(DumpError, match="and the manifest says"):
        await load(mapper, dumped, table="new", create=True)
    assert gzip.decompress((dumped / "data" / manifest["parts"][0]["file"]).read_bytes())
