"""Key templates drawn at random, and values for them, with the order that their keys have to have."""

from __future__ import annotations

import string
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Any

from hypothesis import strategies as st

from ddbmodel.codec import scalars
from ddbmodel.codec.base import Codec
from ddbmodel.codec.scalars import ChoiceCodec, epoch_codec
from ddbmodel.codec.values import AttributeValue
from ddbmodel.schema.key_forms import form_of
from ddbmodel.schema.key_templates import KeyTemplate, Slot, bind, parse_template


class Colour(Enum):
    RED = "red"
    DEEP = "deep red"
    SHARP = "c#"
    DOLLAR = "c$"
    NONE = ""


COLOURS = ChoiceCodec("Colour", tuple(Colour))
# What a separator, an escape, and their neighbours in the order of characters could be taken for.
TRICKY = st.text(st.sampled_from('#$%"! \x00aAHI\x7f\ud7ff\ue000\uffff\U00010000\U0010ffff'), max_size=6)
TEXTS = TRICKY | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
MOMENTS = st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 12, 30)).flatmap(  # noqa: DTZ001  # gets its zone below
    lambda moment: st.integers(-14, 14).map(
        lambda hours: moment.replace(tzinfo=timezone(timedelta(hours=hours)))
    )
)
SECONDS = st.integers(-(10**10), 10**11).map(
    lambda second: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(0, second)
)


def _utf8(value: Any) -> bytes:
    return str(value.value if isinstance(value, Enum) else value).encode()


def _begins(parts: int) -> Callable[[datetime], tuple[int, ...]]:
    """The first parts of a moment in UTC, as numbers."""
    return lambda moment: tuple(moment.astimezone(UTC).timetuple()[:parts])


@dataclass(frozen=True)
class Kind:
    """A type of field and a format for it.

    Attributes:
        name: tells it in failures.
        codec: how the field is stored.
        spec: the format.
        values: what it can hold in a key.
        order: of a value, what sorts as its keys have to.
        varies: its texts have no fixed width.
        is_exact: a key holds all of the value.
        sorts: it can be in a sort template.
    """

    name: str
    codec: Codec
    spec: str
    values: st.SearchStrategy[Any]
    order: Callable[[Any], Any]
    varies: bool = False
    is_exact: bool = True
    sorts: bool = True

    def __repr__(self) -> str:
        return self.name


KINDS = (
    Kind("text", scalars.STR, "", TEXTS, _utf8, varies=True),
    Kind("int", scalars.INT, "012d", st.integers(0, 10**12 - 1), int),
    Kind("digit", scalars.INT, "01d", st.integers(0, 9), int),
    Kind("wide int", scalars.INT, "038d", st.integers(0, 10**38 - 1), int),
    Kind("price", scalars.DECIMAL, "012.2f", st.decimals(0, 999_999_999, places=2), Decimal),
    Kind("whole price", scalars.DECIMAL, "05d", st.integers(0, 99_999).map(Decimal), Decimal),
    Kind("float", scalars.FLOAT, "08.3f", st.integers(0, 999_999).map(lambda n: n / 1000), float),
    Kind("plain int", scalars.INT, "", st.integers(-(10**37), 10**37), int, varies=True, sorts=False),
    Kind(
        "plain decimal",
        scalars.DECIMAL,
        "",
        st.decimals(-(10**6), 10**6, places=3),
        Decimal,
        varies=True,
        sorts=False,
    ),
    Kind("datetime", scalars.DATETIME, "", MOMENTS, lambda moment: moment.astimezone(UTC)),
    Kind("epoch", epoch_codec(timedelta(seconds=1)), "", SECONDS, lambda moment: moment.astimezone(UTC)),
    Kind("month", scalars.DATETIME, "%Y-%m", MOMENTS, _begins(2), is_exact=False),
    Kind("hour", scalars.DATETIME, "%Y%m%dT%H", MOMENTS, _begins(4), is_exact=False),
    Kind(
        "epoch's second",
        epoch_codec(timedelta(seconds=1)),
        "%Y-%m-%d %H:%M:%S",
        SECONDS,
        _begins(6),
        is_exact=False,
    ),
    Kind("date", scalars.DATE, "", st.dates(), date.toordinal),
    Kind("short date", scalars.DATE, "%Y%m%d", st.dates(), date.toordinal),
    Kind("year", scalars.DATE, "%Y", st.dates(), lambda day: day.year, is_exact=False),
    Kind("uuid", scalars.UUID_CODEC, "", st.uuids(), _utf8),
    Kind("bool", scalars.BOOL, "", st.booleans(), bool, varies=True),
    Kind("enum", COLOURS, "", st.sampled_from(Colour), _utf8, varies=True),
)
LITERALS = st.text(st.sampled_from(string.ascii_uppercase + "#$%{}! é\U0001f600"), max_size=4)


@dataclass(frozen=True)
class Drawn:
    """A template, and the kinds of its fields by their names."""

    template: KeyTemplate
    kinds: dict[str, Kind]

    def values(self) -> st.SearchStrategy[dict[str, Any]]:
        """Values for all fields."""
        return st.fixed_dictionaries({name: kind.values for name, kind in self.kinds.items()})

    def stored(self, values: dict[str, Any]) -> dict[str, AttributeValue | None]:
        """The values as they are stored."""
        return {name: kind.codec.encode(values[name]) for name, kind in self.kinds.items()}

    def key(self, values: dict[str, Any]) -> str:
        """The key of values."""
        key = self.template.render(self.stored(values))
        assert key is not None
        return key

    def order(self, values: dict[str, Any]) -> tuple[Any, ...]:
        """What sorts as the keys have to."""
        return tuple(kind.order(values[name]) for name, kind in self.kinds.items())

    @property
    def is_exact(self) -> bool:
        """Whether a key holds all of the values."""
        return all(kind.is_exact for kind in self.kinds.values())


def made(text: str, kinds: dict[str, Kind], *, is_sort: bool) -> Drawn:
    """Bind a template's text."""
    slots = [piece for piece in parse_template(text) if isinstance(piece, Slot)]
    forms = {slot: form_of(kinds[slot.name].codec, slot.spec) for slot in slots}
    return Drawn(bind(text, forms, is_sort=is_sort), kinds)


@st.composite
def templates(draw: st.DrawFn, *, is_sort: bool, kinds: tuple[Kind, ...] = KINDS) -> Drawn:
    """A template of one to four fields, with literal text around them wherever it may be."""
    fitting = [kind for kind in kinds if kind.sorts or not is_sort]
    chosen = draw(st.lists(st.sampled_from(fitting), min_size=1, max_size=4))
    text, open_ended = _escaped(draw(LITERALS)), False
    for number, kind in enumerate(chosen):
        if kind.varies and open_ended:
            text += "#"
        text += f"{{f{number}:{kind.spec}}}" if kind.spec else f"{{f{number}}}"
        open_ended = kind.varies or open_ended
        literal = draw(LITERALS)
        if is_sort and kind.varies and (literal or number < len(chosen) - 1):
            literal = "#" + literal
        text += _escaped(literal)
        open_ended = open_ended and "#" not in literal
    return made(text, {f"f{number}": kind for number, kind in enumerate(chosen)}, is_sort=is_sort)


def _escaped(literal: str) -> str:
    return literal.replace("{", "{{").replace("}", "}}")
