"""Objects of S3: what is refused, and in which words; what is asked for again; what is never taken."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from ddbmodel import S3Access, SourceError
from ddbmodel.transport.connect import ConnectOptions
from ddbmodel.transport.object_store import FoundObject, ObjectStore, open_store

SECRET = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY"
CONTENT = b"0123456789" * 10
ETAG = '"abc-1"'
FOUND = FoundObject("bucket", "a/key", ETAG, len(CONTENT))

Answer = tuple[str, dict[str, str], bytes]


@dataclass
class Scripted:
    """An S3 that answers what a script says, and keeps the heads of requests."""

    answer: Callable[[str, dict[str, str]], Answer]
    heads: list[str] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                self.heads.append(head)
                first, *lines = head.strip().split("\r\n")
                method = first.split()[0]
                headers = {name.lower(): value for name, _, value in (one.partition(": ") for one in lines)}
                status, more, body = self.answer(method, headers)
                told = "".join(f"{name}: {value}\r\n" for name, value in more.items())
                length = "" if "Content-Length" in more else f"Content-Length: {len(body)}\r\n"
                writer.write(f"HTTP/1.1 {status}\r\n{length}{told}\r\n".encode())
                writer.write(b"" if method == "HEAD" else body)
                await writer.drain()
                if "Content-Length" in more and method != "HEAD":
                    break  # it has said more than it sends
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def store_of(
    answer: Callable[[str, dict[str, str]], Answer],
) -> AsyncIterator[tuple[ObjectStore, Scripted]]:
    from botocore.config import Config

    script = Scripted(answer)
    server = await asyncio.start_server(script.serve, "127.0.0.1", 0)
    access = S3Access(
        region_name="us-east-1",
        endpoint_url=f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}",
        aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
        aws_secret_access_key=SECRET,
        config=Config(retries={"total_max_attempts": 1}),
    )
    async with open_store(access) as store:
        yield store, script
    server.close()
    await server.wait_closed()


def refusal(status: str, code: str, message: str = "No.") -> Answer:
    body = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    return status, {"Content-Type": "application/xml"}, body.encode()


def ranged(headers: dict[str, str], *, etag: str = ETAG) -> Answer:
    """Answer a request for a range as S3 does."""
    first, last = (int(one) for one in headers["range"].removeprefix("bytes=").split("-"))
    told = {"ETag": etag, "Content-Range": f"bytes {first}-{last}/{len(CONTENT)}"}
    return "206 Partial Content", told, CONTENT[first : last + 1]


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        ("404 Not Found", "NoSuchKey", "there is no such object"),
        ("404 Not Found", "NoSuchBucket", "there is no such bucket"),
        ("403 Forbidden", "AccessDenied", "access denied: allow s3:GetObject of it, s3:ListBucket"),
        ("400 Bad Request", "ExpiredToken", "S3 does not take the credentials: renew them"),
        ("403 Forbidden", "InvalidAccessKeyId", "S3 does not take the credentials: renew them"),
        ("403 Forbidden", "SignatureDoesNotMatch", "S3 does not take the credentials: renew them"),
        ("403 Forbidden", "InvalidObjectState", "it is archived: restore it first"),
        ("400 Bad Request", "AuthorizationHeaderMalformed", "the bucket is in another region"),
        ("400 Bad Request", "Strange", r"it cannot be read from S3: .*Strange"),
    ],
)
async def test_what_s3_refuses_is_an_error_with_the_remedy(status: str, code: str, said: str) -> None:
    """Bucket and key are named, credentials never, though a reply to HEAD says nothing but its status."""
    message = f"AKIAIOSFODNN7EXAMPLE The String-to-Sign was {SECRET}"
    async with store_of(lambda method, headers: refusal(status, code, message)) as (store, script):
        with pytest.raises(SourceError, match=f"^s3://bucket/a/key: {said}") as caught:
            await store.find("bucket", "a/key")
    assert script.heads[-1].startswith("GET /bucket/a/key")
    shown: BaseException | None = caught.value
    while shown is not None:
        assert "AKIAIOSFODNN7EXAMPLE" not in str(shown)
        assert SECRET not in str(shown)
        shown = shown.__cause__


@pytest.mark.parametrize(
    ("bucket", "headers", "known"),
    [
        ("bucket", {}, True),
        ("bucket", {"x-amz-server-side-encryption": "AES256"}, True),
        ("bucket", {"x-amz-server-side-encryption": "aws:kms"}, False),
        ("bucket", {"x-amz-server-side-encryption-customer-algorithm": "AES256"}, False),
        ("bucket", {"ETag": '"0123456789abcdef0123456789abcdef-2"'}, False),
    ],
)
async def test_an_etag_is_an_md5_where_it_is_one(bucket: str, headers: dict[str, str], known: bool) -> None:
    """Not of what was uploaded in parts, or is encrypted with a key of KMS or the user's."""
    etag = '"0123456789abcdef0123456789abcdef"'
    answer = ("200 OK", {"ETag": etag, **headers, "Content-Length": "7"}, b"")
    async with store_of(lambda method, _: answer) as (store, _):
        found = await store.find(bucket, "key")
    assert found.size_bytes == 7
    assert found.md5 == (etag.strip('"') if known else None)


