"""Ingest: from sources of rows into tables, by the batch writer, with nothing lost and everything told.

Belongs here: sources (`source`, `choosing`; `json_lines`, `csv_rows`, `parquet`, `dynamodb_export`,
`objects`, over `byte_stream` and `columns`) and where they lie (`location`, `s3_objects`), how rows become
models (`rows`, `validation`), what is set aside (`dead_letters`, `letters`, `stored_json`), where to go on
(`checkpoint`), one run (`run`, with `feed`, `books` and `options`) and several at once (`share`, `workers`,
`worker`), what is said (`report`, `progress`, `terminal`), what it would cost (`plan`), and the `Mapper` that
has the verb (`mapper`, `job`). The models in an export, without a table (`export_models`).
Does not belong here: how writes are batched, paced and sent again (mapper), how values are stored (codec).
"""

from __future__ import annotations

from ddbmodel.ingest.csv_rows import Csv
from ddbmodel.ingest.dead_letters import DeadLetters
from ddbmodel.ingest.dynamodb_export import DynamoDBExport, DynamoDBJson
from ddbmodel.ingest.export_models import read_export
from ddbmodel.ingest.json_lines import JsonLines
from ddbmodel.ingest.mapper import Mapper
from ddbmodel.ingest.parquet import Parquet
from ddbmodel.ingest.plan import IngestPlan, plan_ingest
from ddbmodel.ingest.progress import IngestProgress
from ddbmodel.ingest.report import IngestReport
from ddbmodel.ingest.rows import RowFailure
from ddbmodel.transport.object_store import S3Access

__all__ = [
    "Csv",
    "DeadLetters",
    "DynamoDBExport",
    "DynamoDBJson",
    "IngestPlan",
    "IngestProgress",
    "IngestReport",
    "JsonLines",
    "Mapper",
    "Parquet",
    "RowFailure",
    "S3Access",
    "plan_ingest",
    "read_export",
]
