"""Models by name: what is wrong with a module is told, and is no traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from ddbmodel import ModelDefinitionError
from ddbmodel.cli.loading import model_of
from ddbmodel.errors import ExpressionError


@pytest.mark.parametrize(
    ("module", "text", "message"),
    [
        ("cli_bad_syntax", "def x(:\n", r"importing cli_bad_syntax failed: SyntaxError: .*line 1"),
        (
            "cli_raises",
            "\n1 / 0\n",
            r"importing cli_raises failed at .*cli_raises\.py, line 2: ZeroDivisionError",
        ),
        ("cli_imports", "import cli_not_there\n", "there is no module 'cli_not_there'"),
    ],
)
def test_a_module_that_cannot_be_imported_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, text: str, message: str
) -> None:
    """With the place and the error, whatever it is."""
    (tmp_path / f"{module}.py").write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ExpressionError, match=message):
        model_of(f"{module}:Order")


def test_a_model_that_cannot_be_says_so_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong definition is told as anywhere else."""
    (tmp_path / "cli_bad_model.py").write_text(
        "from ddbmodel import Attr, Model\nclass Order(Model, table='orders'):\n    number: Attr[int]\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ModelDefinitionError, match="Order"):
        model_of("cli_bad_model:Order")


def test_a_path_is_no_name_of_a_module() -> None:
    """Dots before a name would lead out of the working directory."""
    with pytest.raises(ExpressionError, match="without dots before it"):
        model_of("../shop:Order")
