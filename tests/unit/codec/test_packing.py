"""The stored form of compressed values: it stays readable, its damage is found, and nothing else is taken for it."""

from __future__ import annotations

import string
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddbmodel import CodecError
from ddbmodel.codec.compression import COMPRESSIONS
from ddbmodel.codec.packing import Packing, uncompressed_size_bytes, unpack
from ddbmodel.codec.sameness import same_content, same_stored
from ddbmodel.codec.sizes import value_size_bytes
from tests.strategies.scalars import texts
from tests.strategies.stored import values

MAGIC = b"\xffDZ\xfe"
SECRET = "s3cr3t"
TEXT = {"S": "hello " * 10}
BYTES = {"B": b"hello " * 10}
BYTES = {"B": b"hello " * 10}
DOCUMENT = {"M": {"n": {"N": "1"}, "b": {"B": b"\x00"}, "l": {"L": [{"S": "hello"}] * 40}}}

# Made by the first version that wrote this form. They are never changed: what is stored stays readable.
GOLDEN: list[tuple[str, dict[str, Any]]] = [
    ("ff445afe5a9602f20101530000003c789ccb48cdc9c957c8208b0400a6c01609", TEXT),
    (
        "ff445afe126835e8010144000000ff789cab56f255b2aa564a02114e4a564a8e8eb6b64ab53a4a3920011f25abe86aa560a070466a4e4e3e507c9437cac3cb8b05a69d3c50daf1038a192ad5d6d60200456db951",
        DOCUMENT,
    ),
    ("ff445afee4492c730101420000003c789ccb48cdc9c957c8208b0400a6c01609", BYTES),
    ("ff445afebc5fe9a40102530000003c28b52ffd203c6500003068656c6c6f200100cb598a", TEXT),
    (
        "ff445afe96c030d6010244000000ff28b52ffd6062012d020054037b224d223a7b226242223a2241413d3d227d2c226c4c223a5b7b2253223a2268656c6c6f227d2c5d7d2c226e4e223a2231227d7d7d04003f44a0798859214dfbb00a17",
        DOCUMENT,
    ),
    ("ff445afef110144b0102420000003c28b52ffd203c6500003068656c6c6f200100cb598a", BYTES),
    ("ff445afe0c605f5e0100420000000200ff", {"B": b"\x00\xff"}),
]


def packing(name: str, **options: Any) -> Packing:
    """A packing that compresses whatever gains by it."""
    way = COMPRESSIONS[name]
    return Packing(way, way.level, **{"min_bytes": 0, **options})


PACKINGS = {name: packing(name) for name in COMPRESSIONS}
every_packing = pytest.mark.parametrize("packing", PACKINGS.values(), ids=list(PACKINGS))


def data_of(stored: dict[str, Any], name: str = "zlib") -> bytes:
    """The compressed form of a value, which has to gain by it."""
    data: bytes = PACKINGS[name].pack(stored)["B"]
    return data


def framed(rest: bytes) -> bytes:
    """Bytes behind a header's beginning, with the right checksum."""
    return MAGIC + zlib.crc32(rest).to_bytes(4, "big") + rest


# Storing ---------------------------------------------------------------------------------------------


@every_packing
@given(stored=values() | st.builds(lambda text: {"S": text * 30}, texts()))
def test_any_stored_value_comes_back(packing: Packing, stored: dict[str, Any]) -> None:
    """Compressed or not, what is read is what was given, and it never weighs more than a header more."""
    packed = packing.pack(stored)
    back = unpack(packed["B"]) if "B" in packed else packed
    assert back == stored
    assert value_size_bytes(packed) <= value_size_bytes(stored) + (15 if "B" in stored else 0)


@every_packing
@given(content=st.binary(max_size=60))
def test_bytes_that_begin_like_a_header_are_not_taken_for_one(packing: Packing, content: bytes) -> None:
    """Bytes have a header in any case, so those with a header inside come back as they were."""
    for data in (content, MAGIC + content, data_of(TEXT) + content, data_of(TEXT)):
        packed = packing.pack({"B": data})["B"]
        assert packed.startswith(MAGIC)
        assert unpack(packed) == {"B": data}


