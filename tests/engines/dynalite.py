"""dynalite: DynamoDB on Node, stricter than moto, without transactions.

It can crash and hang, so it is supervised.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from tests.engines.engine import Engine
from tests.engines.folders import folder_of
from tests.engines.supervisor import HOST, SupervisedProcess

VERSION = "4.0.0"
NODE_MAJOR = 20  # the oldest that dynalite 4 runs on

_PROGRAM = Path(__file__).with_name("dynalite.cjs")


class DynaliteEngine(Engine):
    """dynalite, from `.cache/engines/dynalite`."""

    name = "dynalite"

    def __init__(self) -> None:
        self._folder = folder_of(self.name)
        self._process = SupervisedProcess(lambda port: ["node", str(_PROGRAM), str(self._folder), str(port)])

    @property
    def endpoint_url(self) -> str:
        return f"http://{HOST}:{self._process.port}"

    def absence(self) -> str | None:
        if not self._installed():
            return "not installed; `python -m tests.engines.install` does it"
        return node_absence()

    def start(self) -> None:
        self._process.start()

    def stop(self) -> None:
        self._process.stop()

    def revive(self) -> None:
        self._process.revive()

    def install(self) -> None:
        """Install it with npm."""
        if self._installed():
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        npm = [
            "npm",
            "install",
            "--no-save",
            "--no-package-lock",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
        ]
        subprocess.run([*npm, "--prefix", str(self._folder), f"dynalite@{VERSION}"], check=True)

    def _installed(self) -> bool:
        package = self._folder / "node_modules" / "dynalite" / "package.json"
        return package.is_file() and json.loads(package.read_text())["version"] == VERSION


def node_absence() -> str | None:
    """Why there is no Node that dynalite runs on; None if there is."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return "needs Node and npm, which are not here"
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(said.removeprefix("v").split(".")[0]) < NODE_MAJOR:
        return f"needs Node {NODE_MAJOR} or later, and this is {said}"
    return None
