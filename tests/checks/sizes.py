"""Functions of at most 40 lines, without their docstring; files of fewer than 500.

The public names, the programs of `tests/typing` and the rows of the lossless matrix are lists, and may be as long
as it takes.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.checks.sources import ROOT, python_files

Function = ast.FunctionDef | ast.AsyncFunctionDef

FUNCTION_LINES = 40
FILE_LINES = 500


def problems(root: Path = ROOT) -> Iterator[str]:
    """Each function and file that is too long, as `file:line: what`."""
    for folder in ("ddbmodel", "examples", "tests"):
        for path in python_files(folder, root):
            name, text = path.relative_to(root), path.read_text()
            if name.parts[:2] == ("tests", "typing") or name.parts[:3] == ("tests", "strategies", "matrix"):
                continue
            is_face = name.parts == ("ddbmodel", "__init__.py")
            if not is_face and (lines := text.count("\n")) >= FILE_LINES:
                yield f"{name}: {lines} lines, of which {FILE_LINES - 1} are allowed"
            for function in functions(ast.parse(text)):
                if (lines := length(function)) > FUNCTION_LINES:
                    yield f"{name}:{function.lineno}: {function.name} has {lines} lines"


def functions(tree: ast.AST) -> Iterator[Function]:
    """Every function and method of a module."""
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def length(function: Function) -> int:
    """How many lines a function has from `def` to its end, without its docstring."""
    lines = (function.end_lineno or 0) - function.lineno + 1
    if ast.get_docstring(function) is not None:
        docstring = function.body[0]
        lines -= (docstring.end_lineno or 0) - docstring.lineno + 1
    return lines
