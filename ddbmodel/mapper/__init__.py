"""Mapper: models in, models out.

Belongs here: the `Mapper` (`mapper`); single items (`items`); queries (`query`), scans (`scan`), what
they share (`read`), which index serves a query (`planner`), what will be sent (`explanation`), page
tokens (`cursor`) and selected fields (`selection`); many items at once (`batch_get`, `batch_writer`); the
tables of models (`tables`); what is sent, seen (`hooks`, `exchange`), counted (`usage`) and traced
(`tracing`). Does not belong here: how values are stored (codec, model), the text of expressions, requests
and replies (operations), how they travel (transport).
"""

from __future__ import annotations

from ddbmodel.mapper.batch_writer import BatchWriter
from ddbmodel.mapper.exchange import Exchange
from ddbmodel.mapper.explanation import Explanation
from ddbmodel.mapper.hooks import AfterHook, BeforeHook, Hook
from ddbmodel.mapper.mapper import Mapper
from ddbmodel.mapper.query import Query
from ddbmodel.mapper.read import Page
from ddbmodel.mapper.scan import Scan
from ddbmodel.mapper.tracing import Tracing
from ddbmodel.mapper.usage import IndexUsage, TableUsage, Usage
from ddbmodel.mapper.write_report import WriteReport

__all__ = [
    "AfterHook",
    "BatchWriter",
    "BeforeHook",
    "Exchange",
    "Explanation",
    "Hook",
    "IndexUsage",
    "Mapper",
    "Page",
    "Query",
    "Scan",
    "TableUsage",
    "Tracing",
    "Usage",
    "WriteReport",
]
