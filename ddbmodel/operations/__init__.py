"""Operations: what is asked of DynamoDB, and what it answers, as plain values.

Belongs here: one file per DynamoDB operation, each with a frozen request (`to_wire()` gives the
parameters under the names of DynamoDB's API) and a frozen result (`from_wire(reply)`); what several of
them share (`request`, `capacity`, `billing`, `table_description`).

Does not belong here: sending (transport), models and their codec (model), deciding which request to
make (mapper), the text of expressions (expressions). Nothing here does I/O.

The `repr` of a request or result holds no item, key or expression, so that it can be logged.
"""

from __future__ import annotations

from ddbmodel.operations.backups import (
    Backup,
    CreateBackup,
    DeleteBackup,
    DescribeBackup,
    ListBackups,
    ListBackupsResult,
)
from ddbmodel.operations.batch_get_item import BatchGetItem, BatchGetItemResult, TableKeys
from ddbmodel.operations.batch_write_item import (
    BatchDelete,
    BatchPut,
    BatchWrite,
    BatchWriteItem,
    BatchWriteItemResult,
)
from ddbmodel.operations.bulk_put_items import (
    BulkCompression,
    BulkEncryption,
    BulkInput,
    BulkInputFormat,
    BulkOperation,
    BulkOperationSummary,
    BulkOutput,
    BulkReport,
    BulkTier,
    CancelBulkOperation,
    DescribeBulkOperation,
    ListBulkOperations,
    StartBulkPutItems,
)
from ddbmodel.operations.capacity import (
    ConsumedCapacity,
    ReturnCapacity,
    reported_capacity,
    reporting_capacity,
)
from ddbmodel.operations.continuous_backups import (
    DescribeContinuousBackups,
    PointInTime,
    UpdateContinuousBackups,
)
from ddbmodel.operations.contributor_insights import (
    DescribeContributorInsights,
    InsightsState,
    UpdateContributorInsights,
)
from ddbmodel.operations.create_table import CreateTable, CreateTableResult
from ddbmodel.operations.delete_item import DeleteItem, DeleteItemResult
from ddbmodel.operations.delete_table import DeleteTable, DeleteTableResult
from ddbmodel.operations.describe_table import DescribeTable, DescribeTableResult
from ddbmodel.operations.exports import (
    ChangesBetween,
    DescribeExport,
    Export,
    ExportTable,
    ExportView,
    ListExports,
)
from ddbmodel.operations.get_item import GetItem, GetItemResult
from ddbmodel.operations.imports import (
    DescribeImport,
    ImportCompression,
    ImportFormat,
    ImportTable,
    TableImport,
)
from ddbmodel.operations.put_item import PutItem, PutItemResult
from ddbmodel.operations.query import Query, QueryResult
from ddbmodel.operations.request import Renderable, RenderableUpdate, Request
from ddbmodel.operations.resource_policy import DeleteResourcePolicy, GetResourcePolicy, PutResourcePolicy
from ddbmodel.operations.restores import RestoreTableFromBackup, RestoreTableToPointInTime
from ddbmodel.operations.scan import Scan, ScanResult
from ddbmodel.operations.table_description import IndexDescription, TableDescription
from ddbmodel.operations.tags import ListTagsOfResource, TagResource, TagsPage, UntagResource
from ddbmodel.operations.time_to_live import (
    DescribeTimeToLive,
    DescribeTimeToLiveResult,
    UpdateTimeToLive,
    UpdateTimeToLiveResult,
)
from ddbmodel.operations.transact_get_items import TransactGet, TransactGetItems, TransactGetItemsResult
from ddbmodel.operations.transact_write_items import (
    TransactAction,
    TransactCheck,
    TransactDelete,
    TransactPut,
    TransactUpdate,
    TransactWriteItems,
    TransactWriteItemsResult,
)
from ddbmodel.operations.update_item import UpdateItem, UpdateItemResult
from ddbmodel.operations.update_table import UpdateTable
from ddbmodel.schema.billing import Billing, OnDemand, Provisioned

__all__ = [
    "Backup",
    "BatchDelete",
    "BatchGetItem",
    "BatchGetItemResult",
    "BatchPut",
    "BatchWrite",
    "BatchWriteItem",
    "BatchWriteItemResult",
    "Billing",
    "BulkCompression",
    "BulkEncryption",
    "BulkInput",
    "BulkInputFormat",
    "BulkOperation",
    "BulkOperationSummary",
    "BulkOutput",
    "BulkReport",
    "BulkTier",
    "CancelBulkOperation",
    "ChangesBetween",
    "ConsumedCapacity",
    "CreateBackup",
    "CreateTable",
    "CreateTableResult",
    "DeleteBackup",
    "DeleteItem",
    "DeleteItemResult",
    "DeleteResourcePolicy",
    "DeleteTable",
    "DeleteTableResult",
    "DescribeBackup",
    "DescribeBulkOperation",
    "DescribeContinuousBackups",
    "DescribeContributorInsights",
    "DescribeExport",
    "DescribeImport",
    "DescribeTable",
    "DescribeTableResult",
    "DescribeTimeToLive",
    "DescribeTimeToLiveResult",
    "Export",
    "ExportTable",
    "ExportView",
    "GetItem",
    "GetItemResult",
    "GetResourcePolicy",
    "ImportCompression",
    "ImportFormat",
    "ImportTable",
    "IndexDescription",
    "InsightsState",
    "ListBackups",
    "ListBackupsResult",
    "ListBulkOperations",
    "ListExports",
    "ListTagsOfResource",
    "OnDemand",
    "PointInTime",
    "Provisioned",
    "PutItem",
    "PutItemResult",
    "PutResourcePolicy",
    "Query",
    "QueryResult",
    "Renderable",
    "RenderableUpdate",
    "Request",
    "RestoreTableFromBackup",
    "RestoreTableToPointInTime",
    "ReturnCapacity",
    "Scan",
    "ScanResult",
    "StartBulkPutItems",
    "TableDescription",
    "TableImport",
    "TableKeys",
    "TagResource",
    "TagsPage",
    "TransactAction",
    "TransactCheck",
    "TransactDelete",
    "TransactGet",
    "TransactGetItems",
    "TransactGetItemsResult",
    "TransactPut",
    "TransactUpdate",
    "TransactWriteItems",
    "TransactWriteItemsResult",
    "UntagResource",
    "UpdateContinuousBackups",
    "UpdateContributorInsights",
    "UpdateItem",
    "UpdateItemResult",
    "UpdateTable",
    "UpdateTimeToLive",
    "UpdateTimeToLiveResult",
    "reported_capacity",
    "reporting_capacity",
]
