"""Builds the documentation site: `python -m tests.checks.site [--strict]`, into `build/site`.

With `--strict`, every warning of Sphinx is an error: a link to a page or heading that is not there, a page that
no navigation leads to, code of no known language. And no page may load anything from another host.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.checks.sources import ROOT

SITE = ROOT / "build" / "site"

# What a browser loads by itself; `<a href>` is followed by readers only.
_LOADED = re.compile(
    r"""<(?:script|img|iframe|source|video|audio|embed)\b[^>]*?\ssrc\s*=\s*["']?((?:https?:)?//[^"'\s>]+)
    |<link\b(?![^>]*\srel="canonical")[^>]*?\shref\s*=\s*["']?((?:https?:)?//[^"'\s>]+)
    |(?:url\(|@import\s)\s*["']?((?:https?:)?//[^"'\s)]+)
    |\b(?:fetch|importScripts|import)\(\s*["'`]((?:https?:)?//[^"'`\s]+)""",
    re.IGNORECASE | re.VERBOSE,
)
_READ = {".html", ".css", ".js", ".svg"}


def build(site: Path = SITE, *, strict: bool) -> bool:
    """Build the site, and return whether nothing was wrong."""
    options = ["--fail-on-warning", "--keep-going"] if strict else []
    command = [sys.executable, "-m", "sphinx", "--quiet", "--builder", "dirhtml", "--fresh-env", *options]
    built = subprocess.run([*command, str(ROOT / "docs"), str(site)], cwd=ROOT, check=False)
    found = list(external(site)) if strict else []
    print("\n".join(found), end="\n" if found else "", flush=True)
    return built.returncode == 0 and not found


def external(site: Path) -> Iterator[str]:
    """Each thing that a page would load from another host, as `file: what`."""
    for path in sorted(site.rglob("*")):
        if path.suffix in _READ and path.is_file():
            for match in _LOADED.finditer(path.read_text(errors="replace")):
                yield f"{path.relative_to(site)}: loads {next(filter(None, match.groups()))}"


def main(arguments: Sequence[str]) -> int:
    """Build it and say where it is."""
    good = build(strict="--strict" in arguments)
    print(f"{'the site is in' if good else 'the site has errors:'} {SITE.relative_to(ROOT)}", flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
