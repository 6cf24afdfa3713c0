"""Settings from the environment: what each variable does, what is refused, and what never shows."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from botocore.config import Config
from pydantic import SecretStr, ValidationError
from pydantic_settings import SettingsConfigDict

from ddbmodel import Attr, Mapper, Model, partition_key
from ddbmodel.backends.settings import MapperSettings
from ddbmodel.testing import LocalDynamoDB

SECRET = "not-for-logs-3f9a"


class Note(Model, table="notes"):
    note_id: Attr[str] = partition_key()


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ENDPOINT_URL_DYNAMODB"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def options(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What `Mapper.connect` was called with."""
    seen: dict[str, Any] = {}
    monkeypatch.setattr(Mapper, "connect", seen.update)
    return seen


@pytest.mark.parametrize(
    ("name", "text", "option", "value"),
    [
        ("REGION_NAME", "eu-west-1", "region_name", "eu-west-1"),
        ("PROFILE_NAME", "shop", "profile_name", "shop"),
        ("ENDPOINT_URL", "http://127.0.0.1:1", "endpoint_url", "http://127.0.0.1:1"),
        ("TABLE_PREFIX", "staging-", "table_prefix", "staging-"),
        ("CURSOR_KEY", SECRET, "cursor_key", SECRET),
        ("LANE", "client", "lane", "client"),
        ("WRITE_IDS", "true", "write_ids", True),
        ("HIDE_EXPIRED", "1", "hide_expired", True),
        ("CONSISTENT_READS", "yes", "consistent_reads", True),
        ("READ_REGIONS", "eu-west-1, eu-north-1", "read_regions", ("eu-west-1", "eu-north-1")),
        ("REGION_NAME", "", "region_name", None),
        ("PROFILE_NAME", "", "profile_name", None),
        ("ENDPOINT_URL", "", "endpoint_url", None),
        ("READ_REGIONS", "", "read_regions", ()),
    ],
)
def test_each_variable_reaches_connect(
    name: str, text: str, option: str, value: object, request: pytest.FixtureRequest
) -> None:
    """A variable with the prefix is the option of its name; where there may be none, empty is unset."""
    options: dict[str, Any] = request.getfixturevalue("options")
    request.getfixturevalue("monkeypatch").setenv(f"DDBMODEL_{name}", text)
    MapperSettings().connect()
    assert options[option] == value


