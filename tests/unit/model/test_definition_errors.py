"""A wrong declaration is an error when the class is defined, naming class, field and remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Generic, Literal, TypeVar

import pytest
from pydantic import AfterValidator, BaseModel, ConfigDict, NaiveDatetime, PlainSerializer, RootModel

from ddbmodel import (
    Attr,
    EpochSeconds,
    GlobalIndex,
    LocalIndex,
    Model,
    ModelDefinitionError,
    Null,
    field,
    partition_key,
    sort_key,
)
from ddbmodel.model import plan_of
from ddbmodel.schema import Projection

T = TypeVar("T")


class Colour(Enum):
    RED = "red"


class Opaque:
    """A class that Pydantic does not know."""


def define(table: Any = "orders", bases: tuple[type, ...] = (Model,), **body: Any) -> type[Model]:
    """Define a class `Order` from fields `name=(annotation, default)` and other attributes."""
    namespace: dict[str, Any] = {"__module__": __name__, "__qualname__": "Order", "__annotations__": {}}
    for name, entry in body.items():
        if isinstance(entry, tuple):
            namespace["__annotations__"][name] = entry[0]
            namespace.update({name: entry[1]} if len(entry) > 1 else {})
        else:
            namespace[name] = entry
    keywords = {} if table is None else {"table": table}
    made: type[Model] = type(Model)("Order", bases, namespace, **keywords)  # type: ignore[call-overload]  # any metaclass
    return made


KEY = (str, partition_key())
SORT = (str, sort_key())


def _named(count: int, make: Callable[[], Any]) -> dict[str, Any]:
    return {f"index_{number}": make() for number in range(count)}


TABLES: list[tuple[str, dict[str, Any], list[str]]] = [
    ("no partition key", {"a": (str,)}, ["exactly one partition key", "none", "partition_key()"]),
    ("two partition keys", {"a": KEY, "b": KEY}, ["exactly one partition key", "2 (a, b)"]),
    ("two sort keys", {"a": KEY, "b": SORT, "c": SORT}, ["one sort key at most", "2 (b, c)"]),
    ("table of two characters", {"table": "ab", "a": KEY}, ["table name 'ab'", "3 to 255"]),
    ("table with a space", {"table": "a b c", "a": KEY}, ["table name 'a b c'"]),
    ("table of 256 characters", {"table": "x" * 256, "a": KEY}, ["3 to 255"]),
    ("table that is no name", {"table": 5, "a": KEY}, ["table= takes the table's name"]),
    (
        "clash of stored names",
        {"a": KEY, "b": (str, field(attribute="c")), "c": (str,)},
        ["b: two fields", "'c'"],
    ),
    ("empty attribute", {"a": KEY, "b": (str, field(attribute=""))}, ["b: attribute= takes a name"]),
    (
        "attribute of 64 KB",
        {"a": KEY, "b": (str, field(attribute="x" * 65536))},
        ["b: attribute= takes a name"],
    ),
    (
        "attribute with half a pair",
        {"a": KEY, "b": (str, field(attribute="\ud800"))},
        ["b: attribute= takes a name"],
    ),
    (
        "key attribute of 256 bytes",
        {"a": (str, partition_key(attribute="x" * 256))},
        ["256 bytes", "1 to 255"],
    ),
]
KEYS: list[tuple[str, dict[str, Any], list[str]]] = [
    (f"sort key of {annotation!s:.30}", {"a": KEY, "b": (annotation, sort_key())}, ["field 'b'", reason])
    for annotation, reason in [
        (list[str], "stored as L"),
        (bool, "stored as BOOL"),
        (str | None, "cannot be None"),
        (dict[str, int], "stored as M"),
        (set[str], "stored as L/SS"),
        (int | str, "stored as N/S"),
        (Literal["a", 1], "stored as N/S"),
        (Any, "cannot be None"),
        (tuple[int, int], "stored as L"),
    ]
]
INDEXES: list[tuple[str, dict[str, Any], list[str]]] = [
    (
        "unknown partition key",
        {"by": GlobalIndex("zz", name="xyz")},
        ["index 'by'", "no field 'zz'", "a, b, s, n, l"],
    ),
    ("unknown sort key", {"by": GlobalIndex("b", "zz", name="xyz")}, ["index 'by'", "no field 'zz'"]),
    ("unknown local sort key", {"by": LocalIndex("zz", name="xyz")}, ["index 'by'", "no field 'zz'"]),
    ("key of a list", {"by": GlobalIndex("l", name="xyz")}, ["index 'by'", "'l' is stored as L"]),
    (
        "None stored as NULL",
        {"by": GlobalIndex("n", name="xyz")},
        ["'n' stores None as NULL", "stored_as=Null"],
    ),
    ("no partition key", {"by": GlobalIndex((), name="xyz")}, ["names no field as its partition key"]),
    (
        "key that is no name",
        {"by": GlobalIndex(5, name="xyz")},
        ["index 'by'", "one field's name, or by a tuple"],
    ),
    (
        "five key attributes",
        {"by": GlobalIndex(("a", "b", "s", "x", "y"), name="xyz")},
        ["5 partition key", "at most 4"],
    ),
    ("attribute twice", {"by": GlobalIndex("b", "b", name="xyz")}, ["names key attribute 'b' twice"]),
    ("local index with two sort keys", {"by": LocalIndex(("b", "x"), name="xyz")}, ["one sort key field"]),
    ("name of two characters", {"by": GlobalIndex("b")}, ["index name 'by'", "3 to 255"]),
    (
        "equal names",
        {"one": GlobalIndex("b", name="xyz"), "two": GlobalIndex("s", name="xyz")},
        ["two indexes named 'xyz'"],
    ),
    (
        "unknown projection",
        {"by": GlobalIndex("b", name="xyz", projection=["zz"])},
        ["projects 'zz'", "a, b, s"],
    ),
    ("empty projection", {"by": GlobalIndex("b", name="xyz", projection=[])}, ["KEYS_ONLY"]),
    ("misspelt projection", {"by": GlobalIndex("b", name="xyz", projection="KEYS")}, ["KEYS_ONLY"]),
    ("21 global indexes", _named(21, lambda: GlobalIndex("b")), ["21 global indexes", "at most 20"]),
    ("6 local indexes", _named(6, lambda: LocalIndex("b")), ["6 local indexes", "at most 5"]),
    ("named like a method", {"copy": GlobalIndex("b", name="xyz")}, ["copy is both an index and a method"]),
    ("named like key()", {"key": GlobalIndex("b", name="xyz")}, ["key is both an index and a method"]),
]
FIELDS: list[tuple[str, Any, list[str]]] = [
    ("Null on a type without None", (str, field(stored_as=Null)), ["stored_as=Null", "can be None"]),
    ("epoch of text", (str, field(stored_as=EpochSeconds)), ["for datetime fields"]),
    ("epoch of a date", (date, field(stored_as=EpochSeconds)), ["for datetime fields"]),
    ("epoch of a list", (list[datetime], field(stored_as=EpochSeconds)), ["for datetime fields"]),
    ("another stored_as", (datetime, field(stored_as="epoch")), ["stored_as= takes"]),
    ("naive datetime", (NaiveDatetime,), ["naive", "declare datetime"]),
    ("function", (Callable[[], int],), ["a function cannot be stored"]),
    ("class", (type[int],), ["a class cannot be stored"]),
    ("iterator", (Iterable[int],), ["declare a list"]),
    ("unknown class", (Opaque,), ["serializer and a validator"]),
    ("literal values stored alike", (Literal[Colour.RED, "red", "RED"],), ["stored as the same"]),
]


def _check(caught: pytest.ExceptionInfo[ModelDefinitionError], expected: list[str]) -> None:
    message = str(caught.value)
    assert message.startswith("Order")
    for part in expected:
        assert part in message


@pytest.mark.parametrize(
    ("body", "expected"), [case[1:] for case in TABLES + KEYS], ids=[c[0] for c in TABLES + KEYS]
)
def test_a_wrong_table_is_found_at_once(body: dict[str, Any], expected: list[str]) -> None:
    """Keys, names and attributes that DynamoDB would refuse are errors of the class statement."""
    with pytest.raises(ModelDefinitionError) as caught:
        define(**body)
    _check(caught, expected)


@pytest.mark.parametrize(
    ("indexes", "expected"), [case[1:] for case in INDEXES], ids=[case[0] for case in INDEXES]
)
def test_a_wrong_index_is_found_at_once(indexes: dict[str, Any], expected: list[str]) -> None:
    """An index names fields that can be keys, within the service's limits."""
    fields = {
        "a": KEY,
        "b": (str,),
        "s": SORT,
        "n": (str | None, field(default="x")),
        "l": (list[int],),
        "x": (int,),
        "y": (int,),
    }
    with pytest.raises(ModelDefinitionError) as caught:
        define(**fields, **indexes)
    _check(caught, expected)


