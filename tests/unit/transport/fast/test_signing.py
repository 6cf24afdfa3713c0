"""Signatures, against the published vectors and by hand."""

from __future__ import annotations

import json
import os
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from ddbmodel.transport.fast.calls import CallOptions, Calls
from ddbmodel.transport.fast.signing import TOKEN_HEADER, CanonicalRequest, Keys, Signer, moment_of
from ddbmodel.transport.fast.skew import Clock

SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
MOMENT = "20150830T123600Z"

# For where the published cases are not at hand: one that AWS's documentation of the algorithm has worked out.
OWN_CASE: dict[str, Any] = {
    "name": "get-vanilla",
    "context": {
        "credentials": {"access_key_id": "AKIDEXAMPLE", "secret_access_key": SECRET},
        "region": "us-east-1",
        "service": "service",
        "timestamp": "2015-08-30T12:36:00Z",
    },
    "request": "GET / HTTP/1.1\nHost:example.amazonaws.com\n",
    "header-signature": "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
}


def _published() -> list[dict[str, Any]]:
    """AWS's cases, where they are at hand: in the folder that DDBMODEL_DATA names, or in one beside."""
    beside = Path(__file__).resolve().parents[5] / "shared" / "data"
    folder = Path(os.environ.get("DDBMODEL_DATA", beside)) / "vectors" / "sigv4"
    path = folder / "aws-c-auth-v4-post-cases.json"
    return json.loads(path.read_text()) if path.exists() else []


@pytest.mark.parametrize("case", [OWN_CASE, *_published()], ids=lambda case: case["name"])
def test_a_published_case(case: dict[str, Any]) -> None:
    """Canonical request, string to sign and signature are the published ones."""
    context = case["context"]
    credentials = context["credentials"]
    head, _, body = case["request"].partition("\n\n")
    line, *fields = head.strip("\n").split("\n")
    method, target, _ = line.split(" ")
    path, _, query = target.partition("?")
    headers = {name.lower(): value for name, value in (field.split(":", 1) for field in fields)}
    moment = context["timestamp"].replace("-", "").replace(":", "")
    token = credentials.get("token")
    if token is not None and not context.get("omit_session_token"):
        headers[TOKEN_HEADER] = token
    body_hash = sha256(body.encode()).hexdigest()
    if context.get("sign_body"):
        headers["x-amz-content-sha256"] = body_hash
    canonical = CanonicalRequest.of(method, path, dict(parse_qsl(query)), headers)
    signer = Signer(context["region"], context["service"])
    keys = Keys(credentials["access_key_id"], credentials["secret_access_key"], token)
    text = canonical.text(moment, body_hash)
    assert text == case.get("header-canonical-request", text)
    to_sign = signer.string_to_sign(text, moment)
    assert to_sign == case.get("header-string-to-sign", to_sign)
    authorization = signer.authorization(canonical, moment, body.encode(), keys)
    assert authorization.endswith(f"Signature={case['header-signature']}")
    signed_request = case.get("header-signed-request")
    assert signed_request is None or f"Authorization:{authorization}" in signed_request


OPTIONS = CallOptions(
    "dynamodb.eu-west-1.amazonaws.com", "DynamoDB_20120810", "application/x-amz-json-1.0", "ua"
)


BODY = b'{"TableName": "orders"}'
UNSIGNED = ("User-Agent", "Accept-Encoding", "Content-Length")


