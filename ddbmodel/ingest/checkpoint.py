"""The checkpoint: up to where every row of a source is settled, so that a killed run goes on there."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from ddbmodel.errors import SourceError
from ddbmodel.ingest.report import Counts
from ddbmodel.ingest.rows import Position

_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Subject:
    """What a checkpoint is about. Another subject has to have another checkpoint.

    Attributes:
        source: the name of the source.
        format: its format.
        model: the model, by module and name.
        table: the table, under its name as deployed.
        share: which worker of how many.
        order: which rows that worker has.
        dead_letters: where rows are set aside; empty if nowhere.
    """

    source: str
    format: str
    model: str
    table: str
    share: str = "1/1"
    order: str = "last"
    dead_letters: str = ""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Everything before `position` is written, superseded, or in the dead-letter file.

    Attributes:
        subject: what it is about.
        position: where to go on.
        counts: of the rows before it.
        fingerprint: of the source, as far as it was read.
        dead_letter_bytes: how much of the dead-letter file is about rows before the position.
        done: True if the source ended there.
    """

    subject: Subject
    position: Position
    counts: Counts
    fingerprint: Mapping[str, Any]
    dead_letter_bytes: int = 0
    done: bool = False

    def binds(self, subject: Subject) -> bool:
        """False if nothing was settled, so that something else may begin in its place."""
        return self.subject == subject or self.done or self.position != Position()


def store(path: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint so that there is always a whole one, the old or the new. Blocks.

    Raises:
        SourceError: it cannot be written.
    """
    beside = path.with_name(f"{path.name}.new")
    try:
        with beside.open("w") as file:
            json.dump({"ddbmodel_checkpoint": _VERSION, **asdict(checkpoint)}, file)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise SourceError(f"{path}: the checkpoint cannot be written ({error.strerror or error})") from error


def load(path: Path) -> Checkpoint | None:
    """Read a checkpoint; None if there is none. Blocks.

    Raises:
        SourceError: the file is something else.
    """
    try:
        stored = json.loads(path.read_text())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise SourceError(f"{path}: this is no checkpoint") from error
    try:
        if stored.pop("ddbmodel_checkpoint") != _VERSION:
            raise SourceError(f"{path}: this checkpoint is of another version of ddbmodel")
        subject, position, counts = stored.pop("subject"), stored.pop("position"), stored.pop("counts")
        return Checkpoint(Subject(**subject), Position(**position), Counts(**counts), **stored)
    except (AttributeError, KeyError, TypeError) as error:
        raise SourceError(f"{path}: this is no checkpoint") from error


def check_subject(
    path: Path, checkpoint: Checkpoint, subject: Subject, fingerprint: Mapping[str, Any]
) -> None:
    """Refuse to go on with something else.

    Raises:
        SourceError: naming what differs.
    """
    old, new = asdict(checkpoint.subject), asdict(subject)
    for name in old:
        if old[name] != new[name]:
            raise SourceError(
                f"{path}: this checkpoint is of {name} {old[name]!r}, not {new[name]!r}: give each its own, "
                "or delete it to begin again"
            )
    if checkpoint.position.row and checkpoint.fingerprint != fingerprint:  # of what was read of it
        raise SourceError(
            f"{path}: {subject.source} is not what it was: delete the checkpoint to begin again with it"
        )


def _sync_folder(folder: Path) -> None:
    """Make the new name last; where folders cannot be opened, the system does so by itself."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
