"""subjects: what is measured, one file for each library, with what its users would write.

Belongs here: for each, a function that is given a shape and an endpoint and opens the operations that the
library has. Each gives back what its users get: validated models where it has them, its own objects where it
has none. A library is imported when it is opened, as not every environment has them all.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final, TypeAlias

from tests.benchmarks.shapes import Shape

Call: TypeAlias = Callable[[int], Awaitable[Any]]
"""Does an operation once; the number varies the key."""
Calls: TypeAlias = Mapping[str, Call]
Subject: TypeAlias = Callable[[Shape, "Endpoint"], AbstractAsyncContextManager[Calls]]
Opened: TypeAlias = AsyncIterator[Calls]

OPERATIONS: Final = ("get", "put", "update", "query", "batch_get", "batch_write", "transact")
BATCH_GET: Final = 100
BATCH_WRITE: Final = 25
TRANSACT: Final = 10

SUBJECTS: Final[Mapping[str, str]] = {
    "floor": "tests.benchmarks.floor:floor",
    "ddbmodel-fast": "tests.benchmarks.subjects.ddbmodel_lanes:fast",
    "ddbmodel-client": "tests.benchmarks.subjects.ddbmodel_lanes:client",
    "dynamoxy": "tests.benchmarks.subjects.dynamoxy_models:dynamoxy_models",
    "pydynox": "tests.benchmarks.subjects.pydynox_models:pydynox_models",
    "aiodynamo": "tests.benchmarks.subjects.aiodynamo_pydantic:aiodynamo_pydantic",
    "aioboto3": "tests.benchmarks.subjects.aioboto3_by_hand:aioboto3_by_hand",
}
PEERS: Final = ("dynamoxy", "pydynox", "aiodynamo", "aioboto3")


class NotThere(Exception):
    """The subject cannot be measured here: a package is missing, or it has no such operation."""


@dataclass(frozen=True)
class Endpoint:
    """Where requests go.

    Attributes:
        url: of the null server.
        ca_file: what its certificate is signed by, if it has one.
        connections: how many may be open.
    """

    url: str
    ca_file: str | None
    connections: int


def load(name: str) -> Subject:
    """The subject of a name."""
    module, _, function = SUBJECTS[name].partition(":")
    subject: Subject = getattr(import_module(module), function)
    return subject
