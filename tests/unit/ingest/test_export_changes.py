"""`read_changes`: the changes in an incremental export, and what is no sound one."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Callable
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ddbmodel import (
    Attr,
    CodecError,
    ExpressionError,
    Key,
    Model,
    SourceError,
    Table,
    read_changes,
    read_export,
)
from tests.engines.s3 import MotoS3, access_to
from tests.unit.ingest.ingesting import Line

FOLDER = "01-a"
SUMMARY = {
    "exportType": "INCREMENTAL_EXPORT",
    "outputFormat": "DYNAMODB_JSON",
    "outputView": "NEW_AND_OLD_IMAGES",
}
shop = Table("shop_changes", partition_key="pk", sort_key="sk")


class Customer(Model, table=shop, entity="customer"):
    customer_id: Attr[str]
    primary = Key(partition="C#{customer_id}", sort="PROFILE")


class Order(Model, table=shop, entity="order"):
    customer_id: Attr[str]
    number: Attr[int]
    primary = Key(partition="C#{customer_id}", sort="ORDER#{number:04d}")


def export_files(changes: list[list[Any]], **summary: Any) -> dict[str, bytes]:
    """The files of an incremental export, as AWS's documentation shows them, by their place in `AWSDynamoDB/`."""
    files: dict[str, bytes] = {}
    manifest = []
    for number, some in enumerate(changes):
        lines = (one if isinstance(one, str) else json.dumps(one) for one in some)
        content = gzip.compress("".join(f"{line}\n" for line in lines).encode())
        files[f"data/part{number}.json.gz"] = content
        md5 = base64.b64encode(hashlib.md5(content).digest()).decode()
        key = f"models/AWSDynamoDB/data/part{number}.json.gz"
        manifest.append({"itemCount": len(some), "md5Checksum": md5, "etag": "x", "dataFileS3Key": key})
    files[f"{FOLDER}/manifest-files.json"] = "".join(json.dumps(entry) + "\n" for entry in manifest).encode()
    files[f"{FOLDER}/manifest-summary.json"] = json.dumps({**SUMMARY, **summary}).encode()
    return files


