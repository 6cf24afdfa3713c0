"""Single values: text, numbers, bytes, times."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Annotated, Any, NewType

from hypothesis import strategies as st
from pydantic import (
    UUID4,
    AwareDatetime,
    Base64Bytes,
    Base64Str,
    ByteSize,
    Field,
    FiniteFloat,
    Json,
    PastDate,
    PositiveInt,
    SkipValidation,
    StrictBool,
    StrictInt,
    StrictStr,
    conint,
    constr,
)
from typing_extensions import TypeAliasType

from tests.strategies import scalars
from tests.strategies.row import Row, of_type

OrderNumber = NewType("OrderNumber", int)
Pence = TypeAliasType("Pence", Annotated[int, Field(ge=0)])

_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.text(st.characters(codec="utf-8"), max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


def rows() -> list[Row]:
    """Every scalar type."""
    small = st.integers(0, 10**9)
    return [
        of_type("str", str, scalars.texts()),
        of_type("int", int, scalars.integers()),
        of_type("float", float, scalars.floats()),
        of_type("decimal", Decimal, scalars.decimals()),
        of_type("bool", bool, st.booleans()),
        of_type("bytes", bytes, st.binary(max_size=40)),
        of_type("datetime", datetime, scalars.aware_datetimes()),
        of_type("aware_datetime", AwareDatetime, scalars.aware_datetimes()),
        of_type("date", date, st.dates()),
        of_type("past_date", PastDate, st.dates(max_value=date(2020, 1, 1))),
        of_type("time", time, st.times()),
        of_type(
            "time_with_offset", time, st.times(timezones=st.just(timezone(timedelta(hours=-5, minutes=-30))))
        ),
        of_type("timedelta", timedelta, scalars.timedeltas()),
        of_type("uuid", __import__("uuid").UUID, st.uuids()),
        of_type("uuid4", UUID4, st.uuids(version=4)),
        of_type("positive_int", PositiveInt, st.integers(1, 10**37)),
        of_type("finite_float", FiniteFloat, scalars.floats()),
        of_type("strict_int", StrictInt, scalars.integers()),
        of_type("strict_str", StrictStr, scalars.texts()),
        of_type("strict_bool", StrictBool, st.booleans()),
        of_type("constr", constr(min_length=1, max_length=3), st.text("abc", min_size=1, max_size=3)),
        of_type("conint", conint(ge=0, multiple_of=5), st.integers(0, 1000).map(lambda n: n * 5)),
        of_type("strict_decimal", Annotated[Decimal, Field(strict=True)], scalars.decimals()),
        of_type("limited_decimal", Annotated[Decimal, Field(max_digits=6, decimal_places=2)], _prices()),
        of_type("new_type", OrderNumber, small),
        of_type("type_alias", Pence, small),
        of_type("byte_size", ByteSize, small | st.sampled_from(("3KiB", "1 MB"))),
        of_type("base64_bytes", Base64Bytes, st.sampled_from((b"aGVsbG8=", b"", b"YWJjZA=="))),
        of_type("base64_str", Base64Str, st.sampled_from(("aGVsbG8=", "", "YWJjZA=="))),
        of_type("json_any", Json, _json.map(__import__("json").dumps), optional=False),
        of_type("json_typed", Json[list[int]], st.sampled_from(("[]", "[1, 2]"))),
        of_type("json_decimals", Json[dict[str, Decimal]], st.sampled_from(("{}", '{"a": "1.10"}'))),
        of_type("skip_validation", SkipValidation[datetime], scalars.aware_datetimes()),
        of_type("none", type(None), st.none(), optional=False),
        of_type("any", Any, _untyped(), optional=False),
        of_type("object", object, _untyped(), optional=False),
    ]


def _prices() -> st.SearchStrategy[Decimal]:
    return st.decimals(0, 9999, places=2)


def _untyped() -> st.SearchStrategy[Any]:
    """What an undeclared place gives back with its type: no whole floats, Decimals, tuples, or times."""
    leaves = st.one_of(
        st.none(),
        st.booleans(),
        scalars.integers(),
        st.floats(-1e6, 1e6).filter(lambda value: value != int(value) and abs(value) > 1e-100),
        scalars.texts(),
        st.binary(max_size=5),
        st.sets(scalars.texts(), min_size=1, max_size=3),
        st.sets(st.integers(), min_size=1, max_size=3).map(lambda numbers: {n % 10**30 for n in numbers}),
    )
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(scalars.keys(), inner, max_size=3),
        max_leaves=6,
    )
