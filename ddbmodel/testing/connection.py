"""How tests connect to what listens on loopback."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from ddbmodel.ingest import Mapper

# An engine on loopback accepts any credentials. They are given so that none of yours is looked for, or sent.
_CREDENTIALS: Final[dict[str, Any]] = {
    "region_name": "us-east-1",
    "aws_access_key_id": "testing",
    "aws_secret_access_key": "testing",
}


def open_mapper(endpoint_url: str, options: dict[str, Any]) -> AbstractAsyncContextManager[Mapper]:
    """Open a mapper, with the options of `Mapper.connect`, which win."""
    from ddbmodel.ingest import Mapper

    return Mapper.connect(**_settings(endpoint_url, options))


def open_client(endpoint_url: str, options: dict[str, Any]) -> AbstractAsyncContextManager[Any]:
    """Open an aioboto3 client, with the options of `aioboto3.Session.client`, which win."""
    import aioboto3

    session: Any = aioboto3.Session()
    client: AbstractAsyncContextManager[Any] = session.client("dynamodb", **_settings(endpoint_url, options))
    return client


def _settings(endpoint_url: str, options: dict[str, Any]) -> dict[str, Any]:
    from aiobotocore.config import AioConfig

    # Without `proxies`, HTTP_PROXY and the like would divert loopback. moto can take many seconds.
    config = AioConfig(proxies={}, read_timeout=60)
    return {**_CREDENTIALS, "endpoint_url": endpoint_url, "config": config, **options}