class At:
    """A clock that stands at a moment, or is set."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def __call__(self) -> float:
        return self.seconds


def _headers(data: bytes) -> dict[str, str]:
    line, *fields = data.partition(b"\r\n\r\n")[0].decode().split("\r\n")
    assert line == "POST / HTTP/1.1"
    return dict(field.split(": ", 1) for field in fields)


@pytest.mark.parametrize("token", [None, "a/session+token=="])
def test_a_request_has_the_signature_that_botocore_gives(token: str | None) -> None:
    """Day after day, with old and new credentials, for one operation after the other."""
    now = At(1_440_938_160.0)
    calls = Calls(OPTIONS, Signer("eu-west-1", "dynamodb"), Clock(now))
    for secret, days, operation in product((SECRET, "another"), (0, 0, 86_400, 5), ("GetItem", "PutItem")):
        now.seconds += days
        headers = _headers(calls.render(operation, BODY, Keys("AKID", secret, token)))
        assert headers["X-Amz-Target"] == f"DynamoDB_20120810.{operation}"
        assert headers.get("X-Amz-Security-Token") == token
        authorization = headers.pop("Authorization")
        signed = {name: value for name, value in headers.items() if name not in UNSIGNED}
        request = AWSRequest("POST", f"https://{headers['Host']}/", signed, BODY)
        request.context["timestamp"] = headers["X-Amz-Date"]
        auth = SigV4Auth(Credentials("AKID", secret, token), "dynamodb", "eu-west-1")
        to_sign = auth.string_to_sign(request, auth.canonical_request(request))
        assert authorization.endswith(f"Signature={auth.signature(to_sign, request)}")


def test_a_changed_session_token_is_sent_and_signed() -> None:
    """What is kept of a request is not kept beyond the credentials that it was made with."""
    calls = Calls(OPTIONS, Signer("eu-west-1", "dynamodb"), Clock(At(0)))
    seen = []
    for token in ("one", None, "two"):
        data = calls.render("GetItem", b"{}", Keys("AKID", SECRET, token)).decode()
        seen.append([line for line in data.split("\r\n") if "security-token" in line.lower()])
    assert [len(lines) for lines in seen] == [2, 0, 2]
    assert seen[2][0] == "X-Amz-Security-Token: two"


def test_keys_and_secrets_are_not_in_a_repr() -> None:
    """They may be printed."""
    assert SECRET not in repr(Keys("AKID", SECRET, "token-1"))
    assert "token-1" not in repr(Keys("AKID", SECRET, "token-1"))


def test_functions_in_lambda_pass_their_trace_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the SDKs do; and nothing that could end the line early."""
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "f")
    calls = Calls(OPTIONS, Signer("eu-west-1", "dynamodb"), Clock(At(0)))
    for trace, sent in (("Root=1-2-3", True), ("x\r\ny: z", False), (None, False)):
        monkeypatch.delenv("_X_AMZN_TRACE_ID", raising=False)
        if trace is not None:
            monkeypatch.setenv("_X_AMZN_TRACE_ID", trace)
        data = calls.render("GetItem", b"{}", Keys("AKID", SECRET))
        assert (b"X-Amzn-Trace-Id: Root=1-2-3\r\n" in data) is sent
        assert b"y: z" not in data


SERVICE_DATE = "Sun, 30 Aug 2015 12:36:00 GMT"
SERVICE_TIME = 1_440_938_160.0


@pytest.mark.parametrize("hours", [-24, -1, 1, 24])
def test_a_wrong_clock_is_set_by_the_service_s(hours: int) -> None:
    """What was signed with the wrong time is signed again; what was signed with the right one is not."""
    clock = Clock(At(SERVICE_TIME + hours * 3600))
    assert clock.moment() != MOMENT
    assert clock.corrected("InvalidSignatureException", SERVICE_DATE, 0.0)
    assert clock.moment() == MOMENT
    assert clock.corrected("InvalidSignatureException", SERVICE_DATE, 0.0)
    assert clock.moment() == MOMENT
    assert not clock.corrected("InvalidSignatureException", SERVICE_DATE, clock.offset_seconds)


@pytest.mark.parametrize(
    ("code", "date"),
    [
        ("ValidationException", SERVICE_DATE),
        ("InvalidSignatureException", None),
        ("InvalidSignatureException", "soon"),
        ("InvalidSignatureException", moment_of(SERVICE_TIME)),
        ("RequestExpired", "Sun, 30 Aug 2015 10:36:30 GMT"),
    ],
)
def test_the_clock_is_not_set_by_what_says_nothing_of_it(code: str, date: str | None) -> None:
    """Another error, no date, no readable date, or nearly the same time."""
    clock = Clock(At(SERVICE_TIME - 7200))
    assert not clock.corrected(code, date, 0.0)
    assert clock.moment() == "20150830T103600Z"
