"""How the value of one field looks inside of a key: text whose order is the order of the values.

A form works on what is stored for the field, and what it writes it reads back. Text of a fixed width needs no
end; text of varying width is escaped by the template that it stands in (see `key_templates`).
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import date, datetime
from decimal import Context, Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID

from ddbmodel import limits
from ddbmodel.codec import scalars, times
from ddbmodel.codec.base import Codec
from ddbmodel.codec.numbers import decode_decimal, encode_decimal
from ddbmodel.codec.scalars import ChoiceCodec, ScalarCodec
from ddbmodel.codec.values import AttributeValue
from ddbmodel.errors import CodecError, ModelDefinitionError

_NUMBER_SPEC: Final = re.compile(r"0(?P<width>[1-9]\d?)(?:d|\.(?P<places>[1-9]\d?)f)")
_PERIODS: Final = ("%Y", "%m", "%d", "%H", "%M", "%S")
_PERIOD_SPEC: Final = re.compile(r"%Y(?:[-]?%m(?:[-]?%d(?:[T ]?%H(?:[:]?%M(?:[:]?%S)?)?)?)?)?")
_DATETIME_WIDTH: Final = 27
_DATE_WIDTH: Final = 10
_UUID_WIDTH: Final = 36
# What a spec can ask for, and the digits of any number that is stored.
_PADDED_DIGITS: Final = 99 + limits.NUMBER_DIGITS


class KeyForm(ABC):
    """The text of one field's values inside of a key.

    Attributes:
        width: how many characters every text has; None if they vary.
        is_ordered: the order of the texts is the order of the values.
        is_exact: a text holds the whole value; of a period such as `%Y-%m` it holds only the beginning.
        choices: all the texts there are, where they are few.
    """

    width: int | None = None
    is_ordered: bool = True
    is_exact: bool = True
    choices: frozenset[str] | None = None

    @abstractmethod
    def write(self, stored: AttributeValue) -> str:
        """Give the text of a stored value.

        Raises:
            CodecError: the value has no text of this form.
        """

    @abstractmethod
    def read(self, text: str) -> AttributeValue:
        """Give the stored value of a text.

        Raises:
            CodecError: it is no text of this form.
        """


class TextForm(KeyForm):
    """Text as it is stored.

    Args:
        width: how many characters every text has.
        parse: makes of a text of fixed width the value that `str` makes it of.
        choices: all the texts there are.
    """

    def __init__(
        self,
        width: int | None = None,
        parse: Callable[[str], object] | None = None,
        choices: frozenset[str] | None = None,
    ) -> None:
        self.width = width
        self.choices = choices
        self._parse = parse

    def write(self, stored: AttributeValue) -> str:
        value = stored.get("S")
        if value is None:
            raise CodecError(f"it is stored as {next(iter(stored))} here, and a key takes text")
        text = str(value)
        if self.width is not None and len(text) != self.width:
            raise CodecError(f"its text has {len(text)} characters, and {self.width} in every other key")
        return text

    def read(self, text: str) -> AttributeValue:
        if self.choices is not None and text not in self.choices:
            raise CodecError("the key holds no value of the field")
        if self._parse is not None and str(_parsed(self._parse, text)) != text:
            raise CodecError("the key holds the value in another form")
        return {"S": text}


class NumberForm(KeyForm):
    """A number in its shortest form. Its text has no order."""

    is_ordered = False

    def write(self, stored: AttributeValue) -> str:
        return encode_decimal(decode_decimal(_number(stored)))

    def read(self, text: str) -> AttributeValue:
        if encode_decimal(decode_decimal(text)) != text:
            raise CodecError("the key holds a number in another form")
        return {"N": text}


class PaddedForm(KeyForm):
    """A number of fixed width, such as `{seq:08d}` or `{price:012.2f}`: from zero up, and never rounded."""

    def __init__(self, width: int, places: int = 0) -> None:
        self.width = width
        self._places = places

    def write(self, stored: AttributeValue) -> str:
        value = decode_decimal(_number(stored))
        # A context of its own: the caller's may trap what is rounded.
        context = Context(prec=_PADDED_DIGITS, traps=[InvalidOperation])
        try:
            fixed = value.quantize(Decimal((0, (1,), -self._places)), context=context)
        except InvalidOperation:  # more digits than any width has room for
            fixed = value
        if value < 0 or fixed != value:
            raise CodecError(
                f"a number in this key has {self._places} decimal places and is not below zero: "
                "other numbers would lose digits or order"
            )
        text = f"{fixed.copy_abs():f}".zfill(self.width or 0)
        if len(text) != self.width:
            raise CodecError(f"the number has more than {self.width} digits, for which the key has no room")
        return text

    def read(self, text: str) -> AttributeValue:
        stored: AttributeValue = {"N": encode_decimal(decode_decimal(text))}
        if self.write(stored) != text:
            raise CodecError("the key holds a number in another form")
        return stored


class BoolForm(KeyForm):
    """`false` or `true`."""

    choices = frozenset(("false", "true"))

    def write(self, stored: AttributeValue) -> str:
        value = stored.get("BOOL")
        if value is None:
            raise CodecError(f"it is stored as {next(iter(stored))} here, and this key takes a bool")
        return "true" if value else "false"

    def read(self, text: str) -> AttributeValue:
        if text not in ("false", "true"):
            raise CodecError("the key holds no bool")
        return {"BOOL": text == "true"}


class MomentForm(KeyForm):
    """A datetime as UTC text of fixed width, or only its beginning, such as `%Y-%m-%d`.

    Attributes:
        is_text: the whole text is what is stored for the field.

    Args:
        codec: how the field is stored.
        period: strftime's text for the beginning; None for all of it.
    """

    def __init__(self, codec: Codec, period: str | None = None) -> None:
        self._codec = codec
        self._period = period
        self.is_exact = period is None
        self.is_text = period is None and codec is scalars.DATETIME
        self.width = _DATETIME_WIDTH if period is None else len(_period_text(datetime(1, 1, 1), period))  # noqa: DTZ001  # only its width counts

    def write(self, stored: AttributeValue) -> str:
        moment: Any = self._codec.decode(stored)
        if not isinstance(moment, datetime):
            raise CodecError("the stored value is no datetime")
        text = times.encode_datetime(moment)
        return text if self._period is None else _period_text(datetime.fromisoformat(text), self._period)

    def read(self, text: str) -> AttributeValue:
        moment = _parsed(datetime.fromisoformat, text if self._period is None else _full(text, self._period))
        stored = self._codec.encode(moment)
        if self.write(stored) != text:
            raise CodecError("the key holds a datetime in another form")
        return stored


class DayForm(KeyForm):
    """The beginning of a date, such as `%Y-%m`, or a date in another form, such as `%Y%m%d`."""

    def __init__(self, period: str) -> None:
        self._period = period
        self.is_exact = "%d" in period
        self.width = len(_period_text(date(1, 1, 1), period))

    def write(self, stored: AttributeValue) -> str:
        day = str(stored.get("S"))
        if len(day) != _DATE_WIDTH:
            raise CodecError("the stored value is no date")
        return _period_text(_parsed(date.fromisoformat, day), self._period)

    def read(self, text: str) -> AttributeValue:
        day = _parsed(datetime.fromisoformat, _full(text, self._period)).date()
        if _period_text(day, self._period) != text:
            raise CodecError("the key holds a date in another form")
        return {"S": day.isoformat()}


def form_of(codec: Codec, spec: str) -> KeyForm:
    """Give the form of a field in a key template.

    Args:
        codec: how the field is stored.
        spec: what stands behind the colon: empty, `08d`, `012.2f`, or `%Y-%m-%d` and its beginnings.

    Raises:
        ModelDefinitionError: values of this type have no text in a key, or not with this spec.
    """
    if codec.opaque:
        raise ModelDefinitionError(
            "it is stored compressed, and a key is not: leave stored_as=Compressed() out"
        )
    core = codec.core
    if isinstance(core, ScalarCodec) and core.python is datetime:
        return MomentForm(core, _period(spec) if spec else None)
    if core is scalars.DATE:
        return DayForm(_days(spec)) if spec else TextForm(_DATE_WIDTH, date.fromisoformat)
    types = codec.types - {"NULL"}
    if types == frozenset(("N",)):
        return _number_form(spec)
    if spec:
        raise ModelDefinitionError(
            f"{spec!r} formats numbers and times, and this field is stored as {_listed(types)}: leave it out"
        )
    if types == frozenset(("BOOL",)):
        return BoolForm()
    if types == frozenset(("S",)):
        return _text_form(core)
    raise ModelDefinitionError(
        f"it is stored as {_listed(types)}: a key template takes text, numbers, bools and times"
    )


def _text_form(core: Codec) -> KeyForm:
    if core is scalars.UUID_CODEC:
        return TextForm(_UUID_WIDTH, UUID)
    if isinstance(core, ChoiceCodec):
        return TextForm(choices=core.stored_texts)
    return TextForm()


def _number_form(spec: str) -> KeyForm:
    if not spec:
        return NumberForm()
    match = _NUMBER_SPEC.fullmatch(spec)
    if match is None:
        raise ModelDefinitionError(
            f"{spec!r} is no format for a number in a key: use a width with zeros in front, such as 08d, "
            "or 012.2f with decimal places"
        )
    width, places = int(match["width"]), int(match["places"] or 0)
    if places and places + 2 > width:
        raise ModelDefinitionError(f"{spec!r} leaves no room in front of the decimal places: widen it")
    return PaddedForm(width, places)


def _period(spec: str) -> str:
    if not _PERIOD_SPEC.fullmatch(spec):
        raise ModelDefinitionError(
            f"{spec!r} is no period of time for a key: use %Y-%m-%dT%H:%M:%S or a beginning of it, "
            "so that the order of keys is the order of times"
        )
    return spec


def _days(spec: str) -> str:
    if "%H" in _period(spec):
        raise ModelDefinitionError(f"{spec!r} asks a date for its hours: use %Y-%m-%d or a beginning of it")
    return spec


def _period_text(moment: date, period: str) -> str:
    # Not strftime: its %Y has fewer than four digits for early years on some systems.
    text = period.replace("%Y", f"{moment.year:04}").replace("%m", f"{moment.month:02}")
    text = text.replace("%d", f"{moment.day:02}")
    if isinstance(moment, datetime):
        text = text.replace("%H", f"{moment.hour:02}").replace("%M", f"{moment.minute:02}")
        text = text.replace("%S", f"{moment.second:02}")
    return text


def _full(text: str, period: str) -> str:
    """The first moment of the period that a text names, as ISO text in UTC."""
    found = {"%Y": "0001", "%m": "01", "%d": "01", "%H": "00", "%M": "00", "%S": "00"}
    rest = text
    for piece in re.findall(r"%[YmdHMS]|[^%]", period):
        width = len(found[piece]) if piece in found else 1
        if piece in found:
            found[piece] = rest[:width]
        rest = rest[width:]
    year, month, day, hour, minute, second = (found[piece] for piece in _PERIODS)
    return f"{year}-{month}-{day}T{hour}:{minute}:{second}+00:00"


def _parsed(parse: Callable[[str], Any], text: str) -> Any:
    try:
        return parse(text)
    except ValueError:
        raise CodecError("the key holds no time in this form") from None


def _number(stored: AttributeValue) -> str:
    value = stored.get("N")
    if value is None:
        raise CodecError(f"it is stored as {next(iter(stored))} here, and this key takes a number")
    return str(value)


def _listed(types: frozenset[str]) -> str:
    return "/".join(sorted(types)) or "whatever its serializer returns"