@given(content=st.binary(max_size=200).filter(lambda content: not content.startswith(MAGIC)))
def test_bytes_without_a_header_are_left_alone(content: bytes) -> None:
    """What was stored before has no header, and is told from what has."""
    assert unpack(content) is None


@pytest.mark.parametrize(
    "stored",
    [{"N": "1" * 38}, {"BOOL": True}, {"NULL": True}, {"SS": ["a" * 99, "b"]}, {"NS": ["1"]}, {"BS": [b"a"]}],
    ids=lambda stored: next(iter(stored)),
)
def test_other_types_are_stored_as_they_are(stored: dict[str, Any]) -> None:
    """Numbers, bools, NULL and sets gain nothing, and stay visible."""
    assert PACKINGS["zlib"].pack(stored) is stored


def test_small_values_are_not_compressed() -> None:
    """From `min_bytes` on, as DynamoDB meters them, they are."""
    careful = packing("zlib", min_bytes=100)
    assert careful.pack({"S": "x" * 99}) == {"S": "x" * 99}
    assert careful.pack({"S": "é" * 49}) == {"S": "é" * 49}
    assert "B" in careful.pack({"S": "x" * 100})
    assert "B" in careful.pack({"S": "é" * 50})
    assert careful.pack({"B": b"x" * 99})["B"][15:] == b"x" * 99
    assert len(careful.pack({"B": b"x" * 100})["B"]) < 100
    assert careful.pack({"L": [{"N": "1"}]}) == {"L": [{"N": "1"}]}


def test_what_does_not_get_smaller_is_stored_as_it_is() -> None:
    """Text and documents in their usual form, bytes behind a header."""
    noise = bytes(range(256))
    text = {"S": string.ascii_letters}
    assert PACKINGS["zlib"].pack(text) == text
    assert PACKINGS["zlib"].pack({"B": noise})["B"][15:] == noise
    document = {"L": [{"B": noise}]}
    assert PACKINGS["zlib"].pack(document) == document


def test_what_could_not_be_read_is_not_written() -> None:
    """More than `max_bytes`, which the same field would refuse to read, and deeper than DynamoDB goes."""
    bounded = packing("zlib", max_bytes=1000)
    bounded.pack({"S": "x" * 1000})
    for stored in ({"S": "x" * 1001}, {"B": b"x" * 1001}, {"L": [{"S": "x" * 990}]}):
        with pytest.raises(CodecError, match=r"bytes before it is compressed, more than max_bytes=1,000"):
            bounded.pack(stored)
    deep: dict[str, Any] = {"S": "x" * 500}
    for _ in range(32):
        deep = {"L": [deep]}
    assert unpack(data_of(deep)) == deep
    with pytest.raises(CodecError, match="nested deeper than 32 levels"):
        PACKINGS["zlib"].pack({"M": {"a": deep}})


# The form --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("form", "stored"), GOLDEN)
def test_what_was_ever_stored_is_readable(form: str, stored: dict[str, Any]) -> None:
    """These values were written by the first version of the form, and every later one reads them."""
    assert unpack(bytes.fromhex(form)) == stored


@pytest.mark.parametrize(
    ("stored", "kind", "size"),
    [(TEXT, b"S", 60), (BYTES, b"B", 60), (DOCUMENT, b"D", value_size_bytes(DOCUMENT))],
    ids=["text", "bytes", "document"],
)
@pytest.mark.parametrize(("name", "number"), [("zlib", 1), ("zstd", 2)])
def test_the_header_says_what_is_inside(
    stored: dict[str, Any], kind: bytes, size: int, name: str, number: int
) -> None:
    """Magic, checksum, version, compression, kind, size; big-endian."""
    data = data_of(stored, name)
    rest = bytes((1, number)) + kind + size.to_bytes(4, "big")
    assert data[:4] == MAGIC
    assert data[4:8] == zlib.crc32(data[8:]).to_bytes(4, "big")
    assert data[8:15] == rest


