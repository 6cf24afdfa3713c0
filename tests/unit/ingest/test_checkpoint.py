"""Checkpoints: where a run goes on, what it refuses to go on with, and that nothing is set aside twice."""

from __future__ import annotations

import asyncio
import gzip
import json
import random
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ddbmodel import Csv, IngestReport, IngestStopped, SourceError
from ddbmodel.ingest.books import Mark
from ddbmodel.ingest.report import Counts
from ddbmodel.ingest.rows import Position
from ddbmodel.transport import WireRequest
from tests.unit.ingest.ingesting import (
    Line,
    balanced,
    expected,
    letters,
    line,
    mapper_on,
    run_on,
    stored,
    write_json_lines,
)
from tests.unit.mapper.strict_table import Fault, StrictTable, throttled
from tests.unit.mapper.virtual_time import run


async def test_a_finished_run_is_not_done_again(tmp_path: Path) -> None:
    """The checkpoint of a run that is done gives its report, and nothing is sent."""
    path, place = write_json_lines(tmp_path / "a.jsonl", map(line, range(30))), tmp_path / "place"
    first = await mapper_on(StrictTable()).ingest(path, Line, checkpoint=place)
    table = StrictTable()
    again = await mapper_on(table).ingest(path, Line, checkpoint=place)
    assert (again.read, again.written, again.ok) == (first.read, first.written, True)
    assert not table.exchanges


async def test_a_file_that_has_grown_is_read_on(tmp_path: Path) -> None:
    """What was appended after a run was done is ingested by the next one, alone."""
    path, place = write_json_lines(tmp_path / "a.jsonl", map(line, range(30))), tmp_path / "place"
    await mapper_on(StrictTable()).ingest(path, Line, checkpoint=place)
    with path.open("a") as file:
        file.write(json.dumps(line(30)) + "\n")
    table = StrictTable()
    report = await mapper_on(table).ingest(path, Line, checkpoint=place)
    assert stored(table) == expected([line(30)])
    assert (report.read, report.written) == (31, 31)


async def test_a_strict_run_goes_on_at_the_row_that_was_bad(tmp_path: Path) -> None:
    """Once the bad row is mended in its file, the run goes on with that row."""
    rows = [line(0), line(1), {**line(2), "sk": "x"}, line(3)]
    path, place = write_json_lines(tmp_path / "a.jsonl", rows), tmp_path / "place"
    with pytest.raises(IngestStopped):
        await mapper_on(StrictTable()).ingest(path, Line, checkpoint=place)
    write_json_lines(path, [line(0), line(1), line(2), line(3)])
    table = StrictTable()
    report = await mapper_on(table).ingest(path, Line, checkpoint=place)
    assert stored(table) == expected([line(2), line(3)])
    assert (report.read, report.written, report.invalid) == (4, 4, 0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model": "other:Line"}, "of model 'other:Line'"),
        ({"table": "others"}, "of table 'others'"),
        ({"source": "b.jsonl"}, "of source 'b.jsonl'"),
        ({"format": "csv"}, "of format 'csv'"),
        ({"share": "1/2"}, "of share '1/2'"),
        ({"dead_letters": "x"}, "of dead_letters 'x'"),
    ],
)
async def test_a_checkpoint_of_something_else_is_refused(
    tmp_path: Path, change: Mapping[str, str], message: str
) -> None:
    """The error names what differs, and nothing is sent."""
    path, place = write_json_lines(tmp_path / "a.jsonl", map(line, range(3))), tmp_path / "place"
    await mapper_on(StrictTable()).ingest(path, Line, checkpoint=place)
    content = json.loads(place.read_text())
    content["subject"] |= change
    place.write_text(json.dumps(content))
    table = StrictTable()
    with pytest.raises(SourceError, match=message):
        await mapper_on(table).ingest(path, Line, checkpoint=place)
    assert not table.exchanges


@pytest.mark.parametrize("compressed", [False, True])
async def test_a_file_that_was_changed_is_refused(tmp_path: Path, compressed: bool) -> None:
    """A file with other content before the place is not gone on with."""

    def write(total: str) -> Path:
        rows = [line(number, total=total) for number in range(30)]
        path = write_json_lines(tmp_path / "a.jsonl", rows)
        if compressed:
            path = tmp_path / "a.jsonl.gz"
            path.write_bytes(gzip.compress((tmp_path / "a.jsonl").read_bytes()))
        return path

    place = tmp_path / "place"
    await mapper_on(StrictTable()).ingest(write("1"), Line, checkpoint=place)
    with pytest.raises(SourceError, match="is not what it was"):
        await mapper_on(StrictTable()).ingest(write("2"), Line, checkpoint=place)


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "{}", '{"ddbmodel_checkpoint": 9}', '{"ddbmodel_checkpoint": 1}']
)
async def test_what_is_no_checkpoint_is_refused(tmp_path: Path, content: str) -> None:
    """A file that is something else is neither used nor overwritten."""
    path, place = write_json_lines(tmp_path / "a.jsonl", [line(0)]), tmp_path / "place"
    place.write_text(content)
    with pytest.raises(SourceError, match="checkpoint"):
        await mapper_on(StrictTable()).ingest(path, Line, checkpoint=place)
    assert place.read_text() == content


