"""The errors page against the code."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

from ddbmodel import errors

_PAGE = Path(__file__).parents[2] / "docs" / "errors.md"


def _documented() -> list[str]:
    return re.findall(r"^## (\w+)$", _PAGE.read_text(), re.MULTILINE)


def test_every_error_has_one_heading() -> None:
    """The page has exactly one heading for each class of the tree."""
    classes = [
        name
        for name, value in vars(errors).items()
        if inspect.isclass(value) and issubclass(value, errors.DDBModelError)
    ]
    assert sorted(_documented()) == sorted(classes)


def test_the_tree_in_the_docstring_names_every_class() -> None:
    """The docstring of the errors module draws every class."""
    drawn = set(re.findall(r"\w+", (errors.__doc__ or "").partition("\n\nNo message")[0]))
    assert set(_documented()) <= drawn
