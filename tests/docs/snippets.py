"""Python blocks of Markdown pages, run in order as one program per page.

A block is ordinary code with top-level `await`. What it prints is compared with its `#> ` comments, in order.
"""

from __future__ import annotations

import ast
import contextlib
import inspect
import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, ModuleType
from typing import Final

_BLOCK: Final = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_EXPECTED: Final = re.compile(r"#> ?(.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Snippet:
    """One block, with the line of its page where it starts."""

    page: Path
    line: int
    code: str

    @property
    def expected(self) -> list[str]:
        """The lines that it says it prints."""
        return [line.rstrip() for line in _EXPECTED.findall(self.code)]

    def compiled(self) -> CodeType:
        """The block, compiled so that tracebacks name the page and its line."""
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        padded = "\n" * (self.line - 1) + self.code
        code = compile(padded, str(self.page), "exec", flags, dont_inherit=True)
        assert isinstance(code, CodeType)
        return code


def snippets_of(page: Path) -> list[Snippet]:
    """The Python blocks of a page."""
    text = page.read_text()
    return [
        Snippet(page, text.count("\n", 0, match.start(1)) + 1, match.group(1))
        for match in _BLOCK.finditer(text)
    ]


async def run(page: Path) -> list[tuple[list[str], list[str]]]:
    """Run a page; for each block what it printed and what it said it prints."""
    with module_of(page) as module:
        return [(await run_snippet(snippet, module), snippet.expected) for snippet in snippets_of(page)]


@contextlib.contextmanager
def module_of(page: Path) -> Iterator[ModuleType]:
    """An empty module for the blocks of a page, where what looks for a class's module finds it."""
    module = ModuleType(f"snippets_{page.stem.replace('-', '_')}")
    sys.modules[module.__name__] = module
    try:
        yield module
    finally:
        del sys.modules[module.__name__]


async def run_snippet(snippet: Snippet, module: ModuleType) -> list[str]:
    """Run one block after those that a module has run; the lines that it printed."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        outcome = eval(snippet.compiled(), module.__dict__)
        if inspect.isawaitable(outcome):
            await outcome
    return [line.rstrip() for line in printed.getvalue().splitlines()]
