"""Files must not name registries or the machine they were written on: both differ from place to place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tests.checks.sources import ROOT, files

LOCK_FILES = {"package-lock.json", "npm-shrinkwrap.json", "uv.lock", "poetry.lock", "pdm.lock"}

# The backslashes keep these patterns from finding themselves.
REGISTRY_HOST = re.compile(r"\b(?:pythonhosted\.org|pypi\.org|npmjs\.(?:org|com))\b", re.IGNORECASE)
MACHINE_PATH = re.compile(r"(?<![\w.$}])/(?:work|farm|root|opt|tmp|Users/\w+|home/\w+)/")


def problems(root: Path = ROOT) -> Iterator[str]:
    """Each line that names what it must not, as `file:line: what`."""
    for path in files(root):
        name = path.relative_to(root)
        if path.name in LOCK_FILES:
            yield f"{name}: a lock file, which names registry hosts"
            continue
        for number, line in enumerate(_text(path).splitlines(), start=1):
            if found := REGISTRY_HOST.search(line) or MACHINE_PATH.search(line):
                yield f"{name}:{number}: names {found.group()}"


def _text(path: Path) -> str:
    """A file's text; what is not text names nothing."""
    content = path.read_bytes()
    return "" if b"\0" in content else content.decode(errors="replace")
