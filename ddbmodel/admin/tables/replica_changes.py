"""What is to be done about the copies of a global table.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ddbmodel.admin.tables.changes import Step, TableChange
from ddbmodel.admin.tables.deployed import Deployed
from ddbmodel.admin.tables.design import TableDesign
from ddbmodel.admin.tables.waiting import remedy_of
from ddbmodel.operations import UpdateTable


def replica_changes(design: TableDesign, deployed: Deployed | None) -> Iterator[TableChange]:
    """Give the changes of all replicas, of a table that is deployed, or about to be made."""
    settings = design.settings
    if settings.replicas is None:
        return
    present = deployed.replicas if deployed else ()
    if deployed and present and (settings.consistency or deployed.consistency) != deployed.consistency:
        yield _other_consistency(design, deployed)
        return
    if settings.consistency == "STRONG" or (deployed and deployed.consistency == "STRONG" and present):
        yield from _strong(design, deployed)
        return
    broken: Mapping[str, str] = deployed.broken_replicas if deployed else {}
    for region in settings.replicas:
        if region in broken:
            yield _repair(region, broken[region])
        elif region not in present:
            step = Step(UpdateTable.add_replicas(design.name, [region]), "replicas")
            yield TableChange("create", f"replica {region}", after="eventually consistent", steps=(step,))
    for region in present:
        if region not in settings.replicas:
            yield _removal(design, region)


def _repair(region: str, status: str) -> TableChange:
    return TableChange("update", f"replica {region}", status, "active", refused=remedy_of(status))


def _removal(design: TableDesign, region: str) -> TableChange:
    step = Step(UpdateTable.delete_replicas(design.name, [region]), "replicas")
    note = "the copy is deleted; the items stay in the other regions"
    before = "eventually consistent"
    return TableChange(
        "delete",
        f"replica {region}",
        before,
        note=note,
        deletes_replicas=(region,),
        destroys="copy",
        steps=(step,),
    )


def _other_consistency(design: TableDesign, deployed: Deployed) -> TableChange:
    return TableChange(
        "update",
        "consistency of replicas",
        deployed.consistency,
        design.settings.consistency or "",
        refused="a global table keeps its consistency: make another table, and copy the items",
    )


def _strong(design: TableDesign, deployed: Deployed | None) -> Iterator[TableChange]:
    settings = design.settings
    wanted = tuple(sorted(settings.replicas or ()))
    after = _regions(wanted, settings.witness)
    if not wanted and deployed is not None:
        yield _strong_removal(design, deployed)
    elif refused := _unfit(design):
        yield TableChange("create", "replicas", after=after, refused=refused)
    elif deployed is None or not deployed.replicas:
        request = UpdateTable.add_replicas(design.name, wanted, "STRONG", settings.witness)
        note = "" if deployed is None else "the service takes this for an empty table only"
        yield TableChange("create", "replicas", after=after, note=note, steps=(Step(request, "replicas"),))
    elif (wanted, settings.witness) != (deployed.replicas, deployed.witness):
        refused = (
            "the regions of a strongly consistent table stay, or go all at once: declare those or replicas=[]"
        )
        before = _regions(deployed.replicas, deployed.witness)
        yield TableChange("update", "replicas", before, after, refused=refused)


def _unfit(design: TableDesign) -> str:
    """Why a table cannot be strongly consistent; empty if it can.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html
    """
    if design.ttl is not None:
        return 'strongly consistent tables know no time to live: declare no ttl(), or consistency="EVENTUAL"'
    if any(index.kind == "local" for index in design.schema.indexes):
        return "strongly consistent tables have no local indexes: declare a GlobalIndex"
    return ""


def _strong_removal(design: TableDesign, deployed: Deployed) -> TableChange:
    """All regions but this one go together: the service takes no other removal."""
    request = UpdateTable.delete_replicas(design.name, deployed.replicas, deployed.witness)
    return TableChange(
        "delete",
        "replicas",
        _regions(deployed.replicas, deployed.witness),
        note="the copies are deleted; the items stay in this region, in an ordinary table",
        deletes_replicas=deployed.replicas,
        destroys="copy",
        steps=(Step(request, "replicas"),),
    )


def _regions(replicas: tuple[str, ...], witness: str | None) -> str:
    return ", ".join(replicas) + (f", witness {witness}" if witness else "") + ", strongly consistent"
