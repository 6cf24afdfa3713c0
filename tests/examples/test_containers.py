"""Folder, tar, zip, spreadsheet, CSV file: the same lines come out of each."""

from __future__ import annotations

import csv
import importlib
import sys
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from examples.ecommerce.containers import csv_files
from examples.ecommerce.days import ALL_DAYS, Days
from examples.ecommerce.lines import COLUMNS, DataError, InvoiceLine
from examples.ecommerce.source import read_lines

# Loaded by name, so that type checkers need no stubs of it.
openpyxl: Any = importlib.import_module("openpyxl")

ROWS_OF_A_DAY = 80


@pytest.fixture(scope="module")
def files(generated_days: list[Path], tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The beginnings of three days: workbooks take long."""
    folder = tmp_path_factory.mktemp("beginnings")
    for file in generated_days:
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        (folder / file.name).write_text("".join(lines[: ROWS_OF_A_DAY + 1]), encoding="utf-8")
    return sorted(folder.iterdir())


def folder(files: list[Path], place: Path) -> Path:
    return files[0].parent


def single_csv(files: list[Path], place: Path) -> Path:
    target = place / "all.csv"
    parts = [file.read_text(encoding="utf-8").partition("\n") for file in files]
    target.write_text(parts[0][0] + "\n" + "".join(rows for _, _, rows in parts), encoding="utf-8")
    return target


def tar_gz(files: list[Path], place: Path) -> Path:
    """Out of order and in a folder, with what a Mac puts beside each file."""
    (place / "junk").write_bytes(b"\x00\xff")
    with tarfile.open(place / "data.tar.gz", "w:gz") as tar:
        for file in reversed(files):
            tar.add(place / "junk", f"retail/by-day/._{file.name}")
            tar.add(file, f"retail/by-day/{file.name}")
    return place / "data.tar.gz"


def tar(files: list[Path], place: Path) -> Path:
    with tarfile.open(place / "data.tar", "w") as archive:
        for file in files:
            archive.add(file, file.name)
    return place / "data.tar"


def zip_of_csv(files: list[Path], place: Path) -> Path:
    with zipfile.ZipFile(place / "data.zip", "w") as archive:
        for file in reversed(files):
            archive.write(file, f"deep/er/{file.name}")
        archive.writestr("readme.txt", "not data")
    return place / "data.zip"


def workbook(files: list[Path], place: Path) -> Path:
    """Typed as UCI's spreadsheet is: numbers as numbers, codes of digits too, times as times."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Online Retail")
    for number, file in enumerate(files):
        with file.open(encoding="utf-8", newline="") as text:
            header, *rows = csv.reader(text)
        if number == 0:
            sheet.append(header)
        for cells in rows:
            sheet.append([_typed(name, cell) for name, cell in zip(header, cells, strict=True)])
    book.save(place / "Online Retail.xlsx")
    return place / "Online Retail.xlsx"


def _typed(column: str, cell: str) -> object:
    match column:
        case "InvoiceDate":
            return datetime.fromisoformat(cell)
        case "Description":
            return cell or None
        case "Country":
            return cell
        case "UnitPrice" | "CustomerID":
            return float(cell) if cell else None
        case _:
            return int(cell) if cell.lstrip("-").isdigit() else cell


def zip_as_uci_has_it(files: list[Path], place: Path) -> Path:
    with zipfile.ZipFile(place / "online+retail.zip", "w") as archive:
        archive.write(workbook(files, place), "Online Retail.xlsx")
    return place / "online+retail.zip"


def read(data: Path, workspace: Path, days: Days = ALL_DAYS) -> list[InvoiceLine]:
    workspace.mkdir()
    return [replace(line, where="") for line in read_lines(csv_files(data, workspace, days), days)]


CONTAINERS = [folder, single_csv, tar_gz, tar, zip_of_csv, workbook, zip_as_uci_has_it]


@pytest.mark.parametrize("container", CONTAINERS)
def test_every_container_gives_the_same_lines(
    container: Callable[[list[Path], Path], Path], files: list[Path], tmp_path: Path
) -> None:
    """What the days hold does not depend on what they come in, nor does their order."""
    expected = [replace(line, where="") for line in read_lines(files)]
    assert read(container(files, tmp_path), tmp_path / "workspace") == expected


@pytest.mark.parametrize("days", [Days(first=1), Days(only=frozenset({date(2011, 10, 25)}))])
def test_days_of_a_workbook_are_the_days_of_its_csv(days: Days, files: list[Path], tmp_path: Path) -> None:
    """A conversion that ends early ends no earlier than the days that were asked for."""
    expected = [replace(line, where="") for line in read_lines(files, days)]
    assert expected
    assert read(workbook(files, tmp_path), tmp_path / "workspace", days) == expected


def nothing(place: Path) -> Path:
    return place / "missing"


def empty_folder(place: Path) -> Path:
    (place / "empty").mkdir()
    return place / "empty"


def tar_without_csv(place: Path) -> Path:
    (place / "a.txt").write_text("x")
    with tarfile.open(place / "a.tar", "w") as archive:
        archive.add(place / "a.txt", "a.txt")
    return place / "a.tar"


def zip_without_csv(place: Path) -> Path:
    with zipfile.ZipFile(place / "a.zip", "w") as archive:
        archive.writestr("a.txt", "x")
    return place / "a.zip"


def two_files_of_one_name(place: Path) -> Path:
    with zipfile.ZipFile(place / "a.zip", "w") as archive:
        archive.writestr("1/a.csv", "x")
        archive.writestr("2/a.csv", "x")
    return place / "a.zip"


def truncated_tar(place: Path) -> Path:
    # Random-like content, so that compression leaves more than one block to cut.
    (place / "a.csv").write_bytes(bytes(number * number % 251 for number in range(300_000)))
    with tarfile.open(place / "a.tar.gz", "w:gz") as archive:
        archive.add(place / "a.csv", "a.csv")
    content = (place / "a.tar.gz").read_bytes()
    (place / "a.tar.gz").write_bytes(content[: len(content) // 2])
    return place / "a.tar.gz"


def workbook_without_content(place: Path) -> Path:
    with zipfile.ZipFile(place / "a.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return place / "a.xlsx"


def workbook_with_a_date_as_text(place: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate"])
    sheet.append([536365, "71053", "TIN", 6, "1st of December"])
    book.save(place / "a.xlsx")
    return place / "a.xlsx"


@pytest.mark.parametrize(
    ("make", "complaint"),
    [
        (nothing, "there is no file or folder"),
        (empty_folder, "no CSV file in it"),
        (tar_without_csv, "no CSV file in it"),
        (zip_without_csv, "holds no CSV file, and 0 spreadsheets"),
        (two_files_of_one_name, "two files called a.csv"),
        (truncated_tar, "a.tar.gz: the archive is damaged"),
        (workbook_without_content, "a.xlsx: not a workbook"),
        (workbook_with_a_date_as_text, "a.xlsx:2: column InvoiceDate is not a date and time"),
    ],
)
def test_what_cannot_be_read_is_named(make: Callable[[Path], Path], complaint: str, tmp_path: Path) -> None:
    """A container that is missing, empty, ambiguous or damaged is refused with its name."""
    data = make(tmp_path)
    (tmp_path / "workspace").mkdir()
    with pytest.raises(DataError, match=complaint):
        csv_files(data, tmp_path / "workspace")


def test_no_archive_writes_outside_of_the_workspace(tmp_path: Path, files: list[Path]) -> None:
    """A member's folders, upward ones too, are no part of where it is unpacked."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(files[0], "../../evil.csv")
    workspace = tmp_path / "inner" / "workspace"
    workspace.mkdir(parents=True)
    assert csv_files(tmp_path / "a.zip", workspace) == [workspace / "evil.csv"]
    assert not (tmp_path / "evil.csv").exists()


def test_a_missing_spreadsheet_library_is_named_with_its_extra(
    tmp_path: Path, files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without openpyxl, a spreadsheet is refused with the command that installs it."""
    book = workbook(files[:1], tmp_path)
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(DataError, match=r"openpyxl.*pip install 'ddbmodel\[examples\]'"):
        csv_files(book, tmp_path)


def test_a_spreadsheets_binary_fractions_become_the_decimals_that_were_typed(tmp_path: Path) -> None:
    """A price is 2.55 and not the float nearest to it, and a time is a whole second."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(list(COLUMNS))
    early = datetime(2010, 12, 1, 8, 25, 59, 999_600)  # noqa: DTZ001 - a spreadsheet has no zones
    sheet.append([536365, 71053, "TIN", 6, early, 2.5499999999999998, 17850.0, "United Kingdom"])
    book.save(tmp_path / "a.xlsx")
    (line,) = read(tmp_path / "a.xlsx", tmp_path / "workspace")
    assert (line.unit_price, f"{line.invoiced_at:%H:%M:%S}") == (Decimal("2.55"), "08:26:00")
