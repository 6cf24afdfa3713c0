"""What type checkers say about programs that use the library: right ones pass, wrong lines fail."""

from __future__ import annotations

import importlib

import pytest

from tests.typing.checkers import marked, reported

CHECKERS = ("mypy", "pyright")


@pytest.mark.parametrize("checker", CHECKERS)
def test_marked_lines_fail_and_others_pass(checker: str) -> None:
    """The checker reports every line that is marked as an error, and none that is not."""
    expected, found = marked(checker), reported(checker)
    accepted = [str(line) for line in sorted(expected - found.keys())]
    refused = [f"{line}\n    {found[line]}" for line in sorted(found.keys() - expected)]
    assert not accepted, "accepted, and should not be:\n" + "\n".join(accepted)
    assert not refused, "refused, and should not be:\n" + "\n".join(refused)


@pytest.mark.parametrize("program", ["models", "conditions", "updates", "mapper", "shared", "streams"])
def test_every_program_has_lines_that_fail(program: str) -> None:
    """Each of the programs that must fail has dozens of lines for both checkers."""
    both = marked("mypy") & marked("pyright")
    assert sum(line.program == f"must_fail_{program}.py" for line in both) >= 24


@pytest.mark.parametrize(
    ("program", "functions"),
    [
        ("models", ["instances", "paths", "keys"]),
        ("shared", ["values"]),
        (
            "expressions",
            ["equality", "order", "functions", "combinations", "nested", "updates"],
        ),
    ],
)
def test_what_passes_runs(program: str, functions: list[str]) -> None:
    """What the checkers accept is no error at run time either."""
    module = importlib.import_module(f"tests.typing.must_pass_{program}")
    for name in functions:
        getattr(module, name)()
