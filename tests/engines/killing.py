"""Programs that are killed in the middle of their work."""

from __future__ import annotations

import asyncio
import sys

from ddbmodel.testing import FaultProxy


async def killed_after(proxy: FaultProxy, requests: int, module: str, *arguments: str) -> str | None:
    """Run a module, and kill it once so many requests have come; what it prints, if it was done before."""
    seen = len(proxy.log)
    process = await asyncio.create_subprocess_exec(
        *[sys.executable, "-m", module, *arguments], stdout=asyncio.subprocess.PIPE
    )
    ended = asyncio.create_task(process.communicate())
    while len(proxy.log) < seen + requests and not ended.done():
        await asyncio.wait([ended], timeout=0.001)
    if not ended.done():
        process.kill()
    output, _ = await ended
    return output.decode() if process.returncode == 0 else None