@pytest.mark.parametrize(
    ("declared", "expected"), [case[1:] for case in FIELDS], ids=[case[0] for case in FIELDS]
)
def test_a_field_that_cannot_come_back_is_found_at_once(declared: Any, expected: list[str]) -> None:
    """A type without a stored form is an error that names class and field, also inside of parts."""
    config = ConfigDict(arbitrary_types_allowed=True)
    with pytest.raises(ModelDefinitionError) as caught:
        define(a=KEY, odd=declared, model_config=config)
    _check(caught, ["Order.odd: ", *expected])
    with pytest.raises(ModelDefinitionError) as caught:
        define(table=None, odd=declared, model_config=config)
    _check(caught, ["Order.odd: ", *expected])


def test_a_local_index_needs_a_sort_key() -> None:
    """A local index without a sort key of the table is refused, with the remedy."""
    with pytest.raises(ModelDefinitionError, match="the table needs a sort key; use a global index"):
        define(a=KEY, b=(str,), by_b=LocalIndex("b"))


def test_a_field_and_an_index_cannot_share_a_name() -> None:
    """An index cannot be named like a field, nor a field like an inherited index."""
    with pytest.raises(ModelDefinitionError, match="Order.b is both an index and a field"):
        define(a=KEY, bases=(define(table=None, b=(str,)),), b=GlobalIndex("a"))
    # Pydantic sees the field shadow the inherited attribute first, and warns.
    with (
        pytest.warns(UserWarning, match="shadows"),
        pytest.raises(ModelDefinitionError, match="Order.by_a is a field, and an index of a base class"),
    ):
        define(bases=(define(a=KEY, by_a=GlobalIndex("a")),), by_a=(str,))


