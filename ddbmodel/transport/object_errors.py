"""What S3 refuses, as errors that name bucket, key and remedy, and never credentials."""

# aioboto3 and its parents ship no types.
# pyright: reportMissingTypeStubs=false

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from ddbmodel.errors import SourceError
from ddbmodel.transport.redaction import is_presentable, presentable

_MISSING: Final = "there is no such object: check bucket and key"
_DENIED: Final = (
    "access denied: allow s3:GetObject of it, s3:ListBucket of its bucket, and kms:Decrypt where a key of "
    "KMS encrypts it (without s3:ListBucket, S3 says so too of an object that is missing)"
)
_ELSEWHERE: Final = "the bucket is in another region: pass its own, with s3=S3Access(region_name=...)"
_CREDENTIALS: Final = "S3 does not take the credentials: renew them, or check profile and endpoint"

# Source: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
_REMEDIES: Final[Mapping[str, str]] = {
    "404": _MISSING,
    "NoSuchKey": _MISSING,
    "NoSuchBucket": "there is no such bucket: check its name, and the endpoint",
    "403": _DENIED,
    "AccessDenied": _DENIED,
    "AllAccessDisabled": _DENIED,
    "301": _ELSEWHERE,
    "PermanentRedirect": _ELSEWHERE,
    "AuthorizationHeaderMalformed": _ELSEWHERE,
    "IllegalLocationConstraintException": _ELSEWHERE,
    "ExpiredToken": _CREDENTIALS,
    "InvalidAccessKeyId": _CREDENTIALS,
    "InvalidToken": _CREDENTIALS,
    "SignatureDoesNotMatch": _CREDENTIALS,
    "InvalidObjectState": "it is archived: restore it first (RestoreObject)",
}
_CHANGED: Final = frozenset({"412", "PreconditionFailed", "416", "InvalidRange"})

TRANSIENT_CODES: Final = frozenset(
    {"500", "503", "InternalError", "RequestTimeout", "ServiceUnavailable", "SlowDown", "Throttling"}
)
"""The same request can succeed in a moment."""


def changed(url: str) -> SourceError:
    """Give the error for an object that was replaced while it was read."""
    return SourceError(
        f"{url}: it was replaced while it was read: keep it as it is during a run, or delete the checkpoint "
        "and begin again with the new one"
    )


def code_of(error: BaseException) -> str:
    """Give the code of a refusal; empty if the error is none."""
    reply: Any = getattr(error, "response", None) or {}
    return str(reply.get("Error", {}).get("Code", ""))


@contextmanager
def source_error(url: str, *, after_bytes: int | None = None) -> Generator[None]:
    """Raise what S3, or the way to it, refuses inside as `SourceError`.

    Args:
        url: of the object, or what is done, for the message.
        after_bytes: how much of the object had been read.

    Raises:
        SourceError: with the refusal as its context.
    """
    import aiohttp
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (ClientError, BotoCoreError, aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        cause = error if is_presentable(str(error)) else None
        raise _refusal(url, error, after_bytes) from cause


def _refusal(url: str, error: Exception, after_bytes: int | None) -> SourceError:
    code = code_of(error)
    if code in _CHANGED:
        return changed(url)
    if code in _REMEDIES:
        return SourceError(f"{url}: {_REMEDIES[code]}")
    place = "" if after_bytes is None else f", after {after_bytes:,} bytes"
    said = presentable(str(error)).rstrip(".") or type(error).__name__
    return SourceError(f"{url}: it cannot be read from S3{place}: {said}")
