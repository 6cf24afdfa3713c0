"""Ingest: from sources of rows into tables, by the batch writer, with nothing lost and everything told.

Belongs here: sources (`source`, `choosing`; `json_lines`, `csv_rows`, `parquet`, `dynamodb_export`,
`objects`, over `byte_stream` and `columns`) and where they lie (`location`, `s3_objects`), how rows become
models (`rows`, `validation`), what is set aside (`dead_letters`, `letters`, `stored_json`), where to go on
(`checkpoint`), one run (`run`, with `feed`, `books` and `options`) and several at once (`share`, `workers`,
`worker`), what is said (`report`, `progress`, `terminal`), what it would cost (`plan`), and the `Mapper` that
has the verb (`mapper`, `job`). What is in an export, without a table: models (`export_models`), or changes
(`export_changes`).
Only the `Mapper` is imported with the room: what a run takes comes with the first one.
Does not belong here: how writes are batched, paced and sent again (mapper), how values are stored (codec).
"""

from __future__ import annotations

from ddbmodel.ingest.mapper import Mapper

__all__ = ["Mapper"]
