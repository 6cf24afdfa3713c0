"""The rules of the house that no tool knows."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.checks import docstrings, sizes, traces
from tests.checks.sources import files

# In pieces, so that the rule does not find them here.
HOSTS = ["files.python" + "hosted.org", "PyPI" + ".org", "registry.npm" + "js.org"]
PATHS = [
    "/wo" + "rk/main",
    "/op" + "t/x",
    "/tm" + "p/x",
    "/home" + "/me/x",
    "/Users" + "/me/x",
    "/ro" + "ot/x",
]


def _write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.mark.parametrize("text", [f"see https://{host}/simple" for host in HOSTS] + [f"({x})" for x in PATHS])
def test_registries_and_machines_are_not_named(tmp_path: Path, text: str) -> None:
    """A host of a registry or a path of a machine is found, with its line."""
    _write(tmp_path, "docs/a.md", f"one\n{text}\n")
    assert [problem.split(": ")[0] for problem in traces.problems(tmp_path)] == ["docs/a.md:2"]


@pytest.mark.parametrize(
    "text",
    ["pip install x", "tests/work/x", "$root/opt", "https://docs.aws.amazon.com/tm" + "p/x", "a/ro" + "ot/"],
)
def test_what_only_looks_like_it_is_left_alone(tmp_path: Path, text: str) -> None:
    """Relative paths and other hosts may be named."""
    _write(tmp_path, "a.md", text)
    assert list(traces.problems(tmp_path)) == []


def test_lock_files_are_refused(tmp_path: Path) -> None:
    """A lock file names the hosts it was made with."""
    _write(tmp_path, "sub/package-lock.json", "{}")
    assert len(list(traces.problems(tmp_path))) == 1


def test_ignored_files_are_not_checked(tmp_path: Path) -> None:
    """What git ignores is nobody's concern; what is new and not yet tracked is."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    _write(tmp_path, ".gitignore", "build/\n")
    _write(tmp_path, "build/a.md", "x")
    _write(tmp_path, "new.md", "x")
    assert [path.name for path in files(tmp_path)] == [".gitignore", "new.md"]


def _function(lines: int, docstring: str = "") -> str:
    return "def f():\n" + docstring + "    x = 1\n" * (lines - 1)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        pytest.param(_function(40), 0, id="40 lines"),
        pytest.param(_function(41), 1, id="41 lines"),
        pytest.param(_function(40, '    """One.\n\n    Two.\n    """\n'), 0, id="40 lines and a docstring"),
        pytest.param("class C:\n    async def f(self):\n" + "        x = 1\n" * 40, 1, id="an async method"),
        pytest.param("x = 1\n" * 499, 0, id="499 lines"),
        pytest.param("x = 1\n" * 500, 1, id="500 lines"),
    ],
)
def test_functions_and_files_are_short(tmp_path: Path, text: str, count: int) -> None:
    """Functions have up to 40 lines without their docstring, files fewer than 500."""
    _write(tmp_path, "ddbmodel/a.py", text)
    assert len(list(sizes.problems(tmp_path))) == count


@pytest.mark.parametrize(
    ("name", "text", "count"),
    [
        ("tests/test_a.py", "def test_a():\n    pass\n", 1),
        ("tests/test_a.py", "class T:\n    async def test_a(self):\n        pass\n", 1),
        ("tests/test_a.py", 'def test_a():\n    """It holds."""\n', 0),
        ("tests/test_a.py", "def helper():\n    pass\n", 0),
        ("tests/other.py", "def test_a():\n    pass\n", 0),
    ],
)
def test_tests_say_what_they_show(tmp_path: Path, name: str, text: str, count: int) -> None:
    """A test without a docstring is found."""
    _write(tmp_path, name, text)
    assert len(list(docstrings.problems(tmp_path))) == count
