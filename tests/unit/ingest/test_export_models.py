"""`read_export`: the models in an export, and what is no sound export."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from ddbmodel import SourceError, read_export
from tests.engines.s3 import MotoS3, access_to
from tests.unit.ingest.ingesting import Line


def export_files(items: list[list[dict[str, Any]]]) -> dict[str, bytes]:
    """The files of a full export, as AWS's documentation shows them, by their place in its folder."""
    files: dict[str, bytes] = {}
    manifest = []
    for number, some in enumerate(items):
        content = gzip.compress("".join(json.dumps({"Item": item}) + "\n" for item in some).encode())
        files[f"data/part{number}.json.gz"] = content
        md5 = base64.b64encode(hashlib.md5(content).digest()).decode()
        key = f"AWSDynamoDB/01-a/data/part{number}.json.gz"
        manifest.append({"itemCount": len(some), "md5Checksum": md5, "etag": "x", "dataFileS3Key": key})
    files["manifest-files.json"] = "".join(json.dumps(entry) + "\n" for entry in manifest).encode()
    return files


def item(number: int, **others: Any) -> dict[str, Any]:
    return {"pk": {"S": "p"}, "sk": {"N": str(number)}, "total": {"N": "1.5"}, **others}


def write(folder: Path, files: dict[str, bytes]) -> Path:
    (folder / "data").mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


async def numbers(*arguments: Any, **options: Any) -> list[int]:
    async with aclosing(read_export(*arguments, **options)) as lines:
        return [line.sk async for line in lines]


async def test_models_are_read_from_a_folder_and_from_s3(tmp_path: Path, s3: MotoS3) -> None:
    """All of them, in the order of the files."""
    files = export_files([[item(n) for n in range(300)], [], [item(300)]])
    assert await numbers(write(tmp_path / "e", files), Line) == list(range(301))
    for name, content in files.items():
        s3.put(f"models/AWSDynamoDB/01-a/{name}", content)
    assert await numbers("s3://exports/models/AWSDynamoDB/01-a", Line, s3=access_to(s3.url)) == list(
        range(301)
    )


async def test_what_was_not_read_to_its_end_is_closed(tmp_path: Path) -> None:
    """A reader that has seen enough may leave."""
    folder = write(tmp_path / "e", export_files([[item(n) for n in range(300)]]))
    async with aclosing(read_export(folder, Line)) as lines:
        assert (await anext(lines)).sk == 0


@pytest.mark.parametrize(
    ("odd", "text"),
    [
        ({"pk": {"S": "p"}, "sk": {"N": "1"}}, "item 2: this is no Line"),
        (
            item(1, colour={"S": "red"}),
            r"item 2: this is no Line at \$.colour: Line would drop this attribute",
        ),
    ],
)
async def test_an_item_of_another_model_is_an_error(tmp_path: Path, odd: dict[str, Any], text: str) -> None:
    """With its place, and without its values."""
    folder = write(tmp_path / "e", export_files([[item(0), odd]]))
    with pytest.raises(SourceError, match=text):
        await numbers(folder, Line)


async def test_attributes_can_be_ignored(tmp_path: Path) -> None:
    """Where that is asked for."""
    folder = write(tmp_path / "e", export_files([[item(0, colour={"S": "red"})]]))
    assert await numbers(folder, Line, unknown="ignore") == [0]


async def test_a_damaged_export_is_an_error(tmp_path: Path) -> None:
    """A changed file, a missing one, and a folder that is no export."""
    files = export_files([[item(0)], [item(1)]])
    changed = write(tmp_path / "changed", {**files, "data/part1.json.gz": gzip.compress(b"")})
    with pytest.raises(SourceError, match="damaged: its checksum is not that of the manifest"):
        await numbers(changed, Line)
    del files["data/part1.json.gz"]
    with pytest.raises(SourceError, match="the manifest names it, but it is not there"):
        await numbers(write(tmp_path / "missing", files), Line)
    with pytest.raises(SourceError, match="manifest-files.json"):
        await numbers(tmp_path, Line)
