"""The options that say which DynamoDB a command talks to, as the AWS CLI takes them."""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

import typer

Region: TypeAlias = Annotated[str | None, typer.Option("--region", help="AWS region")]
Profile: TypeAlias = Annotated[str | None, typer.Option("--profile", help="AWS profile")]
EndpointUrl: TypeAlias = Annotated[str | None, typer.Option("--endpoint-url", help="another DynamoDB")]
TablePrefix: TypeAlias = Annotated[str, typer.Option("--table-prefix", help="in front of table names")]


def connect_options(
    region: str | None, profile: str | None, endpoint_url: str | None, table_prefix: str
) -> dict[str, Any]:
    """Give the options of `Mapper.connect`."""
    return {
        "region_name": region,
        "profile_name": profile,
        "endpoint_url": endpoint_url,
        "table_prefix": table_prefix,
    }