async def test_every_range_is_asked_for_with_the_etag() -> None:
    """So S3 itself refuses to give a range of another content."""
    async with store_of(lambda method, headers: ranged(headers)) as (store, script):
        assert await store.read(FOUND, 13, 40) == CONTENT[13:53]
    (head,) = script.heads
    assert f"If-Match: {ETAG}".lower() in head.lower()
    assert "bytes=13-52" in head


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda headers: ranged(headers, etag='"other"'), "it was replaced while it was read"),
        (lambda headers: refusal("412 Precondition Failed", "PreconditionFailed"), "it was replaced"),
        (lambda headers: refusal("416 Range Not Satisfiable", "InvalidRange"), "it was replaced"),
        (lambda headers: ("200 OK", {"ETag": ETAG}, CONTENT), "other bytes than those that were asked for"),
        (lambda headers: ranged({"range": "bytes=0-9"}), "other bytes than those that were asked for"),
        (lambda headers: refusal("403 Forbidden", "ExpiredToken"), "S3 does not take the credentials"),
    ],
)
async def test_what_is_not_the_range_is_never_taken(
    answer: Callable[[dict[str, str]], Answer], said: str
) -> None:
    """It is an error at once, and the request is not sent again."""
    async with store_of(lambda method, headers: answer(headers)) as (store, script):
        with pytest.raises(SourceError, match=f"^s3://bucket/a/key: .*{said}"):
            await store.read(FOUND, 10, 20)
    assert len(script.heads) == 1


async def test_a_range_that_breaks_off_is_completed() -> None:
    """From the byte where it broke, whatever the reason: a reply cut short, or a service that is busy."""
    seen: list[str] = []

    def answer(method: str, headers: dict[str, str]) -> Answer:
        seen.append(headers["range"])
        if len(seen) == 2:
            return refusal("503 Slow Down", "SlowDown")
        status, told, body = ranged(headers)
        return (
            (status, {**told, "Content-Length": str(len(body))}, body[:7])
            if len(seen) < 4
            else (status, told, body)
        )

    async with store_of(answer) as (store, _):
        assert await store.read(FOUND, 0, 100) == CONTENT
    assert len(seen) == 4
    assert seen[:2] == ["bytes=0-99", "bytes=7-99"]
    assert seen[2:] == ["bytes=7-99", "bytes=14-99"]


async def test_connecting_needs_whole_settings() -> None:
    """A profile that is not there is named; a session has its profile already."""
    with pytest.raises(SourceError, match=r"connecting to S3: .*\(nobody\)"):
        async with open_store(S3Access(profile_name="nobody")):
            pass
    with pytest.raises(ValueError, match="not both"):
        S3Access(session=object(), profile_name="me")  # type: ignore[arg-type]


def test_s3_is_reached_as_dynamodb_is_but_elsewhere() -> None:
    """Region, credentials and configuration are those of the mapper; the endpoint is DynamoDB's own."""
    options = ConnectOptions(
        region_name="eu-west-1", endpoint_url="http://x", aws_access_key_id="a", aws_secret_access_key="b"
    )
    access = S3Access.like(options)
    assert access == S3Access(region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")
    assert "'b'" not in repr(access)
