"""testing: what a test suite needs to run against DynamoDB without an account.

Belongs here: the embedded DynamoDB and how its process is run, the proxy that refuses, throttles and fails
in front of it or of any other (`proxy`, with `strict` for what is refused), and the pytest plugin with its
fixtures.

Does not belong here: anything the mapper needs to work, and this repository's own test engines, which are in
`tests/engines`. Nothing below imports this room.

Importing it is cheap: moto runs in a process of its own and is never imported here; aioboto3 is imported when
a client or a mapper is asked for. Opening a `LocalDynamoDB` needs `pip install "ddbmodel[testing]"`.
"""

from __future__ import annotations

from ddbmodel.testing.local import LocalDynamoDB
from ddbmodel.testing.proxy.capacity import Capacity
from ddbmodel.testing.proxy.fault_proxy import FaultProxy
from ddbmodel.testing.proxy.faults import (
    Delay,
    DropReply,
    ExpiredCredentials,
    Fault,
    Garble,
    InternalError,
    ResetBefore,
    Throttle,
    Truncate,
    Unprocessed,
    WrongChecksum,
)
from ddbmodel.testing.proxy.schedule import FaultRates, Matcher, Step
from ddbmodel.testing.proxy.seen import Seen
from ddbmodel.testing.strict.call import Call

__all__ = [
    "Call",
    "Capacity",
    "Delay",
    "DropReply",
    "ExpiredCredentials",
    "Fault",
    "FaultProxy",
    "FaultRates",
    "Garble",
    "InternalError",
    "LocalDynamoDB",
    "Matcher",
    "ResetBefore",
    "Seen",
    "Step",
    "Throttle",
    "Truncate",
    "Unprocessed",
    "WrongChecksum",
]
