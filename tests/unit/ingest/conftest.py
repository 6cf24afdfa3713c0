"""What tests of sources in S3 may use."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.engines.s3 import MotoS3


@pytest.fixture(scope="session")
def s3() -> Iterator[MotoS3]:
    """An S3, shared by the session's tests: each has keys of its own."""
    server = MotoS3()
    server.start()
    yield server
    server.stop()
