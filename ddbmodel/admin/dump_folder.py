"""The folder of a dump: its manifest, its parts, and the journal from which a killed dump goes on.

    dump.json             what was dumped, and when; `finished` is true only if everything is there
    manifest-files.json   the parts, as an export to S3 lists them: `DynamoDBExport(folder)` reads the dump
    data/*.json.gz        the parts: an item of DynamoDB JSON in each line
    journal.jsonl         while it is not finished: each part that is, and where its segment goes on

The journal is appended to after a part has reached the disk, so that what it names is there.
"""

from __future__ import annotations

import base64
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

from ddbmodel.admin.dump_part import PARTIAL, Part
from ddbmodel.admin.files import write_json, write_whole
from ddbmodel.codec.values import Item
from ddbmodel.codec.wire_item import dump_item, load_item
from ddbmodel.errors import DumpError
from ddbmodel.operations import TableDescription

_VERSION: Final = 1
_MANIFEST: Final = "dump.json"
_JOURNAL: Final = "journal.jsonl"
_FILES: Final = "manifest-files.json"
_PART: Final = re.compile(r"\d{5,}-\d{6,}\.json\.gz(\.partial)?")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a dump is of.

    Attributes:
        description: what DescribeTable said, with moments as text.
        segments: into how many parts the scan was divided.
        consistent: it was a consistent scan.
        started_at: when it was begun, in ISO 8601, UTC.
        finished_at: when it was finished; None if it is not.
        parts: all of them, once it is finished.
    """

    description: Mapping[str, Any] = field(repr=False)
    segments: int
    consistent: bool
    started_at: str
    finished_at: str | None = None
    parts: tuple[Part, ...] = ()

    @property
    def table(self) -> TableDescription:
        """The table, as it was described."""
        wire = dict(self.description)
        if "CreationDateTime" in wire:
            wire["CreationDateTime"] = datetime.fromisoformat(wire["CreationDateTime"])
        return TableDescription.from_wire(wire)

    @property
    def items(self) -> int:
        """How many items the parts have."""
        return sum(part.items for part in self.parts)

    def is_of(self, other: Manifest) -> bool:
        """True if a dump of the one can go on as a dump of the other."""
        same = ("TableName", "TableArn", "CreationDateTime", "KeySchema")
        return (self.segments, self.consistent) == (other.segments, other.consistent) and all(
            self.description.get(name) == other.description.get(name) for name in same
        )

    def to_json(self) -> dict[str, Any]:
        """The content of the file."""
        wire = {**asdict(self), "parts": [asdict(part) for part in self.parts]}
        return {
            "ddbmodel_dump": _VERSION,
            "finished": self.finished_at is not None,
            "table": self.description["TableName"],
            "items": self.items,
            **wire,
        }


@dataclass(frozen=True, slots=True)
class Step:
    """A line of the journal: a part that was finished, and where its segment goes on.

    Attributes:
        segment: the segment.
        part: the part; None if the segment ended with none.
        next_key: where the segment goes on; None at its end.
    """

    segment: int
    part: Part | None
    next_key: Item | None = field(repr=False)

    def to_line(self) -> bytes:
        """The line."""
        key = None if self.next_key is None else json.loads(dump_item(self.next_key))
        part = None if self.part is None else asdict(self.part)
        return json.dumps({"segment": self.segment, "part": part, "next_key": key}).encode() + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> Step:
        """Read a line."""
        wire = json.loads(line)
        key = wire["next_key"]
        return cls(
            wire["segment"],
            None if wire["part"] is None else Part(**wire["part"]),
            None if key is None else load_item(json.dumps(key).encode()),
        )


def manifest_of(description: Mapping[str, Any], segments: int, *, consistent: bool) -> Manifest:
    """Give the manifest of a dump that begins now, of what DescribeTable says."""
    plain = json.loads(json.dumps(description, default=_plain))
    return Manifest(plain, segments, consistent, datetime.now(UTC).isoformat())


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return str(value)


class DumpFolder:
    """A folder that a dump is in, or is to be in. Every method blocks."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.data = path / "data"
        self._lock: IO[bytes] | None = None

    def manifest(self) -> Manifest | None:
        """Read the manifest; None if there is none.

        Raises:
            DumpError: the file is something else.
        """
        at = self.path / _MANIFEST
        try:
            wire = json.loads(at.read_text())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise DumpError(f"{at}: this is no manifest of a dump") from error
        try:
            if wire.pop("ddbmodel_dump") != _VERSION:
                raise DumpError(f"{at}: this dump is of another version of ddbmodel")
            for name in ("finished", "table", "items"):
                del wire[name]
            parts = tuple(Part(**part) for part in wire.pop("parts"))
            return Manifest(**wire, parts=parts)
        except (AttributeError, KeyError, TypeError) as error:
            raise DumpError(f"{at}: this is no manifest of a dump") from error

    def finished(self) -> Manifest:
        """Read the manifest of a dump that is whole.

        Raises:
            DumpError: there is no dump here, or it is not finished.
        """
        manifest = self.manifest()
        if manifest is None:
            raise DumpError(f"{self.path}: there is no dump here: it has no {_MANIFEST}")
        if manifest.finished_at is None:
            raise DumpError(f"{self.path}: this dump is not finished: dump the table to it again to go on")
        return manifest

    def begin(self, manifest: Manifest) -> list[Step]:
        """Begin a dump, or go on with one; give what is done already.

        Raises:
            DumpError: the folder has something else, or another process dumps to it.
        """
        try:
            self.data.mkdir(parents=True, exist_ok=True)
            self._take_lock()
            earlier = self.manifest()
            if earlier is None:
                self._check_empty()
                write_json(self.path / _MANIFEST, manifest.to_json())
                return []
            if earlier.finished_at is not None:
                raise DumpError(f"{self.path}: there is a finished dump here already: take another folder")
            if not earlier.is_of(manifest):
                raise DumpError(
                    f"{self.path}: this is an unfinished dump of {earlier.description['TableName']} with "
                    f"{earlier.segments} segments and consistent={earlier.consistent}, of a table as it was "
                    "then: go on with the same, or take another folder"
                )
            return self._go_on()
        except OSError as error:
            raise DumpError(f"{self.path}: {error.strerror or error}") from error

    def append(self, step: Step) -> None:
        """Note that a part is finished; its file is on the disk by now."""
        with (self.path / _JOURNAL).open("ab") as file:
            file.write(step.to_line())
            file.flush()
            os.fsync(file.fileno())

    def finish(self, manifest: Manifest, parts: list[Part]) -> Manifest:
        """Make the dump a whole one."""
        ordered = tuple(sorted(parts, key=lambda part: part.file))
        begun = self.manifest() or manifest
        whole = replace(begun, parts=ordered, finished_at=datetime.now(UTC).isoformat())
        lines = [
            {"itemCount": part.items, "md5Checksum": part.md5, "dataFileS3Key": f"data/{part.file}"}
            for part in ordered
        ]
        write_whole(self.path / _FILES, "".join(json.dumps(line) + "\n" for line in lines))
        write_json(self.path / _MANIFEST, whole.to_json())
        (self.path / _JOURNAL).unlink(missing_ok=True)
        return whole

    def part(self, segment: int, number: int) -> Path:
        """Where a part goes."""
        return self.data / f"{segment:05d}-{number:06d}.json.gz"

    def release(self) -> None:
        """Let others dump to it."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _take_lock(self) -> None:
        # Locks of a file end with the process that holds them, however it ends. Windows has none of them.
        if sys.platform == "win32":
            return
        import fcntl

        self._lock = (self.data / ".lock").open("ab")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self.release()
            raise DumpError(f"{self.path}: another process is dumping to this folder") from None

    def _check_empty(self) -> None:
        others = [at.name for at in self.path.iterdir() if at != self.data and not at.name.endswith(".new")]
        others += [at.name for at in self.data.iterdir() if at.name != ".lock"]
        if others:
            raise DumpError(f"{self.path}: it is not empty, and is no dump: take another folder")

    def _go_on(self) -> list[Step]:
        steps = list(self._journal())
        known = {step.part.file: step.part for step in steps if step.part is not None}
        for at in self.data.iterdir():
            # What a killed run has left is written again.
            if _PART.fullmatch(at.name) and at.name.removesuffix(PARTIAL) not in known:
                at.unlink()
        for name, part in known.items():
            at = self.data / name
            if not at.is_file() or at.stat().st_size != part.size_bytes:
                raise DumpError(f"{at}: the journal names it, and it is missing or another: begin anew")
        return steps

    def _journal(self) -> Iterator[Step]:
        at = self.path / _JOURNAL
        if not at.exists():
            return
        content = at.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        if whole != content:  # the line that was being written when it was killed
            with at.open("r+b") as file:
                file.truncate(len(whole))
        try:
            for line in whole.splitlines():
                yield Step.from_line(line)
        except (ValueError, KeyError, TypeError) as error:
            raise DumpError(f"{at}: this is no journal of a dump") from error