def write(at: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (at / name).parent.mkdir(parents=True, exist_ok=True)
        (at / name).write_bytes(content)
    return at / FOLDER


def item(number: int, **others: Any) -> dict[str, Any]:
    return {"pk": {"S": "p"}, "sk": {"N": str(number)}, "total": {"N": "1.5"}, **others}


def change(number: int, *, micros: Any = "1680109764000123", **images: Any) -> dict[str, Any]:
    keys = {"pk": {"S": "p"}, "sk": {"N": str(number)}}
    return {"Metadata": {"WriteTimestampMicros": micros}, "Keys": keys, **images}


async def read(*arguments: Any, **options: Any) -> list[Any]:
    return [one async for one in read_changes(*arguments, **options)]


async def test_inserts_modifications_and_removals_become_changes(tmp_path: Path) -> None:
    """With typed images and keys, the last write's time to the microsecond, and no order that is not there."""
    later = {"N": "1680109764000124"}
    changes = [
        change(1, micros=later, NewImage=item(1)),
        change(2, OldImage=item(2), NewImage=item(2, note={"S": "x"})),
        change(3, OldImage=item(3)),
        change(4),
    ]
    found = await read(write(tmp_path, export_files([changes[:1], [], changes[1:]])), Line)
    assert [(one.kind, one.old, one.new) for one in found] == [
        ("INSERT", None, Line(pk="p", sk=1, total=1.5)),
        ("MODIFY", Line(pk="p", sk=2, total=1.5), Line(pk="p", sk=2, total=1.5, note="x")),
        ("REMOVE", Line(pk="p", sk=3, total=1.5), None),
        ("REMOVE", None, None),
    ]
    assert [one.key for one in found] == [Line.key("p", number) for number in (1, 2, 3, 4)]
    moment = datetime(2023, 3, 29, 17, 9, 24, tzinfo=UTC)
    assert [one.at for one in found[:2]] == [moment.replace(microsecond=124), moment.replace(microsecond=123)]
    assert {(one.view, one.shard, one.sequence_number) for one in found} == {
        ("NEW_AND_OLD_IMAGES", None, None)
    }
    assert [one.event_id for one in found] == [f"{FOLDER}/{number}" for number in (1, 2, 3, 4)]


async def test_new_images_alone_do_not_tell_an_insert(tmp_path: Path) -> None:
    """What is there is a modification, what is not a removal."""
    files = export_files([[change(1, NewImage=item(1)), change(2)]], outputView="NEW_IMAGE")
    found = await read(write(tmp_path, files), Line)
    assert [(one.kind, one.view) for one in found] == [("MODIFY", "NEW_IMAGE"), ("REMOVE", "NEW_IMAGE")]


async def test_an_export_is_read_from_s3(s3: MotoS3) -> None:
    """Its files are beside its folder, in one that exports share."""
    for name, content in export_files([[change(1, NewImage=item(1))]]).items():
        s3.put(f"changes/AWSDynamoDB/{name}", content)
    for end in ("", "/"):
        url = f"s3://exports/changes/AWSDynamoDB/{FOLDER}{end}"
        (found,) = await read(url, Line, s3=access_to(s3.url))
        assert (found.new, found.event_id) == (Line(pk="p", sk=1, total=1.5), f"{FOLDER}/1")
    with pytest.raises(SourceError, match="manifest-summary.json"):
        await read("s3://exports/changes/AWSDynamoDB/none", Line, s3=access_to(s3.url))


async def test_models_of_one_table_are_read_together(tmp_path: Path) -> None:
    """Each change as its entity's, those of models that were not asked for left out."""

    def shared(sort: str, entity: str, **fields: Any) -> dict[str, Any]:
        keys = {"pk": {"S": "C#c1"}, "sk": {"S": sort}}
        image = {**keys, "_entity": {"S": entity}, "customer_id": {"S": "c1"}, **fields}
        return {"Metadata": {"WriteTimestampMicros": "1"}, "Keys": keys, "NewImage": image}

    both = [shared("PROFILE", "customer"), shared("ORDER#0007", "order", number={"N": "7"})]
    folder = write(tmp_path, export_files([both]))
    assert [one.new for one in await read(folder, Customer, Order)] == [
        Customer(customer_id="c1"),
        Order(customer_id="c1", number=7),
    ]
    assert [one.new for one in await read(folder, Order)] == [Order(customer_id="c1", number=7)]


async def test_what_cannot_be_decoded_is_raised_or_set_aside(tmp_path: Path) -> None:
    """With its place and without its values; the others come all the same where that is asked for."""
    odd = change(1, NewImage={**item(1), "total": {"S": "secret"}})
    folder = write(tmp_path, export_files([[odd, change(2, NewImage=item(2))]]))
    with pytest.raises(CodecError, match=r"Line at \$\.total") as raised:
        await read(folder, Line)
    assert "secret" not in str(raised.value)
    changes = read_changes(folder, Line, on_invalid="collect")
    assert [one.new.sk async for one in changes if one.new is not None] == [2]
    assert [one.key for one in changes.invalid] == [odd["Keys"]]


async def test_a_loop_can_be_left(tmp_path: Path) -> None:
    """And begun anew."""
    folder = write(tmp_path, export_files([[change(n, NewImage=item(n)) for n in range(300)]]))
    changes = read_changes(folder, Line)
    async with aclosing(aiter(changes)) as some:  # type: ignore[type-var]
        assert (await anext(some)).event_id == f"{FOLDER}/1"
    assert len([one async for one in changes]) == 300


@pytest.mark.parametrize(
    ("spoil", "text"),
    [
        pytest.param(
            lambda at: (at / "data/part0.json.gz").unlink(), "it is not there", id="a file is missing"
        ),
        pytest.param(
            lambda at: (at / "data/part0.json.gz").write_bytes(gzip.compress(b"")),
            "damaged",
            id="a file is another",
        ),
        pytest.param(
            lambda at: (at / FOLDER / "manifest-files.json").write_text("{}"), "no manifest", id="no manifest"
        ),
        pytest.param(
            lambda at: (at / FOLDER / "manifest-summary.json").unlink(),
            "when it is completed",
            id="no summary",
        ),
        pytest.param(
            lambda at: (at / FOLDER / "manifest-summary.json").write_text("[]"),
            "no summary",
            id="another summary",
        ),
    ],
)
async def test_a_damaged_export_is_an_error(
    tmp_path: Path, spoil: Callable[[Path], object], text: str
) -> None:
    """That names what is wrong, before a change is given."""
    folder = write(tmp_path, export_files([[change(1, NewImage=item(1))]]))
    spoil(tmp_path)
    with pytest.raises(SourceError, match=text):
        await read(folder, Line)


@pytest.mark.parametrize(
    ("summary", "text"),
    [
        ({"exportType": "FULL_EXPORT"}, "a full one is read by read_export"),
        ({"outputFormat": "ION"}, "not in DynamoDB JSON"),
        ({"outputView": None}, "does not say which images"),
    ],
)
async def test_other_exports_are_refused(tmp_path: Path, summary: dict[str, Any], text: str) -> None:
    """With what to do instead, where there is something."""
    folder = write(tmp_path, export_files([[change(1, NewImage=item(1))]], **summary))
    with pytest.raises(SourceError, match=text):
        await read(folder, Line)


@pytest.mark.parametrize(
    "line",
    [
        "secret",
        "[]",
        json.dumps({"Item": item(1)}),
        json.dumps({**change(1), "Keys": "secret"}),
        json.dumps({**change(1), "Metadata": {}}),
        json.dumps(change(1, micros="secret")),
        json.dumps(change(1, micros="9" * 30)),
        json.dumps(change(1, NewImage={"pk": {"S": 1}})),
        json.dumps(change(1, NewImage={"pk": {"B": "%"}})),
    ],
)
async def test_a_line_that_is_no_change_is_an_error(tmp_path: Path, line: str) -> None:
    """With its number and without its content, also where what cannot be decoded is set aside."""
    folder = write(tmp_path, export_files([[change(0, NewImage=item(0)), line]]))
    with pytest.raises(SourceError, match="change 2: this is no change of an incremental export") as raised:
        await read(folder, Line, on_invalid="collect")
    assert "secret" not in str(raised.value)


async def test_a_full_export_reader_names_the_other(tmp_path: Path) -> None:
    """Whoever reads an incremental export as a full one is told of `read_changes`."""
    folder = write(tmp_path, export_files([[change(1, NewImage=item(1))]]))
    with pytest.raises(SourceError, match="read by read_changes"):
        async with aclosing(read_export(folder, Line)) as lines:
            await anext(lines)


def test_mistakes_are_refused_before_anything_is_read() -> None:
    """No model, models that share no table, an option that is none, and a whole bucket."""
    for arguments, options in (
        (("folder",), {}),
        (("folder", Line, Order), {}),
        (("folder", Line), {"on_invalid": "x"}),
        (("s3://bucket", Line), {}),
    ):
        with pytest.raises(ExpressionError):
            read_changes(*arguments, **options)  # type: ignore[call-overload]
