"""How far the shards of a stream have been read, and that as text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final

from ddbmodel.errors import SourceError

_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a shard. Without any of these, it is the shard's beginning.

    Attributes:
        after: the sequence number of the last change that was dealt with.
        since: the shard is read from its tip of this moment, and no change has come since.
        done: it is closed, and read to its end.
    """

    after: str | None = None
    since: datetime | None = None
    done: bool = False


BEGINNING: Final = Position()
DONE: Final = Position(done=True)


@dataclass(slots=True)
class Positions:
    """How far each shard of a stream has been read.

    Attributes:
        stream: the stream's ARN.
        saved_at: when this was true last.
        shards: the position in each shard that is known.
    """

    stream: str
    saved_at: datetime
    shards: dict[str, Position] = field(default_factory=dict[str, Position])

    def note(self, shard: str, **place: Any) -> None:
        """Take down how far a shard has been read."""
        self.shards[shard] = replace(BEGINNING, **place)

    def dump(self) -> str:
        """Give it as JSON."""
        return json.dumps(
            {
                "ddbmodel_stream": _VERSION,
                "stream": self.stream,
                "saved_at": self.saved_at.isoformat(),
                "shards": {shard: _dumped(place) for shard, place in self.shards.items()},
            }
        )

    @classmethod
    def load(cls, text: str) -> Positions:
        """Read what `dump` gave.

        Raises:
            SourceError: it is something else.
        """
        try:
            stored: Any = json.loads(text)
            version = stored["ddbmodel_stream"]
            if version == _VERSION:
                shards = {shard: _loaded(place) for shard, place in stored["shards"].items()}
                return cls(str(stored["stream"]), _moment(stored["saved_at"]), shards)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise SourceError("the checkpoint of a stream is damaged, or is something else") from error
        raise SourceError("the checkpoint of a stream is of another version of ddbmodel")


def _dumped(place: Position) -> dict[str, Any]:
    if place.done:
        return {"done": True}
    if place.after is not None:
        return {"after": place.after}
    return {} if place.since is None else {"since": place.since.isoformat()}


def _loaded(place: Mapping[str, Any]) -> Position:
    after, since = place.get("after"), place.get("since")
    return Position(
        None if after is None else str(after),
        None if since is None else _moment(since),
        place.get("done") is True,
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
