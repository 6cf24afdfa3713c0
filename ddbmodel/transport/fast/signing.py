"""AWS Signature Version 4, with what stays the same from request to request kept.

What changes with each request is the body's hash and, each second, the time. The rest of the canonical
request is made once (`CanonicalRequest`), and the key is derived once for each day and secret (`Signer`).

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final
from urllib.parse import quote

ALGORITHM: Final = "AWS4-HMAC-SHA256"
DATE_HEADER: Final = "x-amz-date"
TOKEN_HEADER: Final = "x-amz-security-token"  # noqa: S105 - the header's name


@dataclass(frozen=True, slots=True)
class Keys:
    """Credentials, as of one moment.

    Attributes:
        access_key: the access key id.
        secret_key: the secret.
        token: the session token of temporary credentials.
    """

    access_key: str
    secret_key: str = field(repr=False)
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class CanonicalRequest:
    """The canonical form of a request, but for its time and the hash of its body.

    Attributes:
        before: up to the time.
        after: from the time to the hash.
        signed_headers: the names, sorted, with semicolons between.
    """

    before: str
    after: str
    signed_headers: str

    @classmethod
    def of(
        cls, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str]
    ) -> CanonicalRequest:
        """The form of a request with these headers, and the time as one more.

        Args:
            method: such as `POST`.
            path: the path as it is sent.
            query: names and values, not quoted.
            headers: names in small letters, without `x-amz-date`.
        """
        parameters = "&".join(
            f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in sorted(query.items())
        )
        names = sorted({*headers, DATE_HEADER})
        lines = {name: " ".join(value.split()) for name, value in headers.items()}
        at = names.index(DATE_HEADER)
        first = "".join(f"{name}:{lines[name]}\n" for name in names[:at])
        last = "".join(f"{name}:{lines[name]}\n" for name in names[at + 1 :])
        signed = ";".join(names)
        return cls(
            before=f"{method}\n{path}\n{parameters}\n{first}{DATE_HEADER}:",
            after=f"\n{last}\n{signed}\n",
            signed_headers=signed,
        )

    def text(self, moment: str, body_hash: str) -> str:
        """The whole of it.

        Args:
            moment: such as `20150830T123600Z`.
            body_hash: SHA-256 of the body, in hexadecimal.
        """
        return f"{self.before}{moment}{self.after}{body_hash}"


class Signer:
    """Signs for one region and service."""

    __slots__ = ("_key", "_key_of", "_region", "_scope", "_service")

    def __init__(self, region: str, service: str) -> None:
        self._region = region
        self._service = service
        self._key_of: tuple[str, str] | None = None
        self._key = b""
        self._scope = ""

    def string_to_sign(self, canonical: str, moment: str) -> str:
        """What the signature is made of."""
        scope = f"{moment[:8]}/{self._region}/{self._service}/aws4_request"
        return f"{ALGORITHM}\n{moment}\n{scope}\n{sha256(canonical.encode()).hexdigest()}"

    def authorization(self, canonical: CanonicalRequest, moment: str, body: bytes, keys: Keys) -> str:
        """The value of the `Authorization` header.

        Args:
            canonical: the request.
            moment: such as `20150830T123600Z`.
            body: what is sent.
            keys: who sends it.
        """
        key = self._signing_key(moment[:8], keys.secret_key)
        text = canonical.text(moment, sha256(body).hexdigest())
        signature = hmac.digest(key, self.string_to_sign(text, moment).encode(), "sha256").hex()
        return (
            f"{ALGORITHM} Credential={keys.access_key}/{self._scope}, "
            f"SignedHeaders={canonical.signed_headers}, Signature={signature}"
        )

    def _signing_key(self, day: str, secret: str) -> bytes:
        if self._key_of != (day, secret):
            key = f"AWS4{secret}".encode()
            for part in (day, self._region, self._service, "aws4_request"):
                key = hmac.digest(key, part.encode(), "sha256")
            self._key = key
            self._key_of = (day, secret)
            self._scope = f"{day}/{self._region}/{self._service}/aws4_request"
        return self._key


def moment_of(epoch_seconds: float) -> str:
    """A time as it is signed: `20150830T123600Z`."""
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(epoch_seconds))
