"""Ingest from its beginning to its report: what is written, what is set aside, and when it stops."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from ddbmodel import (
    AccessDenied,
    Attr,
    ExpressionError,
    IngestProgress,
    IngestReport,
    IngestStopped,
    JsonLines,
    Model,
    SourceError,
    field,
    partition_key,
    version,
)
from ddbmodel.ingest.objects import ObjectReader
from ddbmodel.ingest.rows import Position
from ddbmodel.ingest.source import Reader
from ddbmodel.model import plan_of
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
from tests.unit.mapper.devices import Reading
from tests.unit.mapper.strict_table import Fault, StrictTable, service_error
from tests.unit.mapper.virtual_time import run


async def test_every_row_is_written_and_the_last_one_of_a_key_wins(tmp_path: Path) -> None:
    """5,000 rows of 870 keys are no error, and the table is what a dict would be."""
    rows = [line(number, total=str(number), keys=290) for number in range(5000)]
    table = StrictTable()
    report = await mapper_on(table).ingest(write_json_lines(tmp_path / "a.jsonl", rows), Line)
    assert stored(table) == expected(rows)
    assert (report.read, report.accepted, report.ok, report.complete) == (5000, 5000, True, True)
    assert balanced(report)
    assert not table.violations


async def test_rows_that_wait_are_superseded_by_later_ones_of_their_key(tmp_path: Path) -> None:
    """Rows that were never sent are counted as superseded, and everything still adds up."""
    rows = [line(0, total=str(number)) for number in range(100)]
    table = StrictTable()
    report = await mapper_on(table).ingest(rows, Line)
    assert stored(table) == {("p0", 0): "99"}
    assert report.superseded
    assert report.written == len(table.exchanges)
    assert balanced(report)


async def _async_rows(rows: list[Any]) -> AsyncIterator[Any]:
    for row in rows:
        yield row


@pytest.mark.parametrize("as_models", [True, False])
@pytest.mark.parametrize("asynchronous", [True, False])
async def test_iterables_give_models_or_dicts(as_models: bool, asynchronous: bool) -> None:
    """Any iterable or async iterable of models or dicts is a source."""
    rows = [line(number) for number in range(60)]
    given = [Line.model_validate(row) for row in rows] if as_models else rows
    table = StrictTable()
    report = await mapper_on(table).ingest(_async_rows(given) if asynchronous else iter(given), Line)
    assert stored(table) == expected(rows)
    assert report.ok


async def test_bad_rows_are_set_aside_with_line_and_reason(tmp_path: Path) -> None:
    """The dead-letter file has each bad row as it was, with its line, the field and the reason."""
    rows = [
        line(0),
        {"pk": "p", "sk": "many", "total": "1"},
        "",
        {"pk": "p", "sk": 1, "total": "1", "colour": "red"},
        "{bad",
        '{"pk": "p", "sk": 1, "sk": 2, "total": "1"}',
        '{"pk": "p", "sk": 1, "total": 0.12345678901234567890}',
        {"pk": "", "sk": 1, "total": "1"},
        {"pk": "p", "sk": 1, "total": "-1"},
        [1],
        line(1),
    ]
    path, bad = write_json_lines(tmp_path / "a.jsonl", rows), tmp_path / "bad.jsonl"
    table = StrictTable()
    report = await mapper_on(table).ingest(path, Line, dead_letters=bad)
    assert (report.read, report.written, report.invalid, report.ok) == (10, 2, 8, False)
    found = {one["line"]: (one.get("path"), one["reason"]) for one in letters(bad)}
    assert list(found) == [2, 4, 5, 6, 7, 8, 9, 10]
    assert found[2][0] == "$.sk"
    assert "integer" in found[2][1]
    assert found[4] == ("$.colour", "Line has no field of this name, and would drop it")
    assert found[5][1].startswith("this is no JSON")
    assert found[6] == ("$.sk", "this name comes twice in an object")
    assert found[7][0] == "$.total"
    assert "rounded" in found[7][1]
    assert found[8][0] == "$.pk"
    assert found[9][0] == "$.total"
    assert '"content":{"pk": "p", "sk": 1, "total": 0.12345678901234567890}}' in bad.read_text()
    assert [failure.line for failure in report.failures] == list(found)


async def test_without_a_dead_letter_file_the_first_bad_row_stops_it(tmp_path: Path) -> None:
    """The error names line and field, not the value, and what was before is written."""
    path = write_json_lines(tmp_path / "a.jsonl", [line(0), {**line(1), "sk": "secret"}, line(2)])
    table = StrictTable()
    with pytest.raises(IngestStopped, match=r"line 2: \$\.sk: Input should be a valid integer") as caught:
        await mapper_on(table).ingest(path, Line)
    assert "secret" not in str(caught.value)
    assert stored(table) == expected([line(0)])
    assert (caught.value.report.read, caught.value.report.complete) == (1, False)


async def test_too_many_failures_stop_it(tmp_path: Path) -> None:
    """`max_failures` rows may fail; one more stops the run, and is in the dead letters like the others."""
    path = write_json_lines(tmp_path / "a.jsonl", [{**line(n), "sk": "x"} for n in range(9)])
    bad = tmp_path / "bad.jsonl"
    with pytest.raises(IngestStopped, match="3 rows failed, and 2 may; the first: line 1"):
        await mapper_on(StrictTable()).ingest(path, Line, dead_letters=bad, max_failures=2)
    assert [one["line"] for one in letters(bad)] == [1, 2, 3]


async def test_rows_that_the_service_refuses_are_set_aside(tmp_path: Path) -> None:
    """Failures of the batch writer go to the dead letters with their rows, and memory keeps none of them."""
    rows = [line(number, total="7" if number % 10 == 0 else "1") for number in range(200)]
    table = StrictTable(refused=lambda item: item is not None and item["total"]["N"] == "7")
    bad = tmp_path / "bad.jsonl"
    report = await mapper_on(table).ingest(
        write_json_lines(tmp_path / "a.jsonl", rows), Line, dead_letters=bad
    )
    assert (report.failed, report.written) == (20, 180)
    assert balanced(report)
    assert sorted(one["line"] for one in letters(bad)) == list(range(1, 201, 10))
    assert all(one["content"]["total"] == "7" for one in letters(bad))


async def test_a_failed_write_stops_it_if_nothing_is_set_aside(tmp_path: Path) -> None:
    """Without a dead-letter file, a write that fails stops the run with the row's line and the reason."""
    table = StrictTable(then=Fault(service_error(AccessDenied, "AccessDeniedException")))
    path = write_json_lines(tmp_path / "a.jsonl", [line(number) for number in range(3000)])
    with pytest.raises(IngestStopped, match="rows failed, and 0 may; the first: line") as caught:
        await mapper_on(table).ingest(path, Line, checkpoint=tmp_path / "place")
    assert caught.value.report.failed == caught.value.report.accepted < 3000
    assert not (tmp_path / "place").exists()


