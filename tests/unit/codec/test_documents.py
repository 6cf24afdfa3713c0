"""Documents as text: any stored value comes back, always the same text, and nothing malformed is taken."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from ddbmodel import CodecError
from ddbmodel.codec.documents import document_bytes, read_document
from tests.strategies.stored import values

SECRET = "s3cr3t"


@given(values())
def test_any_stored_value_comes_back(stored: dict[str, Any]) -> None:
    """What is read is what was written, bytes and sets in lists and maps included."""
    assert read_document(document_bytes(stored)) == stored


def test_the_text_is_the_json_of_dynamodb() -> None:
    """Compact, names sorted, bytes as base64, no escapes for what UTF-8 can hold."""
    stored = {
        "M": {
            "é": {"S": 'a"\n'},
            "b": {"L": [{"N": "1"}, {"BOOL": True}, {"NULL": True}]},
            "a": {"B": b"\x00\xff"},
            "c": {"BS": [b"\x01"]},
        }
    }
    assert document_bytes(stored).decode() == (
        '{"M":{"a":{"B":"AP8="},"b":{"L":[{"N":"1"},{"BOOL":true},{"NULL":true}]},'
        '"c":{"BS":["AQ=="]},"é":{"S":"a\\"\\n"}}}'
    )


def test_the_order_of_entries_does_not_change_the_text() -> None:
    """Two equal maps are written alike, so that equal values are compressed alike."""
    one = {"M": {"a": {"N": "1"}, "b": {"N": "2"}}}
    other = {"M": {"b": {"N": "2"}, "a": {"N": "1"}}}
    assert document_bytes(one) == document_bytes(other)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"{",
        b"5",
        b"[]",
        b"{}",
        b'"' + SECRET.encode() + b'"',
        b'{"S":"a","N":"1"}',
        b'{"X":"a"}',
        b'{"S":5}',
        b'{"N":5}',
        b'{"BOOL":1}',
        b'{"B":"?"}',
        b'{"B":"AP8"}',
        b'{"M":[]}',
        b'{"M":{"a":5}}',
        b'{"L":{}}',
        b'{"L":[{"S":5}]}',
        b'{"SS":"a"}',
        b'{"NS":[5]}',
        b'{"BS":["?"]}',
        b'{"L":[' * 100_000,
    ],
    ids=lambda content: content[:12].decode("latin-1"),
)
def test_what_is_malformed_is_refused(content: bytes) -> None:
    """It is a CodecError that neither says nor holds what was read."""
    with pytest.raises(CodecError, match="no document of DynamoDB's") as refusal:
        read_document(content)
    assert SECRET not in str(refusal.value)
    assert refusal.value.__context__ is None


def test_what_is_deep_is_refused_not_followed() -> None:
    """Lists in lists beyond what Python can follow are an error, not a crash."""
    deep = json.dumps({"L": []})
    content = deep.replace("[]", "[" + '{"L":[' * 5000 + "]}" * 5000 + "]").encode()
    with pytest.raises(CodecError):
        read_document(content)
