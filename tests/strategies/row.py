"""One row of the lossless matrix: a model, and instances of it that must come back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from pydantic import BaseModel, create_model

from ddbmodel import Model, partition_key
from tests.strategies.scalars import keys

TABLE = "lossless"


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A model with a table, mostly `lossless` with the partition key `row_id`, and instances of it."""

    name: str
    model: type[Model]
    instances: SearchStrategy[Any]

    def examples(self, count: int) -> list[Any]:
        """Some instances, the same in every run."""
        drawn: list[Any] = []

        @settings(
            max_examples=count,
            phases=[Phase.generate],
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(self.instances)
        def draw(instance: Any) -> None:
            drawn.append(instance)

        draw()
        return drawn


def of_type(name: str, annotation: Any, values: SearchStrategy[Any], *, optional: bool = True) -> Row:
    """A row for a type: as a field, None-able, in a list and in a map.

    Args:
        name: of the row.
        annotation: the type.
        values: what the fields are given.
        optional: False where the type has a None of its own.
    """
    fields: dict[str, Any] = {
        "row_id": (str, partition_key()),
        "value": (annotation, ...),
        "listed": (list[annotation], ...),
        "mapped": (dict[str, annotation], ...),
    }
    if optional:
        fields["maybe"] = (Optional[annotation], None)  # noqa: UP045  # `|` is not defined for every annotation
    model = create_model(f"Row_{name}", __base__=Model, __cls_kwargs__={"table": TABLE}, **fields)

    def make(drawn: list[Any]) -> Model:
        first, *others = drawn
        maybe = {"maybe": others[0]} if optional and others else {}
        return model(row_id="r", value=first, listed=others, mapped={"k.1": drawn[-1]}, **maybe)

    return Row(name, model, st.lists(values, min_size=1, max_size=3).map(make))


def of_model(model: type[Model], **values: SearchStrategy[Any]) -> Row:
    """A row for a model of its own, made from its fields' values."""
    return Row(model.__name__, model, st.builds(model, row_id=keys(), **values))


def of_instances(model: type[Model], *instances: Model) -> Row:
    """A row for a model of its own, with these instances."""
    return Row(model.__name__, model, st.sampled_from(instances))


def of_part(
    part: type[BaseModel], inputs: SearchStrategy[dict[str, Any]], *, table: bool = True
) -> list[Row]:
    """Rows for a class of models: as a part of another, and with a table of its own.

    Args:
        part: the class.
        inputs: what its instances are made from.
        table: False where the class cannot have a key.
    """
    rows = [of_type(part.__name__, part, inputs.map(lambda given: part(**given)))]
    if table:
        own: Any = create_model(
            f"{part.__name__}_table",
            __base__=(part, Model),
            __cls_kwargs__={"table": TABLE},
            row_id=(str, partition_key(default="r")),
        )
        rows.append(Row(own.__name__, own, inputs.map(lambda given: own(**given))))
    return rows
