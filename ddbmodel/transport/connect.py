"""Opening a lane: from a session's settings, or around a client that is open already."""

# aioboto3 and its parents ship no types.
# pyright: reportMissingTypeStubs=false

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ddbmodel.errors import AccessDenied, ConnectionFailed
from ddbmodel.transport.client_lane import ClientLane
from ddbmodel.transport.redaction import presentable
from ddbmodel.transport.retry import RetryPolicy, RetryRules

if TYPE_CHECKING:
    import aioboto3
    from botocore.config import Config


@dataclass(frozen=True, slots=True)
class ConnectOptions:
    """Where to connect to, and as whom; whatever is None is looked up where the AWS SDK does.

    Attributes:
        region_name: such as `eu-west-1`.
        endpoint_url: for DynamoDB Local and other engines, or a VPC endpoint.
        profile_name: a profile of the AWS configuration files.
        aws_access_key_id: with `aws_secret_access_key`, and `aws_session_token` if temporary.
        session: an `aioboto3.Session` of the user's, in place of `profile_name`.
        config: a botocore `Config` or aiobotocore `AioConfig`; its settings win over ours.
    """

    region_name: str | None = None
    endpoint_url: str | None = None
    profile_name: str | None = None
    aws_access_key_id: str | None = field(default=None, repr=False)
    aws_secret_access_key: str | None = field(default=None, repr=False)
    aws_session_token: str | None = field(default=None, repr=False)
    session: aioboto3.Session | None = None
    config: Config | None = None

    def __post_init__(self) -> None:
        if self.session is not None and self.profile_name is not None:
            raise ValueError("pass a session or profile_name, not both: a session has its profile already")


async def connect(options: ConnectOptions) -> ClientLane:
    """Open a client and a lane over it; closing the lane closes the client.

    Nothing is sent yet: wrong credentials show with the first request.

    Raises:
        AccessDenied: there is no such profile, or the credentials are incomplete.
        ConnectionFailed: there is no region, or the endpoint is not a URL.
    """
    # These imports take most of a second.
    from botocore.exceptions import BotoCoreError, PartialCredentialsError, ProfileNotFound

    stack = AsyncExitStack()
    try:
        client, attempts = await _open(options, stack)
    except (ProfileNotFound, PartialCredentialsError) as error:
        raise AccessDenied(
            f"connecting to DynamoDB: {presentable(str(error)).rstrip('.')}. "
            "Check the profile's name, and pass access key and secret key together.",
            operation="Connect",
            code=type(error).__name__,
        ) from error
    except (BotoCoreError, ValueError) as error:
        raise ConnectionFailed(
            f"connecting to DynamoDB: {presentable(str(error)).rstrip('.')}. "
            "Pass region_name= (or set AWS_DEFAULT_REGION), and check endpoint_url= and config=.",
            operation="Connect",
            code=type(error).__name__,
        ) from error
    rules = RetryRules() if attempts is None else RetryRules(max_attempts=max(1, attempts))
    return ClientLane(client, policy=RetryPolicy(rules), release=stack.aclose)


async def _open(options: ConnectOptions, stack: AsyncExitStack) -> tuple[Any, int | None]:
    """A client that `stack` will close, and how often the user wants a request to be tried."""
    import aioboto3

    from ddbmodel.transport.settings import client_config, configured_attempts

    session: Any = options.session or aioboto3.Session(profile_name=options.profile_name)
    # Private, and only for what the session would apply by itself: without it, our defaults apply.
    botocore_session = getattr(session, "_session", None)
    attempts = configured_attempts(botocore_session, options.config)
    client: Any = await stack.enter_async_context(
        session.client(
            "dynamodb",
            region_name=options.region_name,
            endpoint_url=options.endpoint_url,
            aws_access_key_id=options.aws_access_key_id,
            aws_secret_access_key=options.aws_secret_access_key,
            aws_session_token=options.aws_session_token,
            config=client_config(botocore_session, options.config),
        )
    )
    return client, attempts


def attach(client: Any) -> ClientLane:
    """A lane over a client that the user has opened, and will close."""
    return ClientLane(client)
