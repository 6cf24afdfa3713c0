"""The connections of a lane: kept while they are of use, and never more than allowed."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from ddbmodel.transport.fast.connection import Connection
from ddbmodel.transport.fast.http_reply import HttpReply

_CLOSING_SECONDS: Final = 1.0
"""How long a connection may take to say goodbye when the lane closes; then it is cut."""


class NotConnected(Exception):
    """No connection could be made, so nothing was sent.

    Attributes:
        code: one word for it.
    """

    def __init__(self, code: str) -> None:
        super().__init__("no connection to the service")
        self.code = code


@dataclass(frozen=True, slots=True)
class PoolOptions:
    """Where the connections go, and their limits.

    Attributes:
        host: a name or address.
        port: the port.
        tls: how to encrypt; None does not.
        size: how many connections there may be at once. Requests beyond them wait.
        connect_timeout: in seconds, for one connection; None waits for ever.
        read_timeout: in seconds without any of the reply; None waits for ever.
        idle_seconds: how long a connection is kept without use.
        tcp_keepalive: let the system test idle connections.
    """

    host: str
    port: int
    tls: ssl.SSLContext | None = field(default=None, repr=False)
    size: int = 10
    connect_timeout: float | None = 60.0
    read_timeout: float | None = 60.0
    idle_seconds: float = 12.0
    tcp_keepalive: bool = False


class Pool:
    """The connections to one endpoint. Belongs to one event loop."""

    __slots__ = (
        "_closed",
        "_count",
        "_idle",
        "_loop",
        "_open",
        "_options",
        "_patience",
        "_timer",
        "_waiters",
    )

    def __init__(self, options: PoolOptions) -> None:
        self._options = options
        self._loop = asyncio.get_running_loop()
        # Those last used are taken first, so that those not needed grow old.
        self._idle: list[Connection] = []
        self._open: set[Connection] = set()
        # How many are open or being opened.
        self._count = 0
        self._waiters: deque[asyncio.Future[Connection | None]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        # The soonest that anything can be due: a reply that is late, or a connection that is idle.
        self._patience = min(options.idle_seconds, options.read_timeout or options.idle_seconds)
        self._closed = False

    @property
    def size(self) -> int:
        """How many connections there are."""
        return self._count

    async def exchange(self, request: bytes) -> HttpReply:
        """Send a request over a connection, when there is one free, and return the reply.

        However it ends early, cancelled too, its connection is closed: a late reply can be no other's.

        Raises:
            NotConnected: nothing was sent.
            ReplyLost: it was sent, perhaps in part, and there is no reply.
            MalformedReply: what came is not HTTP.
        """
        connection = self._take_idle() or await self._acquire()
        try:
            if not connection.reusable:
                # It broke as soon as it was made.
                raise NotConnected("ConnectFailed")
            waiter = connection.exchange(request)
            self._watch_clock()
            return await waiter
        finally:
            self._give_back(connection)

    async def close(self, *, cut: bool) -> None:
        """Close all connections.

        Args:
            cut: let requests under way fail. Otherwise they may end, and their connections with them.
        """
        self._closed = True
        if cut and self._timer is not None:
            # Otherwise it still watches over the requests under way.
            self._timer.cancel()
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_exception(NotConnected("Closed"))
        leaving = [connection for connection in self._open if cut or not connection.busy]
        for connection in leaving:
            if connection.busy:
                connection.abort()
            else:
                connection.close()
        if leaving:
            await asyncio.wait([connection.lost for connection in leaving], timeout=_CLOSING_SECONDS)
        for connection in leaving:
            connection.abort()

    def _take_idle(self) -> Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if connection.reusable and connection.is_quiet():
                connection.busy = True
                return connection
            self._drop(connection)
        return None

    async def _acquire(self) -> Connection:
        if self._closed:
            raise NotConnected("Closed")
        if self._count < self._options.size:
            self._count += 1
            return await self._connect()
        waiter: asyncio.Future[Connection | None] = self._loop.create_future()
        self._waiters.append(waiter)
        try:
            connection = await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                self._give_back(waiter.result())
            raise
        if connection is not None:
            if connection.reusable and connection.is_quiet():
                return connection
            connection.abort()
            self._open.discard(connection)
        return await self._connect()

    async def _connect(self) -> Connection:
        """Open a connection in a place that is counted already."""
        options = self._options
        connected = False
        try:
            async with asyncio.timeout(options.connect_timeout):
                transport, connection = await self._loop.create_connection(
                    self._new_connection,
                    options.host,
                    options.port,
                    ssl=options.tls,
                    ssl_shutdown_timeout=None if options.tls is None else _CLOSING_SECONDS,
                )
            connected = True
        except TimeoutError as error:
            raise NotConnected("ConnectTimeout") from error
        except (OSError, UnicodeError) as error:
            raise NotConnected("ConnectFailed") from error
        finally:
            if not connected:
                self._free_place()
        if self._closed:
            connection.abort()
            self._free_place()
            raise NotConnected("Closed")
        self._open.add(connection)
        if options.tcp_keepalive:
            # Some systems refuse it once the peer has hung up, which shows soon enough.
            with suppress(OSError):
                transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        return connection

    def _new_connection(self) -> Connection:
        return Connection(self._loop, self._lost)

    def _give_back(self, connection: Connection | None) -> None:
        if connection is None:
            self._free_place()
        elif connection.reusable and not self._closed:
            self._pass_on(connection)
        elif connection in self._open:
            self._drop(connection)

    def _pass_on(self, connection: Connection | None) -> None:
        """Give a connection, or the place for one, to whoever waits longest."""
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(connection)
                return
        if connection is None:
            self._count -= 1
        else:
            connection.busy = False
            self._idle.append(connection)

    def _drop(self, connection: Connection) -> None:
        self._open.discard(connection)
        connection.abort()
        self._free_place()

    def _free_place(self) -> None:
        self._pass_on(None)

    def _lost(self, connection: Connection) -> None:
        # Of one that is busy, whoever uses it takes care.
        if not connection.busy and connection in self._open:
            self._idle = [other for other in self._idle if other is not connection]
            self._open.discard(connection)
            self._free_place()

    def _watch_clock(self) -> None:
        """One timer for all connections: set, or set earlier, if the next thing that is due needs it."""
        wait = self._patience
        timer = self._timer
        if timer is None or timer.when() > self._loop.time() + wait:
            if timer is not None:
                timer.cancel()
            self._timer = self._loop.call_later(wait, self._tick)

    def _tick(self) -> None:
        self._timer = None
        now = self._loop.time()
        due: list[float] = []
        for connection in list(self._open):
            limit = self._options.read_timeout if connection.busy else self._options.idle_seconds
            if limit is None:
                due.append(now + self._options.idle_seconds)
            elif connection.since + limit > now:
                due.append(connection.since + limit)
            elif connection.busy:
                connection.time_out()
            else:
                connection.close()
        if due:
            self._timer = self._loop.call_at(min(due), self._tick)
