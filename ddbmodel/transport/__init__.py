"""Transport: how a request gets to DynamoDB, and what comes of it.

Belongs here: the seam (`protocol`), the lane over an aioboto3 client (`client_lane`), the one over
connections of our own (`fast`), opening one (`connect`, `settings`), retries (`courier`, `delivery`,
`retry`), what went wrong and which error that is (`diagnosis`, `failure`, `mapping`, `redaction`), checks of
the reply (`hooks`, `reply_check`), credentials that expired (`credentials`), and the record of it all
(`events`). Objects of S3 too, which are only read (`object_store`, `object_errors`), and the
client of DynamoDB Streams (`stream_client`).

Does not belong here: what is asked for (operations), what it is asked for (mapper), values and their
encoding (codec). It is the only room that knows aioboto3, and importing it does not import aioboto3:
that takes most of a second, and only opening a lane needs it.
"""

from __future__ import annotations

from ddbmodel.transport.events import Exchange, Statistics, listening
from ddbmodel.transport.protocol import Transport, WireRequest
from ddbmodel.transport.retry import RetryPolicy, RetryRules

__all__ = ["Exchange", "RetryPolicy", "RetryRules", "Statistics", "Transport", "WireRequest", "listening"]
