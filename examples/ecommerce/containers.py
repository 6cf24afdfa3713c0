"""Whatever the data set comes in -> CSV files: a folder, a tar, a zip, a spreadsheet, or one CSV file."""

from __future__ import annotations

import gzip
import lzma
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import IO, Final

from examples.ecommerce.days import ALL_DAYS, Days
from examples.ecommerce.lines import DataError
from examples.ecommerce.workbook import workbook_to_csv

_DAMAGE: Final = (
    tarfile.TarError,
    zipfile.BadZipFile,
    gzip.BadGzipFile,
    lzma.LZMAError,
    zlib.error,
    EOFError,
)


def csv_files(data: Path, workspace: Path, days: Days = ALL_DAYS) -> list[Path]:
    """Find the CSV files in `data`, in the order of their names, unpacking or converting them if need be.

    Args:
        data: a folder with CSV files; a tar (plain or compressed) or zip of CSV files; the zip that UCI hands
            out, with one .xlsx in it; that .xlsx; or one CSV file.
        workspace: an empty folder for what is unpacked; may be deleted when the files have been read.
        days: where a slow conversion may end.

    Raises:
        DataError: nothing there, nothing usable in it, or an archive that is damaged.
    """
    if data.is_dir():
        found = [file for file in data.rglob("*.csv") if not file.name.startswith(".")]
        return sorted(found) or _nothing_in(data)
    if not data.is_file():
        raise DataError(f"there is no file or folder {data}")
    try:
        if tarfile.is_tarfile(data):
            return _from_tar(data, workspace)
        if zipfile.is_zipfile(data):
            return _from_zip(data, workspace, days)
    except _DAMAGE as error:
        raise DataError(f"{data.name}: the archive is damaged: {error}") from error
    return [data]


def _from_tar(archive: Path, workspace: Path) -> list[Path]:
    """Unpack in the archive's own order: seeking in a compressed tar starts over each time."""
    files: list[Path] = []
    with tarfile.open(archive) as tar:
        for member in tar:
            content = tar.extractfile(member) if member.isfile() and _is_csv(member.name) else None
            if content is not None:
                files.append(_unpack(content, member.name, workspace))
    return sorted(files) or _nothing_in(archive)


def _from_zip(archive: Path, workspace: Path, days: Days) -> list[Path]:
    with zipfile.ZipFile(archive) as members:
        names = members.namelist()
        if "xl/workbook.xml" in names:  # an .xlsx is a zip itself
            return [_converted(archive, workspace, days)]
        files: list[Path] = []
        for name in names:
            if _is_csv(name):
                with members.open(name) as content:
                    files.append(_unpack(content, name, workspace))
        if files:
            return sorted(files)
        return [_converted(book, workspace, days) for book in _workbooks(members, names, workspace)]


def _workbooks(members: zipfile.ZipFile, names: Iterable[str], workspace: Path) -> list[Path]:
    books = [
        name for name in names if name.endswith(".xlsx") and not PurePosixPath(name).name.startswith(".")
    ]
    if len(books) != 1:
        raise DataError(
            f"{members.filename}: holds no CSV file, and {len(books)} spreadsheets instead of one"
        )
    with members.open(books[0]) as content:
        return [_unpack(content, books[0], workspace)]


def _converted(workbook: Path, workspace: Path, days: Days) -> Path:
    target = workspace / f"{workbook.name}.csv"
    workbook_to_csv(workbook, target, days)
    return target


def _is_csv(name: str) -> bool:
    # Archives made on a Mac carry a second, binary "._name.csv" beside each file.
    return name.endswith(".csv") and not PurePosixPath(name).name.startswith(".")


def _unpack(content: IO[bytes], name: str, workspace: Path) -> Path:
    """Copy one member under its last name only, so that no archive writes outside of the workspace."""
    target = workspace / PurePosixPath(name).name
    if target.exists():
        raise DataError(f"the archive holds two files called {target.name}: unpack it and give one folder")
    with content, target.open("xb") as file:
        shutil.copyfileobj(content, file)
    return target


def _nothing_in(place: Path) -> list[Path]:
    raise DataError(f"{place}: no CSV file in it")
