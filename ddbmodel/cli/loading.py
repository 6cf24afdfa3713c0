"""Models by name."""

from __future__ import annotations

import importlib
import sys
import traceback
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

from ddbmodel.errors import DDBModelError, ExpressionError
from ddbmodel.model import Model, Table


def model_of(name: str) -> type[Model]:
    """Import a model: `module:Model`. Modules are looked for in the working directory too.

    Raises:
        ExpressionError: there is no such module, it cannot be imported, or has no such model.
        ModelDefinitionError: a model in it cannot be.
    """
    value = _named(name)
    if not (isinstance(value, type) and issubclass(value, Model)):
        raise ExpressionError(f"{name!r} is no subclass of ddbmodel.Model")
    return value


def target_of(name: str) -> type[Model] | Table:
    """Import a model, or a shared table: `module:Model` or `module:table`.

    Raises:
        ExpressionError: there is no such module, it cannot be imported, or has no such model or table.
        ModelDefinitionError: a model in it cannot be.
    """
    value = _named(name)
    if isinstance(value, Table) or (isinstance(value, type) and issubclass(value, Model)):
        return value
    raise ExpressionError(f"{name!r} is neither a subclass of ddbmodel.Model nor a ddbmodel.Table")


def any_table_of(name: str) -> type[Model] | Table | str:
    """Give a table as it was named: `module:Model`, `module:table`, or the name of the table.

    Raises:
        ExpressionError: there is no such model or shared table.
    """
    return target_of(name) if ":" in name else name


def models_of(names: Iterable[str]) -> list[type[Model]]:
    """Import models; a shared table stands for all models of it that its module knows.

    Raises:
        ExpressionError: there is no such module, it cannot be imported, or has no such model or table.
        ModelDefinitionError: a model in it cannot be.
    """
    found: dict[type[Model], None] = {}
    for name in names:
        target = target_of(name)
        models = list(target.entities.values()) if isinstance(target, Table) else [target]
        if not models:
            raise ExpressionError(f"{name!r}: the table has no models yet: import them in the same module")
        found.update(dict.fromkeys(model for model in models if issubclass(model, Model)))
    return list(found)


def _named(name: str) -> object:
    module_name, found, attribute = name.partition(":")
    if not (found and module_name and attribute):
        raise ExpressionError(f"{name!r}: name a model as module:Model, such as shop.models:Order")
    if module_name.startswith("."):
        raise ExpressionError(
            f"{name!r}: name the module from the working directory on, without dots before it"
        )
    if (here := str(Path.cwd())) not in sys.path:
        sys.path.insert(0, here)
    value: object = _imported(name, module_name)
    try:
        for part in attribute.split("."):
            value = getattr(value, part)
    except AttributeError:
        raise ExpressionError(f"{name!r}: {module_name} has no {attribute!r}") from None
    return value


def _imported(name: str, module_name: str) -> ModuleType:
    try:
        return importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        raise ExpressionError(f"{name!r}: there is no module {error.name!r}") from error
    except DDBModelError:
        raise
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        place = f" at {frames[-1].filename}, line {frames[-1].lineno}"
        # A syntax error says itself where it is; it was raised by whoever has read the file.
        where = "" if isinstance(error, SyntaxError) else place
        raise ExpressionError(
            f"{name!r}: importing {module_name} failed{where}: {type(error).__name__}: {error}"
        ) from error
