"""The retry rules, against AWS's published cases and by hand."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from ddbmodel.transport.retry import (
    RetryKind,
    RetryPolicy,
    RetryQuota,
    RetryRules,
    server_delay_seconds,
)

THROTTLING = "Throttling"
# The rules that the published cases are about. Those of 2.0 know one cost and one base; those of 2.1 have
# another base for services other than DynamoDB.
RULES_2_0: dict[str, Any] = {"transient_cost": 5, "throttle_cost": 5}
RULES_2_1: dict[str, Any] = {"transient_base_seconds": 0.05}

# The same ground as the published cases, for where they are not at hand. A step is a status, an error code,
# and what comes of it: the outcome, the tokens left, and the pause.
OWN_CASES: list[tuple[str, dict[str, Any], int, list[tuple[int, str | None, str, int, float | None]]]] = [
    (
        "two failures, then success",
        {"max_attempts": 3, "transient_base_seconds": 0.05},
        500,
        [(500, None, "retry", 486, 0.05), (502, None, "retry", 472, 0.1), (200, None, "success", 486, None)],
    ),
    (
        "the attempts run out",
        {"max_attempts": 2},
        500,
        [(503, None, "retry", 486, 0.025), (503, None, "max_attempts_exceeded", 486, None)],
    ),
    (
        "the tokens run out",
        {"max_attempts": 5},
        20,
        [(500, None, "retry", 6, 0.025), (500, None, "quota_exceeded", 6, None)],
    ),
    ("no tokens", {}, 0, [(500, None, "quota_exceeded", 0, None)]),
    (
        "the pause has a cap",
        {"max_attempts": 9, "throttle_base_seconds": 1.0, "max_backoff_seconds": 3.0},
        500,
        [
            (400, THROTTLING, "retry", 495, 1.0),
            (400, THROTTLING, "retry", 490, 2.0),
            (400, THROTTLING, "retry", 485, 3.0),
            (400, THROTTLING, "retry", 480, 3.0),
        ],
    ),
    (
        "success gives back what the last retry took, once",
        {"max_attempts": 5},
        30,
        [
            (500, None, "retry", 16, 0.025),
            (500, None, "retry", 2, 0.05),
            (200, None, "success", 16, None),
            (500, None, "retry", 2, 0.025),
            (200, None, "success", 16, None),
        ],
    ),
    (
        "a success at once gives back one token",
        {"max_attempts": 2},
        30,
        [
            (500, None, "retry", 16, 0.025),
            (500, None, "max_attempts_exceeded", 16, None),
            (200, None, "success", 17, None),
        ],
    ),
]


def _published() -> dict[str, Any]:
    """AWS's cases, where they are at hand: in the folder that DDBMODEL_DATA names, or in one beside."""
    beside = Path(__file__).resolve().parents[4] / "shared" / "data"
    path = Path(os.environ.get("DDBMODEL_DATA", beside)) / "vectors" / "retry" / "standard-mode-cases.json"
    return json.loads(path.read_text()) if path.exists() else {}


def _published_cases() -> list[Any]:
    cases = []
    for version, rules in (("v2.0", RULES_2_0), ("v2.1", RULES_2_1)):
        for case in _published().get(version, ()):
            given = case["given"]
            options = rules | {
                "max_attempts": given["max_attempts"],
                "max_backoff_seconds": given["max_backoff"],
            }
            if "base" in given:
                options |= {"transient_base_seconds": given["base"], "throttle_base_seconds": given["base"]}
            steps = [
                (step["status"], step["error_code"], step["outcome"], step["quota"], step["delay"])
                for step in case["steps"]
            ]
            cases.append(pytest.param(options, given["tokens"], steps, id=f"{version} {case['name']}"))
    return cases


def _own_cases() -> list[Any]:
    return [pytest.param(options, tokens, steps, id=name) for name, options, tokens, steps in OWN_CASES]


