"""Strategies for stored values, as any client may have written them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tests.strategies.scalars import decimals, keys, texts


def number_texts() -> SearchStrategy[str]:
    """Numbers in the forms that clients write: `5`, `5.0`, `5E+0`, `+5`."""
    return st.builds(lambda number, form: form(number), decimals(), st.sampled_from(_FORMS))


_FORMS = (
    str,
    lambda number: format(number, "E"),
    lambda number: format(number, "f"),
    lambda number: format(number, "e"),
    lambda number: str(number) if number.is_signed() else f"+{number}",
)


def values() -> SearchStrategy[dict[str, Any]]:
    """Stored values of every type, lists and maps of them included."""
    numbers = number_texts()
    scalars = st.one_of(
        st.builds(lambda value: {"S": value}, texts()),
        st.builds(lambda value: {"N": value}, numbers),
        st.builds(lambda value: {"B": value}, st.binary(max_size=20)),
        st.builds(lambda value: {"BOOL": value}, st.booleans()),
        st.just({"NULL": True}),
        st.builds(lambda value: {"SS": value}, st.lists(texts(), min_size=1, max_size=3, unique=True)),
        st.builds(lambda value: {"NS": value}, st.lists(numbers, min_size=1, max_size=3, unique=True)),
        st.builds(lambda value: {"BS": value}, st.lists(st.binary(), min_size=1, max_size=3, unique=True)),
    )
    return st.recursive(scalars, _documents, max_leaves=8)


def _documents(inner: SearchStrategy[dict[str, Any]]) -> SearchStrategy[dict[str, Any]]:
    lists = st.builds(lambda value: {"L": value}, st.lists(inner, max_size=3))
    maps = st.builds(lambda value: {"M": value}, st.dictionaries(keys(), inner, max_size=3))
    return lists | maps


def items() -> SearchStrategy[dict[str, Any]]:
    """Items of any shape."""
    return st.dictionaries(keys(), values(), max_size=4)
