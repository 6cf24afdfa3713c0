"""From a plan to tables that are as they are to be."""

# pyright: reportUnnecessaryIsInstance=false
# The checks are for callers without a type checker.

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final

from ddbmodel.admin.recovery_point import require_recovery_point_of
from ddbmodel.admin.service import Service
from ddbmodel.admin.tables.changes import Step
from ddbmodel.admin.tables.plan import TablePlan, TablesPlan, plan_designs
from ddbmodel.admin.tables.waiting import Patience, wait
from ddbmodel.errors import ExpressionError, NoRecoveryPoint, PlanRefused, ServiceError

Progress = Callable[[str], object]

# Point-in-time recovery of a table that was made a moment ago.
_NOT_YET: Final = "ContinuousBackupsUnavailableException"


async def apply_tables(
    mapper: Service,
    plan: TablesPlan,
    *,
    delete_indexes: Collection[str] = (),
    delete_replicas: Collection[str] = (),
    without_recovery_point: bool = False,
    progress: Progress | None = None,
    patience: Patience | None = None,
) -> TablesPlan:
    """Make the changes of a plan, one at a time, each until it has happened.

        plan = await plan_tables(mapper, Order, shop)
        left = await apply_tables(mapper, plan)

    No table is deleted. An index or a replica goes only if it is not declared, and named here as well. What
    destroys something (time to live on a table with items, a replica that goes, point-in-time recovery that
    is switched off) is done only if the table could be restored, or `without_recovery_point` is true. A run
    that was interrupted is taken up by planning and applying again.

    Args:
        mapper: the way to the tables.
        plan: what to do. If the tables are no longer as they were planned, nothing is done.
        delete_indexes: the indexes that may be deleted, by name.
        delete_replicas: the regions whose replicas may be deleted.
        without_recovery_point: destroy also what has neither point-in-time recovery nor a backup of the
            last 24 hours.
        progress: is told of each change before it is made, with a line of text.
        patience: how long to wait for each change.

    Returns:
        What is left: an empty plan, but for a change of the attribute of time to live, which takes an hour.

    Raises:
        PlanRefused: something cannot be done in place, or would delete what is not named, or the tables have
            changed since the plan. Nothing was sent but questions.
        NoRecoveryPoint: something would be destroyed that could not be restored. Nothing was sent but
            questions.

    Cost: none for the requests. Filling an index or a replica takes write units for what is in it.
    Atomicity: each change by itself.
    """
    if not isinstance(plan, TablesPlan):
        raise ExpressionError("apply_tables takes what plan_tables gives")
    for name, given in (("delete_indexes", delete_indexes), ("delete_replicas", delete_replicas)):
        if isinstance(given, str):
            raise ExpressionError(f"{name}= takes a list of names, not one name")
    _check(plan, set(delete_indexes), set(delete_replicas))
    designs = tuple(table.design for table in plan.tables)
    fresh = await plan_designs(mapper, designs)
    if [table.changes for table in fresh.tables] != [table.changes for table in plan.tables]:
        raise PlanRefused(["the tables have changed since this plan was made: plan again, and look at it"])
    if not without_recovery_point:
        await _check_recovery(mapper, plan)
    for table in plan.tables:
        await _apply(mapper, table, progress or _told_nobody, patience or Patience())
    return await plan_designs(mapper, designs)


def _told_nobody(line: str) -> None:
    """Without progress."""


def _check(plan: TablesPlan, indexes: set[str], replicas: set[str]) -> None:
    problems = list(plan.refusals)
    for table, index, region in plan.deletions():
        if index and index not in indexes:
            problems.append(f"table {table!r}: index {index!r} would be deleted: name it in delete_indexes=")
        if region and region not in replicas:
            problems.append(
                f"table {table!r}: the replica in {region} would be deleted: name it in delete_replicas="
            )
    if problems:
        raise PlanRefused(problems)


async def _check_recovery(mapper: Service, plan: TablesPlan) -> None:
    problems: list[str] = []
    for table in plan.tables:
        losses = {change.destroys for change in table.changes if change.destroys}
        # Recovery that is declared is on by then: it is the first of all changes.
        if not losses or table.design.settings.recovery_days:
            continue
        keeps, forward = "recovery" not in losses, losses == {"items"}
        try:
            await require_recovery_point_of(mapper, table.table, point_in_time=keeps, unless_empty=forward)
        except NoRecoveryPoint as missing:
            problems.append(str(missing))
    if problems:
        raise NoRecoveryPoint("; ".join(problems))


async def _apply(mapper: Service, table: TablePlan, progress: Progress, patience: Patience) -> None:
    leaving = {region for change in table.changes for region in change.deletes_replicas}
    if table.changes and table.deployed is not None:
        # What an earlier run, or another program, has begun.
        await wait(mapper, table.table, "table", patience, leaving)
    for change in table.changes:
        progress(f"table {table.table}: {change}")
        for step in change.steps:
            await _take(mapper, table.table, step, patience, leaving)


async def _take(mapper: Service, table: str, step: Step, patience: Patience, leaving: set[str]) -> None:
    for _ in range(patience.polls_max):
        try:
            await mapper.send(step.request)
        except ServiceError as error:
            if error.code != _NOT_YET:
                raise
            await patience.sleep(patience.poll_seconds)
        else:
            break
    await wait(mapper, table, step.until, patience, leaving)
