"""The way to DynamoDB Streams: a service of its own, beside DynamoDB.

Local engines serve both at one endpoint, AWS does not. So where DynamoDB is reached somewhere else than at
AWS, and nothing says where its streams are, they are looked for at the same place.
"""

# aioboto3 and its parents ship no types.
# pyright: reportMissingTypeStubs=false

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from ddbmodel.errors import AccessDenied, ConnectionFailed
from ddbmodel.transport.client_lane import ClientLane
from ddbmodel.transport.redaction import presentable
from ddbmodel.transport.retry import RetryPolicy, RetryRules
from ddbmodel.transport.service_access import ServiceAccess

# Source: https://docs.aws.amazon.com/general/latest/gr/ddb.html
_AWS_DOMAINS: Final = (
    ".amazonaws.com",
    ".amazonaws.com.cn",
    ".amazonaws.eu",
    ".api.aws",
    ".api.amazonwebservices.com.cn",
)


@dataclass(frozen=True, slots=True)
class StreamsAccess(ServiceAccess):
    """How to reach DynamoDB Streams, and as whom; see `ServiceAccess`.

    `AWS_ENDPOINT_URL_DYNAMODB_STREAMS` and `AWS_ENDPOINT_URL` are honoured where `endpoint_url` is not given.
    """


@asynccontextmanager
async def open_streams(access: StreamsAccess, dynamodb_url: str | None) -> AsyncGenerator[ClientLane]:
    """Open a lane to DynamoDB Streams, with its retries. Nothing is sent yet.

    Args:
        access: how to reach it.
        dynamodb_url: where DynamoDB itself is reached.

    Raises:
        AccessDenied: there is no such profile, or the credentials are incomplete.
        ConnectionFailed: there is no region, or the endpoint is not a URL.
    """
    from botocore.exceptions import BotoCoreError, PartialCredentialsError, ProfileNotFound

    async with AsyncExitStack() as stack:
        try:
            lane = await _open(access, dynamodb_url, stack)
        except (ProfileNotFound, PartialCredentialsError) as error:
            raise AccessDenied(
                f"connecting to DynamoDB Streams: {presentable(str(error)).rstrip('.')}. "
                "Check the profile's name, and pass access key and secret key together.",
                operation="Connect",
                code=type(error).__name__,
            ) from error
        except (BotoCoreError, ValueError) as error:
            raise ConnectionFailed(
                f"connecting to DynamoDB Streams: {presentable(str(error)).rstrip('.')}. "
                "Pass streams=StreamsAccess(region_name=..., endpoint_url=...).",
                operation="Connect",
                code=type(error).__name__,
            ) from error
        yield lane


async def _open(access: StreamsAccess, dynamodb_url: str | None, stack: AsyncExitStack) -> ClientLane:
    import aioboto3

    from ddbmodel.transport.settings import client_config, configured_attempts

    session: Any = access.session or aioboto3.Session(profile_name=access.profile_name)
    botocore_session = getattr(session, "_session", None)
    settings = {
        "region_name": access.region_name,
        "aws_access_key_id": access.aws_access_key_id,
        "aws_secret_access_key": access.aws_secret_access_key,
        "aws_session_token": access.aws_session_token,
        "config": client_config(botocore_session, access.config),
    }

    async def opened(endpoint_url: str | None) -> Any:
        return await stack.enter_async_context(
            session.client("dynamodbstreams", endpoint_url=endpoint_url, **settings)
        )

    client = await opened(access.endpoint_url)
    if dynamodb_url is not None and _is_aws(client.meta.endpoint_url) and not _is_aws(dynamodb_url):
        client = await opened(dynamodb_url)  # the environment names no endpoint of the streams
    attempts = configured_attempts(botocore_session, access.config)
    rules = RetryRules() if attempts is None else RetryRules(max_attempts=max(1, attempts))
    lane = ClientLane(client, policy=RetryPolicy(rules), service="dynamodb-streams")
    stack.push_async_callback(lane.close)
    return lane


def _is_aws(url: str) -> bool:
    return (urlsplit(url).hostname or "").endswith(_AWS_DOMAINS)
