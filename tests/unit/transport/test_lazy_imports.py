"""What importing the rooms costs."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
import ddbmodel, ddbmodel.operations, ddbmodel.transport
import ddbmodel.transport.client_lane, ddbmodel.transport.connect, ddbmodel.transport.object_store
import ddbmodel.ingest
print(sorted({"aioboto3", "aiobotocore", "boto3", "botocore", "aiohttp"} & sys.modules.keys()))
"""


def test_importing_does_not_import_aioboto3() -> None:
    """aioboto3 takes most of a second to import: only connecting does."""
    result = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
