"""What is stored by leaving an attribute out, and what a missing attribute means."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, Field, create_model
from pydantic_core import MISSING

from ddbmodel import Attr, Model, Null, field, partition_key
from ddbmodel.codec.parts import Absent
from ddbmodel.errors import CodecError
from ddbmodel.model import ModelPlan, plan_of
from tests.unit.model.test_stored_format import plan_for


def plan_with(annotation: Any, default: Any) -> ModelPlan[Any]:
    """The plan of a table with one field of a type and with a default."""
    model = create_model(
        "Absence",
        __base__=Model,
        __cls_kwargs__={"table": "absence"},
        key_id=(str, partition_key(default="k")),
        value=(annotation, default),
    )
    return plan_of(model)


NULL = {"NULL": True}
EMPTY: dict[str, Any] = {"L": []}


@pytest.mark.parametrize(
    ("annotation", "default", "value", "stored"),
    [
        (str | None, ..., None, None),
        (str | None, None, None, None),
        (str | None, "x", None, NULL),
        (str | None, Field(default_factory=lambda: None), None, NULL),
        (str | None, field(stored_as=Null), None, NULL),
        (str | None, field(default=None, stored_as=Null), None, NULL),
        (Any, None, None, None),
        (Any, ..., None, None),
        (set[str], ..., set(), None),
        (set[str], set(), set(), None),
        (set[str], Field(default_factory=set), set(), None),
        (set[str], {"a"}, set(), EMPTY),
        (frozenset[int], ..., frozenset(), None),
        (set[str] | None, None, set(), EMPTY),
        (set[str] | None, None, None, None),
        (set[str] | None, {"a"}, None, NULL),
        (list[int], ..., [], EMPTY),
        (dict[str, int], ..., {}, {"M": {}}),
        (str, ..., "", {"S": ""}),
        (int | MISSING, MISSING, MISSING, None),
        (int | None | MISSING, MISSING, None, NULL),
        (set[int] | MISSING, MISSING, set(), EMPTY),
    ],
    ids=str,
)
def test_a_value_is_left_out_only_if_its_absence_reads_back_as_it(
    annotation: Any, default: Any, value: Any, stored: dict[str, Any] | None
) -> None:
    """None and an empty set are not stored where nothing else is meant by a missing attribute."""
    plan = plan_with(annotation, default)
    item = plan.encode(plan.model(value=value))
    assert item.get("value") == stored
    back = plan.decode(item).value
    assert back == value or back is value
    assert type(back) is type(value)


@pytest.mark.parametrize(
    ("annotation", "default", "expected"),
    [
        (str | None, ..., None),
        (str | None, None, None),
        (str | None, "x", "x"),
        (int, 5, 5),
        (list[int], Field(default_factory=lambda: [1]), [1]),
        (set[str], ..., set()),
        (set[str], {"a"}, {"a"}),
        (frozenset[int], ..., frozenset()),
        (set[str] | None, {"a"}, {"a"}),
    ],
    ids=str,
)
def test_a_missing_attribute_reads_as_none_empty_or_the_default(
    annotation: Any, default: Any, expected: Any
) -> None:
    """An item of an older version, or of another client, reads with the default of what it lacks."""
    back = plan_with(annotation, default).decode({"key_id": {"S": "k"}}).value
    assert back == expected
    assert type(back) is type(expected)


@pytest.mark.parametrize("annotation", [str, int, list[int], dict[str, int], int | str])
def test_a_missing_required_attribute_is_an_error(annotation: Any) -> None:
    """An item without a required attribute is incomplete, and the error names it."""
    plan = plan_for(annotation)
    assert plan.part.fields["value"].absent is Absent.ERROR
    with pytest.raises(CodecError, match="Field required") as caught:
        plan.decode({"key_id": {"S": "k"}})
    assert caught.value.path == "$.value"


class Inner(BaseModel):
    note: str | None
    tags: set[int]


class Outer(Model, table="outer"):
    key_id: Attr[str] = partition_key(default="k")
    inner: Attr[Inner]
    listed: Attr[list[str | None]] = field(default=[])
    sets: Attr[list[set[int]]] = field(default=[])


def test_absence_works_in_parts_but_not_in_lists() -> None:
    """A part leaves out what reads back; inside of lists None is NULL and an empty set an empty list."""
    outer = Outer(inner=Inner(note=None, tags=set()), listed=[None, "a"], sets=[set(), {1}])
    item = plan_of(Outer).encode(outer)
    assert item == {
        "key_id": {"S": "k"},
        "inner": {"M": {}},
        "listed": {"L": [NULL, {"S": "a"}]},
        "sets": {"L": [EMPTY, {"NS": ["1"]}]},
    }
    assert plan_of(Outer).decode(item) == outer
