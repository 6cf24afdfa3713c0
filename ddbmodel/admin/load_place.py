"""Up to where a dump is loaded, so that a killed load goes on there."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final, Self

from ddbmodel.admin.dump_folder import Manifest
from ddbmodel.admin.files import write_json
from ddbmodel.errors import DumpError
from ddbmodel.operations import TableDescription

_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Place:
    """Which parts of a dump are in a table.

    Attributes:
        dump: tells the dump from others of the same table.
        table: tells the table from an earlier or later one of its name.
        parts: the files whose items are all written.
    """

    dump: str
    table: str
    parts: tuple[str, ...] = ()

    @classmethod
    def at_beginning(cls, manifest: Manifest, table: TableDescription) -> Self:
        """Nothing is loaded."""
        dumped = manifest.description.get("TableArn") or manifest.description["TableName"]
        return cls(f"{dumped} {manifest.started_at}", f"{table.arn or table.name} {table.created_at}")

    def after(self, part: str) -> Place:
        """One more part is loaded."""
        return replace(self, parts=(*self.parts, part))

    def store(self, path: Path) -> None:
        """Write it, so that there is always a whole one. Blocks.

        Raises:
            DumpError: it cannot be written.
        """
        try:
            write_json(path, {"ddbmodel_load": _VERSION, **asdict(self)})
        except OSError as error:
            raise DumpError(
                f"{path}: how far the load is cannot be noted ({error.strerror or error}): "
                "give checkpoint= another place"
            ) from error


def stored_place(path: Path) -> Place | None:
    """Read it; None if there is none. Blocks.

    Raises:
        DumpError: the file is something else.
    """
    try:
        wire = json.loads(path.read_text())
        if wire.pop("ddbmodel_load") != _VERSION:
            raise DumpError(f"{path}: this is of another version of ddbmodel")
        return Place(wire["dump"], wire["table"], tuple(wire["parts"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DumpError(f"{path}: this is no place of a load: delete it, or give another") from error
