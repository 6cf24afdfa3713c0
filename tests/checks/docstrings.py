"""Every test says in one sentence what behaviour it shows."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.checks.sizes import functions
from tests.checks.sources import ROOT, python_files


def problems(root: Path = ROOT) -> Iterator[str]:
    """Each test without a docstring, as `file:line: what`."""
    for path in python_files("tests", root):
        if not path.name.startswith("test_"):
            continue
        for function in functions(ast.parse(path.read_text())):
            if function.name.startswith("test_") and not ast.get_docstring(function):
                place = f"{path.relative_to(root)}:{function.lineno}"
                yield f"{place}: {function.name} does not say what it shows"
