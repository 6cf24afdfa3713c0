"""The service's limits, each with its source.

Sizes are in bytes, where 1 KB is 1,024 bytes, as the service counts.
"""

from __future__ import annotations

from typing import Final

KB: Final = 1024
MB: Final = 1024 * KB

# Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
ITEM_BYTES: Final = 400 * KB
PARTITION_KEY_BYTES: Final = 2048
SORT_KEY_BYTES: Final = 1024
NESTING_LEVELS: Final = 32
EXPRESSION_BYTES: Final = 4 * KB
EXPRESSION_OPERATORS: Final = 300
EXPRESSION_IN_OPERANDS: Final = 100
EXPRESSION_VARIABLES_BYTES: Final = 2 * MB
KEY_ATTRIBUTE_NAME_BYTES: Final = 255
ATTRIBUTE_NAME_BYTES: Final = 64 * KB - 1
NAME_LENGTH_MIN: Final = 3
NAME_LENGTH_MAX: Final = 255
GLOBAL_INDEXES_PER_TABLE: Final = 20
LOCAL_INDEXES_PER_TABLE: Final = 5
INDEX_KEY_ATTRIBUTES: Final = 4
PROJECTED_ATTRIBUTES_PER_TABLE: Final = 100

# Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
NUMBER_DIGITS: Final = 38
NUMBER_EXPONENT_MAX: Final = 125
NUMBER_EXPONENT_MIN: Final = -130

# Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
BATCH_WRITE_ITEMS: Final = 25
BATCH_WRITE_BYTES: Final = 16 * MB

# Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
PARTITION_WRITE_UNITS: Final = 1000

# What a new on-demand table takes at once; twice its peak is reached within 30 minutes.
# Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/pre-warming-on-demand-capacity-mode.html
ON_DEMAND_WRITE_UNITS: Final = 4000
ON_DEMAND_DOUBLING_SECONDS: Final = 30 * 60

# What an account allows a table to take, unless it has asked for more.
# Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
TABLE_WRITE_UNITS: Final = 40_000

# Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
BATCH_GET_KEYS: Final = 100

# Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
TRANSACTION_ACTIONS: Final = 100
TRANSACTION_BYTES: Final = 4 * MB
TRANSACTION_TOKEN_CHARACTERS: Final = 36
TRANSACTION_TOKEN_SECONDS: Final = 10 * 60

# Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PointInTimeRecoverySpecification.html
RECOVERY_DAYS_MAX: Final = 35

# Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-considerations.html
RESOURCE_POLICY_BYTES: Final = 20 * 1024

# Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Tagging.html
TAGS_PER_TABLE: Final = 50
TAG_KEY_LENGTH_MAX: Final = 128
TAG_VALUE_LENGTH_MAX: Final = 256

# Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html
SCAN_SEGMENTS: Final = 1_000_000

# Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html
PAGE_BYTES: Final = 1 * MB

# Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
WRITE_UNIT_BYTES: Final = 1 * KB
READ_UNIT_BYTES: Final = 4 * KB
