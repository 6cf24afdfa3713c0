"""How another service of AWS is reached beside DynamoDB, and as whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from ddbmodel.transport.connect import ConnectOptions

if TYPE_CHECKING:
    import aioboto3
    from botocore.config import Config


@dataclass(frozen=True, slots=True)
class ServiceAccess:
    """How to reach a service, and as whom; whatever is None is looked up where the AWS SDK does.

    Attributes:
        region_name: of what is reached.
        endpoint_url: of another than AWS's own endpoint.
        profile_name: a profile of the AWS configuration files.
        aws_access_key_id: with `aws_secret_access_key`, and `aws_session_token` if temporary.
        session: an `aioboto3.Session` of the user's, in place of `profile_name`.
        config: a botocore `Config` or aiobotocore `AioConfig`; its settings win over ours.

    Raises:
        ValueError: both a session and a profile were given.
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

    @classmethod
    def like(cls, options: ConnectOptions) -> Self:
        """Reach it as DynamoDB is reached, but for the endpoint, which is DynamoDB's own."""
        return cls(
            region_name=options.region_name,
            profile_name=options.profile_name,
            aws_access_key_id=options.aws_access_key_id,
            aws_secret_access_key=options.aws_secret_access_key,
            aws_session_token=options.aws_session_token,
            session=options.session,
            config=options.config,
        )
