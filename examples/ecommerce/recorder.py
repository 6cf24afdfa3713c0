"""The requests that were really sent, as the client was given them."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final

_EVENT: Final = "provide-client-params.dynamodb.*"


@dataclass(frozen=True, slots=True)
class Sent:
    """One request: DynamoDB's name of the operation, and its parameters."""

    operation: str
    parameters: dict[str, Any]


class Recorder:
    """Notes every request of a client, through botocore's own events; values too: for demonstrations only."""

    def __init__(self, client: Any) -> None:
        self._sent: list[Sent] = []
        client.meta.events.register(_EVENT, self._note)

    def take(self) -> list[Sent]:
        """The requests since the last call, in order."""
        sent, self._sent = self._sent, []
        return sent

    def _note(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        self._sent.append(Sent(model.name, deepcopy(params)))
