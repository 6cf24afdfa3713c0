"""Keeping a process alive that can crash or hang."""

from __future__ import annotations

import http.client
import json
import subprocess
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import IO, Final

HOST: Final = "127.0.0.1"

# Arbitrary, and far beyond what a loaded machine needs.
START_SECONDS: Final = 60.0
HEALTH_SECONDS: Final = 10.0
STOP_SECONDS: Final = 10.0

_LIST_TABLES: Final[Mapping[str, str]] = {
    "X-Amz-Target": "DynamoDB_20120810.ListTables",
    "X-Amz-Date": "20260101T000000Z",
    "Content-Type": "application/x-amz-json-1.0",
    "Authorization": (
        "AWS4-HMAC-SHA256 Credential=testing/20260101/us-east-1/dynamodb/aws4_request, "
        "SignedHeaders=host;x-amz-date, Signature=00"
    ),
}


class EngineFailed(Exception):
    """An engine that does not start."""


class SupervisedProcess:
    """A program that serves DynamoDB's protocol, and is started anew when it has crashed or hangs.

    The program prints its port as its first line and ends when its standard input does. It is told which port
    to take, 0 for any at first and then the one it had, so that clients find it again.

    Args:
        command: makes the command for a port.
    """

    def __init__(self, command: Callable[[int], Sequence[str]]) -> None:
        self._command = command
        self._child: subprocess.Popen[bytes] | None = None
        self.port = 0

    def start(self) -> None:
        """Start the program, and wait until it answers.

        Raises:
            EngineFailed: it ended, or answers nothing; the message holds what it printed.
        """
        with tempfile.TemporaryFile() as output:
            self._child = subprocess.Popen(
                list(self._command(self.port)),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=output,
            )
            try:
                self.port = _first_line(self._child)
            except ValueError:
                self.stop()
                raise EngineFailed(f"{self._command(0)[0]} did not start: {_tail(output)}") from None
        if not self.healthy():
            self.stop()
            raise EngineFailed(f"{self._command(0)[0]} started and does not answer")

    def healthy(self, *, seconds: float = HEALTH_SECONDS) -> bool:
        """Whether it lives and lists its tables in time."""
        if self._child is None or self._child.poll() is not None:
            return False
        connection = http.client.HTTPConnection(HOST, self.port, timeout=seconds)
        try:
            connection.request("POST", "/", body=json.dumps({}), headers=dict(_LIST_TABLES))
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def revive(self, *, seconds: float = HEALTH_SECONDS) -> None:
        """Start it anew if it is not healthy, in time."""
        if not self.healthy(seconds=seconds):
            if self._child is not None:
                self._child.kill()  # what hangs does not end by itself
            self.stop()
            self.start()

    def stop(self) -> None:
        """End it, by force if it does not end by itself."""
        child, self._child = self._child, None
        if child is None:
            return
        try:
            child.communicate(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()


def _first_line(child: subprocess.Popen[bytes]) -> int:
    assert child.stdout is not None
    overdue = threading.Timer(START_SECONDS, child.kill)
    overdue.start()
    try:
        return int(child.stdout.readline())
    finally:
        overdue.cancel()


def _tail(output: IO[bytes]) -> str:
    output.seek(0)
    return output.read().decode(errors="replace").strip()[-2000:] or "it printed nothing"