async def test_dead_letters_that_were_cut_are_refused(tmp_path: Path) -> None:
    """A dead-letter file that is shorter than the checkpoint says has lost rows."""
    rows = [line(0), {**line(1), "sk": "x"}]
    path, bad = write_json_lines(tmp_path / "a.jsonl", rows), tmp_path / "bad.jsonl"
    options: dict[str, Any] = {"checkpoint": tmp_path / "place", "dead_letters": bad}
    await mapper_on(StrictTable()).ingest(path, Line, **options)
    bad.write_text("x")
    with pytest.raises(SourceError, match="shorter than the checkpoint says"):
        await mapper_on(StrictTable()).ingest(path, Line, **options)


class DyingTable(StrictTable):
    """A table whose client is killed at one of its requests: nothing that it does afterwards counts."""

    def __init__(self, requests: int, folder: Path, **options: Any) -> None:
        super().__init__(**options)
        self._requests = requests
        self._folder = folder
        self.died = asyncio.Event()

    async def send(self, request: WireRequest) -> dict[str, Any]:
        if len(self.exchanges) < self._requests:
            return await super().send(request)
        if not self.died.is_set():
            self.died.set()
            shutil.copytree(self._folder, self._folder.with_name("left"), dirs_exist_ok=True)
        await asyncio.Event().wait()
        raise AssertionError


@dataclass(frozen=True)
class Story:
    """Rows, what goes wrong with requests, and at which requests the run dies."""

    rows: list[tuple[int, str]]
    faults: list[Fault]
    deaths: list[int]
    as_csv: bool


def story(seed: int) -> Story:
    chance = random.Random(seed)
    kinds = ["good"] * 96 + ["invalid", "invalid", "invalid", "refused"]
    keys = chance.choice([300, 1000, 5000])
    rows = [(chance.randrange(keys), chance.choice(kinds)) for _ in range(chance.randrange(1500, 2500))]
    faults = [
        Fault(unprocessed=frozenset(chance.sample(range(25), chance.randrange(20))), seconds=0.002)
        for _ in range(chance.randrange(3))
    ]
    return Story(rows, faults, [chance.randrange(40, 70) for _ in range(3)], chance.random() < 0.5)


def _row(number: int, key: int, kind: str, keyed: dict[int, str]) -> dict[str, Any]:
    if kind == "good":
        keyed[key] = str(number)
    sk: Any = "none" if kind == "invalid" else key + (10_000 if kind == "refused" else 0)
    return {"pk": "p", "sk": sk, "total": str(number)}


async def attempt(folder: Path, told: Story, items: dict[Any, Any], path: Path, requests: int) -> bool:
    """Run until it is done, or dies at a request; then only what was on disk is left."""
    table = DyingTable(
        requests,
        folder,
        faults=list(told.faults),
        then=Fault(seconds=0.002),
        refused=lambda item: item is not None and int(item["sk"]["N"]) >= 10_000,
    )
    table.items = items
    run = run_on(
        table,
        Csv(path) if told.as_csv else path,
        dead_letters=folder / "bad.jsonl",
        checkpoint=folder / "place",
        checkpoint_rows=30 if requests else 10_000,
        concurrency=2,
    )
    running = asyncio.create_task(run.run())
    dying = asyncio.create_task(table.died.wait())
    await asyncio.wait([running, dying], return_when=asyncio.FIRST_COMPLETED)
    if running.done():
        dying.cancel()
        assert balanced(running.result())
        assert running.result().read == len(told.rows)
        return True
    for _ in range(2):  # at once, without settling what it has
        running.cancel()
        await asyncio.sleep(0.001)
    await asyncio.wait([running])
    shutil.rmtree(folder)
    folder.with_name("left").rename(folder)
    return False


@pytest.mark.parametrize("seed", range(6))
async def test_dying_anywhere_it_ends_like_a_dict(tmp_path: Path, seed: int) -> None:
    """However often a run dies, the table is a dict's in the end, and each bad row is set aside once."""
    told, folder = story(seed), tmp_path / "here"
    folder.mkdir()
    keyed: dict[int, str] = {}
    content = [_row(number, key, kind, keyed) for number, (key, kind) in enumerate(told.rows)]
    items: dict[Any, Any] = {}
    places: list[int] = []
    for requests in [*told.deaths, 10_000]:
        if await attempt(folder, told, items, _written(folder, content, as_csv=told.as_csv), requests):
            break
        place = folder / "place"
        places.append(json.loads(place.read_text())["position"]["row"] if place.exists() else 0)
    assert max(places) > 0
    assert {int(item["sk"]["N"]): item["total"]["N"] for item in items.values()} == keyed
    offset = 1 if told.as_csv else 0
    found = Counter(one["line"] - offset for one in letters(folder / "bad.jsonl"))
    assert set(found.values()) == {1}
    # Of rows that the service refuses, one that waits can be superseded by the next one of its key.
    for number, (key, kind) in enumerate(told.rows, start=1):
        if kind == "refused" and number not in found:
            assert any(told.rows[later - 1] == (key, kind) for later in found if later > number)
        elif kind == "invalid":
            assert number in found
        elif kind == "good":
            assert number not in found


