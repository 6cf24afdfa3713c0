"""Page tokens: they continue what they came from, and nothing else can be made of them."""

from __future__ import annotations

import base64
import hashlib
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddbmodel import InvalidCursor
from ddbmodel.mapper.cursor import Cursors, Position
from ddbmodel.schema import KeyAttribute

ATTRIBUTES = {
    "pk": KeyAttribute("pk", "S"),
    "sk": KeyAttribute("sk", "N"),
    "data": KeyAttribute("data", "B"),
}
KEY = {"pk": {"S": "c1"}, "sk": {"N": "-12.5"}, "data": {"B": b"\x00\xff"}}
QUERY = {"TableName": "orders", "values": [b"\x01", "é", 3]}
SECRET = b"a secret"


def _cursors(**changes: Any) -> Cursors:
    return Cursors(**{"query": QUERY, "attributes": ATTRIBUTES, **changes})


@pytest.mark.parametrize("secret", [None, SECRET])
@pytest.mark.parametrize("delivered", [0, 7])
@pytest.mark.parametrize("key", [KEY, None])
@pytest.mark.parametrize("backward", [False, True])
def test_round_trip(secret: bytes | None, delivered: int, key: Any, backward: bool) -> None:
    """A token gives back the position that it was made of."""
    cursors = _cursors(secret=secret)
    position = Position(key, delivered, backward)
    assert cursors.read(cursors.make(position), backward=backward) == position


def test_shape() -> None:
    """A token can stand in a URL as it is, and is short."""
    token = _cursors().make(Position(KEY))
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    assert len(token) <= 75


def test_longest() -> None:
    """The longest keys that DynamoDB takes, in the characters that JSON makes most of, fit into a token."""
    attributes = {name: KeyAttribute(name, "S") for name in ("a", "b", "c", "d")}
    key = {name: {"S": "\x01" * size} for name, size in zip("abcd", (2048, 1024, 2048, 1024), strict=True)}
    cursors = _cursors(attributes=attributes)
    assert cursors.read(cursors.make(Position(key))).key == key


@pytest.mark.parametrize(
    "changes",
    [
        {"query": {**QUERY, "TableName": "others"}},
        {"query": {**QUERY, "values": [b"\x02", "é", 3]}},
        {"query": {}},
        {"secret": SECRET},
        {"attributes": {"pk": ATTRIBUTES["pk"]}},
        {"attributes": {**ATTRIBUTES, "pk": KeyAttribute("pk", "B")}},
        {"bound": {"pk": {"S": "c2"}}},
        {"bound": {"sk": {"N": "12.5"}}},
    ],
)
def test_elsewhere(changes: dict[str, Any]) -> None:
    """A token serves no other query, signing key, set of keys or partition."""
    token = _cursors().make(Position(KEY))
    with pytest.raises(InvalidCursor):
        _cursors(**changes).read(token)


@pytest.mark.parametrize("secret", [None, b"another secret"])
def test_signed(secret: bytes | None) -> None:
    """A signed token is refused without its key, and the message says that it may have been signed."""
    token = _cursors(secret=SECRET).make(Position(KEY))
    with pytest.raises(InvalidCursor, match="signed .* cursor_key"):
        _cursors(secret=secret).read(token)


@pytest.mark.parametrize("backward", [False, True])
def test_wrong_way(backward: bool) -> None:
    """A token that leads forward is none that leads backward, and the other way round."""
    token = _cursors().make(Position(KEY, backward=backward))
    with pytest.raises(InvalidCursor, match=r"leads the other way: `page.next` continues with after="):
        _cursors().read(token, backward=not backward)


def test_bound_by_value() -> None:
    """A number that the query fixes may come back in another form."""
    token = _cursors().make(Position(KEY))
    assert _cursors(bound={"sk": {"N": "-12.50"}}).read(token).key == KEY


@pytest.mark.parametrize(
    "token", ["", "=", "====", "é", "x" * 70_000, "Zm9v", "\x00", 5, None, b"abc", ["a"]]
)
def test_no_token(token: Any) -> None:
    """What is no token is refused as one, whatever it is."""
    with pytest.raises(InvalidCursor):
        _cursors().read(token)


