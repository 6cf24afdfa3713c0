"""A DynamoDB in memory over real HTTP: it writes batches, tells of its tables, and remembers the order."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self

from ddbmodel.testing.proxy.http_messages import Message
from ddbmodel.testing.proxy.http_server import HOST, Answer, HttpServer
from ddbmodel.testing.proxy.replies import Reply, answer, refusal, success
from ddbmodel.testing.strict.refusal import Refused

Key = tuple[str, str]
"""The table, and the key's attributes as text."""

Item = dict[str, Any]


class HttpTable:
    """Tables of one process, for the requests of batch writers. Its own replies are always sound.

    Args:
        keys: the names of the key's attributes, with their types, by table.
        refused: says whether the service refuses a request with this item.

    Attributes:
        items: what is stored.
        history: for each key, what was written to it in turn; None for a delete.
        requests: how many batches it was sent.
    """

    def __init__(
        self,
        keys: Mapping[str, Mapping[str, str]],
        *,
        refused: Callable[[Item], bool] = lambda item: False,
    ) -> None:
        self._keys = keys
        self._refused = refused
        self._server = HttpServer(self._handle)
        self.items: dict[Key, Item] = {}
        self.history: dict[Key, list[Item | None]] = {}
        self.requests = 0

    @property
    def endpoint_url(self) -> str:
        return f"http://{HOST}:{self._server.port}"

    async def __aenter__(self) -> Self:
        await self._server.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._server.stop()

    def key(self, table: str, item: Item) -> Key:
        return table, json.dumps([item[name] for name in self._keys[table]])

    async def _handle(self, request: Message) -> Answer:
        operation = request.headers["x-amz-target"].partition(".")[2]
        parameters = json.loads(request.body)
        try:
            reply = self._describe(parameters) if operation == "DescribeTable" else self._write(parameters)
        except Refused as refused:
            reply = refusal(refused)
        return answer(reply, None, "1")

    def _describe(self, parameters: Mapping[str, Any]) -> Reply:
        table = parameters["TableName"]
        keys = self._keys[table]
        schema = [
            {"AttributeName": name, "KeyType": role}
            for name, role in zip(keys, ("HASH", "RANGE"), strict=False)
        ]
        types = [{"AttributeName": name, "AttributeType": letter} for name, letter in keys.items()]
        return success({"Table": {"TableName": table, "KeySchema": schema, "AttributeDefinitions": types}})

    def _write(self, parameters: Mapping[str, Any]) -> Reply:
        writes = [(table, write) for table, listed in parameters["RequestItems"].items() for write in listed]
        self.requests += 1
        if any("PutRequest" in write and self._refused(write["PutRequest"]["Item"]) for _, write in writes):
            raise Refused("ValidationException", "One of the items is not valid")
        for table, write in writes:
            item: Item | None = write["PutRequest"]["Item"] if "PutRequest" in write else None
            key = self.key(table, write["DeleteRequest"]["Key"] if item is None else item)
            self.history.setdefault(key, []).append(item)
            if item is None:
                self.items.pop(key, None)
            else:
                self.items[key] = item
        return success({"UnprocessedItems": {}})
