"""The requests that the pages of operations show, against those that their code sends.

The first page, `index.md`, declares and opens what all others use. Below a block of Python, a page shows every
request that the block sends, in order: the operation's name as code, alone in its line, and its JSON. `…` stands
for any text.

`python -m tests.docs.sent` writes what is sent into the pages. It runs each twice: what differs becomes `…`.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TypeAlias

from ddbmodel.testing import LocalDynamoDB
from ddbmodel.testing.proxy.http_messages import Message, render
from ddbmodel.testing.proxy.http_server import Answer, HttpServer
from ddbmodel.testing.proxy.upstream import Upstream
from tests.docs.snippets import module_of, run_snippet, snippets_of

PAGES: Final = Path(__file__).parents[2] / "docs" / "reference" / "operations"
ANY: Final = "…"

_SHOWN: Final = re.compile(r"\n`(\w+)`:\n\n```json\n(.*?)```\n", re.DOTALL)
_BLOCK: Final = re.compile(r"^```python\n.*?^```\n", re.MULTILINE | re.DOTALL)
_LEAF: Final = re.compile(r"\{\s+(\"[A-Z]+\": (?:\"[^\"]*\"|true|false))\s+\}")
_ON_ONE_LINE: Final = r"{\1}"

Sent: TypeAlias = tuple[str, Any]


class Recorder:
    """Passes requests on to a DynamoDB, and keeps what they said on the wire."""

    def __init__(self, url: str) -> None:
        self.sent: list[Sent] = []
        self._upstream = Upstream(url)
        self._server = HttpServer(self._pass_on)

    async def __aenter__(self) -> Self:
        await self._server.start()
        self.url = f"http://127.0.0.1:{self._server.port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._server.stop()
        await self._upstream.close()

    async def _pass_on(self, request: Message) -> Answer:
        self.sent.append((request.headers["x-amz-target"].partition(".")[2], json.loads(request.body)))
        reply = await self._upstream.exchange(request.headers, request.body)
        return Answer(render(reply.start, reply.headers, reply.body))


@dataclass(frozen=True)
class Told:
    """One block of a page: what it says and what it does."""

    printed: Sequence[str]
    expected: Sequence[str]
    sent: Sequence[Sent]
    shown: Sequence[Sent]


def shown_after(text: str, end: int) -> tuple[list[Sent], int]:
    """The requests that a page shows from a place on, and where they end."""
    shown: list[Sent] = []
    while (match := _SHOWN.match(text, end)) is not None:
        shown.append((match[1], json.loads(match[2])))
        end = match.end()
    return shown, end


def agrees(shown: Any, sent: Any) -> bool:
    """Whether what is shown is what was sent, where `…` stands for any text."""
    if shown == ANY:
        return isinstance(sent, str)
    if isinstance(shown, dict):
        return (
            isinstance(sent, dict)
            and shown.keys() == sent.keys()
            and all(agrees(shown[name], sent[name]) for name in shown)
        )
    if isinstance(shown, list | tuple):
        return isinstance(sent, list | tuple) and len(shown) == len(sent) and all(map(agrees, shown, sent))
    return type(shown) is type(sent) and bool(shown == sent)


async def run_operation(page: Path, recorder: Recorder) -> list[Told]:
    """Run the first page, then this one, against the engine behind the recorder."""
    with module_of(page) as module:
        for snippet in snippets_of(PAGES / "index.md"):
            await run_snippet(snippet, module)
        text = await asyncio.to_thread(page.read_text)
        told = []
        for snippet, block in zip(snippets_of(page), _BLOCK.finditer(text), strict=True):
            recorder.sent.clear()
            printed = await run_snippet(snippet, module)
            shown, _ = shown_after(text, block.end())
            told.append(Told(printed, snippet.expected, list(recorder.sent), shown))
        await module.opened.__aexit__(None, None, None)
    return told


def _merged(one: Any, other: Any) -> Any:
    """What both have in common: other texts become `…`."""
    if isinstance(one, dict):
        return {name: _merged(value, other[name]) for name, value in one.items()}
    if isinstance(one, list | tuple):
        return type(one)(map(_merged, one, other))
    return one if one == other else ANY


def _rendered(name: str, wire: Any) -> str:
    text = json.dumps(wire, indent=2, ensure_ascii=False)
    return f"\n`{name}`:\n\n```json\n{_LEAF.sub(_ON_ONE_LINE, text)}\n```\n"


async def _written(page: Path, dynamodb: LocalDynamoDB, recorder: Recorder) -> str:
    runs = []
    for _ in range(2):
        await dynamodb.reset()
        runs.append([told.sent for told in await run_operation(page, recorder)])
    text = await asyncio.to_thread(page.read_text)
    pieces: list[str] = []
    at = 0
    for block, one, other in zip(_BLOCK.finditer(text), *runs, strict=True):
        pieces += [text[at : block.end()]]
        pieces += [_rendered(name, wire) for name, wire in _merged(list(one), list(other))]
        _, at = shown_after(text, block.end())
    return "".join([*pieces, text[at:]])


async def _main() -> None:
    os.environ |= {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
    async with LocalDynamoDB() as dynamodb, Recorder(dynamodb.endpoint_url) as recorder:
        os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = recorder.url
        for page in sorted(PAGES.glob("*.md")):
            if page.name != "index.md" and snippets_of(page):
                page.write_text(await _written(page, dynamodb, recorder))


if __name__ == "__main__":
    asyncio.run(_main())
