"""Each kind of source: what becomes of its rows, and of what is wrong with them."""

from __future__ import annotations

import base64
import bz2
import gzip
import hashlib
import io
import json
import lzma
import sys
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from ddbmodel import (
    Attr,
    Csv,
    DynamoDBExport,
    ExpressionError,
    IngestStopped,
    Model,
    Parquet,
    SourceError,
    partition_key,
    sort_key,
)
from ddbmodel.ingest.stored_json import stored_json
from ddbmodel.model import plan_of
from tests.benchmarks.retail_lines import COLUMNS, RetailLine
from tests.unit.ingest.ingesting import Line, expected, letters, line, mapper_on, stored, write_json_lines
from tests.unit.mapper.strict_table import StrictTable

RETAIL = Path("/") / "work" / "shared" / "data" / "online-retail" / "uci-online-retail-by-day.tar.gz"


def csv_file(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


# Compressed files ------------------------------------------------------------------------------------------


def _zstd(content: bytes) -> bytes:
    zstd: Any = pytest.importorskip("backports.zstd")
    return bytes(zstd.compress(content))


@pytest.mark.parametrize(
    ("suffix", "compress"),
    [(".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress), (".zst", _zstd)],
)
async def test_compressed_files_are_read(
    tmp_path: Path, suffix: str, compress: Callable[[bytes], bytes]
) -> None:
    """The name's last suffix says how it is compressed; a file that is cut off is an error with its name."""
    rows = [line(number, total=str(number)) for number in range(3000)]
    content = compress(write_json_lines(tmp_path / "a.jsonl", rows).read_bytes())
    path, table = tmp_path / f"a.jsonl{suffix}", StrictTable()
    path.write_bytes(content)
    report = await mapper_on(table).ingest(path, Line)
    assert stored(table) == expected(rows)
    assert report.read == 3000
    for harmed in (content[: len(content) // 2], content[:5] + b"x" * 40):
        path.write_bytes(harmed)
        with pytest.raises(
            (IngestStopped, SourceError), match=rf"a\.jsonl\{suffix}: damaged or cut off after"
        ):
            await mapper_on(StrictTable()).ingest(path, Line)


async def test_standard_input_is_a_source(monkeypatch: pytest.MonkeyPatch) -> None:
    """`-` is standard input; its format has to be named."""
    rows = [line(number) for number in range(40)]
    text = "".join(json.dumps(row) + "\n" for row in rows).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
    table = StrictTable()
    await mapper_on(table).ingest("-", Line, format="json-lines")
    assert stored(table) == expected(rows)
    with pytest.raises(SourceError, match="pass format="):
        await mapper_on(table).ingest("-", Line)


async def test_a_name_that_does_not_tell_is_refused(tmp_path: Path) -> None:
    """The error names the file and the remedy."""
    (tmp_path / "orders.dat").write_text('{"pk": "p"}\n')
    with pytest.raises(SourceError, match=r"orders\.dat: its name does not tell its format: pass format="):
        await mapper_on(StrictTable()).ingest(tmp_path / "orders.dat", Line)


async def test_dead_letters_are_known_under_any_name(tmp_path: Path) -> None:
    """Their first line tells."""
    bad = tmp_path / "orders.bad"
    rows = [{**line(0), "sk": "x"}, line(1)]
    await mapper_on(StrictTable()).ingest(rows, Line, dead_letters=bad)
    bad.write_text(bad.read_text().replace('"x"', "7"))
    table = StrictTable()
    await mapper_on(table).ingest(bad, Line)
    assert stored(table) == expected([{**line(0), "sk": 7}])


# CSV -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [{"delimiter": ""}, {"delimiter": ";;"}, {"delimiter": '"'}, {"delimiter": "\n"}, {"empty": "null"}],
)
def test_csv_of_no_such_form_is_refused(options: dict[str, Any]) -> None:
    """When the source is made, and not by the parser."""
    with pytest.raises(ExpressionError, match=f"Csv: {next(iter(options))} is"):
        Csv("a.csv", **options)


class Sale(Model, table="sales"):
    model_config = {"strict": True}
    pk: Attr[str] = partition_key()
    sk: Attr[int] = sort_key()
    note: Attr[str | None]
    price: Attr[float] = 1.0


async def test_columns_are_mapped_and_text_is_validated(tmp_path: Path) -> None:
    """Columns go to the fields they are given to; text is validated, also of strict models; empty is missing."""
    path = csv_file(tmp_path / "a.csv", '\ufeffKey,sk,note,price\r\na,1,"x, ""y""\nz",2.5\r\n\r\nb,2,,\r\n')
    table = StrictTable()
    report = await mapper_on(table).ingest(path, Sale, columns={"pk": "Key"})
    assert report.written == 2
    values = sorted((item["pk"]["S"], item.get("note"), item["price"]["N"]) for item in table.items.values())
    assert values == [("a", {"S": 'x, "y"\nz'}, "2.5"), ("b", None, "1")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: there is no header"),
        ("pk,sk,pk\n", "line 1: column 'pk' comes twice"),
        ("pk,sk,note,colour\n", "column 'colour' is no field of Sale"),
        ("Key,sk\n", "column 'Key' is no field"),
        (b"pk,\xff\n", "line 1: the header cannot be read"),
    ],
)
async def test_a_wrong_header_is_refused_before_anything_is_sent(
    tmp_path: Path, text: str | bytes, message: str
) -> None:
    """Every row would be bad, so none is read."""
    table = StrictTable()
    with pytest.raises(SourceError, match=message):
        await mapper_on(table).ingest(csv_file(tmp_path / "a.csv", text), Sale, dead_letters=tmp_path / "bad")
    assert not (tmp_path / "bad").exists()


@pytest.mark.parametrize("columns", [{"pk": "Nothing"}, {"nothing": "pk"}])
async def test_columns_that_are_not_there_are_refused(tmp_path: Path, columns: Mapping[str, str]) -> None:
    """A mapping of what does not exist is an error that names it."""
    path = csv_file(tmp_path / "a.csv", "pk,sk,note\n")
    with pytest.raises(SourceError, match=r"no (column|field) '[Nn]othing'"):
        await mapper_on(StrictTable()).ingest(path, Sale, columns=columns)


async def test_dirty_records_are_set_aside_and_the_others_written(tmp_path: Path) -> None:
    """Missing cells, too many, bad bytes, bad quotes and one that never ends: each costs its own line only."""
    text = b"""pk,sk,note
a,1,x
b,2
c,3,x,y
d,4,\xff
e,5,"x"y
f,6,"never ends
g,7,x
h,8,"two
lines"
i,none,x
j,10,x
"""
    bad, table = tmp_path / "bad.jsonl", StrictTable()
    path = csv_file(tmp_path / "a.csv", text)
    report = await mapper_on(table).ingest(path, Sale, dead_letters=bad)
    assert sorted(item["pk"]["S"] for item in table.items.values()) == ["a", "g", "h", "j"]
    assert [one["line"] for one in letters(bad)] == [3, 4, 5, 6, 7, 11]
    assert letters(bad)[-1]["path"] == "$.sk"
    assert letters(bad)[-1]["content"] == {"pk": "i", "sk": "none", "note": "x"}
    assert letters(bad)[0]["reason"] == "the record has 2 cells, and the header 3"
    assert report.read == 10


@pytest.mark.parametrize("rows", [1, 3])
async def test_csv_goes_on_in_its_middle(tmp_path: Path, rows: int) -> None:
    """A checkpoint inside of a CSV file, after cells of several lines, leads to the next record."""
    path, place = tmp_path / "a.csv", tmp_path / "place"
    records = [f'p{n},{n},"x\n{n}"\n' for n in range(6)]
    csv_file(path, "pk,sk,note\n" + "".join(records[:rows]))
    await mapper_on(StrictTable()).ingest(path, Sale, checkpoint=place)
    csv_file(path, "pk,sk,note\n" + "".join(records))
    table = StrictTable()
    report = await mapper_on(table).ingest(path, Sale, checkpoint=place)
    assert sorted(int(item["sk"]["N"]) for item in table.items.values()) == list(range(rows, 6))
    assert report.read == 6


async def test_dead_letters_of_csv_are_ingested_again_with_its_columns(tmp_path: Path) -> None:
    """The letters hold the columns as they were, so they take the same mapping."""
    path, bad = csv_file(tmp_path / "a.csv", "Key,sk,note\na,x,\n"), tmp_path / "bad.jsonl"
    await mapper_on(StrictTable()).ingest(path, Sale, columns={"pk": "Key"}, dead_letters=bad)
    bad.write_text(bad.read_text().replace('"sk": "x"', '"sk": "7"'))
    table = StrictTable()
    await mapper_on(table).ingest(bad, Sale, columns={"pk": "Key"})
    assert [item["sk"]["N"] for item in table.items.values()] == ["7"]


@pytest.mark.skipif(not RETAIL.exists(), reason="the data set is not there")
async def test_a_day_of_real_dirty_data_is_ingested_whole(tmp_path: Path) -> None:
    """Every line of a real file, with its missing customers, returns and prices of zero, is in the table."""
    with tarfile.open(RETAIL) as archive:
        member = next(one for one in archive if one.name.endswith("2011-11-14.csv"))
        content = archive.extractfile(member)
        assert content is not None
        path = csv_file(tmp_path / "day.csv", content.read())
    table = StrictTable(key_names=("invoice", "line"))
    source = Csv(path, columns=COLUMNS, line_column="line")
    report = await mapper_on(table).ingest(source, RetailLine)
    assert report.ok
    assert len(table.items) == report.read == len(path.read_text().splitlines()) - 1 > 2000


# DynamoDB JSON ---------------------------------------------------------------------------------------------


class Thing(Model, table="things"):
    pk: Attr[str] = partition_key()
    sk: Attr[int] = sort_key()
    data: Attr[bytes]
    tags: Attr[set[str]]
    inner: Attr[dict[str, list[int]]]


def thing(number: int) -> Thing:
    return Thing(pk="a", sk=number, data=bytes([number]), tags={"x", str(number)}, inner={"a": [1, number]})


def exported(number: int) -> bytes:
    item = stored_json(plan_of(Thing).encode(thing(number)))
    return json.dumps({"Item": item}).encode() + b"\n"


def export(folder: Path, counts: list[int]) -> Path:
    (folder / "data").mkdir(parents=True)
    manifest, number = [], 0
    for place, count in enumerate(counts):
        content = gzip.compress(b"".join(exported(number + one) for one in range(count)))
        number += count
        (folder / "data" / f"{place}.json.gz").write_bytes(content)
        entry = {
            "itemCount": count,
            "md5Checksum": base64.b64encode(hashlib.md5(content).digest()).decode(),
            "dataFileS3Key": f"AWSDynamoDB/1/data/{place}.json.gz",
        }
        manifest.append(json.dumps(entry) + "\n")
    (folder / "manifest-files.json").write_text("".join(manifest))
    return folder


async def test_an_export_is_read_by_its_manifest(tmp_path: Path) -> None:
    """All items of all files come back as they were stored."""
    table = StrictTable()
    report = await mapper_on(table).ingest(export(tmp_path / "1", [30, 0, 12]), Thing)
    assert report.ok
    assert sorted(table.items) == sorted(("things", Thing.key("a", n).identity) for n in range(42))
    for item in table.items.values():
        assert plan_of(Thing).decode(item) == thing(int(item["sk"]["N"]))


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (
            lambda folder: (folder / "data" / "1.json.gz").unlink(),
            "the manifest names it, but it is not there",
        ),
        (lambda folder: (folder / "data" / "1.json.gz").write_bytes(b"x"), "its checksum is not that"),
        (lambda folder: (folder / "manifest-files.json").unlink(), "No such file"),
        (lambda folder: (folder / "manifest-files.json").write_text("{}"), "no manifest of an export"),
    ],
)
async def test_a_damaged_export_is_refused(
    tmp_path: Path, harm: Callable[[Path], object], message: str
) -> None:
    """What does not match the manifest is an error that names the file."""
    folder = export(tmp_path / "1", [3, 3])
    harm(folder)
    with pytest.raises((SourceError, IngestStopped), match=message):
        await mapper_on(StrictTable()).ingest(DynamoDBExport(folder), Thing)


async def test_items_that_would_lose_something_are_set_aside(tmp_path: Path) -> None:
    """Attributes that the model has not, and values that are none, are named by their place."""
    lines = [
        exported(1),
        exported(2).replace(b'{"Item": {', b'{"Item": {"colour": {"S": "red"}, '),
        exported(3).replace(b'{"N": "3"}', b'{"N": 3}', 1),
        exported(4).replace(b'{"B": "BA=="}', b'{"B": "?"}'),
        b'{"Keys": {"pk": {"S": "a"}}}\n',
    ]
    path, bad = tmp_path / "a.json.gz", tmp_path / "bad.jsonl"
    path.write_bytes(gzip.compress(b"".join(lines)))
    report = await mapper_on(StrictTable()).ingest(path, Thing, dead_letters=bad)
    assert (report.written, report.invalid) == (1, 4)
    assert [one.get("path") for one in letters(bad)] == ["$.colour", "$.Item.sk", "$.Item.data", None]


# Parquet ---------------------------------------------------------------------------------------------------


async def test_parquet_is_read_and_gone_on_with(tmp_path: Path) -> None:
    """Rows of a Parquet file are validated as Python objects, and counted for the checkpoint."""
    pyarrow: Any = pytest.importorskip("pyarrow")
    parquet: Any = pytest.importorskip("pyarrow.parquet")
    rows = [line(number, total=str(number)) for number in range(1200)]
    content = {"Key": [row["pk"] for row in rows], "sk": [row["sk"] for row in rows]}
    content["total"] = [row["total"] if number != 700 else "-1" for number, row in enumerate(rows)]
    path = tmp_path / "a.parquet"
    parquet.write_table(pyarrow.table(content), path, row_group_size=250)
    table, place = StrictTable(), tmp_path / "place"
    with pytest.raises(IngestStopped, match=r"row 701: \$\.total"):
        await mapper_on(table).ingest(Parquet(path, columns={"pk": "Key"}), Line, checkpoint=place)
    assert stored(table) == expected(rows[:700])
    place.write_text(place.read_text().replace('"row": 700', '"row": 701'))
    report = await mapper_on(table).ingest(Parquet(path, columns={"pk": "Key"}), Line, checkpoint=place)
    assert stored(table) == expected(rows[:700] + rows[701:])
    assert report.complete


async def test_what_is_no_parquet_is_refused(tmp_path: Path) -> None:
    """The error names the file."""
    pytest.importorskip("pyarrow")
    (tmp_path / "a.parquet").write_text("no")
    with pytest.raises(SourceError, match=r"a\.parquet: it cannot be read as Parquet"):
        await mapper_on(StrictTable()).ingest(tmp_path / "a.parquet", Line)
