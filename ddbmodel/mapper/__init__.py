"""Mapper: models in, models out.

Belongs here: the `Mapper` (`mapper`); single items (`items`); queries (`query`), scans (`scan`), what they
share (`read`), which index serves a query (`planner`), what will be sent (`explanation`), page tokens
(`cursor`) and selected fields (`selection`); many items at once (`batch_get`, `batch_writer`), and how fast
(`pacing`); the tables of models (`tables`). Does not belong here: how values are stored (codec, model), the
text of expressions, requests and replies (operations), how they travel (transport).
"""

from __future__ import annotations

from ddbmodel.mapper.batch_writer import BatchWriter
from ddbmodel.mapper.explanation import Explanation
from ddbmodel.mapper.mapper import Mapper
from ddbmodel.mapper.pacing import Ramp, RateLimit
from ddbmodel.mapper.query import Query
from ddbmodel.mapper.read import Page
from ddbmodel.mapper.scan import Scan
from ddbmodel.mapper.write_report import WriteReport

__all__ = [
    "BatchWriter",
    "Explanation",
    "Mapper",
    "Page",
    "Query",
    "Ramp",
    "RateLimit",
    "Scan",
    "WriteReport",
]
