"""testing: what a test suite needs to run against DynamoDB without an account.

Belongs here: the embedded DynamoDB and how its process is run, and the pytest plugin with its fixtures.

Does not belong here: anything the mapper needs to work, and this repository's own test engines, which are in
`tests/engines`. Nothing below imports this room.

Importing it is cheap: moto runs in a process of its own and is never imported here; aioboto3 is imported when
a client or a mapper is asked for. Opening a `LocalDynamoDB` needs `pip install "ddbmodel[testing]"`.
"""

from __future__ import annotations

from ddbmodel.testing.local import LocalDynamoDB

__all__ = ["LocalDynamoDB"]
