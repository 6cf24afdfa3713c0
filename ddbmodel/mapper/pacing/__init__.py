"""pacing: how much may be sent, and when.

Belongs here: the budget of write units (`rate_limit`), how many requests may be under way (`concurrency`,
`slots`), keys that get more writes than their partition takes (`hot_keys`), and what a throttled request says
about whom (`throttling`). All of it is told the time and told what happened; nothing here waits, sends, or
looks at a clock of its own. Does not belong here: waiting (`mapper/pacer`), and what is sent.
"""

from __future__ import annotations

from ddbmodel.mapper.pacing.concurrency import Concurrency
from ddbmodel.mapper.pacing.hot_keys import HotKeys, passed_over
from ddbmodel.mapper.pacing.rate_limit import Ramp, RateLimit
from ddbmodel.mapper.pacing.slots import Outcome, Slot, Slots
from ddbmodel.mapper.pacing.throttling import Scope, scope_of

__all__ = [
    "Concurrency",
    "HotKeys",
    "Outcome",
    "Ramp",
    "RateLimit",
    "Scope",
    "Slot",
    "Slots",
    "passed_over",
    "scope_of",
]
