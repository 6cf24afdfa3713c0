"""Page tokens: opaque text that continues one query where a page ended.

A token holds a version, a fingerprint of the query it came from, the key to continue after, and a signature if the
mapper has a `cursor_key`. Without one, whoever can read the token can read that key.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any, Final

from ddbmodel.codec.values import Item
from ddbmodel.errors import InvalidCursor

_VERSION: Final = 1
_FINGERPRINT_BYTES: Final = 12
_SIGNATURE_BYTES: Final = 16
# A key has up to eight attributes of 3 KB in all, base64 twice; this bounds the parser.
_TOKEN_MAX: Final = 32 * 1024
_KEY_TYPES: Final = frozenset(("S", "N", "B"))


@dataclass(frozen=True, slots=True)
class Cursors:
    """Makes and reads the tokens of one query.

    Attributes:
        request: the query's request without its start, in a form that is the same for the same query.
        attributes: the names of the key attributes that a token must hold.
        secret: signs the tokens; None leaves them unsigned.
    """

    request: dict[str, Any] = field(repr=False)
    attributes: frozenset[str]
    secret: bytes | None = field(default=None, repr=False)

    def make(self, key: Item) -> str:
        """The token that continues after `key`."""
        payload = json.dumps(_to_json(key), separators=(",", ":"), sort_keys=True).encode()
        head = bytes((_VERSION,)) + self._fingerprint()
        return base64.urlsafe_b64encode(head + self._signature(head + payload) + payload).decode().rstrip("=")

    def read(self, token: str) -> Item:
        """The key to continue after.

        Raises:
            InvalidCursor: the token is damaged, of another version or query, or not signed with this key.
        """
        data = _decode(token)
        head_size = 1 + _FINGERPRINT_BYTES
        payload_at = head_size + (_SIGNATURE_BYTES if self.secret is not None else 0)
        if not data or data[0] != _VERSION:
            raise InvalidCursor(
                "the page token is damaged, or of another version of ddbmodel: start at the first page"
            )
        head, signature, payload = data[:head_size], data[head_size:payload_at], data[payload_at:]
        if not hmac.compare_digest(signature, self._signature(head + payload)):
            raise InvalidCursor("the page token was not signed with this mapper's cursor_key")
        if not hmac.compare_digest(head[1:], self._fingerprint()):
            raise InvalidCursor("the page token is of another query: use it with the query that it came from")
        return self._key(payload)

    def _key(self, payload: bytes) -> Item:
        try:
            key = _from_json(json.loads(payload))
        except (ValueError, TypeError, AttributeError, RecursionError):
            raise InvalidCursor("the page token is damaged: start at the first page") from None
        if frozenset(key) != self.attributes:
            raise InvalidCursor("the page token does not hold this query's keys: start at the first page")
        return key

    def _fingerprint(self) -> bytes:
        text = json.dumps(self.request, sort_keys=True, default=_plain)
        return hashlib.sha256(text.encode()).digest()[:_FINGERPRINT_BYTES]

    def _signature(self, data: bytes) -> bytes:
        if self.secret is None:
            return b""
        return hmac.new(self.secret, data, hashlib.sha256).digest()[:_SIGNATURE_BYTES]


def _decode(token: str) -> bytes:
    if not isinstance(token, str) or len(token) > _TOKEN_MAX:  # pyright: ignore[reportUnnecessaryIsInstance]  # from outside
        raise InvalidCursor("the page token is no text of a token's length")
    try:
        return base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise InvalidCursor("the page token is damaged: start at the first page") from None


def _plain(value: Any) -> str:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(type(value).__name__)


def _to_json(key: Item) -> dict[str, list[str]]:
    pairs = {name: next(iter(stored.items())) for name, stored in key.items()}
    return {name: [kind, _plain(v) if isinstance(v, bytes) else v] for name, (kind, v) in pairs.items()}


def _from_json(plain: dict[str, list[str]]) -> Item:
    key: Item = {}
    for name, (kind, value) in plain.items():
        if kind not in _KEY_TYPES or not isinstance(value, str):  # pyright: ignore[reportUnnecessaryIsInstance]  # from outside
            raise ValueError(kind)
        key[name] = {kind: base64.b64decode(value, validate=True) if kind == "B" else value}
    return key
