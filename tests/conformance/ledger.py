"""Two entities in one table, and what has to be stored of them, in plain Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ddbmodel import Attr, Key, Model, Table, TableIndex, field, ttl, updated_at, version

START = datetime(2026, 1, 1, tzinfo=UTC)

ledger = Table(
    "ledger",
    partition_key="pk",
    sort_key="sk",
    indexes=[TableIndex("gsi1", "gsi1pk", "gsi1sk"), TableIndex("gsi2", "gsi2pk", "gsi2sk")],
)


class User(Model, table=ledger, entity="user"):
    """With a version, a unique field, a time to live, and an index on the time of the last write."""

    name: Attr[str]
    email: Attr[str | None] = field(default=None, unique=True)
    team: Attr[str | None] = None
    level: Attr[int] = field(default=0)
    expires: Attr[datetime | None] = ttl(default=None)
    seen: Attr[datetime] = updated_at()
    number: Attr[int] = version()

    primary = Key(partition="USER#{name}", sort="PROFILE")
    by_team = Key("gsi1", partition="TEAM#{team}", sort="{level:02d}#{seen}")


class Note(Model, table=ledger, entity="note"):
    """Without any of these, in both indexes."""

    name: Attr[str]
    place: Attr[int]
    kind: Attr[str | None] = None
    rank: Attr[int] = field(default=0)
    tags: Attr[set[str]] = field(default_factory=set)

    primary = Key(partition="USER#{name}", sort="NOTE#{place:02d}")
    by_kind = Key("gsi1", partition="KIND#{kind}", sort="{rank:02d}")
    by_rank = Key("gsi2", partition="RANK#{rank:02d}", sort="{kind}#{rank:02d}")


@dataclass(frozen=True)
class UserRow:
    """What is stored of a user."""

    name: str
    email: str | None = None
    team: str | None = None
    level: int = 0
    expires: int | None = None
    seen: datetime = START
    number: int = 0

    @property
    def key(self) -> tuple[str, str]:
        return f"USER#{self.name}", "PROFILE"

    def item(self) -> dict[str, Any]:
        """The stored item, without the mark of its last write."""
        seen = self.seen.isoformat(timespec="microseconds").replace("+00:00", "Z")
        item = {
            "pk": {"S": self.key[0]},
            "sk": {"S": self.key[1]},
            "_entity": {"S": "user"},
            "name": {"S": self.name},
            "level": {"N": str(self.level)},
            "seen": {"S": seen},
            "number": {"N": str(self.number)},
        }
        if self.email is not None:
            item["email"] = {"S": self.email}
        if self.expires is not None:
            item["expires"] = {"N": str(self.expires)}
        if self.team is not None:
            item |= {"team": {"S": self.team}, "gsi1pk": {"S": f"TEAM#{self.team}"}}
        return item | {"gsi1sk": {"S": f"{self.level:02d}#{seen}"}}

    def model(self) -> User:
        """A model with these values that was never read."""
        expires = None if self.expires is None else moment(self.expires)
        return User(
            name=self.name, email=self.email, team=self.team, level=self.level, expires=expires, number=0
        )


@dataclass(frozen=True)
class NoteRow:
    """What is stored of a note."""

    name: str
    place: int
    kind: str | None = None
    rank: int = 0
    tags: frozenset[str] = frozenset()

    @property
    def key(self) -> tuple[str, str]:
        return f"USER#{self.name}", f"NOTE#{self.place:02d}"

    def item(self) -> dict[str, Any]:
        """The stored item."""
        item: dict[str, Any] = {
            "pk": {"S": self.key[0]},
            "sk": {"S": self.key[1]},
            "_entity": {"S": "note"},
            "name": {"S": self.name},
            "place": {"N": str(self.place)},
            "rank": {"N": str(self.rank)},
            "gsi1sk": {"S": f"{self.rank:02d}"},
            "gsi2pk": {"S": f"RANK#{self.rank:02d}"},
        }
        if self.kind is not None:
            item |= {
                "kind": {"S": self.kind},
                "gsi1pk": {"S": f"KIND#{self.kind}"},
                "gsi2sk": {"S": f"{self.kind}#{self.rank:02d}"},
            }
        return item | ({"tags": {"SS": sorted(self.tags)}} if self.tags else {})

    def model(self) -> Note:
        """A model with these values."""
        return Note(name=self.name, place=self.place, kind=self.kind, rank=self.rank, tags=set(self.tags))


Row = UserRow | NoteRow
Rows = Mapping[tuple[str, str], Row]


def moment(seconds: int) -> datetime:
    """A time with a fraction of a second, which is dropped."""
    return datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=7)


def guards(rows: Rows) -> dict[tuple[str, str], dict[str, Any]]:
    """The guard of each unique value that is stored, with its owner."""
    return {
        (f"_unique#user#email#{row.email}", "_unique"): {
            "pk": {"S": f"_unique#user#email#{row.email}"},
            "sk": {"S": "_unique"},
            "_entity": {"S": "_unique"},
            "_owner": {"M": {"pk": {"S": row.key[0]}, "sk": {"S": row.key[1]}}},
        }
        for row in rows.values()
        if isinstance(row, UserRow) and row.email is not None
    }


def contents(rows: Rows) -> dict[str, list[dict[str, Any]]]:
    """What the table and each index hold."""
    items = [row.item() for row in rows.values()]
    return {
        "table": [*items, *guards(rows).values()],
        "gsi1": [item for item in items if "gsi1pk" in item and "gsi1sk" in item],
        "gsi2": [item for item in items if "gsi2pk" in item and "gsi2sk" in item],
    }
