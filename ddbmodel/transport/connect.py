"""Opening a lane: from a session's settings, or around a client that is open already."""

# aioboto3 and its parents ship no types.
# pyright: reportMissingTypeStubs=false

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from ddbmodel.errors import AccessDenied, ConnectionFailed
from ddbmodel.transport.client_lane import ClientLane
from ddbmodel.transport.events import log_fallback
from ddbmodel.transport.redaction import presentable
from ddbmodel.transport.retry import RetryPolicy, RetryRules

if TYPE_CHECKING:
    import aioboto3
    from botocore.config import Config

    from ddbmodel.transport.fast.lane import FastLane

LaneChoice: TypeAlias = Literal["auto", "client", "fast"]
"""Which lane to take: `fast` or `client`, or `auto`, the fast one wherever it honours all of the client."""


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
        lane: which lane to take.
    """

    region_name: str | None = None
    endpoint_url: str | None = None
    profile_name: str | None = None
    aws_access_key_id: str | None = field(default=None, repr=False)
    aws_secret_access_key: str | None = field(default=None, repr=False)
    aws_session_token: str | None = field(default=None, repr=False)
    session: aioboto3.Session | None = None
    config: Config | None = None
    lane: LaneChoice = "auto"

    def __post_init__(self) -> None:
        check_lane(self.lane)
        if self.session is not None and self.profile_name is not None:
            raise ValueError("pass a session or profile_name, not both: a session has its profile already")


async def connect(options: ConnectOptions) -> ClientLane | FastLane:
    """Open a client and a lane over it; closing the lane closes the client.

    Nothing is sent yet: wrong credentials show with the first request.

    Raises:
        AccessDenied: there is no such profile, or the credentials are incomplete.
        ConnectionFailed: there is no region, or the endpoint is not a URL.
        ValueError: the fast lane was asked for, and cannot honour all of the settings.
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
    lane = ClientLane(client, policy=RetryPolicy(rules), release=stack.aclose)
    try:
        return choose_lane(lane, options.lane)
    except BaseException:
        await lane.close()
        raise


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


def attach(client: Any, lane: LaneChoice = "auto") -> ClientLane | FastLane:
    """A lane over a client that the user has opened, and will close.

    Raises:
        TypeError: it is not an open DynamoDB client.
        ValueError: the fast lane was asked for, and cannot stand in for this client.
    """
    check_lane(lane)
    return choose_lane(ClientLane(client), lane)


def check_lane(lane: str) -> None:
    """Refuse what is no lane.

    Raises:
        ValueError: with the lanes that there are.
    """
    if lane not in get_args(LaneChoice):
        raise ValueError(f'lane={lane!r} is none: use "auto", "client" or "fast"')


def choose_lane(client_lane: ClientLane, choice: LaneChoice) -> ClientLane | FastLane:
    """The lane to take over a client.

    `auto` tells in the log, at level INFO, why the fast lane is not taken.

    Raises:
        ValueError: the fast lane was asked for, and cannot stand in for this client.
    """
    if choice == "client":
        return client_lane
    # botocore is imported with a lane, and not before. Some of what the fast lane imports is not public.
    try:
        from ddbmodel.transport.fast.eligibility import obstacle
        from ddbmodel.transport.fast.lane import FastLane
    except ImportError as error:
        found: str | None = f"this version of aiobotocore lacks what the fast lane imports of {error.name}"
    else:
        found = obstacle(client_lane.client)
        if found is None:
            return FastLane(client_lane)
    if choice == "fast":
        raise ValueError(f'the fast lane cannot stand in for this client: {found}; use lane="auto"')
    log_fallback(str(found))
    return client_lane
