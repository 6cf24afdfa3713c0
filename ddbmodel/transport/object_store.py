"""Objects of S3: found once, and then read in ranges, always of the content that was found.

Every range is asked for with the ETag that was found, so what is read is one object and never a mix of two.
A range that breaks off is asked for again from where it broke.
"""

# aioboto3 and its parents ship no types.
# pyright: reportMissingTypeStubs=false

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from ddbmodel.errors import SourceError
from ddbmodel.transport.object_errors import TRANSIENT_CODES, changed, code_of, source_error
from ddbmodel.transport.service_access import ServiceAccess

# Arbitrary: attempts in a row that bring no byte, on top of the client's own; about half a minute of them.
_BARREN_ATTEMPTS_MAX: Final = 7
_LONGEST_PAUSE_SECONDS: Final = 10.0
_PART_BYTES: Final = 256 * 1024

# An ETag is the MD5 of the content if the object was written in one part, and not encrypted with a key of KMS
# or the user's; those of directory buckets never are.
# Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
_MD5: Final = re.compile(r"[0-9a-f]{32}")
_DIRECTORY_BUCKET: Final = "--x-s3"


@dataclass(frozen=True, slots=True)
class S3Access(ServiceAccess):
    """How to reach S3, and as whom; see `ServiceAccess`.

    `AWS_ENDPOINT_URL_S3` and `AWS_ENDPOINT_URL` are honoured where `endpoint_url` is not given; it is that of
    MinIO, LocalStack or a VPC endpoint.
    """


@dataclass(frozen=True, slots=True)
class FoundObject:
    """The content that an object has.

    Attributes:
        bucket: its bucket.
        key: its key.
        etag: what tells this content from any other of the key, as S3 writes it, in quotes.
        size_bytes: how much it is.
        md5: of the content, in hexadecimal, where it is known.
    """

    bucket: str
    key: str
    etag: str
    size_bytes: int
    md5: str | None = None

    @property
    def url(self) -> str:
        """For messages."""
        return f"s3://{self.bucket}/{self.key}"


class ObjectStore:
    """Finds and reads objects.

    Args:
        client: an S3 client of aioboto3, open.
    """

    def __init__(self, client: Any) -> None:
        self._client = client

    async def find(self, bucket: str, key: str) -> FoundObject:
        """Look an object up (HeadObject).

        Raises:
            SourceError: it is not there, or may not be read.
        """
        url = f"s3://{bucket}/{key}"
        with source_error(url):
            try:
                reply: Any = await self._client.head_object(Bucket=bucket, Key=key)
            except self._client.exceptions.ClientError as error:
                if code_of(error).isdigit():  # a reply to HEAD has no body to say more
                    await self._client.get_object(Bucket=bucket, Key=key, Range="bytes=0-0")
                raise
        etag = str(reply["ETag"])
        return FoundObject(bucket, key, etag, int(reply["ContentLength"]), _md5_of(bucket, etag, reply))

    async def under(self, bucket: str, prefix: str) -> Mapping[str, FoundObject]:
        """List the objects whose keys begin so, by key (ListObjectsV2, one request for each 1,000).

        Raises:
            SourceError: they may not be listed.
        """
        found: dict[str, FoundObject] = {}
        with source_error(f"s3://{bucket}/{prefix}"):
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
            async for page in pages:
                for entry in page.get("Contents", ()):
                    key = str(entry["Key"])
                    found[key] = FoundObject(bucket, key, str(entry["ETag"]), int(entry["Size"]))
        return found

    async def read(self, found: FoundObject, start: int, length: int) -> bytes:
        """Read a range of an object (GetObject, again after each break).

        Raises:
            SourceError: it cannot be read, or is not what was found any more.
        """
        content, barren = bytearray(), 0
        while len(content) < length:
            before = len(content)
            try:
                with source_error(found.url, after_bytes=start + before):
                    await self._append(found, start, length, content)
            except SourceError as error:
                barren = 0 if len(content) > before else barren + 1
                if not _passes(error.__context__) or barren > _BARREN_ATTEMPTS_MAX:
                    raise
            if barren:
                await asyncio.sleep(random.uniform(0.5, 1.0) * min(_LONGEST_PAUSE_SECONDS, 0.2 * 2**barren))
        return bytes(content)

    async def _append(self, found: FoundObject, start: int, length: int, content: bytearray) -> None:
        """Read what is missing of a range, as far as the connection holds."""
        first, last = start + len(content), start + length - 1
        reply: Any = await self._client.get_object(
            Bucket=found.bucket, Key=found.key, Range=f"bytes={first}-{last}", IfMatch=found.etag
        )
        body: Any = reply["Body"]
        async with body:  # it gives what it wraps, so it is not bound here
            if reply["ETag"] != found.etag:
                raise changed(found.url)
            if reply.get("ContentRange") != f"bytes {first}-{last}/{found.size_bytes}":
                raise SourceError(
                    f"{found.url}: the endpoint answers with other bytes than those that were asked for: it "
                    "has to support ranges"
                )
            while part := await body.read(_PART_BYTES):
                content += part


@asynccontextmanager
async def open_store(access: S3Access) -> AsyncGenerator[ObjectStore]:
    """Open a client of S3. Nothing is sent yet.

    Raises:
        SourceError: there is no such profile, or settings are incomplete.
    """
    import aioboto3

    from ddbmodel.transport.settings import object_client_config

    with source_error("connecting to S3"):
        session: Any = access.session or aioboto3.Session(profile_name=access.profile_name)
        opening: Any = session.client(
            "s3",
            region_name=access.region_name,
            endpoint_url=access.endpoint_url,
            aws_access_key_id=access.aws_access_key_id,
            aws_secret_access_key=access.aws_secret_access_key,
            aws_session_token=access.aws_session_token,
            config=object_client_config(getattr(session, "_session", None), access.config),
        )
        client: Any = await opening.__aenter__()
    try:
        yield ObjectStore(client)
    finally:
        await opening.__aexit__(None, None, None)


def _md5_of(bucket: str, etag: str, head: Mapping[str, Any]) -> str | None:
    bare = etag.strip('"')
    plain = head.get("ServerSideEncryption") in (None, "AES256") and "SSECustomerAlgorithm" not in head
    return bare if plain and _MD5.fullmatch(bare) and not bucket.endswith(_DIRECTORY_BUCKET) else None


def _passes(cause: BaseException | None) -> bool:
    """True if the same request can succeed in a moment."""
    import aiohttp
    from botocore.exceptions import HTTPClientError, IncompleteReadError

    broken = (HTTPClientError, IncompleteReadError, aiohttp.ClientError, TimeoutError, OSError)
    return isinstance(cause, broken) or (cause is not None and code_of(cause) in TRANSIENT_CODES)
