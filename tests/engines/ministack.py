"""ministack: an emulator of AWS, of which DynamoDB is used.

It pins another botocore than aiobotocore does, so it has an environment of its own.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.engines.engine import Engine
from tests.engines.folders import folder_of
from tests.engines.supervisor import HOST, SupervisedProcess

VERSION = "1.5.33"

_PROGRAM = Path(__file__).with_name("ministack_main.py")


class MinistackEngine(Engine):
    """ministack, from `.cache/engines/ministack`."""

    name = "ministack"

    def __init__(self) -> None:
        self._folder = folder_of(self.name)
        # -P: beside the program there is a module of the same name as what it runs, this one.
        self._process = SupervisedProcess(lambda port: [str(self._python()), "-P", str(_PROGRAM), str(port)])

    @property
    def endpoint_url(self) -> str:
        return f"http://{HOST}:{self._process.port}"

    def absence(self) -> str | None:
        return None if self._installed() else "not installed; `python -m tests.engines.install` does it"

    def start(self) -> None:
        self._process.start()

    def stop(self) -> None:
        self._process.stop()

    def revive(self) -> None:
        self._process.revive()

    def install(self) -> None:
        """Install it with pip, which may live elsewhere: the environment has none."""
        if self._installed():
            return
        subprocess.run(
            [sys.executable, "-m", "venv", "--clear", "--without-pip", str(self._folder)], check=True
        )
        pip = [sys.executable, "-m", "pip", "--python", str(self._python()), "install", "--quiet"]
        subprocess.run([*pip, f"ministack=={VERSION}"], check=True)

    def _python(self) -> Path:
        return self._folder / "bin" / "python"

    def _installed(self) -> bool:
        return self._python().exists() and any(
            self._folder.glob(f"lib/python*/site-packages/ministack-{VERSION}.dist-info")
        )
