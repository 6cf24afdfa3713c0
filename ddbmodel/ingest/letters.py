"""How rows are written into the dead-letter file, so that they can be ingested again as they were."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Verbatim:
    """A piece of JSON that goes into a file as it is, so that no digit of it changes."""

    text: str


def verbatim_letter(format_name: str, content: bytes) -> Mapping[str, Any] | None:
    """Give the letter of a JSON text; None if it is no JSON of one line."""
    try:
        text = content.decode()
        json.loads(text)
    except (ValueError, RecursionError):
        return None
    return {"format": format_name, "content": Verbatim(text)} if "\n" not in text else None


def text_letter(format_name: str, content: bytes) -> Mapping[str, Any]:
    """Give the letter of what is no JSON: its text, or its bytes where they are no text."""
    try:
        return {"format": format_name, "text": content.decode()}
    except UnicodeDecodeError:
        return {"format": format_name, "base64": base64.b64encode(content).decode()}


def render(letter: Mapping[str, Any]) -> bytes:
    """Give a letter as a line of JSON."""
    parts = (
        f"{json.dumps(name)}:{value.text if isinstance(value, Verbatim) else json.dumps(value)}"
        for name, value in letter.items()
    )
    return ("{" + ",".join(parts) + "}\n").encode()
