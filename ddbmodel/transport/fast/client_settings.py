"""What is read off an open client: endpoint, limits, certificates, region, user agent.

Much of it has no public way to it. Where a version of aiobotocore keeps it elsewhere, that is an
`AttributeError` here, and the client lane takes over.
"""

# aioboto3 and its parents ship no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import ssl
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from botocore.httpsession import create_urllib3_context, get_cert_path

from ddbmodel.transport.fast.calls import CallOptions
from ddbmodel.transport.fast.pool import PoolOptions


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where requests go, and what they are signed for.

    Attributes:
        url: with scheme and host, and nothing that requests would have to repeat.
        region: to sign for.
        service: to sign for.
    """

    url: str
    region: str
    service: str


async def resolve_endpoint(client: Any) -> Endpoint:
    """The endpoint, by the service's rules for region, FIPS, dual stack and account.

    The rules want the account, and with it the credentials, so this may fetch them.

    Raises:
        BotoCoreError: the settings contradict each other, or there are no credentials.
    """
    signer = client._request_signer
    endpoint = Endpoint(client.meta.endpoint_url, signer.region_name, signer.signing_name)
    resolver = client._ruleset_resolver
    if resolver is None:
        return endpoint
    # Which operation makes no difference, as long as it names no table by its ARN.
    found = await resolver.construct_endpoint(
        operation_model=client.meta.service_model.operation_model("ListTables"),
        call_args={},
        request_context={},
    )
    schemes: list[Mapping[str, Any]] = found.properties.get("authSchemes") or [{}]
    return Endpoint(
        found.url,
        schemes[0].get("signingRegion", endpoint.region),
        schemes[0].get("signingName", endpoint.service),
    )


def pool_options(client: Any, endpoint: Endpoint) -> PoolOptions:
    """The connections that the client's configuration asks for.

    Raises:
        OSError: the certificates cannot be read.
    """
    config = client.meta.config
    url = urlsplit(endpoint.url)
    return PoolOptions(
        host=url.hostname or "",
        port=url.port or (443 if url.scheme == "https" else 80),
        tls=_tls(client) if url.scheme == "https" else None,
        # None of them, and zero, are no limit to aiohttp.
        size=config.max_pool_connections or sys.maxsize,
        connect_timeout=config.connect_timeout or None,
        read_timeout=config.read_timeout or None,
        idle_seconds=float(config.connector_args["keepalive_timeout"]),
        tcp_keepalive=bool(config.tcp_keepalive),
    )


def call_options(client: Any, endpoint: Endpoint) -> CallOptions:
    """What all requests of the client have in common."""
    model = client.meta.service_model.metadata
    url = urlsplit(endpoint.url)
    default_port = 443 if url.scheme == "https" else 80
    host = url.netloc if url.port != default_port else url.netloc.rpartition(":")[0]
    return CallOptions(
        host=host,
        target_prefix=model["targetPrefix"],
        content_type=f"application/x-amz-json-{model['jsonVersion']}",
        user_agent=client.meta.config.user_agent,
    )


def _tls(client: Any) -> ssl.SSLContext:
    """The context that the client's own HTTP session would make.

    Without verification it is not checked whom the connection leads to: the user has asked for that.
    """
    given = client.meta.config.connector_args.get("ssl_context")
    if given is not None:
        own: ssl.SSLContext = given
        return own
    verify = client._endpoint.http_session._verify
    context: ssl.SSLContext = create_urllib3_context()
    # urllib3 checks the host's name by itself, and so its context does not.
    context.check_hostname = bool(verify)
    context.verify_mode = ssl.CERT_REQUIRED if verify else ssl.CERT_NONE
    certificates = get_cert_path(verify) if verify else None
    if certificates:
        context.load_verify_locations(certificates)
    return context
