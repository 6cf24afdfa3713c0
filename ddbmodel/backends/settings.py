"""The settings of a mapper from environment variables, by pydantic-settings.

Needs `pip install "ddbmodel[settings]"`.
"""

# pyright: reportMissingTypeStubs=false

from __future__ import annotations

import os
from contextlib import AbstractAsyncContextManager
from typing import Annotated, Any

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from ddbmodel.ingest import Mapper
from ddbmodel.transport.connect import LaneChoice

Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class MapperSettings(BaseSettings):
    """How to connect, from variables such as `DDBMODEL_TABLE_PREFIX`; what is not set is as in `connect`.

        settings = MapperSettings()
        async with settings.connect() as mapper:
            ...

    Credentials are no settings: they are looked up where the AWS SDK does. So is what is not set here,
    `AWS_ENDPOINT_URL_DYNAMODB` included. A subclass may have other fields, another prefix, or an `env_file`.

    Attributes:
        region_name: such as `eu-west-1`; if not set, `AWS_REGION` and then `AWS_DEFAULT_REGION`.
        profile_name: a profile of the AWS configuration files.
        endpoint_url: for DynamoDB Local and other engines, or a VPC endpoint.
        table_prefix: put in front of every table's name.
        cursor_key: signs page tokens. It shows in no representation; set but empty, it is refused.
        max_pool_connections: how many requests can be under way at once.
        connect_timeout_seconds: how long opening a connection may take.
        read_timeout_seconds: how long the service may be silent.
        lane: how requests travel, see `Mapper.connect`.
        write_ids: let every write that must not be repeated leave a mark in its item.
        hide_expired: leave out of reads what has expired and is not deleted yet.
        consistent_reads: read consistently where a read does not say `consistent=False`.
        read_regions: names of regions that reads may go to; in a variable, with commas between them.

    Raises:
        ValidationError: a variable holds what its setting cannot be. The message does not show what it holds.
    """

    model_config = SettingsConfigDict(env_prefix="DDBMODEL_", frozen=True, hide_input_in_errors=True)

    region_name: str | None = Field(default=None, validate_default=True)
    profile_name: str | None = None
    endpoint_url: str | None = None
    table_prefix: str = ""
    cursor_key: SecretStr | None = None
    max_pool_connections: int | None = Field(default=None, ge=1)
    connect_timeout_seconds: Seconds | None = None
    read_timeout_seconds: Seconds | None = None
    lane: LaneChoice = "auto"
    write_ids: bool = False
    hide_expired: bool = False
    consistent_reads: bool = False
    read_regions: Annotated[tuple[str, ...], NoDecode] = ()

    @field_validator("region_name", "profile_name", "endpoint_url", mode="after")
    @classmethod
    def _empty_is_unset(cls, value: str | None) -> str | None:
        # Compose files and task definitions set variables to nothing where there is no value.
        return value or None

    @field_validator("region_name", mode="after")
    @classmethod
    def _region_of_aws(cls, value: str | None) -> str | None:
        # botocore knows the second alone; Lambda and the AWS CLI set and read the first.
        return value or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or None

    @field_validator("cursor_key", mode="after")
    @classmethod
    def _key_is_not_empty(cls, value: SecretStr | None) -> SecretStr | None:
        # Taken for unset, it would leave tokens unsigned, and nobody would know.
        if value is not None and not value.get_secret_value():
            raise ValueError(
                "it is set and empty: give it a secret, or do not set it, and tokens are unsigned"
            )
        return value

    @field_validator("read_regions", mode="before")
    @classmethod
    def _split_at_commas(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(name.strip() for name in value.split(",") if name.strip())

    def connect(self, **overrides: Any) -> AbstractAsyncContextManager[Mapper]:
        """Open a mapper with these settings: `async with settings.connect() as mapper`.

        Args:
            overrides: what `Mapper.connect` takes, such as `hooks` or `clock`; it wins over the settings. A
                `config` wins option by option, and a `session` is in place of `profile_name`.

        Raises:
            AccessDenied, ConnectionFailed, ExpressionError, ValueError: as `Mapper.connect` raises.
        """
        options: dict[str, Any] = {
            "region_name": self.region_name,
            "endpoint_url": self.endpoint_url,
            "profile_name": None if overrides.get("session") is not None else self.profile_name,
            "table_prefix": self.table_prefix,
            "cursor_key": None if self.cursor_key is None else self.cursor_key.get_secret_value(),
            "lane": self.lane,
            "write_ids": self.write_ids,
            "hide_expired": self.hide_expired,
            "consistent_reads": self.consistent_reads,
            "read_regions": self.read_regions,
        }
        return Mapper.connect(**{**options, **overrides, "config": self._config(overrides.get("config"))})

    def _config(self, given: Any) -> Any:
        """A botocore `Config` with what is set here, under what is given; None if there is neither."""
        chosen: dict[str, Any] = {
            "max_pool_connections": self.max_pool_connections,
            "connect_timeout": self.connect_timeout_seconds,
            "read_timeout": self.read_timeout_seconds,
        }
        own = {name: value for name, value in chosen.items() if value is not None}
        if not own:
            return given
        from aiobotocore.config import AioConfig

        from ddbmodel.transport.settings import merged_config

        config = AioConfig(**own)
        return config if given is None else merged_config(config, given)
