"""Starting, asking and stopping the process of the embedded DynamoDB. Everything here blocks."""

from __future__ import annotations

import http.client
import importlib.util
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO, Final

from ddbmodel.errors import DDBModelError

HOST: Final = "127.0.0.1"

# Arbitrary, and far beyond what a loaded machine needs: they only bound a wait that would never end.
START_SECONDS: Final = 60.0
STOP_SECONDS: Final = 10.0
RESET_SECONDS: Final = 60.0

_PROGRAM = Path(__file__).with_name("server.py")
_RESET_PATH = "/moto-api/reset"


class ServerProcess:
    """One embedded DynamoDB: a child process with tables of its own.

    It ends with this process, whatever becomes of it: the child watches the pipe that is its standard input.
    """

    def __init__(self, port: int = 0) -> None:
        self._wanted_port = port
        self._port = 0
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def port(self) -> int:
        """The port it listens on, on loopback."""
        if self._child is None:
            raise DDBModelError("LocalDynamoDB is not open: use it inside `async with LocalDynamoDB()`")
        return self._port

    def start(self) -> None:
        """Start the process and wait until it listens.

        Raises:
            ModuleNotFoundError: moto is not installed.
            DDBModelError: it is running, or did not start; the message ends with what it printed last.
        """
        if self._child is not None:
            raise DDBModelError("LocalDynamoDB is open already: make another one for a second set of tables")
        _require_moto()
        with tempfile.TemporaryFile() as complaints:
            child = _spawn(self._wanted_port, complaints)
            try:
                self._port = _listening_port(child)
            except ValueError:
                _end(child)
                raise DDBModelError(f"LocalDynamoDB did not start: {_last_line(complaints)}") from None
            except BaseException:
                _end(child)
                raise
        self._child = child

    def reset(self) -> None:
        """Forget every table."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=RESET_SECONDS)
        try:
            connection.request("POST", _RESET_PATH)
            connection.getresponse().read()
        except OSError as error:
            raise DDBModelError("LocalDynamoDB does not answer: its process has ended") from error
        finally:
            connection.close()

    def stop(self) -> None:
        """End the process and forget everything. Does nothing if it was not started."""
        child, self._child = self._child, None
        if child is not None:
            _end(child)


def _require_moto() -> None:
    if importlib.util.find_spec("moto") is None:
        raise ModuleNotFoundError(
            'LocalDynamoDB needs moto: install it with `pip install "ddbmodel[testing]"`', name="moto"
        )


def _spawn(port: int, complaints: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        # -P: this directory's modules must not stand in for others of the same name.
        [sys.executable, "-P", "-W", "ignore", str(_PROGRAM), str(port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=complaints,
    )


def _listening_port(child: subprocess.Popen[bytes]) -> int:
    """Read the first line that the program prints; a ValueError means that it ended before."""
    assert child.stdout is not None
    overdue = threading.Timer(START_SECONDS, child.kill)
    overdue.daemon = True
    overdue.start()
    try:
        return int(child.stdout.readline())
    finally:
        overdue.cancel()


def _end(child: subprocess.Popen[bytes]) -> None:
    """Close its standard input, which tells it to end, and wait until it has."""
    try:
        child.communicate(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.communicate()


def _last_line(complaints: IO[bytes]) -> str:
    complaints.seek(0)
    lines = complaints.read().decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else f"it printed nothing in {START_SECONDS:.0f} seconds"