@pytest.mark.parametrize(
    ("name", "option"),
    [
        ("MAX_POOL_CONNECTIONS", "max_pool_connections"),
        ("CONNECT_TIMEOUT_SECONDS", "connect_timeout"),
        ("READ_TIMEOUT_SECONDS", "read_timeout"),
    ],
)
def test_pool_and_timeouts_are_of_the_configuration(
    name: str, option: str, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are an option of botocore's configuration, under a configuration that is given."""
    monkeypatch.setenv(f"DDBMODEL_{name}", "7")
    MapperSettings().connect()
    assert getattr(options["config"], option) == 7
    MapperSettings().connect(config=Config(user_agent_extra="shop"))
    assert (getattr(options["config"], option), options["config"].user_agent_extra) == (7, "shop")
    MapperSettings().connect(config=Config(**{option: 9}))
    assert getattr(options["config"], option) == 9


def test_nothing_set_is_what_connect_does(options: dict[str, Any]) -> None:
    """Without variables, every option is the default of `Mapper.connect`."""
    MapperSettings().connect()
    assert options.pop("lane") == "auto"
    assert not any(options.values())


def test_settings_know_every_plain_option() -> None:
    """A plain option that `Mapper.connect` gets one day is missed here."""
    others = {"session", "config", "clock", "hooks"}
    credentials = {"aws_access_key_id", "aws_secret_access_key", "aws_session_token"}
    pool = {"max_pool_connections", "connect_timeout_seconds", "read_timeout_seconds"}
    taken = set(inspect.signature(Mapper.connect).parameters)
    assert set(MapperSettings.model_fields) - pool == taken - others - credentials


@pytest.mark.parametrize(
    ("variables", "region"),
    [
        ({"AWS_DEFAULT_REGION": "c"}, "c"),
        ({"AWS_DEFAULT_REGION": "c", "AWS_REGION": "b"}, "b"),
        ({"AWS_DEFAULT_REGION": "c", "AWS_REGION": "b", "DDBMODEL_REGION_NAME": "a"}, "a"),
        ({"AWS_DEFAULT_REGION": "c", "AWS_REGION": "", "DDBMODEL_REGION_NAME": ""}, "c"),
        ({}, None),
    ],
)
def test_the_region_falls_back(
    variables: dict[str, str], region: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The region is ours, then AWS_REGION, then AWS_DEFAULT_REGION."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert MapperSettings().region_name == region


def test_overrides_win(options: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """What is passed to connect wins, and a session is in place of the profile."""
    monkeypatch.setenv("DDBMODEL_TABLE_PREFIX", "staging-")
    monkeypatch.setenv("DDBMODEL_PROFILE_NAME", "shop")
    hooks, session = [object()], object()
    MapperSettings().connect(table_prefix="test-", hooks=hooks, session=session)
    assert (options["table_prefix"], options["hooks"]) == ("test-", hooks)
    assert (options["session"], options["profile_name"]) == (session, None)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("MAX_POOL_CONNECTIONS", "0"),
        ("CONNECT_TIMEOUT_SECONDS", "0"),
        ("READ_TIMEOUT_SECONDS", "nan"),
        ("READ_TIMEOUT_SECONDS", "inf"),
        ("LANE", "scenic"),
        ("HIDE_EXPIRED", "perhaps"),
        ("CURSOR_KEY", ""),
    ],
)
def test_what_cannot_be_is_refused(name: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A value that a setting cannot have is an error that names the setting; no default takes its place."""
    monkeypatch.setenv(f"DDBMODEL_{name}", text)
    with pytest.raises(ValidationError, match=name.lower()):
        MapperSettings()


def test_the_key_shows_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither representations, dumps nor errors hold the cursor key."""
    monkeypatch.setenv("DDBMODEL_CURSOR_KEY", SECRET)
    settings = MapperSettings()
    assert settings.cursor_key == SecretStr(SECRET)
    shown = [repr(settings), str(settings), repr(settings.model_dump()), settings.model_dump_json()]
    monkeypatch.setenv("DDBMODEL_LANE", "scenic")
    for given in ({}, {"cursor": SECRET}, {"cursor_key": [SECRET]}):
        with pytest.raises(ValidationError) as caught:
            MapperSettings(**given)
        shown += [str(caught.value), repr(caught.value)]
    assert [text for text in shown if SECRET in text] == []


def test_a_subclass_has_its_own_prefix_and_fields(
    options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A subclass may rename the variables and add its own; fallbacks stay."""

    class Shop(MapperSettings):
        model_config = SettingsConfigDict(env_prefix="SHOP_")
        currency: str = "EUR"

    for name, value in {
        "SHOP_CURRENCY": "CHF",
        "SHOP_TABLE_PREFIX": "shop-",
        "DDBMODEL_LANE": "client",
        "AWS_REGION": "b",
    }.items():
        monkeypatch.setenv(name, value)
    shop = Shop()
    shop.connect()
    assert (shop.currency, options["table_prefix"], options["lane"], options["region_name"]) == (
        "CHF",
        "shop-",
        "auto",
        "b",
    )


@pytest.mark.parametrize("variable", ["DDBMODEL_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB"])
async def test_it_connects(variable: str, dynamodb: LocalDynamoDB, monkeypatch: pytest.MonkeyPatch) -> None:
    """From variables alone there is a mapper that works, with the prefix, on either endpoint variable."""
    for name, value in {
        variable: dynamodb.endpoint_url,
        "AWS_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "DDBMODEL_TABLE_PREFIX": "test-",
        "DDBMODEL_READ_TIMEOUT_SECONDS": "60",
    }.items():
        monkeypatch.setenv(name, value)
    async with MapperSettings().connect() as mapper:
        await mapper.create_table(Note)
        await mapper.create(Note(note_id="n1"))
        assert mapper.table_name(Note) == "test-notes"
        assert await mapper.get(Note, "n1") == Note(note_id="n1")
