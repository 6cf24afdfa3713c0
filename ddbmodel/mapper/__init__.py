"""Mapper: models in, models out.

Belongs here: the `Mapper` (`mapper`); single items (`items`), described writes (`drafts`, `write`) and what
becomes of them (`settlement`, `refusals`), what they cost (`item_size`), unique values (`unique`) and
transactions (`transaction`, `commit`); queries (`query`, `collection`), scans (`scan`) and how they are
resumed (`checkpoint`), what they share (`read`), which index serves a query (`planner`, `composition`), what
will be sent (`explanation`), pages (`paging`) and their tokens (`cursor`), selected fields (`selection`), how
items are decoded (`reading`); many items at once (`batch_get`, `batch_writer`), and how fast (`pacing`);
locks (`lock`, `lease`); what changes (`streams`); PartiQL (`partiql`, `statements`,
`statement_groups`); items of older schema
versions (`rewriting`, `upgrading`, `migration`); the tables of models (`tables`); what is sent, seen
(`hooks`, `exchange`), counted (`usage`) and traced (`tracing`).
Does not belong here: how values are stored (codec, model), the text of expressions, requests and replies
(operations), how they travel (transport).
"""

from __future__ import annotations

from ddbmodel.mapper.batch_writer import BatchWriter
from ddbmodel.mapper.checkpoint import ScanPage
from ddbmodel.mapper.collection import Collection, Groups
from ddbmodel.mapper.exchange import Exchange
from ddbmodel.mapper.explanation import Explanation
from ddbmodel.mapper.hooks import AfterHook, BeforeHook, Hook
from ddbmodel.mapper.item_size import ItemSize
from ddbmodel.mapper.lease import LockItem
from ddbmodel.mapper.lock import Lock
from ddbmodel.mapper.mapper import Mapper
from ddbmodel.mapper.migration_report import MigrationFailure, MigrationReport
from ddbmodel.mapper.pacing import Ramp, RateLimit
from ddbmodel.mapper.paging import Page
from ddbmodel.mapper.query import Query
from ddbmodel.mapper.read_regions import ReadRegion
from ddbmodel.mapper.reading import InvalidItem
from ddbmodel.mapper.scan import Scan
from ddbmodel.mapper.statement_groups import StatementOutcome
from ddbmodel.mapper.statements import StatementItems, StatementPage
from ddbmodel.mapper.streams import (
    Change,
    Changes,
    CheckpointItem,
    CheckpointStore,
    ConditionalCheckpointStore,
    EventChanges,
    InvalidChange,
    TableCheckpoint,
    changes_of_event,
    changes_of_kinesis,
)
from ddbmodel.mapper.tracing import Tracing
from ddbmodel.mapper.transaction import Transaction
from ddbmodel.mapper.usage import IndexUsage, TableUsage, Usage
from ddbmodel.mapper.write_report import WriteReport
from ddbmodel.transport.stream_client import StreamsAccess

__all__ = [
    "AfterHook",
    "BatchWriter",
    "BeforeHook",
    "Change",
    "Changes",
    "CheckpointItem",
    "CheckpointStore",
    "Collection",
    "ConditionalCheckpointStore",
    "EventChanges",
    "Exchange",
    "Explanation",
    "Groups",
    "Hook",
    "IndexUsage",
    "InvalidChange",
    "InvalidItem",
    "ItemSize",
    "Lock",
    "LockItem",
    "Mapper",
    "MigrationFailure",
    "MigrationReport",
    "Page",
    "Query",
    "Ramp",
    "RateLimit",
    "ReadRegion",
    "Scan",
    "ScanPage",
    "StatementItems",
    "StatementOutcome",
    "StatementPage",
    "StreamsAccess",
    "TableCheckpoint",
    "TableUsage",
    "Tracing",
    "Transaction",
    "Usage",
    "WriteReport",
    "changes_of_event",
    "changes_of_kinesis",
]
