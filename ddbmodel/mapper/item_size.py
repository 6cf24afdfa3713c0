"""What an item will weigh and cost, before it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ddbmodel import limits
from ddbmodel.codec.compressed import uncompressed_sizes_bytes
from ddbmodel.codec.parts import PartCodec
from ddbmodel.codec.sizes import item_size_bytes, value_size_bytes
from ddbmodel.codec.values import Item


@dataclass(frozen=True, slots=True)
class ItemSize:
    """What an item weighs, as DynamoDB meters it, and what a request for it alone costs in its table.

    A write that replaces or deletes a larger item costs as much as that one. Indexes cost as much again for
    what they hold of it. Numbers are an upper estimate, as the service documents it: a byte for two digits,
    and one more.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html

    Attributes:
        bytes: names and values together; an item has 409,600 (400 KB) at most.
        attributes: the bytes of each stored attribute, its name included, the largest first.
        saved: how many bytes less each attribute has for being stored compressed; none where none is.
        write_units: of a write, 1 for each KB that is begun.
        transaction_write_units: of a write in a transaction, twice as many.
        read_units: of a consistent read, 1 for each 4 KB that are begun.
        eventual_read_units: of any other read, half as many.
    """

    bytes: int
    attributes: Mapping[str, int] = field(hash=False)
    saved: Mapping[str, int] = field(default_factory=dict[str, int], hash=False)
    write_units: int = field(init=False)
    transaction_write_units: int = field(init=False)
    read_units: int = field(init=False)
    eventual_read_units: float = field(init=False)

    def __post_init__(self) -> None:
        writes = _units(self.bytes, limits.WRITE_UNIT_BYTES)
        reads = _units(self.bytes, limits.READ_UNIT_BYTES)
        object.__setattr__(self, "write_units", writes)
        object.__setattr__(self, "transaction_write_units", 2 * writes)
        object.__setattr__(self, "read_units", reads)
        object.__setattr__(self, "eventual_read_units", reads / 2)


def size_of_item(item: Item, part: PartCodec | None = None) -> ItemSize:
    """Give the size of an item in its stored form.

    Args:
        item: the item.
        part: the codec of its model, which tells what is compressed.
    """
    weights = {name: item_size_bytes({name: stored}) for name, stored in item.items()}
    largest_first = sorted(weights.items(), key=lambda entry: entry[1], reverse=True)
    uncompressed = {} if part is None else uncompressed_sizes_bytes(item, part)
    saved = {name: size - value_size_bytes(item[name]) for name, size in uncompressed.items()}
    return ItemSize(sum(weights.values()), dict(largest_first), saved)


def _units(size_bytes: int, unit_bytes: int) -> int:
    return max(1, -(-size_bytes // unit_bytes))
