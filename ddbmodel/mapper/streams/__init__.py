"""Streams: what has changed in a table, as models, in order.

Belongs here: the change and its record (`change`, `record`), how a record becomes a change of a model
(`decoding`); following a stream (`changes`, `follower`), its shards (`lineage`, `shard_reader`) and how far
they have been read (`positions`, `checkpoint_store`, `file_lock`,
`table_checkpoint`); what Lambda and Kinesis deliver (`events`).
Does not belong here: switching streams on (a setting of tables), how requests travel (transport).
"""

from __future__ import annotations

from ddbmodel.mapper.streams.change import Change, ChangeKind, InvalidChange, StreamView
from ddbmodel.mapper.streams.changes import Changes
from ddbmodel.mapper.streams.checkpoint_store import CheckpointStore, ConditionalCheckpointStore
from ddbmodel.mapper.streams.events import EventChanges, changes_of_event, changes_of_kinesis
from ddbmodel.mapper.streams.table_checkpoint import CheckpointItem, TableCheckpoint

__all__ = [
    "Change",
    "ChangeKind",
    "Changes",
    "CheckpointItem",
    "CheckpointStore",
    "ConditionalCheckpointStore",
    "EventChanges",
    "InvalidChange",
    "StreamView",
    "TableCheckpoint",
    "changes_of_event",
    "changes_of_kinesis",
]
