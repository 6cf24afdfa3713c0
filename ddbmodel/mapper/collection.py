"""Collections: one query over several entities of a shared table, each item as the model of its entity."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Self, TypeVar

from pydantic import BaseModel

from ddbmodel.errors import ExpressionError
from ddbmodel.expressions import Condition
from ddbmodel.mapper.access import Access
from ddbmodel.mapper.collection_planner import choose_for_all
from ddbmodel.mapper.entities import Entities
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.mapper.ordered import Ordered, query_request
from ddbmodel.mapper.pages import Pager, PageRequest, ReadOptions
from ddbmodel.mapper.reading import InvalidItem
from ddbmodel.model import Key, ModelPlan
from ddbmodel.operations import Query as QueryRequest

R = TypeVar("R")
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Groups(Generic[R]):
    """The results of a collection, by model: `groups[Order]` is a list of orders, in order.

    Attributes:
        invalid: what could not be decoded, unknown entities included, if the query collects it.
    """

    by_model: dict[type[Any], list[Any]] = field(repr=False)
    invalid: list[InvalidItem] = field(default_factory=list[InvalidItem])

    def __getitem__(self, model: type[M]) -> list[M]:
        try:
            return self.by_model[model]
        except KeyError:
            names = ", ".join(known.__name__ for known in self.by_model)
            raise ExpressionError(f"the query is of {names}, not of {model.__name__}") from None

    def __iter__(self) -> Iterator[R]:
        for results in self.by_model.values():
            yield from results

    def __len__(self) -> int:
        return sum(map(len, self.by_model.values()))


class Collection(Ordered[R]):
    """A query of several models of one table. It yields their items in the order of the sort key.

    A condition is on the items of the models whose path it has: `Order.total > 5` leaves customers alone.
    What binds the partition key of one of the models has to be a partition key of all of them.

    An item of an entity that no model is defined for is an error, or is set aside by `on_invalid="collect"`.
    Items of other models are left out.

    Raises:
        NoAccessPath: when it is sent or explained: no key or index serves all of the models.
    """

    __slots__ = ("_entities",)

    def __init__(
        self, gateway: Gateway, plans: Sequence[ModelPlan[Any]], options: ReadOptions | None = None
    ) -> None:
        super().__init__(gateway, plans[0], options)
        self._entities = Entities(tuple(plans))

    def __repr__(self) -> str:
        return f"<Collection of {self._entities.names}>"

    async def grouped(self) -> Groups[R]:
        """All results by model. Memory: all of them."""
        by_model: dict[type[Any], list[Any]] = {plan.model: [] for plan in self._entities.plans}
        collected = type(self)(self._gateway, self._entities.plans, self._options)
        async for result in collected:
            by_model[type(result)].append(result)
        return Groups(by_model, collected.invalid)

    def _check(self, condition: Condition) -> None:
        self._entities.check(condition)

    def _index_name(self, index: object) -> str:
        declared = [plan.indexes.values() for plan in self._entities.plans]
        # Not by `in` alone: a path makes a condition of `==`.
        if not isinstance(index, Key) or not any(index in indexes for indexes in declared):
            names = ", ".join(
                f"{plan.model.__name__}.{name}"
                for plan in self._entities.plans
                for name, key in plan.indexes.items()
                if key.name
            )
            raise ExpressionError(f"using() takes a Key of one of the models: {names or 'they have none'}")
        return index.name

    def _with(self, **changes: Any) -> Self:
        return type(self)(self._gateway, self._entities.plans, replace(self._options, **changes))

    def _access(self) -> Access:
        return choose_for_all(self._entities, self._options.conditions, self._options.wish)

    def _paged(self, access: Access) -> Pager:
        return replace(super()._paged(access), entities=self._entities)

    def _request(self, access: Access, page: PageRequest) -> QueryRequest:
        return query_request(self._gateway.table_name(self._plan), access, page, self._options)