async def test_dying_before_the_first_checkpoint_sets_nothing_aside_twice(tmp_path: Path) -> None:
    """Letters of a run that died before it came to a checkpoint are cut off; older ones are kept."""
    folder = tmp_path / "here"
    folder.mkdir()
    (folder / "bad.jsonl").write_text('{"older": "letter"}\n')
    told = Story(
        [(key, "invalid") for key in range(500)] + [(key, "good") for key in range(60)], [], [], False
    )
    content = [_row(number, key, kind, {}) for number, (key, kind) in enumerate(told.rows)]
    path = write_json_lines(folder / "a.jsonl", content)
    assert not await attempt(folder, told, {}, path, 0)
    assert len((folder / "bad.jsonl").read_bytes()) > 1000
    assert await attempt(folder, told, {}, path, 10_000)
    older, *found = letters(folder / "bad.jsonl")
    assert older == {"older": "letter"}
    assert Counter(one["line"] for one in found) == Counter(range(1, 501))


def _written(folder: Path, content: list[dict[str, Any]], *, as_csv: bool) -> Path:
    if not as_csv:
        return write_json_lines(folder / "a.jsonl", content)
    path = folder / "a.csv"
    path.write_text("pk,sk,total\n" + "".join(f"{r['pk']},{r['sk']},{r['total']}\n" for r in content))
    return path


def test_a_checkpoint_that_comes_too_late_is_left_out(tmp_path: Path) -> None:
    """A source that never waits ends before its first checkpoint: the last one, after a long wait, is enough."""

    async def rows() -> AsyncIterator[dict[str, Any]]:
        for number in range(40):
            yield line(number)

    table, place = StrictTable(then=Fault(seconds=3)), tmp_path / "place"
    ingest = mapper_on(table).ingest(rows(), Line, checkpoint=place, checkpoint_rows=1)
    report = run(ingest, patience_seconds=0.001)
    assert (report.ok, report.written) == (True, 40)
    assert json.loads(place.read_text())["position"]["row"] == 40


async def test_a_thread_that_comes_too_late_changes_no_checkpoint(tmp_path: Path) -> None:
    """Once a run is over, no thread that it left behind puts an older checkpoint in the place of the last one."""
    path, place = write_json_lines(tmp_path / "a.jsonl", map(line, range(30))), tmp_path / "place"
    finished = run_on(StrictTable(), path, checkpoint=place)
    await finished.run()
    last = place.read_text()
    finished._store(Mark(Position(), Counts()), Counts(), done=False)
    assert place.read_text() == last


def test_a_run_that_settled_nothing_binds_nobody(tmp_path: Path) -> None:
    """Where no row was settled, another source may take the checkpoint; what was set aside before is kept."""
    bad, place = tmp_path / "bad", tmp_path / "place"
    bad.write_text('{"dead_letter":1}\n')
    rows = [{**line(0), "sk": "x"}, line(1)]
    files: dict[str, Any] = {"dead_letters": bad, "checkpoint": place}

    async def main() -> IngestReport:
        with pytest.raises(IngestStopped, match="the deadline"):
            await mapper_on(StrictTable(then=throttled())).ingest(rows, Line, deadline_seconds=1, **files)
        return await mapper_on(StrictTable()).ingest(
            write_json_lines(tmp_path / "a.jsonl", rows), Line, **files
        )

    report = run(main(), patience_seconds=0.001)
    assert (report.written, report.invalid) == (1, 1)
    assert [one.get("row") for one in letters(bad)] == [None, 1, 2, 1]


def test_dead_letters_of_other_sources_are_left_alone(tmp_path: Path) -> None:
    """Of two sources with one dead-letter file, each cuts off only what it sets aside anew itself."""
    bad = tmp_path / "bad"
    rows = [{**line(number), "sk": "x"} if number % 2 else line(number) for number in range(6)]
    first, second = (write_json_lines(tmp_path / name, rows) for name in ("a.jsonl", "b.jsonl"))

    async def main() -> None:
        with pytest.raises(IngestStopped, match="the deadline"):
            table = StrictTable(then=throttled())
            await mapper_on(table).ingest(
                first, Line, deadline_seconds=2, dead_letters=bad, checkpoint=tmp_path / "1"
            )
        for path, place in ((second, "2"), (first, "1")):
            await mapper_on(StrictTable()).ingest(path, Line, dead_letters=bad, checkpoint=tmp_path / place)

    run(main(), patience_seconds=0.01)
    found = [(Path(one["source"]).name, one["row"]) for one in letters(bad)]
    assert found == [(name, row) for name in ("b.jsonl", "a.jsonl") for row in (2, 4, 6)]
