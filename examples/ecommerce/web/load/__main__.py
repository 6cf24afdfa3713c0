"""Let many customers shop at once on the embedded engine: how long they wait, and whether the books agree."""

from __future__ import annotations

import argparse
import asyncio
import sys

from examples.ecommerce.web.load.report import table
from examples.ecommerce.web.load.run import Outcome, run_embedded


def show(outcome: Outcome, users: int) -> None:
    """Print what happened."""
    told = outcome.told
    cancelled = sum(status == "cancelled" for status in told.orders.values())
    print(table(outcome.timings, outcome.elapsed))
    print(f"\n{users} customers, {outcome.elapsed:.1f} s")
    print(f"{len(told.orders):,} orders confirmed, {cancelled:,} of them cancelled")
    timings = outcome.timings
    print(f"{timings.count(503):,} requests asked to come again, {timings.count(409):,} checkouts refused")
    for wrong in outcome.wrong:
        print(f"WRONG: {wrong}")
    if not outcome.wrong:
        print("agree: orders, lines, payments, stock and carts are what customers were told")


def main() -> int:
    """Read the command line, and run: 0 if the books agree, 1 if not."""
    parser = argparse.ArgumentParser(prog="python -m examples.ecommerce.web.load", description=__doc__)
    parser.add_argument("--users", type=int, default=200, help="customers at once (default: %(default)s)")
    parser.add_argument(
        "--seconds", type=float, default=60, help="how long (default: %(default)s); 0: one visit each"
    )
    parser.add_argument(
        "--pause", type=float, default=1.0, help="seconds a customer looks at a reply, on average"
    )
    given = parser.parse_args()
    outcome = asyncio.run(run_embedded(given.users, given.seconds, given.pause))
    show(outcome, given.users)
    return 1 if outcome.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
