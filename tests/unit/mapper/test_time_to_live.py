"""`create_table` switches time to live on, whoever else does."""

from __future__ import annotations

from datetime import datetime

import pytest

from ddbmodel import (
    Attr,
    Key,
    Model,
    ModelDefinitionError,
    RequestRefused,
    Table,
    WriteOutcomeUnknown,
    partition_key,
    ttl,
)
from tests.unit.mapper.keeping import opened
from tests.unit.mapper.telling import Answer

CREATED = Answer(
    {
        "TableDescription": {
            "TableName": "sessions",
            "TableStatus": "ACTIVE",
            "KeySchema": [{"AttributeName": "name", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "name", "AttributeType": "S"}],
        }
    }
)
ON = Answer({"TimeToLiveDescription": {"TimeToLiveStatus": "ENABLING", "AttributeName": "expires"}})
OFF = Answer({"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}})
LOST = Answer(error=WriteOutcomeUnknown("lost"))

desk = Table("time-to-live-desk", partition_key="pk")


class Session(Model, table="sessions"):
    name: Attr[str] = partition_key()
    expires: Attr[datetime | None] = ttl(default=None)


class One(Model, table=desk, entity="one"):
    name: Attr[str]
    until: Attr[datetime] = ttl()
    primary = Key(partition="ONE#{name}")


def _refused(code: str) -> Answer:
    return Answer(error=RequestRefused("no", operation="UpdateTimeToLive", code=code))


@pytest.mark.parametrize(
    ("answers", "requests"),
    [
        ([ON], 2),
        ([OFF, Answer()], 3),
        ([OFF, _refused("ValidationException"), ON], 4),
        ([OFF, LOST, ON], 4),
        ([_refused("UnknownOperationException")], 2),
        ([OFF, _refused("UnknownOperationException"), OFF], 4),
    ],
    ids=["on already", "off", "another was faster", "a lost reply", "unknown", "unknown to switch on"],
)
async def test_it_is_on_afterwards_or_there_is_none(answers: list[Answer], requests: int) -> None:
    """An engine that does not know it has the table all the same."""
    mapper, sent = opened(CREATED, *answers)
    assert (await mapper.create_table(Session)).is_active
    assert len(sent.requests) == requests


@pytest.mark.parametrize("answer", [LOST, _refused("ValidationException")], ids=["lost", "refused"])
async def test_what_is_still_off_is_an_error(answer: Answer) -> None:
    """It was looked at again."""
    mapper, _ = opened(CREATED, OFF, answer, OFF)
    with pytest.raises((WriteOutcomeUnknown, RequestRefused)):
        await mapper.create_table(Session)


def test_a_table_has_one_attribute_for_it() -> None:
    """A second model of a table that names another one is refused when it is defined."""
    with pytest.raises(ModelDefinitionError, match=r"One has 'until': use ttl\(attribute='until'\)"):

        class Other(Model, table=desk, entity="other"):
            name: Attr[str]
            expires: Attr[datetime] = ttl()
            primary = Key(partition="OTHER#{name}")


async def test_another_attribute_is_an_error() -> None:
    """Items would never expire by the attribute of the model, so that is said."""
    mapper, sent = opened(CREATED, ON)
    with pytest.raises(ModelDefinitionError, match="'expires', and its models have it by 'until'"):
        await mapper.create_table(One)
    assert len(sent.requests) == 2
