"""An async object mapper for Amazon DynamoDB: Pydantic models, typed expressions, nothing lost in silence.

This is the public face; everything else is reached through it. `import ddbmodel` does not import aioboto3:
only connecting does.
"""

from __future__ import annotations

from ddbmodel.errors import (
    CodecError,
    ConditionalCheckFailed,
    DDBModelError,
    ExpressionError,
    ModelDefinitionError,
)
from ddbmodel.expressions import Condition, Path
from ddbmodel.model import (
    Attr,
    EpochMicroseconds,
    EpochMilliseconds,
    EpochSeconds,
    GlobalIndex,
    ItemKey,
    LocalIndex,
    Model,
    Null,
    field,
    partition_key,
    sort_key,
)

__all__ = [
    "Attr",
    "CodecError",
    "Condition",
    "ConditionalCheckFailed",
    "DDBModelError",
    "EpochMicroseconds",
    "EpochMilliseconds",
    "EpochSeconds",
    "ExpressionError",
    "GlobalIndex",
    "ItemKey",
    "LocalIndex",
    "Model",
    "ModelDefinitionError",
    "Null",
    "Path",
    "field",
    "partition_key",
    "sort_key",
]
