"""What of the machine a process takes: its core, its CPU time, its memory."""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path


def pin(core: int) -> None:
    """Keep this process on one core, counted among those it may use; where that is not possible, do nothing."""
    if sys.platform == "linux":
        allowed = sorted(os.sched_getaffinity(0))
        if len(allowed) > 1:
            os.sched_setaffinity(0, {allowed[core % len(allowed)]})


def cpu_seconds() -> float:
    """What this process has used so far, in user and system time, over all of its threads."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def resident_bytes() -> int:
    """The memory of this process that is in use now; of Linux only, elsewhere its peak."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * resource.getpagesize()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
