"""`FaultProxy`: a DynamoDB that refuses, throttles and fails, in front of one that does not."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any, Self

from ddbmodel.errors import DDBModelError
from ddbmodel.testing.connection import open_client, open_mapper
from ddbmodel.testing.proxy.capacity import Capacity
from ddbmodel.testing.proxy.exchange import Exchanges
from ddbmodel.testing.proxy.http_server import HOST, HttpServer
from ddbmodel.testing.proxy.meter import Meter
from ddbmodel.testing.proxy.schedule import FaultRates, Step, schedule_of
from ddbmodel.testing.proxy.seen import Seen
from ddbmodel.testing.proxy.tokens import Tokens
from ddbmodel.testing.proxy.upstream import Upstream

if TYPE_CHECKING:
    from types import TracebackType

    from ddbmodel.ingest import Mapper


class FaultProxy:
    """A server on a free port of loopback that hands requests to a DynamoDB, and does not always do so.

        async with FaultProxy(dynamodb.endpoint_url, faults=[("PutItem", DropReply())]) as proxy:
            async with proxy.connect() as mapper:
                ...
        assert proxy.log[-1].applied

    It refuses what DynamoDB refuses and lenient engines accept, honours the idempotency tokens of
    transactions, throttles by the given capacity, and lets the given faults happen. It belongs to the event
    loop that it was opened in. Signatures are not checked. The keys of tables are asked of the engine once: a
    table that gets other keys has to do so through the proxy.

    Not modelled: capacity of indexes, splitting of partitions, size limits that depend on what is stored, and
    the grammar of expressions, which the engine judges.

    Args:
        upstream_url: of the engine behind, over plain HTTP: of a `LocalDynamoDB`, or DynamoDB Local.
        faults: a script, whose steps are taken in order, each by the first request that it matches; or rates,
            for faults at random.
        strict: refuse what DynamoDB refuses.
        capacity: of every table, or of each by its name; without it, nothing is throttled but by faults.
        seed: what random faults begin with. The same seed and order of requests give the same faults.
        clock: seconds from some fixed moment, for capacity and for the age of tokens.
    """

    def __init__(
        self,
        upstream_url: str,
        *,
        faults: FaultRates | Sequence[Step] = (),
        strict: bool = True,
        capacity: Capacity | Mapping[str, Capacity] | None = None,
        seed: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._upstream = Upstream(upstream_url)
        self._schedule = schedule_of(faults, seed)
        self._exchanges = Exchanges(
            self._upstream,
            self._schedule,
            Tokens(clock),
            meter=None if capacity is None else Meter(capacity, clock),
            strict=strict,
        )
        self._server = HttpServer(self._exchanges.handle)

    @property
    def endpoint_url(self) -> str:
        """Where it listens, such as `http://127.0.0.1:40123`.

        Raises:
            DDBModelError: it is not open.
        """
        if not self._server.listens:
            raise DDBModelError("FaultProxy is not open: use it inside `async with FaultProxy(...)`")
        return f"http://{HOST}:{self._server.port}"

    @property
    def log(self) -> Sequence[Seen]:
        """What it has seen, in the order in which requests were done with."""
        return tuple(self._exchanges.log)

    def replay(self) -> tuple[Step, ...]:
        """The faults so far as a script: as `faults`, it repeats them for the same order of requests."""
        return self._schedule.script()

    def connect(self, **options: Any) -> AbstractAsyncContextManager[Mapper]:
        """Open a mapper on it, with credentials that open nothing else.

        Args:
            options: those of `Mapper.connect`, such as `table_prefix`; they win over what is set here.
        """
        return open_mapper(self.endpoint_url, options)

    def client(self, **options: Any) -> AbstractAsyncContextManager[Any]:
        """Open an aioboto3 client on it, for raw requests.

        Args:
            options: those of `aioboto3.Session.client`; they win over what is set here.
        """
        return open_client(self.endpoint_url, options)

    async def __aenter__(self) -> Self:
        await self._server.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._server.stop()
        await self._upstream.close()
