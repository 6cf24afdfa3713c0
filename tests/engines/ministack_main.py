"""The program that ministack's own environment runs: `python ministack_main.py PORT`.

Runs ministack's DynamoDB on loopback, on a free port if PORT is 0. Prints the port, and ends when standard
input does, so it cannot outlive the tests.
"""

from __future__ import annotations

import os
import runpy
import socket
import sys
import threading

HOST = "127.0.0.1"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _announce(port: int) -> None:
    """Print the port as soon as something listens on it, and wait for the end of standard input."""
    while True:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                break
        threading.Event().wait(0.02)
    print(port, flush=True)
    sys.stdin.buffer.read()
    os._exit(0)


def main(port: int) -> None:
    """Run ministack in this thread, which its event loop wants to be the main one."""
    os.environ.update(GATEWAY_PORT=str(port), BIND_HOST=HOST, SERVICES="dynamodb", LOG_LEVEL="ERROR")
    threading.Thread(target=_announce, args=(port,), daemon=True).start()
    sys.argv = ["ministack"]
    runpy.run_module("ministack", run_name="__main__")


if __name__ == "__main__":
    main(int(sys.argv[1]) or _free_port())
