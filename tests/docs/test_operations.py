"""The pages of operations against the mapper: each verb has one, and shows what is really sent."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from ddbmodel import Mapper, errors
from ddbmodel.testing import LocalDynamoDB
from tests.docs.sent import ANY, PAGES, Recorder, agrees, run_operation, shown_after
from tests.docs.snippets import snippets_of

_VERBS = sorted(name for name in dir(Mapper) if not name.startswith("_"))
_WITH_CODE = [page for page in sorted(PAGES.glob("*.md")) if page.stem in _VERBS and snippets_of(page)]
_SECTIONS = ["Options", "Request", "Cost", "Atomicity", "Errors", "When the reply is lost", "See also"]

# Their requests go to other services, or are about what needs more than a page: these pages say where they run.
_ELSEWHERE = {"changes", "migrate", "execute_batch", "execute_transaction"}


def _text(verb: str) -> str:
    return (PAGES / f"{verb}.md").read_text()


def _parameters(verb: str) -> dict[str, Any]:
    """A verb's parameters with their defaults, as the code has them."""
    found = getattr(Mapper, verb)
    if isinstance(found, property):
        return {}
    parameters = inspect.signature(found).parameters.values()
    return {
        parameter.name: None if parameter.default is parameter.empty else repr(parameter.default)
        for parameter in parameters
        if parameter.name != "self"
    }


@pytest.fixture
async def recorder(local_dynamodb: LocalDynamoDB, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Recorder]:
    await local_dynamodb.reset()
    async with Recorder(local_dynamodb.endpoint_url) as recorder:
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", recorder.url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        yield recorder


def test_every_verb_has_a_page() -> None:
    """There is a page for every public name of Mapper, and none for a name that it does not have."""
    assert sorted(page.stem for page in PAGES.glob("*.md") if page.stem != "index") == _VERBS
    assert {verb for verb in _VERBS if not snippets_of(PAGES / f"{verb}.md")} == _ELSEWHERE


@pytest.mark.parametrize("page", _WITH_CODE, ids=lambda page: page.stem)
async def test_a_page_shows_what_is_sent(page: Path, recorder: Recorder) -> None:
    """Each block prints what it says, and the requests below it are all those that it sends, as they are."""
    for told in await run_operation(page, recorder):
        assert told.printed == told.expected
        assert agrees(told.shown, told.sent), told.sent


@pytest.mark.parametrize("verb", _VERBS)
def test_a_page_has_the_signature(verb: str) -> None:
    """The signature of a page is that of the code: names, order, defaults; and so is its table of options."""
    text = _text(verb)
    if isinstance(getattr(Mapper, verb), property):
        assert f"```py\nmapper.{verb}: " in text
        return
    block = re.search(r"^```py\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert block is not None
    (function,) = ast.parse(block[1]).body
    assert isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
    assert function.name == verb
    assert isinstance(function, ast.AsyncFunctionDef) == inspect.iscoroutinefunction(getattr(Mapper, verb))
    assert _written(function.args) == _parameters(verb)
    options = re.findall(r"^\| `(\w+)` \| (?:`(.*?)`)? \|", text, re.MULTILINE)
    listed = {name: None if default == "" else repr(ast.literal_eval(default)) for name, default in options}
    assert listed == _parameters(verb)


def _written(arguments: ast.arguments) -> dict[str, Any]:
    """The parameters of a signature, with their defaults as text."""
    places = [*arguments.posonlyargs, *arguments.args]
    defaults = [*([None] * (len(places) - len(arguments.defaults))), *arguments.defaults]
    pairs = [(place.arg, default) for place, default in zip(places, defaults, strict=True)]
    pairs += [(arguments.vararg.arg, None)] if arguments.vararg else []
    pairs += [(a.arg, d) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]
    pairs += [(arguments.kwarg.arg, None)] if arguments.kwarg else []
    return {name: None if default is None else repr(ast.literal_eval(default)) for name, default in pairs}


@pytest.mark.parametrize("verb", _VERBS)
def test_a_page_has_every_part(verb: str) -> None:
    """A page has each part, in one order, and links each error that the docstring says is raised."""
    text = _text(verb)
    parts = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert parts == (_SECTIONS if _parameters(verb) else _SECTIONS[1:])
    raised = re.findall(
        r"^    ([A-Z]\w+): ",
        (inspect.getdoc(getattr(Mapper, verb)) or "").partition("Raises:")[2],
        re.MULTILINE,
    )
    for name in raised:
        if hasattr(errors, name):
            assert f"[`{name}`](../../errors.md#{name.lower()})" in text


@pytest.mark.parametrize(
    ("shown", "sent", "expected"),
    [
        ({"a": ANY}, {"a": "x"}, True),
        ({"a": ANY}, {"a": 1}, False),
        ({"a": ["x"]}, {"a": ["x"]}, True),
        ({"a": ["x"]}, {"a": ["x", "y"]}, False),
        ({"a": "x"}, {"a": "x", "b": "y"}, False),
        ({"a": True}, {"a": 1}, False),
        ([("Put", {})], [("Get", {})], False),
        ([], [("Get", {})], False),
    ],
)
def test_a_wrong_request_is_found(shown: Any, sent: Any, expected: bool) -> None:
    """What differs from what was sent, lacks something or has too much does not agree."""
    assert agrees(shown, sent) is expected


def test_requests_end_where_text_goes_on() -> None:
    """The requests of a block are those that follow it at once, and none from further down."""
    text = "\n`Scan`:\n\n```json\n{}\n```\n\n`Query`:\n\n```json\n{}\n```\n\nText.\n\n`Other`:\n\n```json\n{}\n```\n"
    assert shown_after(text, 0)[0] == [("Scan", {}), ("Query", {})]
