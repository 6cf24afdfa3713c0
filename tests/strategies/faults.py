"""What can go wrong between a client and a table, for proxies that have to make it so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from ddbmodel.testing import (
    Delay,
    DropReply,
    ExpiredCredentials,
    Fault,
    Garble,
    InternalError,
    ResetBefore,
    Step,
    Throttle,
    Truncate,
    Unprocessed,
    WrongChecksum,
)


@dataclass(frozen=True)
class FaultPlan:
    """What goes wrong with one request after the other, and how often in a row; None is nothing."""

    steps: Sequence[tuple[Fault | None, int]] = ()

    def script(self, operation: str) -> Sequence[Step]:
        """The plan for requests of one operation."""
        return [(operation, fault) for fault, times in self.steps for _ in range(times)]


PARTS = st.sampled_from([0.01, 0.3, 0.5, 0.99, 1.0])
SINGLE_FAULTS = st.one_of(
    st.just(Throttle()),
    st.builds(InternalError, applied=st.booleans()),
    st.builds(Unprocessed, PARTS),
    st.just(ResetBefore()),
    st.just(DropReply()),
    st.builds(Truncate, st.sampled_from([0.0, 0.5, 0.99])),
    st.just(Garble()),
    st.just(WrongChecksum()),
    st.just(ExpiredCredentials()),
)
FAULTS = SINGLE_FAULTS | st.builds(Delay, st.sampled_from([0.001, 0.05, 1.0, 7.0]), st.none() | SINGLE_FAULTS)
# Four attempts of the lane are one of the writer; twelve of these in vain are the end of a write.
FAULT_PLANS = st.builds(
    FaultPlan, st.lists(st.tuples(st.none() | FAULTS, st.sampled_from([1, 1, 1, 2, 5, 60])), max_size=12)
)