def test_a_name_that_two_fields_use_differently_is_refused() -> None:
    """An attribute of two types cannot be a key in one place and something else in another."""
    with pytest.raises(ModelDefinitionError, match="two fields are stored as 'a'"):
        define(a=KEY, b=(int, field(attribute="a")), by_b=GlobalIndex("b"))


def test_more_projected_attributes_than_the_service_takes_are_refused() -> None:
    """A table's indexes name 100 attributes at most; keys and repetitions do not count."""
    many = {f"f{number}": (int, 0) for number in range(101)}
    with pytest.raises(ModelDefinitionError, match='101 attributes to project, at most 100.*"ALL"'):
        define(
            a=KEY,
            **many,
            by_a=GlobalIndex("f0", projection=["a", *many, *many]),
            by_f=GlobalIndex("f1", projection=["f0"]),
        )
    define(a=KEY, **many, by_a=GlobalIndex("f0", projection=["a", *many, *many]))


def test_a_projection_of_keys_only_says_so() -> None:
    """Naming nothing but keys in a projection is what KEYS_ONLY means."""
    order = define(
        a=KEY,
        b=(str,),
        c=(int, 0),
        by_b=GlobalIndex("b", projection=["a", "b"]),
        by_c=GlobalIndex("b", projection=["c", "c"]),
    )
    indexes = plan_of(order).stored_table.indexes
    assert [index.projection for index in indexes] == [Projection("KEYS_ONLY"), Projection("INCLUDE", ("c",))]


def test_a_root_model_has_no_table() -> None:
    """An item is made of attributes, so a root model can only be a part."""
    with pytest.raises(ModelDefinitionError, match="a root model is a part"):
        define(bases=(RootModel[int], Model))


class Callback(BaseModel):
    call: Callable[[], int]


def test_the_error_of_a_part_names_the_way_to_it() -> None:
    """A field that cannot be stored is named, with the parts that lead to it."""
    with pytest.raises(
        ModelDefinitionError, match=r"^Order\.parts: Callback\.call: a function cannot be stored"
    ):
        define(a=KEY, parts=(list[Callback],))


def test_what_looks_odd_but_works_is_accepted() -> None:
    """Keys of any type with one stored form, renamed attributes and unusual indexes are fine."""
    order = define(
        a=(Annotated[str, AfterValidator(str.lower)], partition_key(attribute="#pk")),
        s=(Annotated[datetime, PlainSerializer(str)], sort_key(stored_as=EpochSeconds)),
        n=(str | None, None),
        d=(Decimal, Decimal(0)),
        c=(Colour, Colour.RED),
        by_n=GlobalIndex("n", ("d", "c")),
        by_all=GlobalIndex(("n", "d"), ("c", "s")),
        by_d=LocalIndex("d"),
        **_named(17, lambda: GlobalIndex("n")),
    )
    table = plan_of(order).stored_table
    assert [(key.name, key.type) for key in table.key] == [("#pk", "S"), ("s", "N")]
    assert len(table.indexes) == 20


class Later(Model, Generic[T]):
    value: Attr[T]


def test_an_error_in_a_generic_class_is_found_when_it_gets_its_type() -> None:
    """The open class is fine; the one with an impossible type is refused."""
    assert Later[int].value is not None
    with pytest.raises(ModelDefinitionError, match="value: a function cannot be stored"):
        Later[Callable[[], int]]  # the class is made by this


def test_an_error_behind_a_forward_reference_is_found_when_it_is_resolved() -> None:
    """A class that refers to what is not there yet is checked as soon as that is there."""

    class Holder(Model):
        part: Attr[Missing]  # type: ignore[name-defined]  # defined below

    with pytest.raises(ModelDefinitionError, match=r"Holder refers to a type that is not defined yet"):
        plan_of(Holder)

    class Missing(BaseModel):
        call: Callable[[], int]

    with pytest.raises(ModelDefinitionError, match=r"Holder\.part: Missing\.call: a function"):
        Holder.model_rebuild()


def test_a_class_that_is_no_model_has_no_plan() -> None:
    """A plain Pydantic class can be a part, but has no plan of its own."""
    with pytest.raises(ModelDefinitionError, match="Callback is no subclass of ddbmodel.Model"):
        plan_of(Callback)


def test_a_model_without_a_table_says_how_to_get_one() -> None:
    """Asking a part for its table names the remedy."""
    with pytest.raises(ModelDefinitionError, match=r'write class Order\(Model, table="..."\)'):
        _ = plan_of(define(table=None, a=(str,))).stored_table
