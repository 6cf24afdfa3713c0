"""From records of a stream to changes of models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from ddbmodel.codec.values import Item
from ddbmodel.errors import CodecError, ExpressionError
from ddbmodel.mapper.arguments import plan_of_class
from ddbmodel.mapper.entities import Entities
from ddbmodel.mapper.streams.change import Change, InvalidChange
from ddbmodel.mapper.streams.record import StreamRecord
from ddbmodel.model import ItemKey, ModelPlan
from ddbmodel.model.guards import GUARD_ENTITY, GUARD_PREFIX


class ChangeDecoder:
    """Makes changes of records.

    Args:
        verb: who asks, for messages.
        models: one model, or several that share a table.
        lenient: set aside what cannot be decoded.

    Raises:
        ExpressionError: no model, or several that do not share a table.
    """

    def __init__(self, verb: str, models: Sequence[type[BaseModel]], *, lenient: bool) -> None:
        if not models:
            raise ExpressionError(f"{verb} takes a model class such as Order, or several that share a table")
        self.plans: list[ModelPlan[Any]] = [plan_of_class(verb, model) for model in models]
        # A model of a shared table is decoded as a collection of one: its stream has the others' items too.
        shared = len(self.plans) > 1 or self.plans[0].shared is not None
        self._entities = Entities(tuple(self.plans)) if shared else None
        self._lenient = lenient

    def change(self, record: StreamRecord) -> Change[Any] | InvalidChange | None:
        """Give the change of a record; None if it is of an item of another model.

        Raises:
            CodecError: an image is none of the models; `.key` is the item's key.
        """
        try:
            if not self._is_wanted(record):
                return None
            return self._decoded(record)
        except CodecError as error:
            error.key = record.key
            if not self._lenient:
                raise
            return InvalidChange(
                record.kind,
                record.key,
                record.old,
                record.new,
                record.sequence_number,
                error.with_traceback(None),
            )

    def _is_wanted(self, record: StreamRecord) -> bool:
        images = [image for image in (record.old, record.new) if image is not None] or [record.key]
        if any(map(self._is_guard, images)):
            return False
        entities = self._entities
        return entities is None or any(map(entities.owns, images))

    def _is_guard(self, item: Item) -> bool:
        """Tell a guard of a unique field, by its entity, or by its key where that is all there is."""
        plan = self.plans[0]
        if not any(one.guards for one in self._all_plans()):
            return False
        attribute = next(guard.entity_attribute for one in self._all_plans() for guard in one.guards)
        if attribute in item:
            return item[attribute] == {"S": GUARD_ENTITY}
        partition = plan.stored_table.partition_key[0].name
        return str(item.get(partition, {}).get("S", "")).startswith(GUARD_PREFIX)

    def _all_plans(self) -> list[ModelPlan[Any]]:
        shared = self.plans[0].shared
        if shared is None:
            return self.plans
        return [plan_of_class("changes", model) for model in shared.entities.values()]

    def _decoded(self, record: StreamRecord) -> Change[Any]:
        old = None if record.old is None else self._model(record.old)
        new = None if record.new is None else self._model(record.new)
        return Change(
            record.kind,
            self._key(record, new if new is not None else old),
            old,
            new,
            record.at,
            record.is_expiry,
            record.sequence_number,
            record.event_id,
            record.view,
            record.shard,
        )

    def _model(self, item: Item) -> Any:
        return self.plans[0].decode(item) if self._entities is None else self._entities.decode(item)

    def _key(self, record: StreamRecord, model: BaseModel | None) -> ItemKey[Any]:
        if model is not None:
            plan = next(plan for plan in self.plans if plan.model is type(model))
            values = {field.name: getattr(model, field.name) for field in plan.key_fields}
            return ItemKey(plan.model, record.key, values)
        plan = self._plan_of_key(record.key)
        return ItemKey(plan.model, record.key, _values(plan, record.key))

    def _plan_of_key(self, key: Item) -> ModelPlan[Any]:
        if self._entities is None:
            return self.plans[0]
        for plan in self.plans:
            if plan.stored_keys.owns(key):
                return plan
        raise CodecError(
            "the key is of no model that is defined on this table: define or import its model, or set such "
            'changes aside with on_invalid="collect"'
        ).about(self._entities.names)


def _values(plan: ModelPlan[Any], key: Item) -> dict[str, Any]:
    """The values of the key's fields, as far as the key alone has them whole."""
    item: Mapping[str, Any] = plan.stored_keys.completed(key)
    return {
        field.name: field.codec.decode(item[field.stored_name])
        for field in plan.key_fields
        if field.stored_name in item
    }
