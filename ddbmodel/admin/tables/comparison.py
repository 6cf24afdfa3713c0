"""What lies between a design and what is deployed, as changes in the order in which they are made.

What protects comes first, and what takes protection away last; capacity comes before the indexes that need
it, and copies last of what is done to the table itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ddbmodel.admin.tables.changes import Awaited, Kind, Step, TableChange
from ddbmodel.admin.tables.deployed import Deployed
from ddbmodel.admin.tables.design import TableDesign
from ddbmodel.admin.tables.index_changes import index_changes
from ddbmodel.admin.tables.replica_changes import replica_changes
from ddbmodel.admin.tables.words import billing_in_words, key_in_words, units_in_words
from ddbmodel.operations import (
    CreateTable,
    DeleteResourcePolicy,
    PutResourcePolicy,
    Request,
    TagResource,
    UntagResource,
    UpdateContinuousBackups,
    UpdateContributorInsights,
    UpdateTable,
    UpdateTimeToLive,
)
from ddbmodel.schema import KmsKey
from ddbmodel.schema.settings import canonical_json


def compare(design: TableDesign, deployed: Deployed | None) -> tuple[TableChange, ...]:
    """Give the changes; none if the table is as it is to be."""
    if deployed is None:
        return (_creation(design), *_after_creation(design))
    return tuple(
        change
        for changes in (
            _key(design, deployed),
            _protection(design, deployed, enabling=True),
            _recovery(design, deployed),
            _tags(design, deployed),
            _table_class(design, deployed),
            _billing(design, deployed),
            _warm_throughput(design, deployed),
            _encryption(design, deployed),
            _stream(design, deployed),
            index_changes(design, deployed),
            replica_changes(design, deployed),
            _time_to_live(design, deployed),
            _policy(design, deployed),
            _insights(design, deployed),
            _protection(design, deployed, enabling=False),
        )
        for change in changes
    )


def _creation(design: TableDesign) -> TableChange:
    schema = design.schema
    indexes = ", ".join(index.name for index in schema.indexes)
    words = [f"key {key_in_words(schema)}", billing_in_words(design.billing)]
    if indexes:
        words.append(f"indexes {indexes}")
    request = CreateTable(schema, design.billing, design.settings)
    return TableChange("create", "table", after="; ".join(words), steps=(Step(request, "indexes"),))


def _after_creation(design: TableDesign) -> Iterator[TableChange]:
    """What CreateTable does not take."""
    settings = design.settings
    if design.ttl:
        yield _switch_on(design, design.ttl)
    if days := settings.recovery_days:
        yield _one("point_in_time_days", "", f"{days} days", UpdateContinuousBackups(design.name, days))
    yield from replica_changes(design, None)
    if settings.contributor_insights:
        request = UpdateContributorInsights(design.name, settings.contributor_insights)
        yield _one("contributor_insights", "", settings.contributor_insights, request)


def _one(subject: str, before: str, after: str, request: Request, until: Awaited = "nothing") -> TableChange:
    kind: Kind = "update" if before and after else "create" if after else "delete"
    return TableChange(kind, subject, before, after, steps=(Step(request, until),))


def _key(design: TableDesign, deployed: Deployed) -> Iterator[TableChange]:
    is_key, to_be = deployed.description.schema, design.schema
    if deployed.description.status == "DELETING":
        yield TableChange(
            "create", "table", "being deleted", "to be there", refused="wait until it is gone, and plan again"
        )
    elif is_key.key != to_be.key or is_key.partition_key != to_be.partition_key:
        yield TableChange(
            "update",
            "key",
            key_in_words(is_key),
            key_in_words(to_be),
            refused="a table keeps its key. Give the model another table=, apply, and copy the items: "
            "read them with the old model, and write them with the new one",
        )


def _protection(design: TableDesign, deployed: Deployed, *, enabling: bool) -> Iterator[TableChange]:
    wanted = design.settings.deletion_protection
    if wanted is enabling and enabling is not deployed.deletion_protection:
        request = UpdateTable.deletion_protection(design.name, enabled=enabling)
        before, after = ("off", "on") if enabling else ("on", "off")
        yield _one("deletion_protection", before, after, request, "table")


def _recovery(design: TableDesign, deployed: Deployed) -> Iterator[TableChange]:
    days = design.settings.recovery_days
    if days is None or days == (present := deployed.asked["point_in_time_days"]):
        return
    change = _one(
        "point_in_time_days",
        f"{present} days",
        f"{days} days",
        UpdateContinuousBackups(design.name, days or None),
    )
    if not days:
        note = "what could be restored no longer can, also if it is switched on again"
        yield replace(change, note=note, destroys="recovery")
        return
    note = "the table can no longer be restored to before that" if days < present else ""
    yield replace(change, note=note)


def _tags(design: TableDesign, deployed: Deployed) -> Iterator[TableChange]:
    arn, present = deployed.description.arn or "", deployed.asked.get("tags", {})
    for key, value in (design.settings.tags or {}).items():
        if value is None and key in present:
            yield _one(f"tag {key}", present[key] or "empty", "", UntagResource(arn, (key,)))
        elif value is not None and present.get(key) != value:
            request = TagResource(arn, {key: value})
            yield _one(f"tag {key}", present.get(key, ""), value or "empty", request)


def _table_class(design: TableDesign, deployed: Deployed) -> Iterator[TableChange]:
    wanted = design.settings.table_class
    if wanted is not None and wanted != deployed.table_class:
        request = UpdateTable.table_class(design.name, wanted)
        yield _one("table_class", deployed.table_class, wanted, request, "table")


def _billing(design: TableDesign, deployed: Deployed) -> Iterator[TableChange]:
    wanted, present = design.settings.billing, deployed.description.billing
    if wanted is None or wanted == present:
        return
    indexes = {}
    if type(wanted) is not type(present):
        # All indexes change their mode with the table, also those that are about to go.
        indexes = {name: design.settings.billing_of(name) or wanted for name in deployed.index_billing}
    request = UpdateTable.billing(design.name, wanted, indexes)
    yield _one("billing", billing_in_words(present), billing_in_words(wanted), request, "indexes")


def _warm_throughput(design: TableDesign, deployed: Deployed) -> Iterator[TableChange]:
    wanted, present = design.settings.warm_throughput, deployed.warm_throughput
    if wanted is None or present == (wanted.read_units, wanted.write_units):
        return
    before = units_in_words(*present) if present else "unknown"
    after = units_in_words(wanted.read_units, wanted.write_units)
    if present and (wanted.read_units < present[0] or wanted.write_units < present[1]):
        refused = f"it cannot be lowered: declare at least {before}, or leave warm_throughput out"
        yield TableChange("update", "warm_throughput", before, after, refused=refused)
    else:
        request = UpdateTable.warm_throughput(design.name, wanted)
        yield _one("warm_throughput", before, after, request, "indexes")


def _encryption(design: TableDesign, deployed: Deployed) -> Iterator[TableChange]:
    wanted, present = design.settings.encryption, deployed.encryption
    # The service does not tell the account's own key for DynamoDB from any other key of KMS.
    if wanted is None or (wanted == "AWS_MANAGED" and present != "AWS_OWNED"):
        return
    after = wanted.arn if isinstance(wanted, KmsKey) else wanted
    if after != present:
        yield _one("encryption", present, after, UpdateTable.encryption(design.name, wanted), "table")


def _stream(design: TableDesign, deployed: Deployed) -> Iterator[TableChange]:
    wanted, present = design.settings.stream_view, deployed.stream
    if wanted is None or (wanted or None) == present:
        return
    requests = [UpdateTable.stream(design.name, False)] if present else []
    if wanted:
        requests.append(UpdateTable.stream(design.name, wanted))
    note = "" if not present else "the stream ends; what is in it can be read for another 24 hours"
    if present and wanted:
        note += ", under its old ARN"
    kind: Kind = "update" if present and wanted else "create" if wanted else "delete"
    steps = tuple(Step(request, "table") for request in requests)
    yield TableChange(kind, "stream", present or "", wanted or "", note=note, steps=steps)


def _time_to_live(design: TableDesign, deployed: Deployed) -> Iterator[TableChange]:
    if design.ttl is None or (present := deployed.asked["time_to_live"]) == design.ttl:
        return
    if present is None:
        note = "items are deleted for good once they have expired, also those that have expired by now"
        yield replace(_switch_on(design, design.ttl), note=note, destroys="items")
        return
    request = UpdateTimeToLive(design.name, present, enabled=False)
    note = f"switched off first; plan and apply again in an hour to switch it on by {design.ttl}"
    yield TableChange("update", "time_to_live", present, design.ttl, note=note, steps=(Step(request),))


def _switch_on(design: TableDesign, attribute: str) -> TableChange:
    return _one("time_to_live", "", attribute, UpdateTimeToLive(design.name, attribute))


def _policy(design: TableDesign, deployed: Deployed) -> Iterator[TableChange]:
    wanted, arn = design.settings.resource_policy, deployed.description.arn or ""
    if wanted is None:
        return
    present = deployed.asked["resource_policy"]
    if canonical_json(wanted) == canonical_json(present):
        return
    request: Request = PutResourcePolicy(arn, canonical_json(wanted)) if wanted else DeleteResourcePolicy(arn)
    before, after = ("another document" if present else ""), ("the declared document" if wanted else "")
    yield _one("resource_policy", before, after, request)


def _insights(design: TableDesign, deployed: Deployed) -> Iterator[TableChange]:
    wanted = design.settings.contributor_insights
    if wanted is None or wanted == (present := deployed.asked["contributor_insights"]):
        return
    request = UpdateContributorInsights(design.name, wanted)
    yield _one("contributor_insights", present or "", wanted or "", request)
