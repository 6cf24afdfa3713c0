"""The data that the example is tested with: real days where the data set is, generated ones everywhere.

The data set is looked for in `../shared/data` beside the repository, or where DDBMODEL_DATA says.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ddbmodel.testing import LocalDynamoDB
from examples.ecommerce.containers import csv_files
from examples.ecommerce.days import Days
from examples.ecommerce.generate import write_days
from tests.examples.shown import Shown, run_all

REPOSITORY = Path(__file__).parents[2]


def real_data() -> Path | None:
    """The data set, if this machine has it."""
    folder = Path(os.environ.get("DDBMODEL_DATA") or REPOSITORY.parent / "shared" / "data")
    return next(iter(sorted(folder.glob("**/*online-retail*.tar.gz"))), None)


SOURCES = ["generated"] if real_data() is None else ["generated", "real"]


@pytest.fixture(scope="session")
def generated_days(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three days of the generated shop, one CSV file each."""
    return write_days(tmp_path_factory.mktemp("generated"), seed=7, days=3)


@pytest.fixture(scope="session", params=SOURCES)
def shop_days(
    request: pytest.FixtureRequest, generated_days: list[Path], tmp_path_factory: pytest.TempPathFactory
) -> tuple[list[Path], Days]:
    """CSV files and which of their days to take: generated ones, and real ones where there are any."""
    data = real_data()
    if request.param == "generated" or data is None:
        return generated_days, Days(first=3)
    return csv_files(data, tmp_path_factory.mktemp("real")), Days(first=3)


@pytest.fixture(scope="package")
def shown(shop_days: tuple[list[Path], Days]) -> Iterator[Shown]:
    """All patterns, run once after another on one engine that is filled with a day."""
    files, _ = shop_days
    with LocalDynamoDB() as dynamodb:
        yield asyncio.run(run_all(dynamodb, files, Days(first=1)))