async def test_a_source_is_not_poured_into_the_dead_letters(tmp_path: Path) -> None:
    """If nothing at all can be written, the run stops after 1,000 failures, whatever may fail."""
    table = StrictTable(then=Fault(service_error(AccessDenied, "AccessDeniedException"), seconds=0.0))
    path = write_json_lines(tmp_path / "a.jsonl", [line(number, keys=9000) for number in range(9000)])
    with pytest.raises(
        IngestStopped, match="items failed, and none was written: .*as the test says"
    ) as caught:
        await mapper_on(table).ingest(path, Line, dead_letters=tmp_path / "bad.jsonl")
    assert 1000 <= caught.value.report.failed == len(letters(tmp_path / "bad.jsonl")) < 3000


async def test_a_checkpoint_that_cannot_be_written_stops_it(tmp_path: Path) -> None:
    """What keeps the checkpoint from being written is told, and not found out at the next kill."""
    (tmp_path / "place.new").mkdir()
    path = write_json_lines(tmp_path / "a.jsonl", [line(number) for number in range(5000)])
    with pytest.raises(IngestStopped, match=r"place: the checkpoint cannot be written \(Is a dir") as caught:
        await mapper_on(StrictTable()).ingest(path, Line, checkpoint=tmp_path / "place", checkpoint_rows=10)
    assert caught.value.report.read < 5000
    assert balanced(caught.value.report)


async def test_dead_letters_are_ingested_again(tmp_path: Path) -> None:
    """A dead-letter file is a source: rows that were mended, or refused for another reason, are written."""
    rows = [line(number, total="7" if number < 5 else "1") for number in range(30)]
    table, bad, again = StrictTable(), tmp_path / "bad.jsonl", tmp_path / "again.jsonl"
    refusing = StrictTable(refused=lambda item: item is not None and item["total"]["N"] == "7")
    refusing.items = table.items
    await mapper_on(refusing).ingest(
        write_json_lines(tmp_path / "a.jsonl", [*rows, "{bad"]), Line, dead_letters=bad
    )
    report = await mapper_on(table).ingest(bad, Line, dead_letters=again)
    assert (report.written, report.invalid) == (5, 1)
    assert stored(table) == expected(rows)
    mended = again.read_text().replace('"text":"{bad"', f'"content":{json.dumps(line(99))}')
    assert (await mapper_on(table).ingest(write_json_lines(again, [mended.strip()]), Line)).written == 1


