"""`LocalDynamoDB`: a DynamoDB for tests and demonstrations, that needs nothing installed but moto."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any, Self

from ddbmodel.testing.connection import open_client, open_mapper
from ddbmodel.testing.process import HOST, ServerProcess

if TYPE_CHECKING:
    from types import TracebackType

    from ddbmodel.mapper import Mapper


class LocalDynamoDB:
    """An embedded DynamoDB: real HTTP on a free port of loopback, empty at the start, gone at the end.

        async with LocalDynamoDB() as dynamodb:
            async with dynamodb.connect() as mapper:
                await mapper.create_table(Order)

    Each has a process and tables of its own, so several can be open at once; each can be used from any number
    of event loops and threads. It ends with the program, even when that is killed. Starting takes about a
    second and does not block the event loop. `with LocalDynamoDB()` works too, where no event loop runs.

    It is moto, so it is lenient: it accepts much that DynamoDB refuses, never throttles and leaves no item
    unprocessed. Requests are handled one after the other, so each is atomic, as DynamoDB's are.

    Cost: a query walks through the whole table, and each page of a scan through all that comes before it.
    Expect about 1,500 written items a second, and use it with tens of thousands of items, not more.

    Args:
        port: the port to listen on; 0 takes any free one.

    Raises:
        ModuleNotFoundError: on opening, if moto is not installed (`pip install "ddbmodel[testing]"`).
        DDBModelError: on opening, if the process did not start, such as when the port is taken.
    """

    def __init__(self, *, port: int = 0) -> None:
        self._process = ServerProcess(port)

    @property
    def endpoint_url(self) -> str:
        """Where it listens, such as `http://127.0.0.1:40123`."""
        return f"http://{HOST}:{self._process.port}"

    def connect(self, **options: Any) -> AbstractAsyncContextManager[Mapper]:
        """Open a mapper on this DynamoDB, with credentials that open nothing else.

        Args:
            options: those of `Mapper.connect`, such as `table_prefix`; they win over what is set here.
        """
        return open_mapper(self.endpoint_url, options)

    def client(self, **options: Any) -> AbstractAsyncContextManager[Any]:
        """Open an aioboto3 client on this DynamoDB, for raw requests.

        Args:
            options: those of `aioboto3.Session.client`; they win over what is set here.
        """
        return open_client(self.endpoint_url, options)

    async def reset(self) -> None:
        """Forget every table. Clients stay connected."""
        await asyncio.to_thread(self._process.reset)

    def reset_now(self) -> None:
        """Do what `reset` does, blocking, for where no event loop runs."""
        self._process.reset()

    async def __aenter__(self) -> Self:
        starting = asyncio.ensure_future(asyncio.to_thread(self._process.start))
        try:
            await asyncio.shield(starting)
        except asyncio.CancelledError:
            # A thread cannot be cancelled: let it finish, then undo what it did.
            await asyncio.gather(starting, return_exceptions=True)
            self._process.stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.shield(asyncio.to_thread(self._process.stop))

    def __enter__(self) -> Self:
        self._process.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.stop()
