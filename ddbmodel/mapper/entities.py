"""The models of a collection: which of them an item is of, and which of them a condition is on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ddbmodel.codec.values import Item
from ddbmodel.errors import CodecError, ExpressionError
from ddbmodel.expressions import Condition
from ddbmodel.mapper.paths import check_paths
from ddbmodel.model import ModelPlan, plan_of
from ddbmodel.model.guards import GUARD_ENTITY


@dataclass(frozen=True)
class Entities:
    """Some models of one shared table.

    Raises:
        ExpressionError: they are not, or one comes twice.
    """

    plans: tuple[ModelPlan[Any], ...]

    def __post_init__(self) -> None:
        first = self.plans[0]
        for plan in self.plans:
            if plan.shared is None or plan.shared is not first.shared:
                raise ExpressionError(
                    f"a query of {self.names}: several models are queried together if they share one "
                    "Table(...), which these do not"
                )
        if len({plan.model for plan in self.plans}) != len(self.plans):
            raise ExpressionError(f"a query of {self.names}: name each model once")

    @property
    def names(self) -> str:
        """For messages and tokens."""
        return ", ".join(plan.model.__name__ for plan in self.plans)

    @property
    def entity_attribute(self) -> str:
        """The attribute that holds the entity's name."""
        name = self.plans[0].stored_keys.entity_attribute
        assert name is not None, "a shared table has one"
        return name

    # Items ------------------------------------------------------------------------------------------------

    def owns(self, item: Item) -> bool:
        """False for items that belong to other models that are known, which are left out."""
        if any(plan.stored_keys.owns(item) for plan in self.plans):
            return True
        name, shared = self.plans[0].stored_keys.entity_of(item), self.plans[0].shared
        assert shared is not None, "the models share a table"
        if name is None:  # an index of keys does not hold it
            return not any(plan_of(model).stored_keys.owns(item) for model in shared.entities.values())
        return name != GUARD_ENTITY and name not in shared.entities

    def decode(self, item: Item) -> Any:
        """The model of an item, by its entity.

        Raises:
            CodecError: it is of an entity that no model is known for, or not one of its entity's model.
        """
        for plan in self.plans:
            if plan.stored_keys.owns(item):
                return plan.decode(item)
        name = self.plans[0].stored_keys.entity_of(item)
        what = "has no entity's name, and no model's key" if name is None else f"is of the entity {name!r}"
        raise CodecError(
            f"the item {what}, for which no model is defined on this table: define or import its model, or "
            'set such items aside with on_invalid="collect"',
            (self.entity_attribute,),
        ).about(self.names)

    def key_from_item(self, item: Item) -> Item:
        """The primary key's attributes of a stored item."""
        return self.plans[0].key_from_item(item)

    # Conditions -------------------------------------------------------------------------------------------

    def concerned(self, condition: Condition) -> tuple[ModelPlan[Any], ...]:
        """The models that a condition is on."""
        return tuple(
            plan
            for plan in self.plans
            if all(issubclass(plan.model, path.place.root) for path in condition.paths)
        )

    def check(self, condition: Condition) -> None:
        """Refuse a condition on none of the models.

        Raises:
            ExpressionError: it has a path of another model, or paths of several.
        """
        for part in condition.conjuncts():
            concerned = self.concerned(part)
            if not concerned:
                raise ExpressionError(
                    f"{part!r}: a condition in a query of {self.names} has paths of one of these models"
                )
            for plan in concerned:
                check_paths(plan, part.paths)