@pytest.mark.parametrize(
    "content", [line(1) | {"note": "x"}, Line(pk="p", sk=1, total="3.50"), {"pk": b"\xff"}, 5]
)
async def test_rows_of_programs_are_set_aside_too(tmp_path: Path, content: Any) -> None:
    """A model is kept as its item, a dict as JSON, anything else as Python shows it; none is lost."""
    bad = tmp_path / "bad.jsonl"
    table = StrictTable(refused=lambda item: True)
    report = await mapper_on(table).ingest([content], Line, dead_letters=bad)
    (letter,) = letters(bad)
    assert report.invalid + report.failed == 1
    assert ("content" in letter) != ("text" in letter)
    if report.failed:
        assert (await mapper_on(StrictTable()).ingest(bad, Line)).written == 1


class Versioned(Model, table="versioned"):
    pk: Attr[str] = partition_key()
    revision: Attr[int] = version()


class Unique(Model, table="unique"):
    pk: Attr[str] = partition_key()
    email: Attr[str] = field(unique=True)


@pytest.mark.parametrize("model", [Versioned, Unique])
async def test_models_whose_promises_a_batch_cannot_keep_are_refused(
    tmp_path: Path, model: type[Model]
) -> None:
    """Versions and unique fields are refused up front, and nothing is sent."""
    table = StrictTable()
    with pytest.raises(ExpressionError, match="a batch cannot"):
        await mapper_on(table).ingest(tmp_path / "missing.jsonl", model)
    assert not table.exchanges


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"workers": 0}, "workers is a whole number"),
        ({"max_failures": -1}, "max_failures"),
        ({"unknown": "drop"}, "unknown is"),
        ({"order": "first"}, "order is"),
        ({"progress": 5}, "progress is a function"),
        ({"checkpoint_seconds": 0}, "checkpoint_seconds"),
        ({"format": "xml"}, "format is one of"),
        ({"columns": {"pk": "PK"}}, "columns= is for CSV"),
        ({"dead_letters": "a.jsonl"}, "files of their own"),
        ({"dead_letters": "b", "checkpoint": "b"}, "two files"),
        ({"workers": 2}, "Mapper.connect"),
    ],
)
async def test_what_cannot_be_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], message: str
) -> None:
    """Wrong arguments are refused before anything is read or sent."""
    monkeypatch.chdir(tmp_path)
    write_json_lines(Path("a.jsonl"), [line(0)])
    table = StrictTable()
    with pytest.raises(ExpressionError, match=message):
        await mapper_on(table).ingest("a.jsonl", Line, **options)
    assert not table.exchanges


@pytest.mark.parametrize("source", [b"x", 5, {"pk": "p"}])
async def test_what_is_no_source_is_refused(source: Any) -> None:
    """The message says what is one."""
    with pytest.raises(ExpressionError, match="takes a path, a source"):
        await mapper_on(StrictTable()).ingest(source, Line)


