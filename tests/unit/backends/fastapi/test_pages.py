"""Pages: walking both ways, bounds, tokens, links, and what OpenAPI tells."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import AsyncClient

from ddbmodel import Mapper
from ddbmodel.backends.fastapi import page_parameters
from tests.unit.backends.fastapi.notes import TABLE, Note, app, client_of


@pytest.fixture
async def client(mapper: Mapper) -> AsyncIterator[AsyncClient]:
    await mapper.create_table(TABLE)
    for number in range(5):
        await mapper.create(Note(owner="ada", number=number, text="hello"))
    async with client_of(mapper) as client:
        yield client


def numbers(page: dict[str, Any]) -> list[int]:
    return [item["number"] for item in page["items"]]


async def test_pages_lead_forward_and_back(client: AsyncClient) -> None:
    """The tokens of a page lead to the next and previous one, and there are none at the ends."""
    first = (await client.get("/ada/notes", params={"size": 2})).json()
    second = (await client.get("/ada/notes", params={"size": 2, "after": first["next"]})).json()
    third = (await client.get("/ada/notes", params={"size": 2, "after": second["next"]})).json()
    back = (await client.get("/ada/notes", params={"size": 2, "before": second["previous"]})).json()
    assert [numbers(page) for page in (first, second, third, back)] == [[0, 1], [2, 3], [4], [0, 1]]
    assert (first["previous"], third["next"], back["previous"]) == (None, None, None)


async def test_links_lead_where_tokens_do(client: AsyncClient) -> None:
    """The header Link names the pages around, keeps other parameters, and can be followed."""
    reply = await client.get("/ada/notes", params={"size": 2, "kind": "a&b"})
    assert set(reply.links) == {"next"}
    reply = await client.get(reply.url.join(reply.links["next"]["url"]))
    assert numbers(reply.json()) == [2, 3]
    assert set(reply.links) == {"next", "prev"}
    reply = await client.get(reply.url.join(reply.links["prev"]["url"]))
    assert numbers(reply.json()) == [0, 1]
    assert reply.url.params["kind"] == "a&b"
    assert "after" not in reply.url.params


async def test_keys_do_not_leak(client: AsyncClient) -> None:
    """An item of a page has the fields of the model and nothing else, and so has its schema."""
    item = (await client.get("/ada/notes")).json()["items"][0]
    fields = {"owner", "number", "text", "slug", "revision"}
    assert set(item) == fields
    schemas = app.openapi()["components"]["schemas"]
    assert set(schemas["Note"]["properties"]) == fields
    assert schemas["PageOf_Note_"]["properties"]["items"]["items"] == {"$ref": "#/components/schemas/Note"}
    assert schemas["PageOf_Note_"]["required"] == ["items", "next", "previous"]


@pytest.mark.parametrize("size", ["0", "-1", "201", "many"])
async def test_sizes_have_bounds(client: AsyncClient, size: str) -> None:
    """A size beyond the bounds is a 422 that names the parameter."""
    reply = await client.get("/ada/notes", params={"size": size})
    assert (reply.status_code, reply.json()["errors"][0]["loc"]) == (422, ["query", "size"])


async def test_one_direction_at_a_time(client: AsyncClient) -> None:
    """Both tokens at once are a 422."""
    reply = await client.get("/ada/notes", params={"after": "a", "before": "b"})
    assert (reply.status_code, reply.json()["errors"][0]["loc"]) == (422, ["query", "before"])


@pytest.mark.parametrize("direction", ["after", "before"])
async def test_foreign_tokens_are_refused(client: AsyncClient, direction: str) -> None:
    """A token that is damaged, or of another owner's page, is a 400."""
    first = (await client.get("/ada/notes", params={"size": 2})).json()
    for owner, token in [("ada", "nonsense"), ("eve", first["next"])]:
        reply = await client.get(f"/{owner}/notes", params={direction: token})
        assert (reply.status_code, reply.json()["type"]) == (400, "urn:ddbmodel:problem:invalid-cursor")


@pytest.mark.parametrize("bounds", [{"default_size": 0}, {"default_size": 300}, {"max_size": 10}])
def test_bounds_must_agree(bounds: dict[str, int]) -> None:
    """Bounds that contradict each other are refused when the dependency is made."""
    with pytest.raises(ValueError, match="default_size"):
        page_parameters(**bounds)
