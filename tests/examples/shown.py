"""What the access patterns found and sent when they ran once, one after another, on one filled engine."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ddbmodel import Mapper
from ddbmodel.testing import FaultProxy, LocalDynamoDB
from examples.ecommerce.assemble import Assembler, Item
from examples.ecommerce.days import Days
from examples.ecommerce.engine import shop_table
from examples.ecommerce.ingest import ingest
from examples.ecommerce.landmarks import Landmarks, Scout
from examples.ecommerce.models import Customer, Line, Order, OrderLines, Product
from examples.ecommerce.pattern import Pattern
from examples.ecommerce.patterns import PATTERNS
from examples.ecommerce.recorder import Recorder, Sent
from examples.ecommerce.source import read_lines


@dataclass(frozen=True)
class Shown:
    """What the patterns found and sent, by the name of their function, and what there was to find."""

    results: dict[str, Any]
    sent: dict[str, list[Sent]]
    known: Landmarks
    items: list[Item]

    def orders(self, **wanted: object) -> list[Order]:
        orders = (item for item in self.items if isinstance(item, Order))
        return [one for one in orders if all(getattr(one, name) == value for name, value in wanted.items())]

    def lines(self, invoice_no: str) -> list[Line]:
        parts = (item for item in self.items if isinstance(item, OrderLines))
        return [line for part in parts if part.invoice_no == invoice_no for line in part.lines]

    def products(self) -> list[Product]:
        return [item for item in self.items if isinstance(item, Product)]

    def customers(self, **wanted: object) -> list[Customer]:
        customers = (item for item in self.items if isinstance(item, Customer))
        return [one for one in customers if all(getattr(one, name) == want for name, want in wanted.items())]


def name_of(pattern: Pattern) -> str:
    match = re.match(r"async def (\w+)\(", pattern.code)
    assert match is not None
    return match[1]


async def run_all(dynamodb: LocalDynamoDB, files: list[Path], days: Days) -> Shown:
    scout = Scout()
    items = list(scout.watch(Assembler().items(read_lines(files, days))))
    results: dict[str, Any] = {}
    sent: dict[str, list[Sent]] = {}
    async with (
        FaultProxy(dynamodb.endpoint_url) as strict,  # what DynamoDB would refuse is refused
        strict.client() as client,
        strict.connect() as mapper,
        shop_table(mapper, keep=True),
    ):
        await ingest(mapper, items, lambda written, retries: None)
        recorder = Recorder(client)
        for pattern in PATTERNS:
            results[name_of(pattern)] = await pattern.run(Mapper(client), scout.landmarks())
            sent[name_of(pattern)] = recorder.take()
    return Shown(results, sent, scout.landmarks(), items)
