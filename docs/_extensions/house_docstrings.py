"""Makes the house's docstrings reStructuredText before napoleon reads their sections.

They are written to be read in an editor: code in single backticks, examples indented, `[text](link)` nowhere.
Two things need help: an indented block after an empty line is code, and `Cost: ...` is a paragraph, also
where it goes on indented.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_NOTE = re.compile(r"(Cost|Atomicity|Memory|Source): (?=\S)")
_SECTIONS = ("Args:", "Returns:", "Raises:", "Yields:", "Attributes:")


def setup(app: Sphinx) -> dict[str, Any]:
    """Let it run before napoleon does."""
    app.connect("autodoc-process-docstring", _mark_code, priority=400)
    return {"parallel_read_safe": True}


def _mark_code(*event: Any) -> None:
    lines: list[str] = event[-1]
    marked: list[str] = []
    in_code = in_sections = in_note = False
    for number, line in enumerate(lines):
        in_sections = in_sections or line in _SECTIONS
        indented = line.startswith("    ")
        if _NOTE.match(line):
            marked += ["", _NOTE.sub(r"**\1:** ", line)]
            in_note, in_code, in_sections = True, False, False
            continue
        if in_note and indented:
            marked.append(line.strip())
            continue
        if in_note and line:
            marked.append("")
        in_note = False
        begins = indented and not in_code and not in_sections and number > 0 and not lines[number - 1]
        if begins:
            marked += [".. code-block:: python", ""]
        if line:
            in_code = begins or (in_code and indented)
        marked.append(line)
    lines[:] = marked
