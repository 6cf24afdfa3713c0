"""The command line: `python -m examples.ecommerce`.

Exit codes: 0 if the proof holds, 1 if it does not, 2 if the demonstration could not run.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from rich.console import Console

from ddbmodel import DDBModelError
from examples.ecommerce.assemble import Assembler
from examples.ecommerce.console import (
    open_console,
    print_checks,
    print_code,
    print_heading,
    print_requests,
    print_result,
)
from examples.ecommerce.containers import csv_files
from examples.ecommerce.days import ALL_DAYS, Days
from examples.ecommerce.download import default_target, download
from examples.ecommerce.engine import Engine, open_engine, shop_table
from examples.ecommerce.generate import WEEK_DAYS, write_days
from examples.ecommerce.ingest import ingest
from examples.ecommerce.landmarks import Landmarks, Scout
from examples.ecommerce.lines import DataError
from examples.ecommerce.patterns import PATTERNS
from examples.ecommerce.progress import shown_progress
from examples.ecommerce.source import Survey, read_lines, survey_lines
from examples.ecommerce.verify import Tally, compare, tally_files, tally_table

# So that the demonstration takes seconds; the whole year takes minutes on the embedded engine.
_REAL_DAYS: Final = 3
_SOURCE: Final = (
    "Online Retail, Daqing Chen, UCI Machine Learning Repository, 2015, doi.org/10.24432/C5BW33, CC BY 4.0"
)


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for on the command line.

    Attributes:
        data: where the data set is; None for a generated shop.
        fetch: where to keep the data set after downloading it; None for no download.
        days: None for the usual number.
    """

    data: Path | None
    fetch: Path | None
    days: Days | None
    seed: int
    endpoint_url: str | None
    keep_tables: bool
    quiet: bool


def parse_arguments(arguments: Sequence[str] | None = None) -> Options:
    """Read the command line; on a mistake in it, exit with code 2 as argparse does."""
    parser = argparse.ArgumentParser(
        prog="python -m examples.ecommerce",
        description="Pour a shop's sales into DynamoDB, read them back, and prove that nothing was lost.",
    )
    _add_data_flags(parser)
    parser.add_argument("--endpoint-url", metavar="URL", help="another engine than the embedded one")
    parser.add_argument("--keep-tables", action="store_true", help="leave the table on that engine")
    parser.add_argument("--quiet", action="store_true", help="do not print the access patterns")
    found = parser.parse_args(arguments)
    generated = found.data is None and found.download is None
    if generated and found.days == ALL_DAYS:
        parser.error("--days all: a generated shop has no end; give a number")
    if generated and found.day:
        parser.error("--day is for real data: give --data or --download as well")
    return Options(
        data=found.data,
        fetch=found.download,
        days=Days(only=frozenset(found.day)) if found.day else found.days,
        seed=found.seed,
        endpoint_url=found.endpoint_url,
        keep_tables=found.keep_tables,
        quiet=found.quiet,
    )


def _add_data_flags(parser: argparse.ArgumentParser) -> None:
    origin = parser.add_mutually_exclusive_group()
    origin.add_argument(
        "--data", type=Path, metavar="PATH", help="the Online Retail data set: tar, zip, .xlsx, folder or CSV"
    )
    origin.add_argument(
        "--download",
        type=Path,
        nargs="?",
        const=default_target(),
        metavar="FILE",
        help="get the data set from UCI, and keep it in FILE (if not given: in the cache folder)",
    )
    span = parser.add_mutually_exclusive_group()
    span.add_argument(
        "--days",
        type=_days,
        metavar="N",
        help=f"the first N days, or all (if not given: {_REAL_DAYS} real or {WEEK_DAYS} generated)",
    )
    span.add_argument(
        "--day", type=_day, action="append", default=[], metavar="YYYY-MM-DD", help="this day; repeatable"
    )
    parser.add_argument("--seed", type=int, default=1, help="of the generated shop (default: %(default)s)")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day such as 2010-12-01") from None


def _days(text: str) -> Days:
    if text == "all":
        return ALL_DAYS
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError("a number from 1 on, or all")
    return Days(first=int(text))


def prepare(options: Options, workspace: Path, console: Console) -> tuple[list[Path], Days]:
    """Get hold of the data as CSV files, and say what it is.

    Raises:
        DataError: it is not there, or cannot be read.
    """
    data = options.data
    if options.fetch is not None:
        with console.status("downloading") as status:
            data = download(
                options.fetch,
                seen=lambda size_bytes: status.update(f"downloading, {size_bytes / 1e6:.0f} MB"),
            )
    if data is None:
        days = options.days or Days(first=WEEK_DAYS)
        console.print(
            f"A generated shop, seed {options.seed}, {days}, with the habits of: {_SOURCE}", soft_wrap=True
        )
        return write_days(workspace, seed=options.seed, days=days.first or WEEK_DAYS), days
    days = options.days or Days(first=_REAL_DAYS)
    console.print(f"{data.name}, {days}: {_SOURCE}", soft_wrap=True)
    return csv_files(data, workspace, days), days


async def demonstrate(options: Options, console: Console) -> bool:
    """Run the whole of it: ingest, access patterns, proof.

    Returns:
        Whether the proof holds.
    """
    with TemporaryDirectory(prefix="ddbmodel-ecommerce-") as workspace:
        files, days = prepare(options, Path(workspace), console)
        survey = survey_lines(read_lines(files, days))
        if not survey.lines:
            raise DataError(f"no invoice line on {days}")
        keep = options.keep_tables or options.endpoint_url is None
        async with open_engine(options.endpoint_url) as engine, shop_table(engine.mapper, keep=keep):
            known = await fill(engine, files, days, survey, console)
            await show_patterns(engine, known, Console(quiet=True) if options.quiet else console)
            return await prove(engine, tally_files(files, days), console)


async def fill(
    engine: Engine, files: Sequence[Path], days: Days, survey: Survey, console: Console
) -> Landmarks:
    """Pour the lines into the table."""
    print_heading(console, f"Ingest: {survey.lines:,} lines of {survey.invoices:,} invoices")
    scout = Scout()
    items = scout.watch(Assembler().items(read_lines(files, days)))
    with shown_progress(console, survey.items) as show:
        done = await ingest(engine.mapper, items, show)
    console.print(
        f"{done.written:,} items written in {done.seconds:.1f} s, {done.retries:,} writes sent again"
    )
    return scout.landmarks()


async def show_patterns(engine: Engine, known: Landmarks, console: Console) -> None:
    """Run every access pattern, and print its code, its requests and its result."""
    for number, pattern in enumerate(PATTERNS, 1):
        engine.recorder.take()
        result = await pattern.run(engine.recorded, known)
        print_heading(console, f"{number}. {pattern.title}")
        console.print(f"keys: {pattern.keys}\ncost: {pattern.cost}", soft_wrap=True)
        print_code(console, pattern.all_code)
        print_requests(console, engine.recorder.take())
        print_result(console, result)


async def prove(engine: Engine, expected: Tally, console: Console) -> bool:
    """Compare what the table holds with what the files say, and print both."""
    print_heading(
        console, "Proof: everything read back by scans, against the CSV files read by the csv module"
    )
    checks = compare(expected, await tally_table(engine.mapper))
    print_checks(console, checks)
    holds = all(check.holds for check in checks)
    console.print("Nothing was lost." if holds else "The table does not hold what the files say.")
    return holds


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demonstration, and return its exit code."""
    options = parse_arguments(arguments)
    try:
        return 0 if asyncio.run(demonstrate(options, open_console())) else 1
    except (DataError, DDBModelError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