@pytest.mark.parametrize(("options", "tokens", "steps"), [*_own_cases(), *_published_cases()])
def test_a_course_of_attempts(options: dict[str, Any], tokens: int, steps: list[Any]) -> None:
    """Outcome, tokens left and pause are as the rules say, step after step; jitter is fixed at its most."""
    # The bucket of the published cases holds 500, however many tokens are in it at first.
    quota = RetryQuota()
    assert quota.take(quota.tokens - tokens)
    policy = RetryPolicy(RetryRules(**options), quota=quota, jitter=lambda: 1.0)
    course = policy.begin()
    for status, error_code, outcome, tokens_left, pause in steps:
        if status == 200:
            course.succeeded()
            verdict, pause_seconds = "success", None
        else:
            kind = RetryKind.THROTTLE if error_code == THROTTLING else RetryKind.TRANSIENT
            decision = course.failed(kind)
            verdict, pause_seconds = decision.verdict, decision.pause_seconds
        assert (verdict, quota.tokens) == (outcome, tokens_left)
        assert pause_seconds == (None if pause is None else pytest.approx(pause))
        if outcome != "retry":
            course = policy.begin()


DYNAMODB = [
    {"attempt": 1, "quota": 486, "delay": 0.025},
    {"attempt": 2, "quota": 472, "delay": 0.05},
    {"attempt": 3, "quota": 458, "delay": 0.1},
    {"attempt": 4, "outcome": "max_attempts"},
]


@pytest.mark.parametrize("rows", [DYNAMODB, _published().get("v2.1_dynamodb", DYNAMODB)])
def test_dynamodb_s_own_row_is_the_default(rows: list[dict[str, Any]]) -> None:
    """Without options the rules are DynamoDB's: four attempts, 25 ms, 14 tokens."""
    policy = RetryPolicy(jitter=lambda: 1.0)
    course = policy.begin()
    for row in rows:
        decision = course.failed(RetryKind.TRANSIENT)
        if "delay" in row:
            assert decision.pause_seconds == pytest.approx(row["delay"])
            assert policy.quota.tokens == row["quota"]
        else:
            assert decision.verdict == "max_attempts_exceeded"


RETRY_AFTER = [
    {"header": "1500", "delay": 1.5},
    {"header": "0", "delay": 0.05},
    {"header": "10000", "delay": 5.05},
    {"header": "invalid", "delay": 0.05},
    {"header": "-100", "delay": 0.05},
    {"header": "", "delay": 0.05},
    {"header": "٣", "delay": 0.05},
    {"header": None, "delay": 0.05},
]


@pytest.mark.parametrize("row", [*RETRY_AFTER, *_published().get("v2.1_retry_after_ms", ())])
def test_the_service_can_ask_for_a_longer_pause(row: dict[str, Any]) -> None:
    """`x-amz-retry-after` counts from the computed pause to five seconds above it; nonsense does not."""
    policy = RetryPolicy(RetryRules(**RULES_2_1), jitter=lambda: 1.0)
    decision = policy.begin().failed(RetryKind.TRANSIENT, server_delay_seconds(row["header"]))
    assert decision.pause_seconds == pytest.approx(row["delay"])


@pytest.mark.parametrize(("jitter", "pause"), [(0.0, 0.0), (0.5, 0.5), (1.0, 1.0)])
def test_the_pause_is_a_random_part_of_the_longest(jitter: float, pause: float) -> None:
    """Full jitter: any part of the computed pause, down to none."""
    policy = RetryPolicy(jitter=lambda: jitter)
    assert policy.begin().failed(RetryKind.THROTTLE).pause_seconds == pause


def test_the_quota_never_holds_more_than_its_capacity() -> None:
    """Success without need of a retry does not save up for later."""
    quota = RetryQuota(10)
    quota.give_back(3)
    assert quota.tokens == 10


@pytest.mark.parametrize("attempts", [0, -1])
def test_there_is_at_least_one_attempt(attempts: int) -> None:
    """Zero attempts would send nothing."""
    with pytest.raises(ValueError, match="use 1"):
        RetryRules(max_attempts=attempts)
