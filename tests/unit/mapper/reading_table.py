"""A table in memory that answers Query, Scan and BatchGetItem, and refuses what DynamoDB refuses of them.

It understands the expressions that its tests send: comparisons of top-level attributes, BETWEEN, IN, begins_with and
attribute_exists, joined by AND; OR in filters. Where its pages end is up to the test.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import repeat
from typing import Any, cast

from pydantic import BaseModel

from ddbmodel import RequestRefused
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.mapper.query import Query
from ddbmodel.mapper.scan import Scan
from ddbmodel.model import ModelPlan, plan_of
from ddbmodel.transport import Statistics, WireRequest

Item = dict[str, dict[str, Any]]

_CONDITION = re.compile(
    r"(?P<name>#n\d+) (?P<op>=|<>|<=|>=|<|>) (?P<a>:v\d+)"
    r"|\(?(?P<between>#n\d+) BETWEEN (?P<low>:v\d+) AND (?P<high>:v\d+)\)?"
    r"|begins_with\((?P<prefixed>#n\d+), (?P<prefix>:v\d+)\)"
    r"|attribute_exists\((?P<existing>#n\d+)\)"
    r"|(?P<member>#n\d+) IN \((?P<options>:v\d+(, :v\d+)*)\)"
)


@dataclass(frozen=True)
class Clause:
    """One condition of an expression."""

    attribute: str
    operator: str
    values: tuple[dict[str, Any], ...]

    def holds(self, item: Item) -> bool:
        stored = item.get(self.attribute)
        if stored is None or any(stored.keys() != value.keys() for value in self.values):
            return (stored is not None and self.operator == "exists") or self.operator == "<>"
        mine, theirs = ordinal(stored), [ordinal(value) for value in self.values]
        match self.operator:
            case "between":
                return theirs[0] <= mine <= theirs[1]
            case "begins_with":
                return bool(mine.startswith(theirs[0]))
            case "exists":
                return True
            case "in":
                return mine in theirs
            case operator:
                (other,) = theirs
                orders = {"=": mine == other, "<>": mine != other, "<": mine < other}
                orders |= {"<=": mine <= other, ">": mine > other, ">=": mine >= other}
                return bool(orders[operator])


def ordinal(stored: dict[str, Any]) -> Any:
    ((kind, value),) = stored.items()
    if kind == "N":
        return Decimal(value)
    return value.encode() if kind == "S" else value


def refuse(message: str) -> RequestRefused:
    return RequestRefused(message, operation="read", code="ValidationException")


class ReadingTable:
    """A transport with the items of one model, or of several that share its table.

    Attributes:
        requests: the parameters of every request that came, with the name of its operation first.
        faults: asked before each answer; raises what the request is to fail with.
        unprocessed: says of a BatchGetItem's keys which come back unprocessed.
    """

    def __init__(
        self, models: Sequence[BaseModel], *, kind: type[BaseModel], sizes: Iterable[int] = repeat(1000)
    ) -> None:
        self.plan: ModelPlan[Any] = plan_of(kind)
        self.schema = self.plan.stored_table
        self.items = [dict(plan_of(type(model)).encode(model)) for model in models]
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.faults: Callable[[str, dict[str, Any]], object] = lambda name, wire: None
        self.unprocessed: Callable[[list[Item]], list[Item]] = lambda keys: []
        self.cursor_key: bytes | None = None
        self.statistics = Statistics()
        self.in_flight = 0
        self.most_in_flight = 0
        self._sizes: Iterator[int] = iter(sizes)

    # What tests use --------------------------------------------------------------------------------------

    @property
    def gateway(self) -> Gateway:
        return Gateway(self, "", self.cursor_key)

    def query(self) -> Query[Any]:
        return Query(self.gateway, self.plan)

    def scan(self, segments: int = 1) -> Scan[Any]:
        return Scan(self.gateway, self.plan, segments=segments)

    @property
    def wires(self) -> list[dict[str, Any]]:
        """The parameters of every request."""
        return [wire for _, wire in self.requests]

    def of(self, name: str) -> list[dict[str, Any]]:
        """The parameters of every request for one operation."""
        return [wire for operation, wire in self.requests if operation == name]

    # The transport ---------------------------------------------------------------------------------------

    async def close(self) -> None: ...

    async def send(self, request: WireRequest) -> dict[str, Any]:
        wire = request.to_wire()
        self.requests.append((request.name, wire))
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            await asyncio.sleep(0)
            self.faults(request.name, wire)
            answers = {"Query": self._query, "Scan": self._scan, "BatchGetItem": self._batch_get}
            return answers[request.name](wire)
        finally:
            self.in_flight -= 1

    def _query(self, wire: dict[str, Any]) -> dict[str, Any]:
        clauses = clauses_of(wire, "KeyConditionExpression")
        partition, sort = self._keys(wire)
        self._check_key_condition(clauses, partition, sort)
        for clause in clauses_of(wire, "FilterExpression"):
            if clause.attribute in (*partition, *sort):
                raise refuse("Filter Expression can only contain non-primary key attributes")
        matching = [item for item in self._entries(wire) if all(clause.holds(item) for clause in clauses)]
        order = [*sort, *self._key_names()]
        matching.sort(key=lambda item: [ordinal(item[name]) for name in order])
        if wire.get("ScanIndexForward") is False:
            matching.reverse()
        start = wire.get("ExclusiveStartKey")
        if start is not None and not all(clause.holds(start) for clause in clauses):
            raise refuse("The provided starting key is outside query boundaries")
        return self._page(wire, matching)

    def _scan(self, wire: dict[str, Any]) -> dict[str, Any]:
        total = wire.get("TotalSegments", 1)
        entries = self._entries(wire)
        mine = [item for item in entries if self._segment(item, total) == wire.get("Segment", 0)]
        mine.sort(key=lambda item: repr(self._key(item)))
        return self._page(wire, mine)

    def _batch_get(self, wire: dict[str, Any]) -> dict[str, Any]:
        ((table, wanted),) = wire["RequestItems"].items()
        keys = wanted["Keys"]
        if not 1 <= len(keys) <= 100 or len({repr(_canonical(key)) for key in keys}) < len(keys):
            raise refuse("a batch of 1 to 100 different keys")
        left = self.unprocessed(keys)
        read = [_canonical(key) for key in keys if key not in left]
        found = [_projected(wanted, item) for item in self.items if _canonical(self._key(item)) in read]
        unprocessed = {table: {**wanted, "Keys": left}} if left else {}
        return {"Responses": {table: list(reversed(found))}, "UnprocessedKeys": unprocessed}

    # The rules -------------------------------------------------------------------------------------------

    def _check_key_condition(
        self, clauses: list[Clause], partition: Sequence[str], sort: Sequence[str]
    ) -> None:
        names = [clause.attribute for clause in clauses]
        if len(set(names)) < len(names):
            raise refuse("KeyConditionExpressions must only contain one condition per key")
        by_name = {clause.attribute: clause for clause in clauses}
        if any(by_name.pop(name, None) is None for name in partition):
            raise refuse("Query condition missed key schema element")
        if any(c.operator != "=" for c in clauses if c.attribute in partition):
            raise refuse("Query key condition not supported")
        open_ended = False
        for name in sort:
            clause = by_name.pop(name, None)
            if clause is not None and (open_ended or clause.operator in ("<>", "exists")):
                raise refuse("Query key condition not supported")
            open_ended = open_ended or clause is None or clause.operator != "="
        if by_name:
            raise refuse("Query key condition not supported")
        for clause in clauses:
            self._check_values(clause)

    def _check_values(self, clause: Clause) -> None:
        types = {attribute.name: attribute.type for attribute in self.schema.attributes()}
        for value in clause.values:
            ((kind, plain),) = value.items()
            if kind != types[clause.attribute] or plain in ("", b""):
                raise refuse("Condition parameter type does not match schema type, or is empty")
        if clause.operator == "between" and ordinal(clause.values[0]) > ordinal(clause.values[1]):
            raise refuse("The BETWEEN operator requires upper bound to be greater than or equal")

    def _keys(self, wire: dict[str, Any]) -> tuple[list[str], list[str]]:
        name = wire.get("IndexName")
        schema = self.schema if name is None else self.schema.index(name)
        return [a.name for a in schema.partition_key], [a.name for a in schema.sort_key]

    def _entries(self, wire: dict[str, Any]) -> list[Item]:
        """The items that the table or index has, as far as it holds them."""
        name = wire.get("IndexName")
        if name is None:
            return list(self.items)
        index = self.schema.index(name)
        if wire.get("ConsistentRead") and index.kind == "global":
            raise refuse("Consistent reads are not supported on global secondary indexes")
        keys = [attribute.name for attribute in index.key]
        entries = [item for item in self.items if all(key in item for key in keys)]
        if index.projection.kind == "ALL":
            return entries
        held = {*keys, *self._key_names(), *index.projection.attributes}
        asked = {*_projection(wire), *(clause.attribute for clause in clauses_of(wire, "FilterExpression"))}
        if not asked <= held:
            raise refuse(f"index {name} does not project {asked - held}")
        return [{key: value for key, value in item.items() if key in held} for item in entries]

    def _page(self, wire: dict[str, Any], entries: list[Item]) -> dict[str, Any]:
        limit, start = wire.get("Limit"), wire.get("ExclusiveStartKey")
        if limit is not None and not 1 <= limit < 2**31:
            raise refuse("Limit must be 1 or more")
        partition, sort = self._keys(wire)
        position = list(dict.fromkeys((*self._key_names(), *partition, *sort)))
        if start is not None:
            if set(start) != set(position):
                raise refuse("The provided starting key is invalid")
            entries = entries[self._place_after(entries, start, sort, wire) :]
        size = min(next(self._sizes), limit or 10**9)
        read, rest = entries[:size], entries[size:]
        passed = [item for item in read if _passes(wire, item)]
        reply: dict[str, Any] = {"Count": len(passed), "ScannedCount": len(read)}
        if wire.get("Select") != "COUNT":
            reply["Items"] = [_projected(wire, item) for item in passed]
        # The service does not look ahead: a page that ends with the last item because of its limit has a key.
        if read and (rest or len(read) == limit):
            reply["LastEvaluatedKey"] = {name: read[-1][name] for name in position}
        return reply

    def _place_after(self, entries: list[Item], start: Item, sort: list[str], wire: dict[str, Any]) -> int:
        """How many entries are before the start key or at it; the item itself may be gone."""
        key = _canonical(self._key(start))
        for place, item in enumerate(entries):
            if _canonical(self._key(item)) == key:
                return place + 1
        names = [*sort, *self._key_names()]
        mark = [ordinal(start[name]) for name in names]
        backward = wire.get("ScanIndexForward") is False
        places = [[ordinal(item[name]) for name in names] for item in entries]
        return sum(place > mark if backward else place < mark for place in places)

    def _key_names(self) -> list[str]:
        return [attribute.name for attribute in self.schema.key]

    def _key(self, item: Item) -> Item:
        return {name: item[name] for name in self._key_names()}

    def _segment(self, item: Item, total: int) -> int:
        return sum(repr(self._key(item)).encode()) % total


def clauses_of(wire: dict[str, Any], parameter: str) -> list[Clause]:
    text = wire.get(parameter, "")
    found = [_clause(match, wire) for match in _CONDITION.finditer(text)]
    joints = r" AND |[()]" if parameter == "KeyConditionExpression" else r" AND | OR |[()]"
    if re.sub(joints, "", _CONDITION.sub("", text)):
        raise AssertionError(f"{parameter} is beyond this table: {text}")
    return found


def _passes(wire: dict[str, Any], item: Item) -> bool:
    """Whether the filter is true for an item; OR binds looser than AND, and parentheses tighter."""
    text = wire.get("FilterExpression")
    if text is None:
        return True
    told = _CONDITION.sub(lambda match: "T" if _clause(match, wire).holds(item) else "F", text)
    while "(" in told:
        told = re.sub(r"\(([TF ANDOR]+)\)", lambda match: "T" if _told(match[1]) else "F", told)
    return _told(told)


def _told(text: str) -> bool:
    """What AND and OR make of T and F."""
    return any(set(part.split(" AND ")) == {"T"} for part in text.split(" OR "))


def _clause(match: re.Match[str], wire: dict[str, Any]) -> Clause:
    names, values = wire["ExpressionAttributeNames"], wire.get("ExpressionAttributeValues", {})
    part = match.groupdict()
    if part["between"]:
        return Clause(names[part["between"]], "between", (values[part["low"]], values[part["high"]]))
    if part["prefixed"]:
        return Clause(names[part["prefixed"]], "begins_with", (values[part["prefix"]],))
    if part["existing"]:
        return Clause(names[part["existing"]], "exists", ())
    if part["member"]:
        options = tuple(values[option] for option in part["options"].split(", "))
        return Clause(names[part["member"]], "in", options)
    return Clause(names[part["name"]], part["op"], (values[part["a"]],))


def _projection(wire: dict[str, Any]) -> list[str]:
    text = wire.get("ProjectionExpression", "")
    names = wire.get("ExpressionAttributeNames", {})
    return [names[part.strip().split(".")[0]] for part in text.split(",") if part]


def _projected(wire: dict[str, Any], item: Item) -> Item:
    """The projected parts of an item; a part of which nothing is left is left out."""
    if "ProjectionExpression" not in wire:
        return dict(item)
    names, result = wire["ExpressionAttributeNames"], cast("Item", {})
    for text in wire["ProjectionExpression"].split(", "):
        steps = [names[step] for step in text.split(".")]
        value: dict[str, Any] | None = {"M": item}
        for step in steps:
            value = None if value is None else value.get("M", {}).get(step)
        target: dict[str, Any] = result
        if value is not None:
            for step in steps[:-1]:
                target = target.setdefault(step, {"M": {}})["M"]
            target[steps[-1]] = value
    return result


def _canonical(key: Item) -> list[tuple[str, Any]]:
    return sorted((name, ordinal(value)) for name, value in key.items())
