"""An object as a file: any seek and read gives what a file would, in bounded ranges, and damage shows."""

from __future__ import annotations

import hashlib
import io
import random
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddbmodel import SourceError
from ddbmodel.ingest.s3_objects import S3Objects, S3Path, S3Stream
from ddbmodel.transport.object_store import FoundObject

CONTENT = random.Random(5).randbytes(21 * 1024 * 1024)
MD5 = hashlib.md5(CONTENT).hexdigest()


class InMemory:
    """Gives ranges of some content, and keeps which."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.ranges: list[tuple[int, int]] = []

    def read(self, found: FoundObject, start: int, length: int) -> bytes:
        self.ranges.append((start, length))
        return self.content[start : start + length]


def stream_of(content: bytes = CONTENT, md5: str | None = MD5) -> tuple[io.BufferedReader, InMemory]:
    objects = InMemory(content)
    found = FoundObject("bucket", "a/key", '"etag"', len(content), md5)
    return io.BufferedReader(S3Stream(cast("S3Objects", objects), found)), objects


def test_what_is_read_on_is_asked_for_in_growing_ranges() -> None:
    """Once each, in order, of 256 KiB at first and 8 MiB at most."""
    stream, objects = stream_of()
    read = bytearray()
    while part := stream.read(100_000):
        read += part
    assert read == CONTENT
    assert objects.ranges[0] == (0, 256 * 1024)
    assert max(length for _, length in objects.ranges) == 8 * 1024 * 1024
    assert [start for start, _ in objects.ranges[1:]] == [start + size for start, size in objects.ranges[:-1]]


@given(st.data())
def test_an_object_is_read_anywhere_as_a_file_is(data: Any) -> None:
    """Seeks from every origin, beyond the end too, and reads of every length; no range is beyond the end."""
    stream, objects = stream_of()
    file = io.BytesIO(CONTENT)
    for _ in range(data.draw(st.integers(1, 8))):
        whence = data.draw(st.sampled_from([io.SEEK_SET, io.SEEK_END]))
        offset = data.draw(st.integers(0, len(CONTENT) + 9))
        offset = -min(offset, len(CONTENT)) if whence == io.SEEK_END else offset
        assert stream.seek(offset, whence) == file.seek(offset, whence)
        count = data.draw(st.integers(0, 9 * 1024 * 1024))
        assert stream.read(count) == file.read(count)
        assert stream.tell() == file.tell()
    assert all(size > 0 and start + size <= len(CONTENT) for start, size in objects.ranges)
    assert all(size <= 8 * 1024 * 1024 for _, size in objects.ranges)


@pytest.mark.parametrize("size", [0, 1, 256 * 1024, 256 * 1024 + 1, 3 * 1024 * 1024])
def test_damage_shows_before_the_last_block_is_given(size: int) -> None:
    """Of what has one block, nothing is given; where no MD5 is known, nothing can be compared."""
    content, given_out = CONTENT[:size], bytearray()
    with pytest.raises(SourceError, match=r"^s3://bucket/a/key: damaged: its checksum is not"):
        stream, _ = stream_of(content)
        while part := stream.read(1000):
            given_out += part
    assert len(given_out) < max(1, size)
    assert size > 256 * 1024 or not given_out
    assert stream_of(content, None)[0].read() == content
    assert stream_of(content, hashlib.md5(content).hexdigest())[0].read() == content


@pytest.mark.parametrize(
    ("url", "name", "suffix", "folder"),
    [
        ("s3://bucket/a/b.jsonl.gz", "b.jsonl.gz", ".gz", False),
        ("s3://bucket/a/01-ab/", "01-ab", "", True),
        ("s3://bucket/a/01-ab", "01-ab", "", True),
        ("s3://bucket/a.b/", "a.b", ".b", True),
        ("s3://bucket/", "", "", True),
        ("s3://bucket", "", "", True),
    ],
)
def test_a_url_is_taken_apart_as_a_path_is(url: str, name: str, suffix: str, folder: bool) -> None:
    """With its name and suffix; what ends in a slash or has no suffix is a folder."""
    path = S3Path.parse(url)
    assert (path.name, path.suffix, path.is_dir()) == (name, suffix, folder)
    assert str(path).rstrip("/") == url.rstrip("/")
    assert str(path / "x") == f"{url.rstrip('/')}/x"
