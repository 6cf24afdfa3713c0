"""Page tokens: opaque text that continues one query where a page began or ended.

A token holds a version, a fingerprint of the query it came from and of its scope, a seal, how many results
came out before it, which way it leads, and the key to continue from; without a key, it begins at the end that
it leads away from. Of a partition that is spread over shards it holds a key for each of them. With a
`cursor_key` the seal is a signature, so nobody else can make or change a token; without one it is a checksum,
which only finds damage. Either way, whoever has a token can read the key in it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeAlias, TypeGuard

from ddbmodel.codec.numbers import decode_decimal, encode_decimal
from ddbmodel.codec.values import AttributeValue, Item, KeyType, text
from ddbmodel.errors import CodecError, InvalidCursor
from ddbmodel.mapper.key_ranges import same_key_value
from ddbmodel.schema import KeyAttribute

_VERSION: Final = 2
_FINGERPRINT_BYTES: Final = 12
_SEAL_BYTES: Final = 16
_PAYLOAD_AT: Final = 1 + _FINGERPRINT_BYTES + _SEAL_BYTES
# The keys of a table and an index have 6 KB in all; JSON makes up to six bytes of one, base64 four of three.
TOKEN_MAX: Final = 64 * 1024

# How a token says which way it leads.
_FORWARD: Final = ">"
_BACKWARD: Final = "<"

DAMAGED: Final = (
    "the page token is damaged, or was made by another version of ddbmodel: start at the first page"
)

_WRONG_WAY: Final = (
    "the page token leads the other way: `page.next` continues with after=, `page.previous` with before="
)


@dataclass(frozen=True, slots=True)
class Places:
    """A place in the merged shards of a partition.

    Attributes:
        ends: for each shard the key next to which to continue; None is its beginning, or its end if it leads
            backward.
        shard: the shard of the entry next to the place.
        edge: the key of that entry.
    """

    ends: tuple[Item | None, ...] = field(repr=False)
    shard: int
    edge: Item = field(repr=False)


Place: TypeAlias = Item | Places


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page begins or ends, and which way to go on from there.

    Attributes:
        key: the key next to which to continue; None is before the first item, or after the last one if it
            leads backward.
        delivered: how many results come out up to there, counted only for a read with a limit.
        backward: True if what comes before is wanted.
    """

    key: Place | None = field(repr=False)
    delivered: int = 0
    backward: bool = False


class Tokens(Protocol):
    """Makes and reads the tokens of one read."""

    def make(self, position: Position) -> str:
        """The token that continues from a position."""
        ...

    def read(self, token: str, *, backward: bool = False) -> Position:
        """The position to continue from."""
        ...


@dataclass(frozen=True, slots=True)
class Cursors:
    """Makes and reads the tokens of one query.

    Attributes:
        query: whatever tells the query from others, in a form that JSON can hold, and the same in every
            process.
        attributes: the key attributes that a token holds, by name.
        bound: those of them that have the same value in every result.
        secret: signs the tokens; None leaves them unsigned.
    """

    query: Mapping[str, Any] = field(repr=False)
    attributes: Mapping[str, KeyAttribute]
    bound: Item = field(default_factory=dict[str, AttributeValue], repr=False)
    secret: bytes | None = field(default=None, repr=False)

    def make(self, position: Position) -> str:
        """The token that continues from a position."""
        assert not isinstance(position.key, Places), "the place is one key"
        values = [] if position.key is None else self.texts(position.key)
        return self.sealed([*_head(position), *values])

    def sealed(self, plain: object) -> str:
        """A token that holds what JSON can hold."""
        payload = json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()
        head = bytes((_VERSION,)) + self._fingerprint()
        return base64.urlsafe_b64encode(head + self._seal(head + payload) + payload).decode().rstrip("=")

    def texts(self, key: Item) -> list[str]:
        """The values of a key, in the order of the attributes' names."""
        return [_to_text(key[name]) for name in sorted(self.attributes)]

    def key(self, texts: Sequence[str]) -> Item:
        """The key of which these are the values.

        Raises:
            ValueError, CodecError: they are none of these attributes.
        """
        names = sorted(self.attributes)
        return {
            name: _from_text(self.attributes[name].type, value)
            for name, value in zip(names, texts, strict=True)
        }

    def read(self, token: str, *, backward: bool = False) -> Position:
        """The position to continue from.

        Args:
            token: as it was made.
            backward: which way it has to lead.

        Raises:
            InvalidCursor: the token is damaged, of another version, query or scope, not signed with this key,
                or leads the other way.
        """
        return _checked_way(self._position(self.opened(token)), backward=backward)

    def opened(self, token: str, size_max: int = TOKEN_MAX) -> bytes:
        """What was sealed, as JSON.

        Raises:
            InvalidCursor: the token is damaged, of another version, query or scope, not signed with this key,
                or longer than a token can be.
        """
        data = _decode(token, size_max)
        head, payload = data[: 1 + _FINGERPRINT_BYTES], data[_PAYLOAD_AT:]
        if len(data) < _PAYLOAD_AT or data[0] != _VERSION:
            raise InvalidCursor(DAMAGED)
        if not hmac.compare_digest(data[len(head) : _PAYLOAD_AT], self._seal(head + payload)):
            signed = "by a mapper with a" if self.secret is None else "with another key than this mapper's"
            raise InvalidCursor(f"the page token is damaged, or was signed {signed} cursor_key")
        if not hmac.compare_digest(head[1:], self._fingerprint()):
            raise InvalidCursor(
                "the page token is of another query or scope: use it with the query that it came from"
            )
        return payload

    def _position(self, payload: bytes) -> Position:
        try:
            delivered, is_backward, values = _from_json(payload, len(self.attributes))
            key: Item = self.key(values) if values else {}
        except (ValueError, CodecError, RecursionError):
            raise InvalidCursor(DAMAGED) from None
        if key and any(not same_key_value(key[name], value) for name, value in self.bound.items()):
            raise InvalidCursor("the page token holds a key outside of this query: start at the first page")
        return Position(key or None, delivered, is_backward)

    def _fingerprint(self) -> bytes:
        plain = json.dumps(self.query, sort_keys=True, default=_to_base64)
        return hashlib.sha256(plain.encode()).digest()[:_FINGERPRINT_BYTES]

    def _seal(self, data: bytes) -> bytes:
        if self.secret is None:
            return hashlib.sha256(data).digest()[:_SEAL_BYTES]
        return hmac.digest(self.secret, data, "sha256")[:_SEAL_BYTES]


