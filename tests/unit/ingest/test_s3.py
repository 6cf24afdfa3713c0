"""Sources that lie in S3: they are read as files are, through broken connections too, and never as a mix."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ddbmodel import (
    Csv,
    DeadLetters,
    DynamoDBExport,
    DynamoDBJson,
    ExpressionError,
    IngestProgress,
    IngestStopped,
    JsonLines,
    Mapper,
    Parquet,
    S3Access,
    SourceError,
    plan_ingest,
)
from ddbmodel.testing import LocalDynamoDB
from tests.engines.s3 import BUCKET, MotoS3, access_to
from tests.engines.tapped import Cut, Tapped
from tests.unit.ingest.ingesting import Line, expected, letters, line, mapper_on, stored, write_json_lines
from tests.unit.ingest.test_sources import Thing, export, exported
from tests.unit.mapper.strict_table import StrictTable


def noted(number: int) -> dict[str, Any]:
    """A row of about 1,000 bytes that do not compress to nothing."""
    return {**line(number, total=str(number)), "note": base64.b64encode(os.urandom(650)).decode()}


def text_of(rows: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def upload(s3: MotoS3, folder: Path, prefix: str) -> str:
    """Put a folder into S3, and give its URL."""
    for path in folder.rglob("*"):
        if path.is_file():
            s3.put(f"{prefix}{path.relative_to(folder)}", path.read_bytes())
    return f"s3://{BUCKET}/{prefix}"


# Formats ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "source"),
    [
        ("lines.jsonl", text_of, str),
        ("a b+c%20/ü.jsonl", text_of, JsonLines),
        ("lines.jsonl.gz", lambda rows: gzip.compress(text_of(rows)), str),
        ("plain", text_of, JsonLines),
        (
            "lines.csv",
            lambda rows: (
                b"pk,sk,total\n" + b"".join("{pk},{sk},{total}\n".format(**row).encode() for row in rows)
            ),
            Csv,
        ),
        (
            "data.json.gz",
            lambda rows: gzip.compress(
                b"".join(
                    json.dumps(
                        {
                            "Item": {
                                "pk": {"S": row["pk"]},
                                "sk": {"N": str(row["sk"])},
                                "total": {"N": row["total"]},
                            }
                        }
                    ).encode()
                    + b"\n"
                    for row in rows
                )
            ),
            DynamoDBJson,
        ),
    ],
)
async def test_an_object_is_read_as_a_file_is(
    s3: MotoS3, name: str, content: Callable[[Any], bytes], source: Callable[[str], Any]
) -> None:
    """Whatever its key, as a URL whose suffix tells the format, and as an explicit source."""
    rows = [line(number, total=str(number)) for number in range(3000)]
    url, table = s3.put(f"formats/{name}", content(rows)), StrictTable()
    report = await mapper_on(table).ingest(source(url), Line, s3=access_to(s3.url))
    assert (report.read, report.ok) == (3000, True)
    assert stored(table) == expected(rows)


async def test_parquet_is_read_by_ranges(s3: MotoS3, tmp_path: Path) -> None:
    """A file of several blocks and row groups comes whole, and no byte range is read often."""
    arrow: Any = pytest.importorskip("pyarrow")
    parquet: Any = pytest.importorskip("pyarrow.parquet")
    rows = [{**noted(number), "total": float(number)} for number in range(3000)]
    parquet.write_table(arrow.Table.from_pylist(rows), tmp_path / "a.parquet", row_group_size=700)
    url, table = s3.put("a.parquet", (tmp_path / "a.parquet").read_bytes()), StrictTable()
    async with Tapped(s3.url) as wire:
        await mapper_on(table).ingest(Parquet(url), Line, s3=access_to(wire.url))
    notes = {(item["pk"]["S"], int(item["sk"]["N"])): item["note"]["S"] for item in table.items.values()}
    assert notes == {(row["pk"], row["sk"]): row["note"] for row in rows}
    assert len(wire.requests) < 40


async def test_dead_letters_in_s3_are_told_from_json_lines(s3: MotoS3, tmp_path: Path) -> None:
    """The first line tells, as in a file; and the rows of the letters reach the table."""
    rows = write_json_lines(tmp_path / "a.jsonl", [line(1), {**line(2), "total": "-1"}])
    bad, table = tmp_path / "bad.jsonl", StrictTable()
    await mapper_on(table).ingest(rows, Line, dead_letters=bad)
    url = s3.put("bad.jsonl", bad.read_bytes().replace(b'"-1"', b'"7"'))
    for given in (url, DeadLetters(url)):
        table.items.clear()
        await mapper_on(table).ingest(given, Line, s3=access_to(s3.url))
        assert list(stored(table).values()) == ["7"]


async def test_an_empty_object_has_no_rows(s3: MotoS3) -> None:
    """There is no range of nothing, so none is asked for."""
    async with Tapped(s3.url) as wire:
        report = await mapper_on(StrictTable()).ingest(
            JsonLines(s3.put("empty.jsonl", b"")), Line, s3=access_to(wire.url)
        )
    assert (report.read, report.ok) == (0, True)
    assert [one.split()[0] for one in wire.requests] == ["HEAD"]


# Exports ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", [str, lambda url: url.rstrip("/"), DynamoDBExport])
async def test_an_export_is_read_where_it_lies(
    s3: MotoS3, tmp_path: Path, given: Callable[[str], Any]
) -> None:
    """By its manifest, with all items of all files, each as it was stored."""
    url, table = upload(s3, export(tmp_path / "1", [30, 0, 12]), "AWSDynamoDB/01-ab/"), StrictTable()
    report = await mapper_on(table).ingest(given(url), Thing, s3=access_to(s3.url))
    assert report.ok
    assert sorted(table.items) == sorted(("things", Thing.key("a", n).identity) for n in range(42))


def _without_checksums(folder: Path, etag: str) -> None:
    manifest = folder / "manifest-files.json"
    entries = [json.loads(text) for text in manifest.read_text().splitlines()]
    for entry in entries:
        del entry["md5Checksum"]
        entry["etag"] = etag
    manifest.write_text("".join(json.dumps(entry) + "\n" for entry in entries))


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (
            lambda at: (at / "data" / "1.json.gz").unlink(),
            r"data/1\.json\.gz: the manifest names it, but it is not",
        ),
        (
            lambda at: (at / "data" / "1.json.gz").write_bytes(gzip.compress(exported(3) * 3)),
            r"data/1\.json\.gz: damaged: its checksum is not",
        ),
        (lambda at: (at / "manifest-files.json").unlink(), r"manifest-files\.json: there is no such object"),
        (lambda at: (at / "manifest-files.json").write_text("{}"), "no manifest of an export"),
        (lambda at: _without_checksums(at, "ab-1"), r"data/0\.json\.gz: damaged: its ETag is not"),
    ],
)
async def test_a_damaged_export_in_s3_is_refused(
    s3: MotoS3, tmp_path: Path, harm: Callable[[Path], object], message: str
) -> None:
    """What does not match the manifest is an error with the URL, and none of its rows is written."""
    folder, table = export(tmp_path / "1", [3, 3]), StrictTable()
    harm(folder)
    url = upload(s3, folder, f"damaged/{abs(hash(message))}/")
    with pytest.raises((SourceError, IngestStopped), match=f"s3://exports/damaged/.*{message}"):
        await mapper_on(table).ingest(DynamoDBExport(url), Thing, s3=access_to(s3.url))
    assert len(table.items) in (0, 3)


# Faults ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cut", ["close", "reset"])
@pytest.mark.parametrize("suffix", ["jsonl", "jsonl.gz"])
async def test_a_connection_that_breaks_is_taken_up_where_it_broke(s3: MotoS3, cut: Cut, suffix: str) -> None:
    """Each connection carries 90,000 bytes and is cut: every row arrives once, as it was."""
    rows = [noted(number) for number in range(1500)]
    content = text_of(rows) if suffix == "jsonl" else gzip.compress(text_of(rows), mtime=0)
    url, table = s3.put(f"cut/{cut}.{suffix}", content), StrictTable()
    async with Tapped(s3.url, cut_after_bytes=90_000, cut=cut) as wire:
        report = await mapper_on(table).ingest(url, Line, s3=access_to(wire.url))
    assert wire.cuts >= len(content) // 90_000
    assert (report.read, report.ok) == (1500, True)
    assert {(item["pk"]["S"], int(item["sk"]["N"])): item["note"]["S"] for item in table.items.values()} == {
        (row["pk"], row["sk"]): row["note"] for row in rows
    }


@pytest.mark.parametrize("kind", ["jsonl", "jsonl.gz", "csv"])
async def test_an_object_that_is_replaced_is_never_mixed(s3: MotoS3, tmp_path: Path, kind: str) -> None:
    """The run stops with the URL and the remedy, what is written is of the old one, and so is the checkpoint."""
    old = [{**noted(number), "total": "1"} for number in range(1500)]
    new = [{**row, "total": "2"} for row in old]

    def content_of(rows: list[dict[str, Any]]) -> bytes:
        if kind == "csv":
            return b"pk,sk,total,note\n" + b"".join(
                "{pk},{sk},{total},{note}\n".format(**row).encode() for row in rows
            )
        return text_of(rows) if kind == "jsonl" else gzip.compress(text_of(rows), mtime=0)

    key, table = f"replaced.{kind}", StrictTable()
    url, reads = s3.put(key, content_of(old)), 0

    async def replace(request: str) -> None:
        nonlocal reads
        reads += request.startswith("GET")
        if reads == 3:  # the first block was read twice: to look at it, and to read it
            await asyncio.to_thread(s3.put, key, content_of(new))

    async with Tapped(s3.url, before=replace) as wire:
        with pytest.raises(IngestStopped, match=f"s3://exports/{key}: it was replaced while it was read"):
            await mapper_on(table).ingest(
                url, Line, s3=access_to(wire.url), checkpoint=tmp_path / "place", checkpoint_rows=1
            )
    assert set(stored(table).values()) == {"1"}
    with pytest.raises(SourceError, match=f"s3://exports/{key} is not what it was"):
        await mapper_on(table).ingest(url, Line, s3=access_to(s3.url), checkpoint=tmp_path / "place")
    assert set(stored(table).values()) == {"1"}
    s3.put(key, content_of(old))
    report = await mapper_on(table).ingest(url, Line, s3=access_to(s3.url), checkpoint=tmp_path / "place")
    assert (report.read, report.ok) == (1500, True)


async def test_a_checkpoint_is_of_one_object(s3: MotoS3, tmp_path: Path) -> None:
    """One of another key is refused, also with the same content."""
    place, content = tmp_path / "place", text_of([line(number) for number in range(9)])
    await mapper_on(StrictTable()).ingest(
        s3.put("one.jsonl", content), Line, s3=access_to(s3.url), checkpoint=place
    )
    with pytest.raises(
        SourceError, match=r"of source 's3://exports/one\.jsonl', not 's3://exports/two\.jsonl'"
    ):
        await mapper_on(StrictTable()).ingest(
            s3.put("two.jsonl", content), Line, s3=access_to(s3.url), checkpoint=place
        )


async def test_a_run_that_is_done_reads_nothing_again(s3: MotoS3, tmp_path: Path) -> None:
    """An object cannot grow: with its checkpoint, it is looked up, and not read."""
    source, place = JsonLines(s3.put("done.jsonl", text_of([line(1)]))), tmp_path / "place"
    first = await mapper_on(StrictTable()).ingest(source, Line, s3=access_to(s3.url), checkpoint=place)
    async with Tapped(s3.url) as wire:
        again = await mapper_on(StrictTable()).ingest(source, Line, s3=access_to(wire.url), checkpoint=place)
    assert (again.read, again.written) == (first.read, first.written) == (1, 1)
    assert [one.split()[0] for one in wire.requests] == ["HEAD"]


async def test_progress_is_told_while_an_object_keeps_everybody_waiting(s3: MotoS3) -> None:
    """The place in a compressed object can be asked for while a thread waits for more of it."""
    rows = [noted(number) for number in range(1500)]
    url, told, reads = s3.put("slow.jsonl.gz", gzip.compress(text_of(rows))), asyncio.Event(), 0
    fractions: list[float | None] = []
    held: list[float | None] = []

    def tell(progress: IngestProgress) -> None:
        fractions.append(progress.fraction)
        told.set()

    async def hold(request: str) -> None:
        nonlocal reads
        reads += request.startswith("GET")
        if reads == 3:
            told.clear()
            await told.wait()
            held.append(fractions[-1])

    async with Tapped(s3.url, before=hold) as wire:
        await mapper_on(StrictTable()).ingest(url, Line, s3=access_to(wire.url), progress=tell)
    assert held[0] is not None
    assert 0 < held[0] < 1
    assert fractions[-1] == 1.0


async def test_a_run_that_is_cancelled_lets_go_of_its_connections(s3: MotoS3) -> None:
    """It ends while S3 keeps it waiting, and nothing is left open."""
    waiting = asyncio.Event()

    async def never(request: str) -> None:
        if request.startswith("GET"):
            waiting.set()
            await asyncio.Event().wait()

    source = JsonLines(s3.put("never.jsonl", text_of([line(1)])))
    async with Tapped(s3.url, before=never) as wire:
        run = asyncio.create_task(mapper_on(StrictTable()).ingest(source, Line, s3=access_to(wire.url)))
        await waiting.wait()
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run


# Access ----------------------------------------------------------------------------------------------------


async def test_the_mapper_s_settings_serve_for_s3(
    s3: MotoS3, dynamodb: LocalDynamoDB, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its credentials and region, but not its endpoint; that of S3 is found in the environment."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", s3.url)
    url = s3.put("mine.jsonl", text_of([line(number) for number in range(7)]))
    async with Mapper.connect(
        region_name="us-east-1",
        endpoint_url=dynamodb.endpoint_url,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    ) as mapper:
        await mapper.create_table(Line)
        assert (await mapper.ingest(url, Line)).written == 7


async def test_a_mapper_over_a_client_needs_to_be_told(s3: MotoS3) -> None:
    """It was not connected by us, so nobody knows how S3 is reached; nothing is read or sent."""
    table = StrictTable()
    with pytest.raises(ExpressionError, match=r"s3://exports/a\.jsonl takes a mapper of Mapper\.connect"):
        await mapper_on(table).ingest("s3://exports/a.jsonl", Line)
    assert not table.items


async def test_workers_cannot_share_a_session(s3: MotoS3, dynamodb: LocalDynamoDB, mapper: Mapper) -> None:
    """They reach S3 by themselves, so a session of this process is refused, and nothing is written."""
    import aioboto3

    await mapper.create_table(Line)
    session = aioboto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing")
    access = S3Access(region_name="us-east-1", endpoint_url=s3.url, session=session)
    url = s3.put("shared.jsonl", text_of([line(1)]))
    with pytest.raises(ExpressionError, match=r"that takes s3= without session="):
        await mapper.ingest(url, Line, s3=access, workers=2)
    assert not [one async for one in mapper.scan(Line)]
    assert (await mapper.ingest(url, Line, s3=access)).written == 1


async def test_a_dry_run_reads_s3(s3: MotoS3) -> None:
    """It weighs the rows of an object, and of an export, as those of files."""
    url = s3.put("plan.jsonl", text_of([line(number) for number in range(7)]) + b"{}\n")
    plan = await plan_ingest(url, Line, s3=access_to(s3.url))
    assert (plan.read, plan.valid, plan.invalid) == (8, 7, 1)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("s3://", "a URL of S3 is s3://bucket/key"),
        ("s3:///key.jsonl", "a URL of S3 is s3://bucket/key"),
        (Path("s3://exports/key.jsonl"), "give a URL of S3 as text"),
    ],
)
async def test_a_url_that_is_none_is_refused(given: str | Path, message: str) -> None:
    """Before anything is opened, with how it is written."""
    with pytest.raises(ExpressionError, match=message):
        await mapper_on(StrictTable()).ingest(given, Line, s3=S3Access())


async def test_dead_letters_of_an_object_say_where_and_what(s3: MotoS3, tmp_path: Path) -> None:
    """Line, path and content, as of a file."""
    url = s3.put("bad-rows.jsonl", text_of([line(1), {**line(2), "total": "-1"}]))
    report = await mapper_on(StrictTable()).ingest(
        url, Line, s3=access_to(s3.url), dead_letters=tmp_path / "bad"
    )
    (letter,) = letters(tmp_path / "bad")
    assert (report.invalid, letter["line"], letter["path"]) == (1, 2, "$.total")


def test_a_source_travels_to_a_worker() -> None:
    """With what it is, and without the connection of this process."""
    source = JsonLines("s3://exports/a/b.jsonl")
    assert pickle.loads(pickle.dumps(source)) == source
    assert source.name == "s3://exports/a/b.jsonl"
