"""What keys the engine's tables have: asked once for each, and forgotten when a table changes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final

from ddbmodel.testing.proxy.upstream import Upstream
from ddbmodel.testing.strict.key_schema import KeySchema

CHANGING: Final = frozenset({"CreateTable", "DeleteTable", "UpdateTable", "RestoreTableFromBackup"})
_TARGET: Final = "DynamoDB_20120810.DescribeTable"


class Schemas:
    """The key schemas of the tables that there are."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream
        self._known: dict[str, KeySchema] = {}
        self._asking = asyncio.Lock()

    async def of(self, tables: Iterable[str], headers: Mapping[str, str]) -> Mapping[str, KeySchema]:
        """The schemas of these tables; one that is missing is left out, and asked for again.

        Args:
            tables: their names.
            headers: those of a request, as some engines keep tables apart by the credentials in them.
        """
        wanted = tuple(tables)
        if any(table not in self._known for table in wanted):
            async with self._asking:
                for table in wanted:
                    if table not in self._known:
                        await self._ask(table, headers)
        return {table: self._known[table] for table in wanted if table in self._known}

    def forget(self) -> None:
        """Ask again, as a table has changed."""
        self._known.clear()

    async def _ask(self, table: str, headers: Mapping[str, str]) -> None:
        body = json.dumps({"TableName": table}).encode()
        reply = await self._upstream.exchange({**headers, "x-amz-target": _TARGET}, body)
        described: dict[str, Any] = json.loads(reply.body)["Table"] if reply.status == HTTPStatus.OK else {}
        # Of a table that is being deleted, the service no longer tells the keys.
        if "KeySchema" in described:
            self._known[table] = KeySchema.from_wire(described)
