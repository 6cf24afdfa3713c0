"""Mapper: models in, models out.

Belongs here: the `Mapper` (`mapper`); single items (`items`), what the service refuses of them (`refusals`)
and what they cost (`item_size`); queries (`query`), scans (`scan`), what they share (`read`), which index
serves a query (`planner`), what will be sent (`explanation`), single pages (`paging`) and their tokens
(`cursor`), selected fields (`selection`), how items are decoded (`reading`); many items at once (`batch_get`,
`batch_writer`); the tables of models (`tables`).
Does not belong here: how values are stored (codec, model), the text of expressions, requests and replies
(operations), how they travel (transport).
"""

from __future__ import annotations

from ddbmodel.mapper.batch_writer import BatchWriter
from ddbmodel.mapper.collection import Collection, Groups
from ddbmodel.mapper.explanation import Explanation
from ddbmodel.mapper.item_size import ItemSize
from ddbmodel.mapper.mapper import Mapper
from ddbmodel.mapper.paging import Page
from ddbmodel.mapper.query import Query
from ddbmodel.mapper.reading import InvalidItem
from ddbmodel.mapper.scan import Scan
from ddbmodel.mapper.transaction import Transaction
from ddbmodel.mapper.write_report import WriteReport

__all__ = [
    "BatchWriter",
    "Collection",
    "Explanation",
    "Groups",
    "InvalidItem",
    "ItemSize",
    "Mapper",
    "Page",
    "Query",
    "Scan",
    "Transaction",
    "WriteReport",
]
