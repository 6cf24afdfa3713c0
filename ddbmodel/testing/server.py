"""The program that the embedded DynamoDB's process runs: moto's DynamoDB behind HTTP/1.1 on loopback.

Run as a script, never imported: `python server.py PORT`. The first line it prints is the port it listens on.
It ends when its standard input does, so it cannot outlive the process that started it. It imports nothing of
ddbmodel, and nothing that moto does to botocore can reach the program under test.

moto's own server is not used, because it

- handles requests in parallel while moto's tables have no locks, so two conditional writes can both find
  their condition true; DynamoDB's requests are atomic, and here one is handled after the other;
- closes the connection after every request, and needs Flask and what twenty other services need;
- copies a whole table for each action of a transaction, to go back to it if the transaction is refused. Here
  the copy shares its items, and an update changes a copy of its item: a minute becomes a tenth of a second.

moto's serializer takes nine tenths of a read's time, because it tries up to eight spellings for each of the
ten members of an attribute value, and it garbles maps with an empty key. `_Serializer` does neither.
"""

from __future__ import annotations

import base64
import copy
import gc
import json
import os
import signal
import socketserver
import sys
import threading
import traceback
from dataclasses import replace
from email.message import Message
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, Final

from moto.core.base_backend import BackendDict
from moto.core.request import Request
from moto.core.responses import ActionContext, ActionResult
from moto.core.serialize import JSONSerializer
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler
from moto.dynamodbstreams.responses import DynamoDBStreamsHandler

HOST: Final = "127.0.0.1"
_STREAMS_TARGET: Final = "DynamoDBStreams_"
RESET_PATH: Final = "/moto-api/reset"  # the name it has in moto's own server

_Reply = tuple[int, dict[str, str], str | bytes]
_one_at_a_time = threading.Lock()


class _Serializer(JSONSerializer):
    """moto's JSON serializer, with a short way for attribute values."""

    def _serialize_type_structure(self, serialized: Any, value: Any, shape: Any, key: str) -> None:
        if shape.name == "AttributeValue":
            serialized[key] = _wire(value)
        else:
            super()._serialize_type_structure(serialized, value, shape, key)


def _wire(value: dict[str, Any]) -> dict[str, Any]:
    """Turn one attribute value, as moto's tables hold it, into JSON: bytes become base64."""
    ((kind, held),) = value.items()
    match kind:
        case "M":
            return {kind: {name: _wire(part) for name, part in held.items()}}
        case "L":
            return {kind: [_wire(part) for part in held]}
        case "B":
            return {kind: _base64(held)}
        case "BS":
            return {kind: [_base64(member) for member in held]}
        case _:
            return {kind: held}


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


class _Result(ActionResult):
    def execute_result(self, context: ActionContext) -> Any:
        return super().execute_result(replace(context, serializer_class=_Serializer))


class _Dynamo(DynamoHandler):
    def serialized(self, action_result: ActionResult) -> Any:
        return super().serialized(_Result(action_result.result))


class _Streams(DynamoDBStreamsHandler):
    def serialized(self, action_result: ActionResult) -> Any:
        return super().serialized(_Result(action_result.result))


def _way_back(table: Any, memo: dict[int, Any]) -> Any:
    """Copy a table so that its items can be put, deleted and updated without the copy noticing.

    It takes the place of copying every item, which `_Backend` makes needless.
    """
    memo[id(table)] = kept = copy.copy(table)
    kept.items = table.items.copy()
    if table.has_range_key:
        kept.items.update({key: dict(held) for key, held in table.items.items()})
    if table.stream_shard is not None:
        kept.stream_shard = copy.copy(table.stream_shard)
        kept.stream_shard.table = kept
        kept.stream_shard.items = [*table.stream_shard.items]
    return kept


class _Backend(DynamoDBBackend):
    def update_item(self, table_name: str, key: dict[str, Any], *arguments: Any, **options: Any) -> Any:
        """Put a copy in the item's place first: moto changes the item itself."""
        table: Any = self.get_table(table_name)
        item = self.get_item(table_name, key)
        if item is not None and item.range_key is not None:
            table.items[item.hash_key][item.range_key] = copy.deepcopy(item)
        elif item is not None:
            table.items[item.hash_key] = copy.deepcopy(item)
        return super().update_item(table_name, key, *arguments, **options)


def speed_up_transactions() -> None:
    """Let moto use what is above, in this process."""
    setattr(Table, "__deepcopy__", _way_back)  # noqa: B010  # moto declares no such method
    dynamodb_backends.backend = _Backend


def answer(host: str, headers: Message, body: bytes) -> _Reply:
    """Let moto answer one request to DynamoDB or its streams."""
    request = Request.from_primitives("POST", f"http://{host}/", headers, body)
    try:
        with _one_at_a_time:
            streams = headers.get("X-Amz-Target", "").startswith(_STREAMS_TARGET)
            reply: _Reply = (_Streams if streams else _Dynamo).dispatch(request)
            return reply
    except NotImplementedError as error:
        return _failure(HTTPStatus.BAD_REQUEST, "UnknownOperationException", str(error))
    except Exception as error:  # what moto did not foresee is an internal error, as it is of the service
        return _failure(HTTPStatus.INTERNAL_SERVER_ERROR, "InternalServerError", _place(error))


def _failure(status: int, code: str, message: str) -> _Reply:
    body = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": message}
    return status, {}, json.dumps(body)


def _place(error: Exception) -> str:
    """Say what broke in moto and where, without the error's text, which can hold values of an item."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(last.filename).name}:{last.lineno}"
    return f"moto failed with {type(error).__name__} in {last.name}, {where}"


def reset() -> None:
    """Forget every table of every account and region."""
    with _one_at_a_time:
        BackendDict.reset()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body leave in one packet

    def do_GET(self) -> None:
        """Say that the server is alive."""
        self._send(HTTPStatus.OK, {}, "healthy")

    def do_POST(self) -> None:
        """Answer a request of DynamoDB's protocol, or forget everything."""
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if self.path == RESET_PATH:
            reset()
            self._send(HTTPStatus.OK, {}, "")
        else:
            self._send(*answer(self.headers.get("Host", HOST), self.headers, body))

    def _send(self, status: int, headers: dict[str, str], body: str | bytes) -> None:
        content = body.encode() if isinstance(body, str) else body
        self.send_response_only(status)
        for name, value in headers.items():
            if name.lower() not in ("status", "content-length"):  # `status` is a note of moto to itself
                self.send_header(name, str(value))
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


class _Server(socketserver.ThreadingTCPServer):
    """One thread for each connection; unlike `http.server.HTTPServer`, asks no DNS for the host's name."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet about clients that hang up."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def main(port: int) -> None:
    """Serve until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C ends the owner, which may still need us to clean up
    speed_up_transactions()
    gc.set_threshold(100_000, 50, 100)  # arbitrary; the default walks through all stored items far too often
    with _Server((HOST, port), _Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(server.server_address[1], flush=True)
        sys.stdin.buffer.read()
        os._exit(0)  # without freeing every item of every table first


if __name__ == "__main__":
    main(int(sys.argv[1]))
