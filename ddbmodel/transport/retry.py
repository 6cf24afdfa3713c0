"""When to try again, and how long to wait: AWS's standard retry rules, with DynamoDB's own numbers.

The pause after attempt n is a random part (full jitter) of `min(cap, base * 2 ** (n - 1))`, where the base
is 25 ms for transient failures and 1 s for throttling. Each retry takes tokens from a quota that all
requests share, so that a service in trouble is not buried in retries: 14 for a transient failure, 5 for
throttling. Success gives back what its last retry took.

Nothing here sleeps or looks at a clock. All times are in seconds.

Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal, TypeAlias

QUOTA_TOKENS: Final = 500

RetryVerdict: TypeAlias = Literal["retry", "max_attempts_exceeded", "quota_exceeded"]


class RetryKind(Enum):
    """Why an attempt failed, as far as waiting goes."""

    TRANSIENT = "transient"
    THROTTLE = "throttle"


@dataclass(frozen=True, slots=True)
class RetryRules:
    """The numbers of the standard rules.

    Attributes:
        max_attempts: how often a request is tried in all, the first time included.
        transient_base_seconds: the longest first pause after a transient failure.
        throttle_base_seconds: the longest first pause after throttling.
        max_backoff_seconds: the longest pause that is computed.
        transient_cost: tokens for a retry after a transient failure.
        throttle_cost: tokens for a retry after throttling.
        first_try_refund: tokens given back by a request that needed no retry.
        server_delay_margin_seconds: how much longer than computed the service may ask to wait.
    """

    max_attempts: int = 4
    transient_base_seconds: float = 0.025
    throttle_base_seconds: float = 1.0
    max_backoff_seconds: float = 20.0
    transient_cost: int = 14
    throttle_cost: int = 5
    first_try_refund: int = 1
    server_delay_margin_seconds: float = 5.0

    def __post_init__(self) -> None:
        if self.max_attempts < 1:
            raise ValueError(f"max_attempts is {self.max_attempts}: use 1 (never retry) or more")

    def cost(self, kind: RetryKind) -> int:
        """The tokens that a retry takes."""
        return self.throttle_cost if kind is RetryKind.THROTTLE else self.transient_cost

    def longest_pause_seconds(self, kind: RetryKind, attempt: int) -> float:
        """The upper bound of the pause after the given attempt, counted from 1."""
        base = self.throttle_base_seconds if kind is RetryKind.THROTTLE else self.transient_base_seconds
        return min(self.max_backoff_seconds, base * 2.0 ** (attempt - 1))


class RetryQuota:
    """The tokens that all requests of a transport share."""

    __slots__ = ("_capacity", "_tokens")

    def __init__(self, capacity: int = QUOTA_TOKENS) -> None:
        self._capacity = capacity
        self._tokens = capacity

    @property
    def tokens(self) -> int:
        """What is left."""
        return self._tokens

    def take(self, tokens: int) -> bool:
        """Take tokens; False, and nothing taken, if there are not as many."""
        if tokens > self._tokens:
            return False
        self._tokens -= tokens
        return True

    def give_back(self, tokens: int) -> None:
        """Return tokens, up to the capacity."""
        self._tokens = min(self._capacity, self._tokens + tokens)


@dataclass(frozen=True, slots=True)
class RetryDecision:
    """What to do after a failed attempt: wait and try again, or give up and why."""

    verdict: RetryVerdict
    pause_seconds: float | None = None


class RetryPolicy:
    """The rules with their quota; one for a transport.

    `jitter` returns a number from 0 to 1, the part of the computed pause to wait.
    """

    __slots__ = ("jitter", "quota", "rules")

    def __init__(
        self,
        rules: RetryRules | None = None,
        *,
        quota: RetryQuota | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.rules = rules or RetryRules()
        self.quota = quota or RetryQuota()
        self.jitter = jitter

    def begin(self) -> RetryCourse:
        """The course of a new request."""
        return RetryCourse(self)


class RetryCourse:
    """The attempts of one request."""

    __slots__ = ("_attempts", "_policy", "_taken")

    def __init__(self, policy: RetryPolicy) -> None:
        self._policy = policy
        self._attempts = 0
        self._taken: int | None = None

    def failed(self, kind: RetryKind, server_delay_seconds: float | None = None) -> RetryDecision:
        """Decide about an attempt that failed.

        Args:
            kind: why it failed.
            server_delay_seconds: how long the service asked to wait. It is honoured from the computed pause
                up to `server_delay_margin_seconds` above it.
        """
        policy, rules = self._policy, self._policy.rules
        self._attempts += 1
        if self._attempts >= rules.max_attempts:
            return RetryDecision("max_attempts_exceeded")
        cost = rules.cost(kind)
        if not policy.quota.take(cost):
            return RetryDecision("quota_exceeded")
        self._taken = cost
        pause = policy.jitter() * rules.longest_pause_seconds(kind, self._attempts)
        if server_delay_seconds is not None:
            pause = max(pause, min(server_delay_seconds, pause + rules.server_delay_margin_seconds))
        return RetryDecision("retry", pause)

    def succeeded(self) -> None:
        """Give back what the last retry took."""
        refund = self._policy.rules.first_try_refund if self._taken is None else self._taken
        self._policy.quota.give_back(refund)


def server_delay_seconds(header: str | None) -> float | None:
    """Read `x-amz-retry-after`, which is in milliseconds; None if it is missing or makes no sense."""
    if header is None or not (header.isascii() and header.isdigit()):
        return None
    return int(header) / 1000
