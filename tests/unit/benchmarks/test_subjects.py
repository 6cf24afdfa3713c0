"""What the benchmarks measure does what it says; of the subjects that are in the environment of the tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import create_model

from tests.benchmarks.floor_codec import decoder, encoder
from tests.benchmarks.servers import Server, null_server
from tests.benchmarks.shapes import SHAPES, Shape
from tests.benchmarks.subjects import OPERATIONS, SUBJECTS, Endpoint, load
from tests.benchmarks.worker import measure

GIVEN = {"get": 1, "put": 0, "update": 1, "query": 100, "batch_get": 100, "batch_write": 0, "transact": 0}
HERE = ["floor", "ddbmodel-client", "aioboto3"]


@pytest.fixture(scope="module", params=[False, True], ids=["plain", "tls"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with null_server(tls=request.param) as server:
        yield server


@pytest.fixture
def endpoint(server: Server, monkeypatch: pytest.MonkeyPatch) -> Endpoint:
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    return Endpoint(server.url, server.environment.get("AWS_CA_BUNDLE"), 4)


# aiohttp warns of bodies over 1 MB, which the batches of texts are.
@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")
@pytest.mark.parametrize("subject", HERE)
@pytest.mark.parametrize("shape", SHAPES)
async def test_every_operation_gives_what_it_should(endpoint: Endpoint, subject: str, shape: str) -> None:
    """Each subject gives models of every shape, as many as were asked for."""
    async with load(subject)(SHAPES[shape], endpoint) as calls:
        for operation in OPERATIONS:
            result: Any = await calls[operation](1)
            models = [] if result is None else result if isinstance(result, list) else [result]
            assert len(models) == GIVEN[operation]
            for model in models:
                assert (model.qty, model.note) == (3, "leave at the door")
                assert {**model.model_dump(), "pk": "", "sk": ""} == {
                    **SHAPES[shape].fields(0),
                    "pk": "",
                    "sk": "",
                }


async def test_an_operation_is_measured(endpoint: Endpoint) -> None:
    """The measure is CPU of one operation, and it took some."""
    async with load("floor")(SHAPES["small"], endpoint) as calls:
        found = await measure(calls["get"], 2, 0.01)
    assert found["count"] >= 2
    assert 0 < found["cpu"] < 1


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_the_floor_writes_and_reads_every_shape(shape: Shape) -> None:
    """Written out by hand, it gives the same items as the shapes' own definition."""
    fields: dict[str, Any] = {name: (kind, ...) for name, kind in shape.types.items()}
    model = create_model("Record", **fields)
    record = model(**shape.fields(0))
    item = encoder(shape.types)(record)
    assert {**item, "tags": None} == {**shape.stored(), "tags": None}
    assert model(**decoder(shape.types)(item)) == record


def test_the_floor_shares_nothing_with_ddbmodel() -> None:
    """What is compared with cannot be a part of what is compared."""
    folder = Path(__file__).parents[2] / "benchmarks"
    for path in folder.glob("floor*.py"):
        assert "import ddbmodel" not in path.read_text()
        assert "from ddbmodel" not in path.read_text()


def test_every_subject_has_a_module() -> None:
    """The table of subjects names files that are there."""
    root = Path(__file__).parents[3]
    for place in SUBJECTS.values():
        assert (root / (place.partition(":")[0].replace(".", "/") + ".py")).exists()
