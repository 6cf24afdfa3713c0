"""The program `ddbmodel`, run as users run it."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.checks.sources import ROOT

_CREDENTIALS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": "us-east-1"}
ENVIRONMENT = {**_CREDENTIALS, "AWS_DEFAULT_REGION": "us-east-1", "COLUMNS": "200"}


@dataclass
class Ended:
    """A program that has ended."""

    code: int | None
    output: str
    errors: str


async def started(*arguments: str | Path, **environment: str) -> asyncio.subprocess.Process:
    """Start it from the repository's folder."""
    return await asyncio.create_subprocess_exec(
        *[sys.executable, "-m", "ddbmodel.cli", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, **ENVIRONMENT, **environment},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def run(*arguments: str | Path, **environment: str) -> Ended:
    """Run it to its end."""
    process = await started(*arguments, **environment)
    output, errors = await process.communicate()
    return Ended(process.returncode, output.decode(), errors.decode())


def run_here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str) -> Ended:
    """Run it to its end in this process, where no event loop runs."""
    from ddbmodel.cli.main import main

    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "argv", ["ddbmodel", *arguments])
    with pytest.raises(SystemExit) as raised:
        main()
    written = capsys.readouterr()
    code = raised.value.code
    assert code is None or isinstance(code, int)
    return Ended(code or 0, written.out, written.err)
