"""How a client of ours is set up, where the user leaves it open.

Whatever the user's configuration sets wins, except that the client itself never retries: the lane does, as it
knows what may be repeated. The user's number of attempts, and botocore's adaptive pacing, stay in force.

Imports aiobotocore, and so is imported when a lane is opened, not before.
"""

# aioboto3 and its parents ship no types.
# pyright: reportMissingTypeStubs=false

from __future__ import annotations

import os
from typing import Any, Final

from aiobotocore.config import AioConfig

CONNECT_TIMEOUT_SECONDS: Final = 5.0
"""Long enough for two lost packets of the handshake (sent again after 1 s and 3 s). A timeout is retried."""

READ_TIMEOUT_SECONDS: Final = 10.0
"""DynamoDB answers within milliseconds, a page of 1 MB within tenths of a second. Ten seconds are far beyond
that and within a caller's patience; with botocore's 60 s, one dead connection holds up a task for minutes."""

OBJECT_READ_TIMEOUT_SECONDS: Final = 30.0
"""For S3: between two pieces of an object, which come within a second; then the rest is asked for again."""

POOL_CONNECTIONS: Final = 64
"""A connection carries one request at a time, so this is how many can be under way; botocore's 10 starve a
bulk writer. At 5 ms a request, 64 are more than one process can keep busy."""


def client_config(botocore_session: Any, user_config: Any) -> Any:
    """An `AioConfig`: our defaults, under the session's own defaults, under the user's configuration.

    Idle connections need no setting: aiobotocore drops them after 12 s, before the service does after
    20 s; and it ignores `tcp_keepalive`.

    Parameter validation is off: the requests are built here, and are right; checking them again
    makes a full batch about two fifths dearer for the client.
    """
    config: Any = AioConfig(
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        read_timeout=READ_TIMEOUT_SECONDS,
        max_pool_connections=POOL_CONNECTIONS,
        parameter_validation=False,
    )
    for given in (_session_default(botocore_session), user_config):
        if given is not None:
            config = merged_config(config, given)
    mode = _retry_mode(botocore_session, config)
    return merged_config(config, AioConfig(retries={"mode": mode, "total_max_attempts": 1}))


def object_client_config(botocore_session: Any, user_config: Any) -> Any:
    """An `AioConfig` for S3: our defaults, under the session's own, under the user's configuration.

    Here the client retries, as reading is repeatable. It verifies no checksums by itself: of a range there is
    none, and some engines send the whole object's; the reader of the whole verifies it.
    """
    config: Any = AioConfig(
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        read_timeout=OBJECT_READ_TIMEOUT_SECONDS,
        retries={"mode": "standard", "total_max_attempts": 4},
        response_checksum_validation="when_required",
    )
    for given in (_session_default(botocore_session), user_config):
        if given is not None:
            config = merged_config(config, given)
    return config


def configured_attempts(botocore_session: Any, user_config: Any) -> int | None:
    """How often the user wants a request to be tried in all; None if nothing says so.

    Looked up where botocore does: the configuration, the session's default one, `AWS_MAX_ATTEMPTS`, the
    profile.
    """
    for given in (user_config, _session_default(botocore_session)):
        retries: dict[str, Any] = getattr(given, "retries", None) or {}
        if "total_max_attempts" in retries:
            return int(retries["total_max_attempts"])
        if "max_attempts" in retries:
            # In a botocore Config, and only there, this counts the attempts after the first.
            return int(retries["max_attempts"]) + 1
    value = _variable(botocore_session, "max_attempts") or os.environ.get("AWS_MAX_ATTEMPTS")
    return int(value) if value else None


def merged_config(config: Any, other: Any) -> Any:
    """One configuration under another, whose options win."""
    merged = config.merge(other)
    # aiobotocore merges botocore's options, and forgets its own.
    for option in ("connector_args", "http_session_cls"):
        source = other if _is_set(other, option) else config
        setattr(merged, option, getattr(source, option))
    return merged


def _is_set(config: Any, option: str) -> bool:
    return getattr(config, option, None) not in (None, getattr(AioConfig(), option))


def _retry_mode(botocore_session: Any, config: Any) -> str:
    """`adaptive` if that was chosen, as it paces requests besides retrying them; else botocore's cheapest."""
    retries: dict[str, Any] = config.retries or {}
    chosen = retries.get("mode") or _variable(botocore_session, "retry_mode")
    return "adaptive" if chosen == "adaptive" else "standard"


def _session_default(botocore_session: Any) -> Any:
    get = getattr(botocore_session, "get_default_client_config", None)
    return get() if callable(get) else None


def _variable(botocore_session: Any, name: str) -> Any:
    get = getattr(botocore_session, "get_config_variable", None)
    return get(name) if callable(get) else None
