"""Runs mypy and pyright over the programs of this folder, once each, and says which lines they report."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
ROOT = FOLDER.parent.parent
PROGRAMS = sorted([*FOLDER.glob("must_*.py"), FOLDER / "shop.py"])
MARK = re.compile(r"# error(?:: (?P<only>\w+))?$")


@dataclass(frozen=True, slots=True, order=True)
class Line:
    """One line of a program."""

    program: str
    number: int

    def __str__(self) -> str:
        text = (FOLDER / self.program).read_text(encoding="utf-8").splitlines()[self.number - 1]
        return f"{self.program}:{self.number}: {text.strip()}"


def marked(checker: str) -> set[Line]:
    """The lines that the checker must report."""
    lines: set[Line] = set()
    for program in PROGRAMS:
        for number, text in enumerate(program.read_text(encoding="utf-8").splitlines(), 1):
            mark = MARK.search(text)
            if mark and mark["only"] in (None, checker):
                lines.add(Line(program.name, number))
    return lines


def reported(checker: str) -> dict[Line, str]:
    """The lines that the checker reports as errors, with its messages."""
    return {"mypy": _mypy, "pyright": _pyright}[checker]()


def _mypy() -> dict[Line, str]:
    """Strict, with modules named from the root, so that a program may import another."""
    command = [sys.executable, "-m", "mypy", "--strict", "--output=json", "--explicit-package-bases"]
    run = _run([*command, "--cache-dir=.cache/mypy-typing", *map(str, PROGRAMS)])
    found: dict[Line, str] = {}
    for text in run.stdout.splitlines():
        error = json.loads(text)
        path = (ROOT / error["file"]).resolve()
        if error["severity"] == "error" and path.parent == FOLDER:
            found[Line(path.name, error["line"])] = error["message"]
    assert run.returncode in (0, 1), run.stderr
    return found


def _pyright() -> dict[Line, str]:
    run = _run(
        [
            sys.executable,
            "-m",
            "pyright",
            "--outputjson",
            "--project",
            str(FOLDER),
            "--pythonpath",
            sys.executable,
        ]
    )
    found: dict[Line, str] = {}
    for error in json.loads(run.stdout)["generalDiagnostics"]:
        path = Path(error["file"])
        if error["severity"] == "error" and path.parent == FOLDER:
            found[Line(path.name, error["range"]["start"]["line"] + 1)] = error["message"]
    assert run.returncode in (0, 1), run.stderr
    return found


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
