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
    if plain[0].isdigit() or plain.startswith("model_"):  # which Pydantic keeps for itself
        plain = f"n{plain}"
    while not _is_possible(plain) or plain in taken:
        plain += "_"
    return plain


def _is_possible(name: str) -> bool:
    is_word = keyword.iskeyword(name) or name in _TAKEN
    return not is_word and not hasattr(BaseModel, name)


def class_name(text: str, prefix: str = "Table") -> str:
    """Give the name of a class, such as `ShopOrders` for `shop-orders`.

    Args:
        text: what it is the class of.
        prefix: what a name begins with that could not be one otherwise.
    """
    words = re.findall(r"[A-Za-z0-9]+", text) or [prefix]
    name = "".join(word[0].upper() + word[1:] for word in words)
    return f"{prefix}{name}" if name[0].isdigit() or keyword.iskeyword(name) or name in _RESERVED else name


def singular(text: str) -> str:
    """Give the name of one of several, such as `line` for `lines`; the same where it does not tell."""
    if text.endswith("ies"):
        return f"{text[:-3]}y"
    if text.endswith(("sses", "xes", "ches", "shes")):
        return text[:-2]
    return text[:-1] if text.endswith("s") and not text.endswith(("ss", "us", "is")) else text


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
