"""What a migration writes of an item, against what reading it gives."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ddbmodel import Attr, Model, field, partition_key, upgrader, version
from ddbmodel.codec.values import Attributes, Item
from ddbmodel.expressions import Value, holds
from ddbmodel.mapper.rewriting import Rewriting
from ddbmodel.model import plan_of


@upgrader(1)
def cents(values: dict[str, Any]) -> dict[str, Any]:
    """Version 1 had cents, and a nickname that is a name now."""
    values["total"] = Decimal(values.pop("cents")) / 100
    if "nick" in values:
        values["name"] = values.pop("nick")
    return values


@upgrader(2)
def place(values: dict[str, Any]) -> dict[str, Any]:
    """Version 2 had the city on top."""
    city = values.pop("city", None)
    return values if city is None else {**values, "place": {**values.get("place", {}), "city": city}}


class Place(Model):
    city: Attr[str | None] = None


class Bill(Model, table="bills", schema_version=3, upgraders=[cents, place]):
    bill_id: Attr[str] = partition_key()
    total: Attr[Decimal]
    name: Attr[str | None] = None
    place: Attr[Place | None] = None
    tags: Attr[set[str]] = field(default_factory=set)


class Counted(Bill, table="counted"):
    revision: Attr[int] = version()


TEXT = st.text("abc", min_size=1, max_size=3).map(lambda text: {"S": text})
OTHERS = {"nick": TEXT, "city": TEXT, "foreign": TEXT, "place": st.just({"M": {"odd": {"S": "x"}}})}


@st.composite
def old_items(draw: st.DrawFn) -> Attributes:
    """Items of version 1 or 2, with and without what may be there."""
    item = {name: draw(values) for name, values in OTHERS.items() if draw(st.booleans())}
    number = draw(st.integers(-(10**9), 10**9))
    if draw(st.booleans()):
        return {"bill_id": {"S": "b"}, "cents": {"N": str(number)}, **item}
    return {"bill_id": {"S": "b"}, "total": {"N": str(number)}, "_schema": {"N": "2"}, **item}


def _rewriting(old: Item, model: type[Bill] = Bill) -> Rewriting:
    plan = plan_of(model)
    return Rewriting.of(plan, old, plan.encode(plan.decode(old)))


def _after(old: Item, rewriting: Rewriting) -> Attributes:
    """The item as the service has it after the actions."""
    item = dict(old)
    for action in rewriting.actions:
        name = str(action.path.place.steps[0])
        if action.verb == "REMOVE":
            del item[name]
        else:
            assert isinstance(action.operand, Value)
            item[name] = action.operand.stored
    return item


@given(old_items())
def test_reading_is_the_same_before_and_after(old: Attributes) -> None:
    """Upgrading on read gives what is read after the migration, which has nothing left to do."""
    plan, rewriting = plan_of(Bill), _rewriting(old)
    after = _after(old, rewriting)
    assert after == rewriting.whole
    assert plan.decode(after) == plan.decode(old)
    assert plan.history.is_current(after)
    assert after.get("foreign") == old.get("foreign")
    if "place" in old:
        assert after["place"]["M"]["odd"] == {"S": "x"}


@given(
    old_items(), st.sampled_from(["nick", "city", "foreign", "cents", "total", "_schema"]), TEXT | st.none()
)
def test_any_change_is_noticed(old: Attributes, name: str, new: dict[str, str] | None) -> None:
    """The condition holds of the item as it was read, and of none that has changed since, or gained a source."""
    condition = _rewriting(old).condition
    assert holds(condition, old)
    changed = {key: value for key, value in old.items() if key != name} | ({name: new} if new else {})
    if changed == old:
        return
    # What no upgrader asks for, and the model does not have, may come beside what is there.
    asked = "_schema" in old and name in {"nick", "cents"}
    unknown = name not in old and (name == "foreign" or asked)
    assert holds(condition, changed) is unknown


@given(old_items())
def test_a_version_says_enough(old: Attributes) -> None:
    """With a version stored, the condition is on the schema version alone, whatever the item's size."""
    condition = _rewriting({**old, "revision": {"N": "4"}}, Counted).condition
    assert {path.place.steps for path in condition.paths} == {("_schema",)}
