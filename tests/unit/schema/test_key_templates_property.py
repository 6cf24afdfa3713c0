"""Whatever values stand in a template: keys are read back, are no other values' keys, and sort as values do."""

from __future__ import annotations

from itertools import product
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ddbmodel.codec import scalars
from ddbmodel.codec.scalars import ChoiceCodec
from ddbmodel.errors import ModelDefinitionError
from ddbmodel.schema.key_forms import TextForm
from ddbmodel.schema.key_overlap import overlap
from ddbmodel.schema.key_templates import BoundSlot
from tests.strategies.key_templates import TEXTS, TRICKY, Drawn, Kind, made, templates

ANY = st.booleans().flatmap(lambda is_sort: templates(is_sort=is_sort))


@settings(max_examples=250, deadline=None)
@given(st.data())
def test_keys_are_read_back(data: st.DataObject) -> None:
    """A key is parsed into the values that it was written from; of a period, into its beginning."""
    drawn: Drawn = data.draw(ANY)
    values = data.draw(drawn.values())
    parsed, stored = drawn.template.parse(drawn.key(values)), drawn.stored(values)
    assert parsed is not None
    assert parsed.keys() == stored.keys()
    for name, kind in drawn.kinds.items():
        if kind.is_exact:
            assert parsed[name] == stored[name]
            assert kind.codec.decode(parsed[name]) == values[name]
    assert drawn.template.render(parsed) == drawn.key(values)


@settings(max_examples=250, deadline=None)
@given(st.data())
def test_two_values_have_two_keys(data: st.DataObject) -> None:
    """Different values never write one key, where keys hold whole values."""
    drawn: Drawn = data.draw(ANY)
    assume(drawn.is_exact)
    one, other = data.draw(drawn.values()), data.draw(drawn.values())
    assert (drawn.key(one) == drawn.key(other)) == (drawn.stored(one) == drawn.stored(other))


@settings(max_examples=500, deadline=None)
@given(st.data())
def test_keys_sort_as_values(data: st.DataObject) -> None:
    """The order of sort keys, by their UTF-8 bytes, is the order of the values from left to right."""
    drawn: Drawn = data.draw(templates(is_sort=True))
    one = data.draw(drawn.values())
    # Another one that has some values in common, so that the later ones matter.
    other = one | {
        name: data.draw(kind.values) for name, kind in drawn.kinds.items() if data.draw(st.booleans())
    }
    keys = drawn.key(one).encode(), drawn.key(other).encode()
    orders = drawn.order(one), drawn.order(other)
    assert (keys[0] < keys[1]) == (orders[0] < orders[1])
    assert (keys[0] == keys[1]) == (orders[0] == orders[1])


@settings(max_examples=500, deadline=None)
@given(text=TEXTS, prefix=TEXTS, cut=st.integers(0, 8), is_ended=st.booleans())
def test_beginnings_stay_beginnings(text: str, prefix: str, cut: int, is_ended: bool) -> None:
    """What a text begins with, its place in a key begins with, and nothing else."""
    slot = BoundSlot("name", TextForm(), is_ended)
    for beginning in (prefix, text[:cut]):
        assert slot.escape(text).startswith(slot.escape(beginning)) == text.startswith(beginning)


@settings(max_examples=500, deadline=None)
@given(st.data(), TRICKY | st.text(max_size=60))
def test_whatever_is_parsed_is_a_key(data: st.DataObject, key: str) -> None:
    """A text is parsed only if the values that it is parsed into write it."""
    drawn: Drawn = data.draw(ANY)
    whole = drawn.key(data.draw(drawn.values()))
    damaged = whole[: len(whole) // 2] + key + whole[len(whole) // 2 :]
    for text in (key, damaged, whole + key, whole[:-1]):
        parsed = drawn.template.parse(text)
        assert parsed is None or drawn.template.render(parsed) == text


# Overlap -------------------------------------------------------------------------------------------------


def _few(name: str, codec: Any, spec: str, values: list[Any], *, varies: bool = False) -> Kind:
    return Kind(name, codec, spec, st.sampled_from(values), lambda value: value, varies)


_WORDS = ["", *map("".join, product("A#$ H", repeat=1)), "A#", "AA", "$H", "#A", "1", "01", "true", "A H"]
_CHOICES = ("A", "a#", "1", " H", "true")
FEW = (
    _few("text", scalars.STR, "", _WORDS, varies=True),
    _few("bool", scalars.BOOL, "", [True, False], varies=True),
    _few("digit", scalars.INT, "01d", [0, 1]),
    _few("digits", scalars.INT, "02d", [0, 1, 10]),
    _few("choice", ChoiceCodec("Literal", _CHOICES), "", list(_CHOICES), varies=True),
    _few("number", scalars.INT, "", [0, 1, 10, -1], varies=True),
)
_PIECES = st.sampled_from(["A", "#", "a$H", "$", "0", "1", "true", " ", "H", "A#", "#A"])


@st.composite
def _small(draw: st.DrawFn, is_sort: bool) -> Drawn:
    """A template whose keys are few, so that all of them can be written."""
    pieces: list[Any] = draw(st.lists(st.one_of(_PIECES, st.sampled_from(FEW)), min_size=1, max_size=4))
    text, kinds = "", dict[str, Kind]()
    for number, piece in enumerate(pieces):
        if isinstance(piece, Kind):
            kinds[f"f{number}"] = piece
            text += f"{{f{number}:{piece.spec}}}"
        else:
            text += piece
    try:
        return made(text, kinds, is_sort=is_sort)
    except ModelDefinitionError:
        assume(False)
        raise


def _keys(drawn: Drawn) -> set[str]:
    options = {
        "text": _WORDS,
        "bool": [True, False],
        "digit": [0, 1],
        "digits": [0, 1, 10],
        "choice": _CHOICES,
        "number": [0, 1, 10, -1],
    }
    lists = [options[kind.name] for kind in drawn.kinds.values()]
    return {drawn.key(dict(zip(drawn.kinds, values, strict=True))) for values in product(*lists)}


@settings(max_examples=600, deadline=None)
@given(st.booleans().flatmap(lambda is_sort: st.tuples(_small(is_sort), _small(is_sort))))
def test_what_does_not_overlap_never_meets(pair: tuple[Drawn, Drawn]) -> None:
    """Where two templates are told apart, no values write one key with both; and it is the same both ways."""
    one, other = pair
    answer = overlap(one.template, other.template)
    assert answer == overlap(other.template, one.template)
    if _keys(one) & _keys(other):
        assert answer


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_templates_of_any_fields_that_meet_overlap(data: st.DataObject) -> None:
    """A template overlaps itself, and every other one that parses one of its keys."""
    drawn, other = data.draw(templates(is_sort=True)), data.draw(templates(is_sort=True))
    assert overlap(drawn.template, drawn.template)
    if other.template.parse(drawn.key(data.draw(drawn.values()))) is not None:
        assert overlap(drawn.template, other.template)
