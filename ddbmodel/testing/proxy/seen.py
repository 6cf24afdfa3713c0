"""What the proxy saw of one request, without values."""

from __future__ import annotations

from dataclasses import dataclass

from ddbmodel.testing.proxy.faults import Fault


@dataclass(frozen=True, slots=True)
class Seen:
    """One request and what became of it.

    Attributes:
        operation: DynamoDB's name of it.
        tables: the tables that it names.
        fault: what went wrong with it on purpose; None if nothing did.
        applied: True if the engine behind carried it out, or part of it; None if that is not known.
        status: the HTTP status of the reply; None if the connection was broken instead.
        code: the error code of the reply; None for a success or no reply.
        write_units: what the writes that were carried out cost by their size.
        unprocessed: how many writes or keys of a batch were left.
    """

    operation: str
    tables: tuple[str, ...]
    fault: Fault | None
    applied: bool | None
    status: int | None
    code: str | None = None
    write_units: float = 0.0
    unprocessed: int = 0
