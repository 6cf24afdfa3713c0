"""Shards: one logical partition key written as several keys, so that no one of them is hot.

A sharded key ends with the separator and the shard's number. An item's shard follows from what identifies
the item, so every write and read of the item goes to the same one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

from ddbmodel.codec.values import AttributeValue
from ddbmodel.errors import ModelDefinitionError

# The first digest bytes, as a whole number, decide on the shard: many more than a modulus needs to be even.
_DIGEST_BYTES: Final = 8

SHARDS_MAX: Final = 200
"""Arbitrary: a query of a sharded key sends a request for each shard, and holds a page of each."""

SHARD_DIGITS: Final = 3
"""The same for every number of shards, so that with a higher one old keys are still found."""


def check_shards(shards: object) -> None:
    """Refuse what is no number of shards.

    Raises:
        ModelDefinitionError: not a whole number from 1 to the maximum.
    """
    if isinstance(shards, bool) or not isinstance(shards, int) or not 1 <= shards <= SHARDS_MAX:
        raise ModelDefinitionError(f"shards= takes a whole number from 1 to {SHARDS_MAX}")


def shard_of(identity: Iterable[AttributeValue], shards: int) -> int:
    """Give the number of the shard, from 0, of what has this identity.

    It is the first 8 bytes of the SHA-256 of the values joined by `#`, as a big-endian number, modulo the
    number of shards.
    """
    joined = b"#".join(map(_bytes, identity))
    head = hashlib.sha256(joined, usedforsecurity=False).digest()[:_DIGEST_BYTES]
    return int.from_bytes(head, "big") % shards


def shard_text(shard: int) -> str:
    """Give a shard's number as it ends a key."""
    return f"{shard:0{SHARD_DIGITS}d}"


def _bytes(stored: AttributeValue) -> bytes:
    ((kind, value),) = stored.items()
    return bytes(value) if kind == "B" else str(value).encode()
