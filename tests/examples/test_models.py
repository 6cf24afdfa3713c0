"""The entities: their keys are those of the README, and what is stored has the size that is said."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

from ddbmodel import Key, Model
from ddbmodel.testing import LocalDynamoDB
from examples import ecommerce
from examples.ecommerce.models import (
    ENTITIES,
    LINES_PER_ITEM,
    QUEUE_SHARDS,
    Account,
    Line,
    OrderLines,
    shard_of,
    shop,
)

README = (Path(ecommerce.__file__).parent / "README.md").read_text(encoding="utf-8")


def test_all_entities_are_on_the_one_table() -> None:
    """There is one table with three indexes, and no entity that is not listed."""
    assert set(shop.entities.values()) == set(ENTITIES)
    assert [index.name for index in shop.schema.indexes] == ["gsi1", "gsi2", "gsi3"]


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: entity.__name__)
def test_the_readme_has_the_keys_of_every_entity(entity: type[Model]) -> None:
    """Each key stands in the column of its index, as it is declared; the other columns are empty."""
    (row,) = re.findall(rf"^\| `{entity.__name__}` \|(.*)\|$", README, re.MULTILINE)
    columns = dict(zip(("", "gsi1", "gsi2", "gsi3"), map(str.strip, row.split("|")), strict=True))
    keys = {key.index: key for key in vars(entity).values() if isinstance(key, Key)}
    assert {index for index, text in columns.items() if text} == set(keys)
    for index, key in keys.items():
        templates = [template for template in (key.partition, key.sort) if template is not None]
        assert columns[index].startswith(", ".join(f"`{template}`" for template in templates))


@pytest.mark.parametrize("email", ["Ada@example.com", "ada@Example.com", "ada", "a b@example.com", ""])
def test_an_email_is_written_in_one_way(email: str) -> None:
    """What could be another way to write somebody's address is refused, or one mailbox would have two accounts."""
    with pytest.raises(ValidationError):
        Account(customer_id="1", email=email, name="Ada")


def test_the_shards_share_the_orders() -> None:
    """Numbers in a row fall on all shards, about evenly, and always on the same."""
    shards = [shard_of(str(number)) for number in range(536_365, 537_365)]
    assert set(shards) == set(range(QUEUE_SHARDS))
    assert max(map(shards.count, range(QUEUE_SHARDS))) < 2 * 1000 / QUEUE_SHARDS
    assert shard_of("536365") == 1


async def test_an_item_of_lines_stays_small() -> None:
    """The longest lines that the source may have are far from the 400 KB of an item."""
    line = Line(
        stock_code="x" * 20,
        description="x" * 200,
        quantity=-100_000,
        unit_price=Decimal("-11062.061"),
        invoiced_at=datetime.now(UTC),
    )
    part = OrderLines(invoice_no="C536365", part=1, lines=[line] * LINES_PER_ITEM)
    async with LocalDynamoDB() as dynamodb, dynamodb.connect() as mapper:
        assert mapper.size_of(part).bytes < 100_000
