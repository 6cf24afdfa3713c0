"""What the log holds, and what it does not."""

from __future__ import annotations

import logging

import pytest

from ddbmodel.errors import ConditionalCheckFailed, RequestRefused
from ddbmodel.operations import GetItem, PutItem, Query
from ddbmodel.transport.connect import ConnectOptions, LaneChoice, connect
from tests.unit.operations.expressions import Expression
from tests.unit.transport.conftest import ACCESS_KEY, SECRET_KEY, TOKEN
from tests.unit.transport.scripted_server import Play, ScriptedServer, answer, fault

KEY = {"pk": {"S": "hush-key"}}
ITEM = KEY | {"card": {"S": "hush-value"}}
SECRETS = ("hush", ACCESS_KEY, SECRET_KEY, TOKEN)


async def test_no_log_of_ours_holds_values_keys_or_credentials(
    server: ScriptedServer, choice: LaneChoice, caplog: pytest.LogCaptureFixture
) -> None:
    """At the DEBUG level of every logger there is, through success, retry and failure."""
    caplog.set_level(logging.DEBUG)
    lane = await connect(
        ConnectOptions(
            region_name="eu-west-1",
            endpoint_url=server.url,
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=SECRET_KEY,
            aws_session_token=TOKEN,
            lane=choice,
        )
    )
    server.script.extend(
        [
            answer({"Item": ITEM}),
            Play(headers={"x-amz-crc32": "1"}),
            answer({"Items": [ITEM], "Count": 1, "LastEvaluatedKey": KEY}),
            fault("ConditionalCheckFailedException", Item=ITEM),
            fault("ValidationException", "Value 'hush' at 'item' failed to satisfy constraint"),
        ]
    )
    await lane.send(GetItem("orders", KEY))
    await lane.send(Query("orders", Expression("pk", "hush"), exclusive_start_key=KEY))
    with pytest.raises(ConditionalCheckFailed):
        await lane.send(PutItem("orders", ITEM, condition=Expression("card", "hush")))
    with pytest.raises(RequestRefused):
        await lane.send(PutItem("orders", ITEM))
    await lane.close()

    ours = [record for record in caplog.records if record.name.split(".")[0] == "ddbmodel"]
    others = {record.name.split(".")[0] for record in caplog.records} - {"ddbmodel"}
    assert others, "the other loggers were captured as well"
    assert len(ours) == 4
    formatter = logging.Formatter()
    for record in ours:
        everything = formatter.format(record) + repr(record.args)
        assert not any(secret in everything for secret in SECRETS)
        assert "orders" in everything


async def test_a_line_tells_operation_table_attempts_and_status(
    server: ScriptedServer, choice: LaneChoice, caplog: pytest.LogCaptureFixture
) -> None:
    """One line for each request, on the logger `ddbmodel.transport`."""
    caplog.set_level(logging.DEBUG, "ddbmodel.transport")
    lane = await connect(
        ConnectOptions(
            "eu-west-1",
            server.url,
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=SECRET_KEY,
            lane=choice,
        )
    )
    server.script.append(Play(reset=True))
    await lane.send(GetItem("orders", KEY))
    await lane.close()
    (record,) = (record for record in caplog.records if record.name == "ddbmodel.transport")
    assert record.levelno == logging.DEBUG
    assert record.getMessage().startswith(
        "GetItem table=orders outcome=OK status=200 attempts=2 throttles=0 seconds="
    )


def test_the_options_of_a_connection_hide_its_credentials() -> None:
    """Their repr can be printed."""
    options = ConnectOptions(
        "eu-west-1",
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
        aws_session_token=TOKEN,
    )
    assert "eu-west-1" in repr(options)
    assert not any(secret in repr(options) for secret in SECRETS)
