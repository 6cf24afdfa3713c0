"""An S3 on loopback: moto's, over HTTP."""

from __future__ import annotations

import os
from typing import Any

import boto3
from moto.server import ThreadedMotoServer

from ddbmodel import S3Access

BUCKET = "exports"
CREDENTIALS = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}


class MotoS3:
    """moto's S3 with one bucket.

    Args:
        bucket: its name.

    Attributes:
        url: where it is.
        client: a client that blocks, for what tests prepare.
    """

    def __init__(self, bucket: str = BUCKET) -> None:
        self._bucket = bucket
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)

    def start(self) -> None:
        self._server.start()
        host, port = self._server.get_host_and_port()
        self.url = f"http://{host}:{port}"
        self.client: Any = boto3.client("s3", endpoint_url=self.url, region_name="us-east-1", **CREDENTIALS)
        self.client.create_bucket(Bucket=self._bucket)

    def stop(self) -> None:
        self.client.close()
        self._server.stop()

    def put(self, key: str, content: bytes) -> str:
        """Store an object, and give its URL."""
        self.client.put_object(Bucket=self._bucket, Key=key, Body=content)
        return f"s3://{self._bucket}/{key}"


def access_to(url: str) -> S3Access:
    """How a mapper reaches an S3 of the tests."""
    return S3Access(region_name="us-east-1", endpoint_url=url, **CREDENTIALS)


def environment_for(url: str) -> dict[str, str]:
    """The environment of a program that finds an S3 of the tests by itself."""
    return {**os.environ, "AWS_ENDPOINT_URL_S3": url}