def _forged(payload: bytes, version: int = 2) -> str:
    """An unsigned token with a right seal, as somebody could make it who has read this code."""
    own = base64.urlsafe_b64decode(_cursors().make(Position(KEY)) + "==")
    head = bytes((version,)) + own[1:13]
    seal = hashlib.sha256(head + payload).digest()[:16]
    return base64.urlsafe_b64encode(head + seal + payload).decode().rstrip("=")


def test_forging_works() -> None:
    """The forgery of the next test is refused for its payload, and not for something else."""
    names = sorted(KEY)
    values = [base64.b64encode(KEY["data"]["B"]).decode(), KEY["pk"]["S"], KEY["sk"]["N"]]
    assert names == ["data", "pk", "sk"]
    assert _cursors().read(_forged(json.dumps([0, ">", *values]).encode())).key == KEY


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"[0]",
        b'[0,""]',
        b'[0,">",""]',
        b'[0,"x","AP8=","c1","1"]',
        b'[0,1,"AP8=","c1","1"]',
        b'[0,[],"AP8=","c1","1"]',
        b'[0,"AP8=","c1","1"]',
        b'[0,">","AP8=","c1"]',
        b'[0,">","AP8=","c1","1","2"]',
        b'[-1,">","AP8=","c1","1"]',
        b'[true,">","AP8=","c1","1"]',
        b'["0",">","AP8=","c1","1"]',
        b'[0,">","AP8=","c1",1]',
        b'[0,">","AP8=","c1",null]',
        b'[0,">","AP8=","c1","one"]',
        b'[0,">","AP8=","c1","NaN"]',
        b'[0,">","AP8=","c1","1E999"]',
        b'[0,">","AP8=","c1",""]',
        b'[0,">","AP8=","","1"]',
        b'[0,">","AP8=","\\ud800","1"]',
        b'[0,">","AP8=",["c1"],"1"]',
        b'[0,">","?","c1","1"]',
        b'[0,">","\xff","c1","1"]',
        b"[" * 100_000,
        b"[1" + b"0" * 5_000 + b"]",
    ],
)
def test_forged(payload: bytes) -> None:
    """What a forger can put into an unsigned token is a key of the right types, or refused."""
    with pytest.raises(InvalidCursor):
        _cursors().read(_forged(payload))


@pytest.mark.parametrize("version", [0, 1, 3, 255])
def test_other_version(version: int) -> None:
    """A token of another version is refused, and the message says so."""
    with pytest.raises(InvalidCursor, match="version"):
        _cursors().read(_forged(b'[0,">","AP8=","c1","1"]', version=version))


@given(st.data())
@pytest.mark.parametrize("secret", [None, SECRET])
def test_mutations(secret: bytes | None, data: st.DataObject) -> None:
    """However a token is changed, it is refused as invalid."""
    cursors = _cursors(secret=secret)
    token = cursors.make(Position(KEY, 3))
    place = data.draw(st.integers(0, len(token)), label="place")
    length = data.draw(st.integers(0, len(token) - place), label="length")
    piece = data.draw(st.text(max_size=4) | st.sampled_from(["A", "_", "-", "=", "\n", token]), label="piece")
    changed = token[:place] + piece + token[place + length :]
    if changed == token:
        assert cursors.read(changed).key == KEY
        return
    with pytest.raises(InvalidCursor):
        cursors.read(changed)


@given(
    text=st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20),
    number=st.decimals(min_value=-(10**20), max_value=10**20, places=5),
    data=st.binary(min_size=1, max_size=20),
)
def test_any_key(text: str, number: Decimal, data: bytes) -> None:
    """Any key comes back as it was."""
    key = {"pk": {"S": text}, "sk": {"N": str(number)}, "data": {"B": data}}
    cursors = _cursors(secret=SECRET)
    found = cursors.read(cursors.make(Position(key))).key
    assert (found["pk"], found["data"]) == (key["pk"], key["data"])
    assert Decimal(found["sk"]["N"]) == number


def test_nothing_shows() -> None:
    """Neither keys nor the secret are in a repr."""
    shown = repr(_cursors(secret=SECRET, bound={"pk": {"S": "c1"}})) + repr(Position(KEY))
    assert not any(text in shown for text in ("c1", "secret'", "12.5", "orders"))
