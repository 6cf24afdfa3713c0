"""If-Match and If-None-Match against versions, before and at the write."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from httpx import AsyncClient

from ddbmodel import Attr, Mapper, Model, partition_key
from ddbmodel.backends.fastapi import etag_of
from tests.unit.backends.fastapi.notes import TABLE, Note, client_of

URL = "/ada/notes/1"


@pytest.fixture
async def client(mapper: Mapper) -> AsyncIterator[AsyncClient]:
    await mapper.create_table(TABLE)
    await mapper.create(Note(owner="ada", number=1, text="hello"))
    async with client_of(mapper) as client:
        yield client


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ('"1"', 200),
        ("*", 200),
        ('"7", "1"', 200),
        ('"a,b" , ,"1"', 200),
        ('"2"', 412),
        ('W/"1"', 412),
        ("1", 400),
        ('"1', 400),
        ('"1" "2"', 400),
        ('"1", *', 400),
        ('w/"1"', 400),
        ("", 400),
        (",", 400),
        (None, 428),
    ],
)
async def test_if_match(mapper: Mapper, client: AsyncClient, header: str | None, status: int) -> None:
    """Only a strong tag of the stored version, or *, lets the write through."""
    headers = {} if header is None else {"If-Match": header}
    reply = await client.put(f"{URL}/text", params={"text": "new"}, headers=headers)
    assert reply.status_code == status
    stored = await mapper.require(Note, owner="ada", number=1)
    assert stored.text == ("new" if status == 200 else "hello")


async def test_several_lines_are_one_list(client: AsyncClient) -> None:
    """A header that comes twice is one list."""
    lines = [("If-Match", '"7"'), ("If-Match", '"1"')]
    assert (await client.put(f"{URL}/text", params={"text": "new"}, headers=lines)).status_code == 200


@pytest.mark.parametrize(("headers", "status"), [({"If-Match": '"1"'}, 412), ({}, 409)])
async def test_a_writer_in_between(
    mapper: Mapper, client: AsyncClient, headers: dict[str, str], status: int
) -> None:
    """A write between check and save is found, and is 412 for who named a state, else 409."""
    reply = await client.put(f"{URL}/stale", headers=headers)
    assert (reply.status_code, reply.json()["type"]) == (status, "urn:ddbmodel:problem:version-conflict")
    assert (await mapper.require(Note, owner="ada", number=1)).text == "theirs"


@pytest.mark.parametrize(
    ("header", "status"), [('"1"', 304), ('W/"1"', 304), ("*", 304), ('"2"', 200), (None, 200), ("1", 400)]
)
async def test_if_none_match(client: AsyncClient, header: str | None, status: int) -> None:
    """Who has the stored version already gets 304 without a body, and its tag."""
    reply = await client.get(URL, headers={} if header is None else {"If-None-Match": header})
    assert reply.status_code == status
    assert status == 400 or reply.headers["etag"] == '"1"'
    assert bool(reply.content) is (status != 304)


def test_without_a_version_there_is_no_tag() -> None:
    """A model without a version is refused, with what to do."""

    class Plain(Model, table="plain"):
        name: Attr[str] = partition_key()

    with pytest.raises(TypeError, match=r"give it a field with version\(\)"):
        etag_of(Plain(name="a"))
