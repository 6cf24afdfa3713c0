"""Which clients the fast lane can stand in for, and what keeps it from others.

It honours a client's region, endpoint, credentials, certificates, timeouts and pool. It does not call what
was hung into the client: a client with more than botocore's own machinery keeps it, on the client lane.
"""

# aioboto3 and its parents ship no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from inspect import signature
from pathlib import Path
from types import FunctionType
from typing import Any, Final
from urllib.parse import urlsplit

import aiobotocore
import botocore
from aiobotocore.endpoint import AioEndpoint
from aiobotocore.httpsession import AIOHTTPSession
from aiobotocore.signers import AioRequestSigner

OPERATIONS: Final = {
    "BatchGetItem": "batch_get_item",
    "BatchWriteItem": "batch_write_item",
    "DeleteItem": "delete_item",
    "GetItem": "get_item",
    "PutItem": "put_item",
    "Query": "query",
    "Scan": "scan",
    "TransactGetItems": "transact_get_items",
    "TransactWriteItems": "transact_write_items",
    "UpdateItem": "update_item",
}
"""The operations that take the fast lane, with the client's methods for them."""

# What a call emits. `needs-retry` is left out: handlers of it retry, which no lane lets them do.
_EVENTS: Final = (
    "provide-client-params",
    "before-parameter-build",
    "before-endpoint-resolution",
    "before-call",
    "request-created",
    "choose-signer",
    "before-sign",
    "before-send",
    "response-received",
    "before-parse",
    "after-call",
    "after-call-error",
)
_FOLDERS: Final = tuple(str(Path(package.__path__[0])) for package in (aiobotocore, botocore))
_CONNECTOR_ARGS: Final = frozenset({"keepalive_timeout", "use_dns_cache", "ttl_dns_cache", "ssl_context"})


def obstacle(client: Any) -> str | None:
    """What of a client the fast lane cannot honour, in words; None if nothing is in the way."""
    try:
        for check in (
            _class,
            _http_session,
            _connections,
            _endpoint,
            _signing,
            _retries,
            _handlers,
            _insides,
        ):
            found = check(client)
            if found is not None:
                return found
    except AttributeError as error:
        return f"this version of aiobotocore has no {error.name!r} where it is looked for"
    except (LookupError, TypeError, ValueError) as error:
        # Another form of what is there. Its words are not quoted: they may hold what the user has set.
        return f"this version of aiobotocore is not known ({type(error).__name__})"
    return None


class Changes:
    """Notices when handlers are added to a client, or taken from it. Asking costs next to nothing."""

    __slots__ = ("_emitter", "_seen")

    def __init__(self, client: Any) -> None:
        self._emitter = client.meta.events._emitter
        self._seen = self._emitter._lookup_cache

    def happened(self) -> bool:
        """True if there was a change since it was last asked."""
        # botocore starts a new cache whenever a handler comes or goes.
        now = self._emitter._lookup_cache
        if now is self._seen:
            return False
        self._seen = now
        return True


def _class(client: Any) -> str | None:
    kind: Any = type(client)
    strangers = [base for base in kind.__mro__[:-1] if not _is_botocore_s(base.__module__)]
    if strangers:
        return f"its class has {strangers[0].__name__} among its bases"
    for name in ("_make_api_call", "_make_request", *OPERATIONS.values()):
        if name in vars(client) or not _is_untouched(getattr(kind, name)):
            return f"its method {name} was replaced"
    return None


def _http_session(client: Any) -> str | None:
    endpoint = client._endpoint
    session = endpoint.http_session
    for thing, kind, methods in (
        (endpoint, AioEndpoint, ("make_request", "_send_request", "_send")),
        (session, AIOHTTPSession, ("send",)),
    ):
        if type(thing) is not kind:
            return f"it has an HTTP session of its own ({type(thing).__name__})"
        for name in methods:
            if name in vars(thing) or not _is_untouched(getattr(kind, name)):
                return f"its HTTP session's method {name} was replaced"
    return None


def _connections(client: Any) -> str | None:
    session = client._endpoint.http_session
    arguments: dict[str, Any] = client.meta.config.connector_args
    if session._proxy_config.proxy_url_for(client.meta.endpoint_url):
        return "it goes through a proxy"
    if session._cert_file is not None:
        return "it has a client certificate"
    others = {name for name, value in arguments.items() if name not in _CONNECTOR_ARGS and value}
    if others:
        return f"its connector_args have {min(others)}"
    if not arguments["keepalive_timeout"]:
        return "its connections are not kept alive, or for ever"
    return None


def _endpoint(client: Any) -> str | None:
    url = urlsplit(str(client.meta.endpoint_url))
    if not url.netloc.isascii():
        return "its endpoint URL is not plain ASCII"
    if url.scheme not in ("http", "https") or url.path not in ("", "/") or url.query or "@" in url.netloc:
        return "its endpoint URL has more than scheme, host and port"
    agent: str = client.meta.config.user_agent
    return None if agent.isascii() and agent.isprintable() else "its user agent is not plain ASCII"


def _signing(client: Any) -> str | None:
    config = client.meta.config
    signer = client._request_signer
    if type(signer) is not AioRequestSigner:
        return f"it has a signer of its own ({type(signer).__name__})"
    if config.signature_version != "v4" or signer.signature_version != "v4":
        return "its requests are not signed with Signature Version 4"
    return "it has a preference among ways to sign" if config.auth_scheme_preference else None


def _retries(client: Any) -> str | None:
    retries: dict[str, Any] = client.meta.config.retries or {}
    return "its retries are adaptive, and pace requests" if retries.get("mode") == "adaptive" else None


def _handlers(client: Any) -> str | None:
    for event, handler in _registered(client):
        if not _is_default(handler):
            return f"it has a handler of its own for {event}"
    return None


def _insides(client: Any) -> str | None:
    """Looks at whatever else is read off a client later, so that what is missing shows now."""
    Changes(client)
    _ = (
        client._request_signer._credentials,
        client.exceptions.from_code,
        client._endpoint.http_session._verify,
    )
    resolver = client._ruleset_resolver
    if resolver is not None:
        signature(resolver.construct_endpoint).bind(operation_model=0, call_args=0, request_context=0)
    return None


def _registered(client: Any) -> Iterator[tuple[str, Any]]:
    handlers = client.meta.events._emitter._handlers
    service = client.meta.service_model.service_id.hyphenize()
    for event in _EVENTS:
        for operation in OPERATIONS:
            for handler in handlers.prefix_search(f"{event}.{service}.{operation}"):
                yield event, handler


def _is_default(handler: Any) -> bool:
    """True for a handler that botocore registers with every client, and for this package's own."""
    inner = handler.func if isinstance(handler, partial) else handler
    module = str(getattr(inner, "__module__", ""))
    name = str(getattr(inner, "__name__", ""))
    if module.endswith(".discovery"):
        return name == "block_endpoint_discovery_required_operations"
    if module.startswith("moto."):
        # Once imported, moto is on every client, and asleep unless something is mocked.
        return getattr(inner, "enabled", True) is False
    if module.endswith(".stub"):
        return False
    return _is_botocore_s(module) or module.startswith("ddbmodel.")


def _is_botocore_s(module: str) -> bool:
    return module.startswith(("aiobotocore.", "botocore."))


def _is_untouched(function: Any) -> bool:
    """True if a method is botocore's function, and not what a tracer or a mock has put in its place."""
    return isinstance(function, FunctionType) and function.__code__.co_filename.startswith(_FOLDERS)
