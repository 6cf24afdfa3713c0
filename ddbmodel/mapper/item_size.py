"""What an item will weigh and cost, before it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ddbmodel import limits
from ddbmodel.codec.sizes import item_size_bytes
from ddbmodel.codec.values import Item


@dataclass(frozen=True, slots=True)
class ItemSize:
    """What an item weighs, as DynamoDB meters it, and what a request for it alone costs in its table.

    An index that holds the item costs as much again for what it holds of it. The size of a number is an upper
    estimate, as the service documents it: a byte for two digits, and one more.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html

    Attributes:
        bytes: names and values together; an item has 409,600 (400 KB) at most.
        attributes: the bytes of each stored attribute, its name included, the largest first.
    """

    bytes: int
    attributes: Mapping[str, int] = field(hash=False)

    @property
    def write_units(self) -> int:
        """Write units of a put: 1 for each KB that is begun. Replacing or deleting a larger item costs its size."""
        return _units(self.bytes, limits.WRITE_UNIT_BYTES)

    @property
    def transaction_write_units(self) -> int:
        """Write units of a put in a transaction: twice as many."""
        return 2 * self.write_units

    @property
    def read_units(self) -> int:
        """Read units of a consistent read: 1 for each 4 KB that are begun."""
        return _units(self.bytes, limits.READ_UNIT_BYTES)

    @property
    def eventual_read_units(self) -> float:
        """Read units of any other read: half as many."""
        return self.read_units / 2


def size_of_item(item: Item) -> ItemSize:
    """Give the size of an item in its stored form."""
    weights = {name: item_size_bytes({name: stored}) for name, stored in item.items()}
    largest_first = sorted(weights.items(), key=lambda entry: entry[1], reverse=True)
    return ItemSize(sum(weights.values()), MappingProxyType(dict(largest_first)))


def _units(size_bytes: int, unit_bytes: int) -> int:
    return max(1, -(-size_bytes // unit_bytes))
