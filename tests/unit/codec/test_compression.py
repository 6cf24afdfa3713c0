"""The ways to compress: what goes in comes out, within bounds, and a missing library says how to get it."""

from __future__ import annotations

import sys
import tracemalloc
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddbmodel import CodecError
from ddbmodel.codec import compression
from ddbmodel.codec.compression import BY_NUMBER, COMPRESSIONS, STORED, Compression, LibraryMissing

WAYS = [*COMPRESSIONS.values()]
MB = 1024 * 1024

every_way = pytest.mark.parametrize("way", WAYS, ids=list(COMPRESSIONS))


def test_the_numbers_of_the_ways_are_for_ever() -> None:
    """They stand in stored values."""
    numbers = {name: way.number for name, way in COMPRESSIONS.items()}
    assert (STORED.number, numbers) == (0, {"zlib": 1, "zstd": 2})
    assert {number: BY_NUMBER[number] for number in (1, 2)} == {way.number: way for way in WAYS}


@every_way
@given(content=st.binary(max_size=2000), data=st.data())
def test_what_was_compressed_comes_back(way: Compression, content: bytes, data: Any) -> None:
    """At every level, and with exactly as much room as is needed."""
    level = data.draw(st.sampled_from(way.levels))
    assert way.decompress(way.compress(content, level), len(content)) == content


@every_way
@pytest.mark.parametrize("size", [0, 1, 1023, 1024, 1025, 65_535, 65_536, 65_537, MB - 1, MB])
def test_a_bound_of_the_exact_size_is_enough(way: Compression, size: int) -> None:
    """At the strongest level too, which refers back the furthest."""
    content = (b"0123456789abcdef" * (size // 16 + 1))[:size]
    assert way.decompress(way.compress(content, way.levels[-1]), size) == content


@pytest.mark.parametrize("way", [STORED, *WAYS], ids=["stored", *COMPRESSIONS])
def test_one_byte_too_many_is_refused(way: Compression) -> None:
    """The bound is the number of bytes that may come out."""
    data = way.compress(b"x" * 1001, way.level)
    with pytest.raises(CodecError, match="more than max_bytes=1,000"):
        way.decompress(data, 1000)


@every_way
def test_a_bomb_takes_no_memory(way: Compression) -> None:
    """Of 64 MB that are packed into little, not much more than the bound is ever made."""
    bomb = way.compress(bytes(64 * MB), way.level)
    tracemalloc.start()
    try:
        with pytest.raises(CodecError, match="max_bytes"):
            way.decompress(bomb, MB)
        assert tracemalloc.get_traced_memory()[1] < 4 * MB
    finally:
        tracemalloc.stop()


def test_a_frame_that_asks_for_much_memory_is_refused() -> None:
    """A zstd frame of a few bytes may ask for a window of 128 MB."""
    zstd = compression._zstd()
    wanted = {
        zstd.CompressionParameter.window_log: 27,
        zstd.CompressionParameter.content_size_flag: 0,
    }
    stream = zstd.ZstdCompressor(options=wanted)
    frame = stream.compress(b"x" * 1000) + stream.flush()
    assert zstd.decompress(frame) == b"x" * 1000
    with pytest.raises(CodecError, match="max_bytes"):
        COMPRESSIONS["zstd"].decompress(frame, MB)


@every_way
@pytest.mark.parametrize("damage", ["cut", "cut to nothing", "more", "other"])
def test_damage_is_refused(way: Compression, damage: str) -> None:
    """What is cut off, continued, or of another format does not decompress."""
    data = way.compress(b"hello " * 100, way.level)
    damaged = {"cut": data[:-1], "cut to nothing": b"", "more": data + b"x", "other": b"hello"}[damage]
    with pytest.raises(CodecError, match="damaged"):
        way.decompress(damaged, MB)


def test_zlib_is_the_format_of_that_name() -> None:
    """Any other program can decompress it."""
    assert zlib.decompress(COMPRESSIONS["zlib"].compress(b"hello", 6)) == b"hello"


@pytest.fixture
def no_zstd(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A Python without a library for zstd."""
    for package in ("backports", "compression"):
        if package in sys.modules:
            monkeypatch.delattr(f"{package}.zstd", raising=False)
        monkeypatch.setitem(sys.modules, f"{package}.zstd", None)
    compression._zstd.cache_clear()
    yield
    compression._zstd.cache_clear()


@pytest.mark.usefixtures("no_zstd")
def test_a_missing_library_says_how_to_get_it() -> None:
    """In reading, in writing, and where it is asked for beforehand."""
    way = COMPRESSIONS["zstd"]
    uses = [way.check_library, lambda: way.compress(b"", 3), lambda: way.decompress(b"", 1)]
    for use in uses:
        with pytest.raises(LibraryMissing, match=r'pip install "ddbmodel\[zstd\]"'):
            use()
    COMPRESSIONS["zlib"].check_library()