async def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The error names the file and what the system said."""
    with pytest.raises(SourceError, match=r"missing.jsonl: No such file"):
        await mapper_on(StrictTable()).ingest(tmp_path / "missing.jsonl", Line)


async def test_the_deadline_stops_it(tmp_path: Path) -> None:
    """Once the deadline has passed, the run stops with everything accounted for."""
    table = StrictTable(then=Fault(seconds=0.05))
    path = write_json_lines(tmp_path / "a.jsonl", [line(number) for number in range(1000)])
    with pytest.raises(IngestStopped, match="deadline") as caught:
        await mapper_on(table).ingest(path, Line, deadline_seconds=0.001, dead_letters=tmp_path / "bad.jsonl")
    report = caught.value.report
    assert balanced(report)
    assert not report.complete
    assert report.failed == len(letters(tmp_path / "bad.jsonl"))


async def test_an_error_of_the_iterable_comes_through_after_its_rows_were_written() -> None:
    """What the program raises is raised, and what it gave before is in the table."""

    def rows() -> Any:
        yield line(0)
        raise ZeroDivisionError

    table = StrictTable()
    with pytest.raises(ZeroDivisionError):
        await mapper_on(table).ingest(rows(), Line)
    assert stored(table) == expected([line(0)])


async def test_progress_is_told(tmp_path: Path) -> None:
    """The last report of progress has all rows, all units, and the whole file."""
    told: list[IngestProgress] = []
    path = write_json_lines(tmp_path / "a.jsonl", [line(number) for number in range(100)])
    report = await mapper_on(StrictTable(units_per_write=2)).ingest(path, Line, progress=told.append)
    assert (told[-1].read, told[-1].written, told[-1].fraction) == (100, 100, 1.0)
    assert told[-1].write_units == report.write_units == 200
    assert "100 rows" in str(told[-1])


async def test_an_error_of_the_progress_function_stops_it(tmp_path: Path) -> None:
    """It is raised, and not swallowed."""

    def broken(progress: IngestProgress) -> None:
        raise ZeroDivisionError

    run = run_on(
        StrictTable(), [line(number) for number in range(5000)], progress=broken, progress_seconds=0.0
    )
    with pytest.raises(ZeroDivisionError):
        await run.run()


async def test_cancelling_leaves_everything_settled(tmp_path: Path) -> None:
    """Cancelled, it writes what it has accepted, and its checkpoint is behind the last of that."""
    rows = [line(number, total=str(number)) for number in range(1000)]
    path, place = write_json_lines(tmp_path / "a.jsonl", rows), tmp_path / "place"
    table = StrictTable()
    task = asyncio.create_task(mapper_on(table).ingest(path, Line, checkpoint=place))
    while len(table.exchanges) < 3:  # noqa: ASYNC110  # there is nothing to wait for but the table
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    position = json.loads(place.read_text())["position"]["row"]
    assert 0 < position < 1000
    assert stored(table) == expected(rows[:position])
    report = await mapper_on(table).ingest(path, Line, checkpoint=place)
    assert stored(table) == expected(rows)
    assert report.read == report.written == 1000


async def test_the_report_is_json(tmp_path: Path) -> None:
    """`to_json()` has every count, and the verdict."""
    report = await mapper_on(StrictTable()).ingest([line(0), 5], Line, dead_letters=tmp_path / "bad.jsonl")
    plain = json.loads(report.to_json())
    assert (plain["read"], plain["written"], plain["invalid"], plain["ok"]) == (2, 1, 1, False)
    assert plain["failures"][0]["row"] == 2
    assert "row 2" in str(report)


async def test_rows_of_a_model_whose_key_is_spread() -> None:
    """Rows are written with their shard, and those of one key are still one item, the last one."""
    rows = [{"device": f"d{number % 3}", "at": number % 40, "level": number} for number in range(240)]
    table = StrictTable(key_names=("_device_shard", "at"))
    report = await mapper_on(table).ingest(rows, Reading)
    last = {(row["device"], row["at"]): row for row in rows}
    kept = [plan_of(Reading).encode(Reading(**row)).attributes for row in last.values()]
    assert sorted(table.items.values(), key=repr) == sorted(kept, key=repr)
    assert balanced(report)
    assert not table.violations


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
@pytest.mark.parametrize("checkpointed", [False, True])
async def test_dead_letters_that_find_no_room_stop_it(tmp_path: Path, checkpointed: bool) -> None:
    """A run is not complete if the rows that it has set aside are lost; its report says what was done."""
    path = write_json_lines(tmp_path / "a.jsonl", [line(0), {**line(1), "sk": "x"}])
    with pytest.raises(IngestStopped, match=r"/dev/full: the dead-letter file cannot be written") as caught:
        await mapper_on(StrictTable()).ingest(
            path,
            Line,
            dead_letters="/dev/full",
            checkpoint=tmp_path / "place" if checkpointed else None,
        )
    assert (caught.value.report.read, caught.value.report.complete) == (2, False)


@pytest.mark.parametrize("name", ["dead_letters", "checkpoint"])
async def test_a_file_without_a_folder_is_refused(tmp_path: Path, name: str) -> None:
    """Before anything is sent."""
    table = StrictTable()
    given: dict[str, Any] = {name: tmp_path / "none" / "file"}
    with pytest.raises(ExpressionError, match="there is no folder"):
        await mapper_on(table).ingest([line(0)], Line, **given)
    assert not table.exchanges


def test_a_deadline_that_finds_nothing_waiting_is_told_too(tmp_path: Path) -> None:
    """Where everything that was accepted is written, the next row meets the deadline."""

    async def rows() -> AsyncIterator[dict[str, Any]]:
        yield line(0)
        await asyncio.sleep(2)
        yield line(1)

    def main() -> IngestReport:
        ingest = mapper_on(StrictTable()).ingest(
            rows(), Line, checkpoint=tmp_path / "place", checkpoint_rows=1, deadline_seconds=1
        )
        return run(ingest, patience_seconds=0.001)

    with pytest.raises(IngestStopped, match="stopped: the deadline of 1 s passed") as caught:
        main()
    assert (caught.value.report.written, caught.value.report.failed) == (1, 0)


async def test_a_source_that_opens_too_late_is_closed() -> None:
    """Whoever cancels a run while its source is being opened finds no file left open."""
    loop, closed = asyncio.get_running_loop(), threading.Event()

    class Late(ObjectReader):
        def close(self) -> None:
            closed.set()

    class LateSource(JsonLines):
        def open(self, start: Position) -> Reader:
            loop.call_soon_threadsafe(task.cancel)
            return Late([], start)

    task = asyncio.ensure_future(mapper_on(StrictTable()).ingest(LateSource("a.jsonl"), Line))
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(closed.wait, 10)
