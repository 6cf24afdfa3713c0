"""What a test sees of an engine, and what the roster needs to know of one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any

from aiobotocore.config import AioConfig

if TYPE_CHECKING:
    from ddbmodel.mapper import Mapper

DUMMY_CREDENTIALS = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}

# An engine that hangs must fail the test soon: the slowest reply seen of any of them took 3 seconds.
READ_TIMEOUT_SECONDS = 20


class Engine(ABC):
    """A DynamoDB to run tests on.

    Attributes:
        name: as it appears in the names of tests and in the list of quirks.
        outlives_tests: tables that a test leaves behind stay, so they must be deleted.
    """

    name: str
    outlives_tests: bool = False

    @property
    @abstractmethod
    def endpoint_url(self) -> str:
        """Where it listens. Stays the same while it is started."""

    def absence(self) -> str | None:
        """Why it cannot take part in this run, and what to do about it; None if it can."""
        return None

    @abstractmethod
    def start(self) -> None:
        """Start it, and wait until it answers."""

    @abstractmethod
    def stop(self) -> None:
        """Stop it."""

    def revive(self) -> None:  # noqa: B027 - most engines need no supervision
        """Start it anew if it has crashed or hangs. Its tables are gone then."""

    def connect(self, **options: Any) -> AbstractAsyncContextManager[Mapper]:
        """Open a mapper on it, with the options of `Mapper.connect`."""
        from ddbmodel.mapper import Mapper

        return Mapper.connect(**self._connection() | options)

    def client(self, **options: Any) -> AbstractAsyncContextManager[Any]:
        """Open an aioboto3 client on it, which tries every request once."""
        import aioboto3

        settings = self._connection()
        settings["config"] = settings["config"].merge(AioConfig(retries={"total_max_attempts": 1}))
        client: AbstractAsyncContextManager[Any] = aioboto3.Session().client("dynamodb", **settings | options)
        return client

    def credentials(self) -> dict[str, str]:
        """The credentials it takes; an engine on loopback takes any."""
        return DUMMY_CREDENTIALS

    def _connection(self) -> dict[str, Any]:
        config = AioConfig(proxies={}, read_timeout=READ_TIMEOUT_SECONDS)
        return {
            "endpoint_url": self.endpoint_url,
            "region_name": "us-east-1",
            "config": config,
            **self.credentials(),
        }
