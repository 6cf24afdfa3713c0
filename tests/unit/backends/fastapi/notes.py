"""An application over one table of notes, whose keys are templates."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Response
from httpx import ASGITransport, AsyncClient

from ddbmodel import Attr, Key, Mapper, Model, Table, field, version
from ddbmodel.backends.fastapi import (
    IfMatch,
    IfNoneMatch,
    MapperDependency,
    PageOf,
    PageParameters,
    RequiredIfMatch,
    current_mapper,
    etag_of,
    install_problem_details,
    problem_responses,
)

TABLE = Table("notebook", partition_key="pk", sort_key="sk")


class Note(Model, table=TABLE, entity="note"):
    owner: Attr[str]
    number: Attr[int]
    text: Attr[str] = field(max_length=100)
    slug: Attr[str | None] = field(default=None, unique=True)
    revision: Attr[int] = version()
    primary = Key(partition="OWNER#{owner}", sort="NOTE#{number:06d}")


app = FastAPI()
install_problem_details(app)


@app.get("/{owner}/notes", responses=problem_responses(400))
async def page(owner: str, mapper: MapperDependency, page: PageParameters) -> PageOf[Note]:
    return await page.of(mapper.query(Note).where(Note.owner == owner), scope=owner)


@app.post("/notes", status_code=201, responses=problem_responses(409))
async def create(note: Note, mapper: MapperDependency) -> Note:
    await mapper.create(note)
    return note


@app.get("/{owner}/notes/{number}", response_model=Note)
async def read(
    owner: str, number: int, mapper: MapperDependency, known: IfNoneMatch, response: Response
) -> Note | Response:
    note = await mapper.require(Note, owner=owner, number=number)
    response.headers["ETag"] = etag_of(note)
    return known.unchanged(note) or note


@app.put("/{owner}/notes/{number}/text")
async def rewrite(
    owner: str, number: int, text: str, mapper: MapperDependency, match: RequiredIfMatch
) -> Note:
    note = await mapper.require(Note, owner=owner, number=number)
    match.check(note)
    note.text = text
    await mapper.save(note)
    return note


@app.put("/{owner}/notes/{number}/stale")
async def rewrite_stale(owner: str, number: int, mapper: MapperDependency, match: IfMatch) -> Note:
    """Another writer comes between the check and the write."""
    note = await mapper.require(Note, owner=owner, number=number)
    match.check(note)
    other = await mapper.require(Note, owner=owner, number=number)
    other.text = "theirs"
    await mapper.save(other)
    note.text = "mine"
    await mapper.save(note)
    return note


@asynccontextmanager
async def client_of(mapper: Mapper, application: FastAPI = app) -> AsyncIterator[AsyncClient]:
    """A client of the application on a mapper, without a server."""
    application.dependency_overrides[current_mapper] = lambda: mapper
    transport = ASGITransport(application, raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url="http://notes") as client:
        yield client
