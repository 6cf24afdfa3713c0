"""Names of attributes, indexes and tables as names in Python."""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection
from typing import Final

from pydantic import BaseModel

# What the module itself uses, and what would hide a type that a later field of the class names.
_TAKEN: Final = frozenset(
    [
        "key",
        "Any",
        "Attr",
        "Decimal",
        "datetime",
        "bool",
        "bytes",
        "dict",
        "int",
        "list",
        "set",
        "str",
        "field",
        "partition_key",
        "sort_key",
        "ttl",
        "GlobalIndex",
        "LocalIndex",
        "Null",
    ]
)


def identifier(name: str, taken: Collection[str]) -> str:
    """Give a field's name: the name itself where it can be one, else what is like it and still free."""
    plain = re.sub(r"[^A-Za-z0-9_]", "_", name).lstrip("_") or "attribute"
    if plain[0].isdigit():
        plain = f"n{plain}"
    while not _is_possible(plain) or plain in taken:
        plain += "_"
    return plain


def _is_possible(name: str) -> bool:
    is_word = keyword.iskeyword(name) or name in _TAKEN
    return not is_word and not name.startswith("model_") and not hasattr(BaseModel, name)


def class_name(table: str) -> str:
    """Give the name of a class, such as `ShopOrders` for `shop-orders`."""
    words = re.findall(r"[A-Za-z0-9]+", table) or ["table"]
    name = "".join(word[0].upper() + word[1:] for word in words)
    return f"Table{name}" if name[0].isdigit() or keyword.iskeyword(name) or name in _RESERVED else name


_RESERVED: Final = frozenset(
    [
        "Any",
        "Attr",
        "Decimal",
        "GlobalIndex",
        "KmsKey",
        "LocalIndex",
        "Model",
        "Null",
        "OnDemand",
        "Provisioned",
        "TableSettings",
        "WarmThroughput",
    ]
)