def test_the_size_is_known_without_decompressing() -> None:
    """The header has it, as DynamoDB meters it; what is not compressed has none."""
    cases = [TEXT, DOCUMENT, {"B": b"x" * 500}, {"B": b"x"}]
    for stored in cases:
        assert uncompressed_size_bytes(PACKINGS["zlib"].pack(stored)) == value_size_bytes(stored)
    broken = framed(data_of(TEXT)[8:-1] + b"?")
    assert uncompressed_size_bytes({"B": broken}) == 60
    for plain in ({"S": "x"}, {"N": "1"}, {"B": b"x" * 50}):
        assert uncompressed_size_bytes(plain) is None


# Damage ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*COMPRESSIONS, "stored"])
@pytest.mark.parametrize("stored", [TEXT, DOCUMENT, BYTES], ids=["text", "document", "bytes"])
def test_damage_is_found_wherever_it_is(name: str, stored: dict[str, Any]) -> None:
    """A byte that changed, in header or content, is an error and never another value; so is one less or more."""
    if name == "stored":
        stored = {"B": repr(stored).encode()}
        data: bytes = packing("zlib", min_bytes=10_000).pack(stored)["B"]
    else:
        data = data_of(stored, name)
    for place in range(len(data)):
        for change in (0x01, 0x20, 0x80, 0xFF):
            damaged = bytearray(data)
            damaged[place] ^= change
            with pytest.raises(CodecError):
                unpack(bytes(damaged))
    for cut in range(len(MAGIC), len(data)):
        with pytest.raises(CodecError, match="damaged"):
            unpack(data[:cut])
    with pytest.raises(CodecError, match="damaged"):
        unpack(data + b"\x00")


@pytest.mark.parametrize(
    ("rest", "message"),
    [
        (b"\x02" + data_of(TEXT)[9:], "install a newer one"),
        (b"\x01\x09" + data_of(TEXT)[10:], "install a newer one"),
        (b"\x01\x01X" + data_of(TEXT)[11:], "install a newer one"),
        (b"\x01\x00S\x00\x00\x00\x01\xff", "no text in UTF-8"),
        (b"\x01\x00S\x00\x00\x00\x09" + SECRET.encode(), "length is not the one in its header"),
        (b"\x01\x00B\x00\x00\x00\x09" + SECRET.encode(), "length is not the one in its header"),
        (b"\x01\x00D\x00\x00\x00\x09" + SECRET.encode(), "no document of DynamoDB's"),
        (b"\x01\x01S\x00\x00\x00\x09" + SECRET.encode(), "does not decompress"),
        (b"\x01\x02S\x00\x00\x00\x09" + SECRET.encode(), "does not decompress"),
    ],
)
def test_what_has_the_right_checksum_and_is_wrong(rest: bytes, message: str) -> None:
    """An unknown version, compression or kind names the remedy; a wrong content is an error without it."""
    with pytest.raises(CodecError, match=message) as refusal:
        unpack(framed(rest))
    assert SECRET not in str(refusal.value)
    assert SECRET not in repr(refusal.value.__context__)


def test_a_bomb_is_refused() -> None:
    """A value that becomes more than `max_bytes` is an error, and says that a larger one may be meant."""
    bomb = data_of({"S": "x" * 100_000})
    assert len(bomb) < 200
    with pytest.raises(CodecError, match="more than max_bytes=99,999"):
        unpack(bomb, 99_999)
    assert unpack(bomb, 100_000) == {"S": "x" * 100_000}


# Sameness --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stored", [TEXT, DOCUMENT, BYTES], ids=["text", "document", "bytes"])
def test_the_same_value_compressed_in_another_way_is_the_same(stored: dict[str, Any]) -> None:
    """So a union finds the member that stored a value, whatever compressed it, or did not."""
    forms = [stored, *(each.pack(stored) for each in PACKINGS.values())]
    for one in forms:
        for other in forms:
            assert same_content({"L": [one]}, {"L": [other]})
            assert same_content({"M": {"k": one}}, {"M": {"k": other}})
    assert not same_content(forms[1], PACKINGS["zlib"].pack({"S": "other " * 20}))
    assert not same_content(forms[1], {"B": forms[1]["B"][:-1]})


def test_to_dynamodb_it_is_not_the_same() -> None:
    """DynamoDB compares the bytes."""
    assert not same_stored(PACKINGS["zlib"].pack(TEXT), PACKINGS["zstd"].pack(TEXT))
    assert not same_stored(PACKINGS["zlib"].pack(TEXT), TEXT)
