"""moto: the embedded DynamoDB that ddbmodel brings. Always there, and lenient."""

from __future__ import annotations

from ddbmodel.testing import LocalDynamoDB
from tests.engines.engine import Engine


class MotoEngine(Engine):
    """moto, as `LocalDynamoDB` runs it."""

    name = "moto"

    def __init__(self) -> None:
        self._dynamodb = LocalDynamoDB()

    @property
    def endpoint_url(self) -> str:
        return self._dynamodb.endpoint_url

    def start(self) -> None:
        self._dynamodb.__enter__()

    def stop(self) -> None:
        self._dynamodb.__exit__(None, None, None)
