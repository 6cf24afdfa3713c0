"""Items that are read from their JSON are what reading their attributes gives, and so are the errors."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from ddbmodel import Attr, CodecError, Key, Model, Table, field, partition_key
from ddbmodel.codec.wire_item import WireItem, dump_item
from ddbmodel.model import ModelPlan, plan_of
from tests.strategies import stored
from tests.strategies.matrix import ROWS
from tests.strategies.row import Row
from tests.strategies.sameness import difference
from tests.strategies.service import kept

FAST = settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck), database=None)
ONE = settings(FAST, max_examples=1, phases=[Phase.generate])
READ = [row for row in ROWS if plan_of(row.model)._read_text is not None]


def outcome(plan: ModelPlan[Any], item: Any) -> Any:
    """The model, or the error's text."""
    try:
        return plan.decode(item)
    except CodecError as error:
        return str(error)


def assert_alike(plan: ModelPlan[Any], item: Any) -> None:
    found, wanted = outcome(plan, WireItem(dump_item(item))), outcome(plan, item)
    assert type(found) is type(wanted)
    assert found == wanted if isinstance(found, str) else difference(wanted, found) is None


def _has_secrets(row: Row) -> bool:
    return "secret" in repr(row.model.__pydantic_core_schema__).lower()


@pytest.mark.parametrize("row", READ, ids=lambda row: row.name)
def test_both_ways_agree(row: Row) -> None:
    """What is validated is the same, and the model is."""
    plan = plan_of(row.model)

    @FAST
    @given(row.instances)
    def check(instance: Any) -> None:
        assert_alike(plan, kept(plan.encode(instance)))

    check()


# Pydantic takes anything for the value of a secret, and cannot compare two secrets of what is no text.
@pytest.mark.parametrize("row", [row for row in READ[::6] if not _has_secrets(row)], ids=lambda row: row.name)
def test_both_ways_agree_on_what_nobody_has_written(row: Row) -> None:
    """An attribute of any other type or value is read alike, or refused in the same words."""
    plan = plan_of(row.model)

    @FAST
    @given(row.instances, st.data())
    def check(instance: Any, data: st.DataObject) -> None:
        item = dict(kept(plan.encode(instance)))
        assume(item)
        item[data.draw(st.sampled_from(sorted(item)))] = data.draw(stored.values())
        assert_alike(plan, item)

    check()


def test_most_of_the_matrix_is_read_from_json() -> None:
    """The comparison is of more than a few rows, and they are read in the quick way."""
    quickly = [row for row in READ if _is_read_quickly(row)]
    assert len(READ) > len(ROWS) * 0.7
    assert len(quickly) > len(READ) * 0.8


def _is_read_quickly(row: Row) -> bool:
    plan, texts = plan_of(row.model), list[bytes]()

    @ONE
    @given(row.instances)
    def keep(instance: Any) -> None:
        texts.append(plan.encode(instance).text)

    keep()
    return plan._decoded_quickly(WireItem(texts[0])) is not None


def test_members_that_dynamodb_does_not_have_are_left_out() -> None:
    """As they are where the whole reply is read."""
    text = b'{"key":{"S":"a","X":1},"data":{"B":"eA==","S":null},"many":{"L":[{"M":{"a":{"NULL":true,"N":null}}}]}}'
    assert dict(WireItem(text)) == {
        "key": {"S": "a"},
        "data": {"B": b"x"},
        "many": {"L": [{"M": {"a": {"NULL": True}}}]},
    }


@given(stored.items())
def test_json_holds_the_item(item: dict[str, Any]) -> None:
    """What is dumped and loaded again is the same, and is JSON as the service takes it."""
    text = dump_item(item)
    assert dict(WireItem(text)) == item
    assert json.loads(text) == json.loads(
        json.dumps(item, default=lambda data: base64.b64encode(data).decode())
    )


ENTITIES = Table("things", "pk", "sk")


class Sample(Model, table=ENTITIES, entity="sample"):
    device: Attr[str]
    number: Attr[int]
    note: Attr[str | None] = field(default=None)

    primary = Key(partition="DEVICE#{device}", sort="SAMPLE#{number:06d}")


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"_entity": {"S": "other"}},
        {"_entity": None},
        {"device": None},
        {"device": None, "number": None},
        {"_entity": {"N": "1"}},
        {"pk": {"S": "OTHER#1"}},
    ],
)
def test_items_of_a_shared_table(changed: dict[str, Any]) -> None:
    """Whose an item is, and what stands in its key only, is found alike."""
    plan = plan_of(Sample)
    item = dict(plan.encode(Sample(device="d", number=7))) | changed
    assert_alike(plan, {name: value for name, value in item.items() if value is not None})


class Odd(Model, table="odd"):
    key: Attr[str] = partition_key()
    quoted: Attr[str] = field(attribute='a "quoted" {name}\\', default="x")
    longer: Attr[list[list[int]]] = field(default_factory=list)


def test_names_of_attributes_may_be_any_text() -> None:
    """A class for which no decoder can be made is read over its attributes."""
    odd = Odd(key="k", quoted='"', longer=[[1], [], [2, 3]])
    plan = plan_of(Odd)
    assert plan._read_text is None
    assert plan.decode(WireItem(plan.encode(odd).text)) == odd
