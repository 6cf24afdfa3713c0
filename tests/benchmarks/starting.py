"""What it takes to import, and to get to the first item: whole programs, each in a process of its own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from typing import Final

from tests.benchmarks.runs import Cell, Effort, Outcome
from tests.benchmarks.servers import ROOT, Server

_FIELDS: Final = "    pk: {str} = {partition}\n    sk: {str} = {sort}\n    qty: {int}\n    note: {str}\n"
_OURS: Final = "class Record(Model, table='small'):\n" + _FIELDS.format(
    str="Attr[str]", int="Attr[int]", partition="partition_key()", sort="sort_key()"
)
IMPORTS: Final[Mapping[str, str]] = {
    "nothing": "pass",
    "import pydantic": "import pydantic",
    "import ddbmodel": "import sys, ddbmodel; assert 'aioboto3' not in sys.modules",
    "a model of Pydantic": "from pydantic import BaseModel\nclass Record(BaseModel):\n"
    "    pk: str\n    sk: str\n    qty: int\n    note: str\n",
    "a model of ddbmodel": f"from ddbmodel import Attr, Model, partition_key, sort_key\n{_OURS}"
    "import sys; assert 'aioboto3' not in sys.modules",
    "import aioboto3": "import aioboto3",
}
"""By name; `nothing` is what the interpreter itself takes, and is subtracted from the others."""

FIRST_GETS: Final[Mapping[str, str]] = {
    "nothing": "pass",
    "aioboto3": """
import asyncio, aioboto3
async def main():
    async with aioboto3.Session().client("dynamodb", endpoint_url={url!r}) as client:
        await client.get_item(TableName="small", Key={{"pk": {{"S": "1"}}, "sk": {{"S": "x"}}}})
asyncio.run(main())
""",
    "ddbmodel": "import asyncio\nfrom ddbmodel import Attr, Mapper, Model, partition_key, sort_key\n"
    + _OURS
    + """
async def main():
    async with Mapper.connect(endpoint_url={url!r}) as mapper:
        assert await mapper.get(Record, "1", "x")
asyncio.run(main())
""",
}


def imports(server: Server, effort: Effort) -> Outcome:
    """What importing takes."""
    return _programs(IMPORTS, Cell("import", "small"), server, effort)


def first_gets(server: Server, effort: Effort) -> Outcome:
    """What it takes to import, connect and read one item."""
    programs = {name: text.format(url=server.url) for name, text in FIRST_GETS.items()}
    return _programs(programs, Cell("first get", "small", concurrency=1), server, effort)


def _programs(programs: Mapping[str, str], cell: Cell, server: Server, effort: Effort) -> Outcome:
    for text in programs.values():  # so that what was compiled is there
        _cpu_seconds(text, server, effort.python)
    outcome = Outcome(cell, {name: [] for name in programs if name != "nothing"})
    for _ in range(effort.rounds):
        # The least of three: what else the machine does can only add.
        seconds = {
            name: min(_cpu_seconds(text, server, effort.python) for _ in range(3))
            for name, text in programs.items()
        }
        for name, taken in outcome.cpu.items():
            taken.append(seconds[name] - seconds["nothing"])
    return outcome


def _cpu_seconds(program: str, server: Server, python: str) -> float:
    command = [python, "-c", program]
    with subprocess.Popen(command, cwd=ROOT, env=server.environment) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"this program failed:\n{program}")
    return usage.ru_utime + usage.ru_stime