@dataclass(frozen=True, slots=True)
class ShardedCursors:
    """Makes and reads the tokens of one query of a partition that is spread over shards.

    Attributes:
        cursors: seal them; its attributes are those that the query does not bind.
        bounds: what the query binds in each shard, the same attributes in all of them.
    """

    cursors: Cursors
    bounds: Sequence[Item] = field(repr=False)

    def make(self, position: Position) -> str:
        """The token that continues from a position."""
        places = position.key
        if places is None:
            return self.cursors.sealed(_head(position))
        assert isinstance(places, Places), "the place is of all shards"
        texts = self.cursors.texts
        ends = [None if end is None else texts(end) for end in places.ends]
        return self.cursors.sealed([*_head(position), places.shard, texts(places.edge), *ends])

    def read(self, token: str, *, backward: bool = False) -> Position:
        """The position to continue from.

        Raises:
            InvalidCursor: as `Cursors.read` does.
        """
        payload = self.cursors.opened(token, TOKEN_MAX * (len(self.bounds) + 1))
        try:
            position = self._position(json.loads(payload))
        except (ValueError, CodecError, RecursionError):
            raise InvalidCursor(DAMAGED) from None
        return _checked_way(position, backward=backward)

    def _position(self, plain: object) -> Position:
        if not _is_list(plain) or len(plain) not in (2, len(self.bounds) + 4):
            raise ValueError("another number of shards")
        delivered, is_backward = _read_head(plain)
        if len(plain) == 2:
            return Position(None, delivered, is_backward)
        shard, edge, *ends = plain[2:]
        if type(shard) is not int or not 0 <= shard < len(self.bounds):
            raise ValueError("no shard")
        keys = tuple(None if end is None else self._key(number, end) for number, end in enumerate(ends))
        return Position(Places(keys, shard, self._key(shard, edge)), delivered, is_backward)

    def _key(self, shard: int, values: object) -> Item:
        if not _is_list(values) or not _are_texts(values):
            raise ValueError("a value is no text")
        return {**self.bounds[shard], **self.cursors.key(values)}


def _head(position: Position) -> list[object]:
    return [position.delivered, _BACKWARD if position.backward else _FORWARD]


def _checked_way(position: Position, *, backward: bool) -> Position:
    if position.backward != backward:
        raise InvalidCursor(_WRONG_WAY)
    return position


def _decode(token: object, size_max: int) -> bytes:
    if not isinstance(token, str) or len(token) > size_max:
        raise InvalidCursor("the page token is no text of a token's length: pass on `page.next` as it is")
    try:
        data = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise InvalidCursor(DAMAGED) from None
    # Several texts decode to the same bytes; only the one that was made is a token.
    if base64.urlsafe_b64encode(data).decode().rstrip("=") != token:
        raise InvalidCursor(DAMAGED)
    return data


def _from_json(payload: bytes, count: int) -> tuple[int, bool, Sequence[str]]:
    """How many were delivered, whether it leads backward, and the values of the key: all of them, or none."""
    plain: Any = json.loads(payload)
    # One kind of error for whatever is wrong with a token.
    if not _is_list(plain) or len(plain) not in (2, count + 2):
        raise ValueError("another number of values")
    delivered, is_backward = _read_head(plain)
    values = plain[2:]
    if not _are_texts(values):
        raise ValueError("a value is no text")
    return delivered, is_backward, values


def _read_head(plain: Sequence[Any]) -> tuple[int, bool]:
    delivered, way = plain[:2]
    if type(delivered) is not int or delivered < 0:
        raise ValueError("no count")
    if way not in (_FORWARD, _BACKWARD):
        raise ValueError("no way")
    return delivered, way == _BACKWARD


def _are_texts(values: Sequence[Any]) -> bool:
    return all(type(value) is str and value for value in values)


def _is_list(plain: object) -> TypeGuard[list[Any]]:
    return isinstance(plain, list)


def _from_text(kind: KeyType, value: str) -> AttributeValue:
    match kind:
        case "N":
            return {"N": encode_decimal(decode_decimal(value))}
        case "B":
            return {"B": base64.b64decode(value, validate=True)}
        case "S":
            return {"S": text(value)}


def _to_text(stored: AttributeValue) -> str:
    ((kind, value),) = stored.items()
    return _to_base64(value) if kind == "B" else str(value)


def _to_base64(value: bytes) -> str:
    return base64.b64encode(value).decode()
