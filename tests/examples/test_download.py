"""Fetching the data set: complete and right, or not at all."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from examples.ecommerce.download import ONLINE_RETAIL, Archive, default_target, download
from examples.ecommerce.lines import DataError

CONTENT = b"not quite half a million lines" * 20_000


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """A file at an address that needs no network."""
    (tmp_path / "served.zip").write_bytes(CONTENT)
    url = (tmp_path / "served.zip").as_uri()
    return Archive(url, len(CONTENT), hashlib.sha256(CONTENT).hexdigest())


def test_a_download_arrives_whole_and_is_counted(archive: Archive, tmp_path: Path) -> None:
    """The file is there under its name, with folders made as needed, and its progress was told."""
    seen: list[int] = []
    target = download(tmp_path / "cache" / "data.zip", archive=archive, seen=seen.append)
    assert target.read_bytes() == CONTENT
    assert seen == sorted(seen)
    assert seen[-1] == len(CONTENT)
    assert list(target.parent.iterdir()) == [target]


def test_a_complete_copy_is_not_fetched_again(archive: Archive, tmp_path: Path) -> None:
    """A file with the right checksum is used as it is, also when its origin is gone."""
    target = download(tmp_path / "data.zip", archive=archive)
    (tmp_path / "served.zip").unlink()
    assert download(tmp_path / "data.zip", archive=archive) == target


def test_a_broken_copy_is_replaced(archive: Archive, tmp_path: Path) -> None:
    """A file with another checksum does not count as a copy."""
    (tmp_path / "data.zip").write_bytes(CONTENT[::-1])
    assert download(tmp_path / "data.zip", archive=archive).read_bytes() == CONTENT


@pytest.mark.parametrize("served", [CONTENT[:-1], CONTENT[::-1], CONTENT * 3, b""])
def test_another_file_is_refused_and_leaves_nothing_behind(
    archive: Archive, tmp_path: Path, served: bytes
) -> None:
    """A file that is shorter, longer or different never gets the target's name."""
    (tmp_path / "served.zip").write_bytes(served)
    with pytest.raises(DataError, match="not the data set known here"):
        download(tmp_path / "cache" / "data.zip", archive=archive)
    assert list((tmp_path / "cache").iterdir()) == []


def test_no_network_is_said_with_what_to_do(tmp_path: Path) -> None:
    """Where nothing answers, the error names the address and the two ways on."""
    nowhere = Archive((tmp_path / "nothing here").as_uri(), 1, "")
    with pytest.raises(DataError, match=r"cannot download file:.*leave --download out.*--data"):
        download(tmp_path / "data.zip", archive=nowhere)


def test_the_data_set_is_fetched_from_its_home_over_https() -> None:
    """The address is UCI's, encrypted, and the copy is kept where caches are kept."""
    assert ONLINE_RETAIL.url.startswith("https://archive.ics.uci.edu/")
    assert len(ONLINE_RETAIL.sha256) == 64


def test_the_cache_is_where_the_user_has_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """XDG_CACHE_HOME decides, and the home folder's .cache where it is not set."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_target().is_relative_to(tmp_path)
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert default_target().is_relative_to(Path.home() / ".cache")
