"""What is known of an item that is to be updated: its key, what `when=` asks for, and what is `given=`."""

# pyright: reportUnnecessaryIsInstance=false
# The checks are for callers without a type checker.

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from pydantic import BaseModel

from ddbmodel.codec.values import AttributeValue
from ddbmodel.errors import CodecError, ExpressionError
from ddbmodel.expressions import Comparison, Condition, Function, PathRef, Value
from ddbmodel.mapper.paths import check_paths, field_path
from ddbmodel.mapper.write import all_of
from ddbmodel.model import ItemKey, ModelPlan

Given: TypeAlias = Mapping[str, Any] | BaseModel | Condition | Sequence[Condition] | None
Known: TypeAlias = dict[str, AttributeValue | None]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Stored values of fields by name; None is a field that is known to have no value.

    Attributes:
        plan: the model.
        certain: the key's values, and what `when=` asks for in any case.
        given: what the caller says; whatever is relied on becomes a condition.
    """

    plan: ModelPlan[Any]
    certain: Known
    given: Known

    @classmethod
    def of(cls, plan: ModelPlan[Any], key: ItemKey[Any], when: Condition | None, given: Given) -> Knowledge:
        """Gather what is known.

        Raises:
            ExpressionError: `given` names no field, or is nothing that gives values.
            CodecError: a given value cannot be stored.
        """
        certain: Known = {field.name: field.encode(key.values[field.name]) for field in plan.key_fields}
        if when is not None:
            certain = _of_conditions(plan, [when]) | certain
        return cls(plan, certain, _of_given(plan, given))

    def condition(self, relied_on: Iterable[str]) -> Condition | None:
        """The condition that what was given is true, for the fields that were relied on."""
        return all_of(*(self._holds(name) for name in relied_on if name not in self.certain))

    def _holds(self, name: str) -> Condition:
        path, stored = field_path(self.plan, self.plan.part.fields[name]), self.given[name]
        if stored is None:
            return Function("attribute_not_exists", path)
        return Comparison(path, "=", Value(stored))

    def has(self, name: str) -> bool:
        """True if the field's value, or that it has none, is known."""
        return name in self.certain or name in self.given

    def value(self, name: str) -> AttributeValue | None:
        """The stored value of a field that is known."""
        return self.certain[name] if name in self.certain else self.given[name]


def _of_given(plan: ModelPlan[Any], given: Given) -> Known:
    if given is None:
        return {}
    if isinstance(given, Condition):
        given = [given]
    if isinstance(given, BaseModel):
        if not isinstance(given, plan.model):
            raise ExpressionError(f"given= takes a {plan.model.__name__}, not a {type(given).__name__}")
        return _of_values(plan, vars(given))
    if not isinstance(given, Mapping):
        if not all(isinstance(condition, Condition) for condition in given):
            raise ExpressionError(
                "given= takes values by field name, a model that was read, or conditions with =="
            )
        check_paths(plan, [path for condition in given for path in condition.paths])
        return _of_conditions(plan, given)
    return _of_values(plan, given)


def _of_values(plan: ModelPlan[Any], given: Mapping[str, Any]) -> Known:
    known: Known = {}
    for name, value in given.items():
        field = plan.part.fields.get(name)
        if field is None:
            raise ExpressionError(
                f"given= names {name!r}, which is no field; the fields are {', '.join(plan.part.fields)}"
            )
        try:
            known[name] = field.encode(value)
        except CodecError as error:
            raise error.about(plan.model.__name__) from error.__cause__
    return known


def _of_conditions(plan: ModelPlan[Any], conditions: Iterable[Condition]) -> Known:
    """The values that conditions bind fields to."""
    known: Known = {}
    for condition in conditions:
        for part in condition.conjuncts():
            match part:
                case Comparison(left=PathRef() as path, operator="=", right=Value(stored=stored)):
                    value: AttributeValue | None = stored
                case Function(name="attribute_not_exists", path=path):
                    value = None
                case _:
                    continue
            field = plan.part.by_stored_name.get(str(path.place.steps[0]))
            if field is not None and len(path.place.steps) == 1:
                known[field.name] = value
    return known
