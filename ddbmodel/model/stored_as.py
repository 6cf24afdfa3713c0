"""What `stored_as=` takes: other ways to store a field than its type's usual one."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from ddbmodel.codec.base import Codec
from ddbmodel.codec.compressed import CompressedCodec
from ddbmodel.codec.compression import COMPRESSIONS, LibraryMissing
from ddbmodel.codec.containers import SetCodec
from ddbmodel.codec.packing import DEFAULT_MAX_BYTES, DEFAULT_MIN_BYTES, LARGEST_MAX_BYTES, Packing
from ddbmodel.codec.scalars import ChoiceCodec, ScalarCodec
from ddbmodel.errors import ModelDefinitionError

_PACKED: Final = frozenset(("S", "B", "M", "L"))
_DOCUMENTS: Final = frozenset(("M", "L"))
_SETS: Final = frozenset(("SS", "NS", "BS"))
_SHORT: Final = (date, time, datetime, UUID)


class StoredAs:
    """Another way to store a field than its type's usual one; for `stored_as=`."""

    __slots__ = ()

    def check(self) -> None:
        """Refuse options that cannot be.

        Raises:
            ModelDefinitionError: what is wrong, with the remedy.
        """


@dataclass(frozen=True, slots=True)
class _Null(StoredAs):
    """None as NULL."""


@dataclass(frozen=True, slots=True)
class Epoch(StoredAs):
    """A datetime as a whole number of units since 1970-01-01 UTC."""

    unit: timedelta


Null: Final = _Null()
"""Store None as NULL instead of leaving the attribute out."""
EpochSeconds: Final = Epoch(timedelta(seconds=1))
"""Store a datetime as whole seconds since 1970-01-01 UTC; a finer one is refused."""
EpochMilliseconds: Final = Epoch(timedelta(milliseconds=1))
"""Store a datetime as whole milliseconds since 1970-01-01 UTC; a finer one is refused."""
EpochMicroseconds: Final = Epoch(timedelta(microseconds=1))
"""Store a datetime as microseconds since 1970-01-01 UTC."""


@dataclass(frozen=True, slots=True)
class Compressed(StoredAs):
    """Store text, bytes, or a document (part, list, map, union, Any) compressed.

    A value that gains nothing is stored as without this; what was stored so before reads as well, and so does
    what was compressed in another way, so all of these options may change later. DynamoDB cannot look into a
    compressed field: it is no key, and in expressions it can only be set, removed and asked for by `exists`.

    Args:
        codec: "zlib", or "zstd", which is faster and smaller and needs `pip install "ddbmodel[zstd]"` before
            Python 3.14.
        level: how much to try, 1 to 9 for zlib (6 if not given), 1 to 22 for zstd (3 if not given).
        min_bytes: values smaller than this, as DynamoDB meters them, are not compressed.
        max_bytes: the most that a value may hold uncompressed. More is a `CodecError`, in writing and in
            reading, so that a small attribute cannot fill the memory.
    """

    codec: Literal["zlib", "zstd"] = "zlib"
    _: KW_ONLY
    level: int | None = None
    min_bytes: int = DEFAULT_MIN_BYTES
    max_bytes: int = DEFAULT_MAX_BYTES

    def check(self) -> None:
        if self.codec not in list(COMPRESSIONS):
            raise ModelDefinitionError(f"Compressed() takes one of {', '.join(COMPRESSIONS)}")
        way = COMPRESSIONS[self.codec]
        levels = way.levels
        if self.level is not None and not (_is_whole(self.level) and self.level in levels):
            raise ModelDefinitionError(f"level= of {self.codec} is {levels[0]} to {levels[-1]}")
        if not _is_whole(self.max_bytes) or not 1 <= self.max_bytes <= LARGEST_MAX_BYTES:
            raise ModelDefinitionError(f"max_bytes= is a number of bytes, 1 to {LARGEST_MAX_BYTES:,}")
        if not _is_whole(self.min_bytes) or not 0 <= self.min_bytes <= self.max_bytes:
            raise ModelDefinitionError("min_bytes= is a number of bytes, 0 to max_bytes")
        try:
            way.check_library()
        except LibraryMissing as error:
            raise ModelDefinitionError(error.reason) from error

    def around(self, codec: Codec) -> Codec:
        """Give the codec that stores compressed what another one stores.

        Raises:
            ModelDefinitionError: its values cannot be compressed, or cannot gain from it.
        """
        _check_compressible(codec)
        way = COMPRESSIONS[self.codec]
        level = way.level if self.level is None else self.level
        return CompressedCodec(codec, Packing(way, level, self.min_bytes, self.max_bytes))


def _check_compressible(codec: Codec) -> None:
    """Refuse what is not stored as S, B, M or L, or is short in any case.

    A type without known stored types is `Any` or its like. A union that has a document may have scalars too.
    """
    types, core = codec.types - {"NULL"}, codec.core
    is_short = isinstance(core, ChoiceCodec) or (isinstance(core, ScalarCodec) and core.python in _SHORT)
    is_packed = types <= _PACKED or bool(types & _DOCUMENTS)
    is_none = bool(codec.types) and not types
    is_set = isinstance(core, SetCodec) or bool(types & _SETS)
    if is_short or is_none or is_set or not is_packed:
        stored = "/".join(sorted(types)) or "NULL"
        raise ModelDefinitionError(
            f"stored_as=Compressed() is for text, bytes and documents; a {core.name} is stored as {stored}: "
            "leave it out"
        )


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
