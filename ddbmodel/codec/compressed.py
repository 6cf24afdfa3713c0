"""Compressed fields: another codec's stored form, made smaller where that gains something."""

from __future__ import annotations

from typing import Any

from ddbmodel.codec.base import Codec
from ddbmodel.codec.packing import Packing, uncompressed_size_bytes, unpack
from ddbmodel.codec.parts import PartCodec
from ddbmodel.codec.unions import UnionCodec
from ddbmodel.codec.values import AttributeValue, Item
from ddbmodel.codec.wrappers import WrapperCodec
from ddbmodel.errors import CodecError


class CompressedCodec(WrapperCodec):
    """Text, bytes and documents as `packing` stores them; what is not compressed reads as ever.

    Args:
        inner: how the value is stored before.
        packing: how that is compressed.
    """

    opaque = True

    def __init__(self, inner: Codec, packing: Packing) -> None:
        super().__init__(inner)
        self.needs_record = inner.needs_record
        self._packing = packing

    @property
    def types(self) -> frozenset[str]:
        inner = self.inner.types
        # A union stores as a map what it could not tell apart otherwise.
        marked = {"M"} if isinstance(self.inner.core, UnionCodec) else set[str]()
        return inner | {"B"} | marked if inner else inner

    @property
    def possible_types(self) -> frozenset[str]:
        inner = self.inner.possible_types
        return inner | {"B"} if inner else inner

    @property
    def core(self) -> Codec:
        return self

    @property
    def element(self) -> Codec | None:
        return None

    def element_at(self, index: int) -> Codec | None:
        return None

    @property
    def entry(self) -> Codec | None:
        return None

    def encode(self, value: Any) -> AttributeValue:
        return self._packing.pack(self.inner.encode(value))

    def encode_of(self, record: Any, value: Any) -> AttributeValue:
        return self._packing.pack(self.inner.encode_of(record, value))

    def decode(self, stored: AttributeValue) -> Any:
        data = stored.get("B")
        if data is None:
            return self.inner.decode(stored)
        plain = unpack(data, self._packing.max_bytes)
        if plain is None:
            types = self.inner.possible_types
            if types and "B" not in types:
                raise CodecError(f"bytes without the header of compressed values are no {self.name}")
            plain = stored
        return self.inner.decode(plain)


def uncompressed_sizes_bytes(item: Item, part: PartCodec) -> dict[str, int]:
    """Give what each compressed attribute of an item would weigh uncompressed, by stored name.

    The attribute's name, which DynamoDB meters too, is not counted. Attributes that may be compressed but are
    stored as they are, and compressed fields inside of other attributes, are not among them.

    Raises:
        CodecError: a header is damaged or of an unknown version.
    """
    sizes: dict[str, int] = {}
    for name, field in part.by_stored_name.items():
        if field.codec.opaque and name in item:
            size = uncompressed_size_bytes(item[name])
            if size is not None:
                sizes[name] = size
    return sizes
