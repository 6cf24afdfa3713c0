"""The names of the package: all there, told to type checkers, and imported when they are asked for."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import ddbmodel

TEXT = Path(ddbmodel.__file__).read_text()


def told_to_checkers() -> dict[str, str]:
    """What stands under `if TYPE_CHECKING`: names, and the rooms that they are imported from."""
    found: dict[str, str] = {}
    for node in ast.walk(ast.parse(TEXT)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ddbmodel."):
            found |= {alias.name: node.module or "" for alias in node.names}
    return found


def test_every_public_name_is_told_to_checkers() -> None:
    """What type checkers see is what is public, in order."""
    assert sorted(told_to_checkers()) == sorted(ddbmodel.__all__)
    assert list(ddbmodel.__all__) == sorted(ddbmodel.__all__)


@pytest.mark.parametrize("name", ddbmodel.__all__)
def test_a_public_name_is_found_where_checkers_find_it(name: str) -> None:
    """At run time, a name comes from the room that type checkers are told."""
    room = told_to_checkers()[name]
    assert ddbmodel._ROOM_OF[name] == room
    assert getattr(ddbmodel, name) is getattr(sys.modules[room], name)


def test_all_public_names_are_listed() -> None:
    """`dir` tells the names that nobody asked for yet."""
    assert set(dir(ddbmodel)) >= set(ddbmodel.__all__)


def test_a_name_that_is_not_public_is_refused() -> None:
    """A wrong name is an `AttributeError`, and an `ImportError` when it is imported."""
    with pytest.raises(AttributeError, match="'ddbmodel' has no attribute 'Modell'"):
        _ = ddbmodel.Modell
    with pytest.raises(ImportError, match="Modell"):
        exec("from ddbmodel import Modell")


@pytest.mark.parametrize(
    ("program", "unwanted"),
    [
        ("import ddbmodel", ["pydantic", "asyncio", "aioboto3", "ddbmodel.model", "ddbmodel.mapper"]),
        ("from ddbmodel import ItemExists", ["pydantic", "asyncio", "aioboto3"]),
        ("from ddbmodel import Attr, Model, partition_key", ["asyncio", "aioboto3", "ddbmodel.mapper"]),
        ("from ddbmodel import *", ["aioboto3", "botocore"]),
    ],
)
def test_only_what_is_asked_for_is_imported(program: str, unwanted: list[str]) -> None:
    """A module that declares models does not wait for the mapper, and only connecting imports aioboto3."""
    check = f"{program}\nimport sys\nprint(*[name for name in {unwanted!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
