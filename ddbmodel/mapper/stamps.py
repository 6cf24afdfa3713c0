"""What writes put into an item by themselves: its version, its times, and the mark of the write."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from pydantic import BaseModel

from ddbmodel.codec.numbers import canonical_number
from ddbmodel.codec.parts import FieldCodec
from ddbmodel.codec.values import AttributeValue, Item
from ddbmodel.errors import CodecError
from ddbmodel.expressions import Action, Comparison, Condition, Function, PathRef, Value
from ddbmodel.expressions.operands import Call
from ddbmodel.mapper.paths import attribute_path, field_path
from ddbmodel.model import ModelPlan
from ddbmodel.model.fields import whole_seconds
from ddbmodel.model.roles import WRITE_ATTRIBUTE
from ddbmodel.model.schema_history import SCHEMA_ATTRIBUTE
from ddbmodel.model.stored import remember, remembered


@dataclass(frozen=True, slots=True)
class Stamp:
    """What one write of a model adds to it.

    Attributes:
        plan: the model's plan.
        now: when it is written.
        version: the version that must be stored before; None if the model has none.
        write_id: the mark of the write; None if it carries none.
    """

    plan: ModelPlan[Any]
    now: datetime
    version: int | None = None
    write_id: str | None = None

    def attributes(self, model: BaseModel) -> Item:
        """The attributes of a whole model that the write sets."""
        item = {
            field.stored_name: stored for field, value in self.values(model) if (stored := _of(field, value))
        }
        if self.write_id is not None:
            item[WRITE_ATTRIBUTE] = {"S": self.write_id}
        return item

    def values(self, model: BaseModel) -> list[tuple[FieldCodec, Any]]:
        """The fields that the write sets, with their values."""
        roles = self.plan.roles
        values: list[tuple[FieldCodec, Any]] = []
        if roles.version is not None and self.version is not None:
            values.append((roles.version, self.version + 1))
        if roles.updated_at is not None:
            values.append((roles.updated_at, _in_unit(roles.updated_at, self.now)))
        if roles.created_at is not None and _is_first_write(model, roles.created_at):
            values.append((roles.created_at, _in_unit(roles.created_at, self.now)))
        if roles.ttl is not None:
            values.append((roles.ttl, whole_seconds(getattr(model, roles.ttl.name))))
        return values

    def bring_up_to_date(self, model: BaseModel, item: Item) -> None:
        """Give a model what its write has stored."""
        self.set_values(model)
        remember(model, item)

    def set_values(self, model: BaseModel) -> None:
        """Give a model the values that its write sets."""
        for field, value in self.values(model):
            # Not by setattr: it is no change of the user's, and the model may be frozen.
            vars(model)[field.name] = value

    # Updates ------------------------------------------------------------------------------------------------

    def actions(self, given: Sequence[Action], *, creates: bool) -> list[Action]:
        """The actions that an update gets beside those of the user."""
        roles, actions = self.plan.roles, list[Action]()
        changed = {action.path.place.steps[0] for action in given}
        if roles.version is not None:
            actions.append(self._next_version(roles.version))
        if roles.updated_at is not None and roles.updated_at.stored_name not in changed:
            actions.append(self._set_time(roles.updated_at))
        if creates and roles.created_at is not None and roles.created_at.stored_name not in changed:
            path = field_path(self.plan, roles.created_at)
            first = Call("if_not_exists", (path, Value(self._time(roles.created_at))))
            actions.append(Action("SET", path, first, creates=True))
        if creates and self.plan.history.is_kept:
            version = attribute_path(self.plan, SCHEMA_ATTRIBUTE)
            actions.append(Action("SET", version, Value(self.plan.history.mark), creates=True))
        if self.write_id is not None:
            mark = attribute_path(self.plan, WRITE_ATTRIBUTE)
            actions.append(Action("SET", mark, Value({"S": self.write_id})))
        return actions

    def _next_version(self, field: FieldCodec) -> Action:
        path = field_path(self.plan, field)
        if self.version is None:
            return Action("ADD", path, Value({"N": "1"}), creates=True)
        return Action("SET", path, Value({"N": str(self.version + 1)}), creates=True)

    def _set_time(self, field: FieldCodec) -> Action:
        return Action("SET", field_path(self.plan, field), Value(self._time(field)), creates=True)

    def _time(self, field: FieldCodec) -> AttributeValue:
        stored = _of(field, _in_unit(field, self.now))
        assert stored is not None, "a time is stored"
        return stored

    @property
    def condition(self) -> Condition | None:
        """That the stored version is the one that was read; that there is none, if the model is new."""
        field = self.plan.roles.version
        if field is None or self.version is None:
            return None
        path: PathRef = field_path(self.plan, field)
        if self.version == 0:
            return Function("attribute_not_exists", path)
        return Comparison(path, "=", Value({"N": str(self.version)}))


def new_write_id() -> str:
    """A mark that no other write has: 96 random bits as text."""
    return secrets.token_urlsafe(12)


def mark_of_token(token: str) -> str:
    """The mark of the writes of a transaction: the same whenever it is sent again with its token."""
    return urlsafe_b64encode(sha256(token.encode()).digest()[:12]).decode()


def version_of(plan: ModelPlan[Any], model: BaseModel) -> int | None:
    """The version that a model has; None if its class has none."""
    field = plan.roles.version
    return None if field is None else int(getattr(model, field.name))


def stored_version(plan: ModelPlan[Any], item: Item) -> int | None:
    """The version of a stored item, 0 if it has none; None if it is no whole number."""
    field = plan.roles.version
    assert field is not None, "a version is looked for only where there is one"
    stored = item.get(field.stored_name)
    text = "0" if stored is None else canonical_number(str(stored.get("N", "")))
    return int(text) if text.isdigit() else None


def _is_first_write(model: BaseModel, field: FieldCodec) -> bool:
    return remembered(model) is None and field.name not in model.model_fields_set


def _of(field: FieldCodec, value: Any) -> AttributeValue | None:
    return field.encode(value)


def _in_unit(field: FieldCodec, now: datetime) -> datetime:
    """The time, as exact as the field can store it."""
    for moment in (now, now.replace(microsecond=now.microsecond // 1000 * 1000), now.replace(microsecond=0)):
        try:
            field.encode(moment)
        except CodecError:
            continue
        return moment
    return now
