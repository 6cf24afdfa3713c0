"""Models by name."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

from ddbmodel.errors import ExpressionError
from ddbmodel.model import Model


def model_of(name: str) -> type[Model]:
    """Import a model: `module:Model`. Modules are looked for in the working directory too.

    Raises:
        ExpressionError: there is no such module, or no such model in it.
    """
    module_name, found, attribute = name.partition(":")
    if not (found and module_name and attribute):
        raise ExpressionError(f"{name!r}: name a model as module:Model, such as shop.models:Order")
    if (here := str(Path.cwd())) not in sys.path:
        sys.path.insert(0, here)
    try:
        value: object = importlib.import_module(module_name)
        for part in attribute.split("."):
            value = getattr(value, part)
    except ModuleNotFoundError as error:
        raise ExpressionError(f"{name!r}: there is no module {error.name!r}") from error
    except AttributeError:
        raise ExpressionError(f"{name!r}: {module_name} has no {attribute!r}") from None
    if not (isinstance(value, type) and issubclass(value, Model)):
        raise ExpressionError(f"{name!r} is no subclass of ddbmodel.Model")
    return value
