"""How commands reach DynamoDB: options that mean what the AWS CLI's do."""

from __future__ import annotations

import os
from typing import Annotated, Any, TypeAlias

import typer

Region: TypeAlias = Annotated[str | None, typer.Option("--region", help="AWS region")]
Profile: TypeAlias = Annotated[str | None, typer.Option("--profile", help="AWS profile")]
EndpointUrl: TypeAlias = Annotated[str | None, typer.Option("--endpoint-url", help="another DynamoDB")]
TablePrefix: TypeAlias = Annotated[str, typer.Option("--table-prefix", help="in front of table names")]


def connect_options(
    region: str | None, profile: str | None, endpoint_url: str | None, table_prefix: str
) -> dict[str, Any]:
    """Give what `Mapper.connect` takes. `AWS_REGION` counts, as it does to the AWS CLI (not to botocore)."""
    return {
        "region_name": region or os.environ.get("AWS_REGION") or None,
        "profile_name": profile,
        "endpoint_url": endpoint_url,
        "table_prefix": table_prefix,
    }
