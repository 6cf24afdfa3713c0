"""What is to be done about indexes: one at a time, each until it is active or gone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ddbmodel.admin.tables.changes import Step, TableChange
from ddbmodel.admin.tables.deployed import Deployed
from ddbmodel.admin.tables.design import TableDesign
from ddbmodel.admin.tables.words import billing_in_words, index_in_words
from ddbmodel.operations import Billing, UpdateTable
from ddbmodel.schema import IndexSchema, KeyAttribute


def index_changes(design: TableDesign, deployed: Deployed) -> Iterator[TableChange]:
    """Give the changes of all indexes: first those that go, which makes room, then those that come."""
    present = {index.schema.name: index.schema for index in deployed.description.indexes}
    leaving = {each.schema.name for each in deployed.description.indexes if each.status == "DELETING"}
    wanted = {index.name: index for index in design.schema.indexes}
    for name, index in present.items():
        if name not in wanted and name not in leaving:
            yield _removal(design, index)
    attributes = _Attributes(design, deployed)
    for name, index in wanted.items():
        if name in leaving:
            refused = "it is being deleted: plan again when it is gone"
            yield TableChange("create", f"index {name}", after=index_in_words(index), refused=refused)
        elif name not in present:
            yield _addition(design, index, attributes)
        elif _normal(index) != _normal(present[name]):
            yield _replacement(design, present[name], index, attributes)
        else:
            yield from _throughput(design, deployed, index)


class _Attributes:
    """The key attributes that a request to create an index names: those of what is there, and its own."""

    def __init__(self, design: TableDesign, deployed: Deployed) -> None:
        wanted = {index.name for index in design.schema.indexes}
        schema = deployed.description.schema
        kept = tuple(index for index in schema.indexes if index.name in wanted)
        self._present = tuple(replace(schema, indexes=kept).attributes())

    def with_those_of(self, index: IndexSchema) -> tuple[KeyAttribute, ...]:
        found = {each.name: each for each in (*self._present, *index.key)}
        self._present = tuple(found.values())
        return self._present


def _normal(index: IndexSchema) -> IndexSchema:
    """The order of what is projected means nothing."""
    attributes = tuple(sorted(index.projection.attributes))
    return replace(index, projection=replace(index.projection, attributes=attributes))


def _billing(design: TableDesign, deployed_billing: Billing, name: str) -> Billing:
    return design.settings.billing_of(name) or deployed_billing


def _removal(design: TableDesign, index: IndexSchema) -> TableChange:
    subject, before = f"index {index.name}", index_in_words(index)
    if index.kind == "local":
        refused = (
            "a local index stays as long as its table: declare it, or make another table and copy the items"
        )
        return TableChange("delete", subject, before, refused=refused)
    step = Step(UpdateTable.delete_index(design.name, index.name), "indexes")
    note = "queries of it fail from then on"
    return TableChange("delete", subject, before, note=note, deletes_index=index.name, steps=(step,))


def _addition(design: TableDesign, index: IndexSchema, attributes: _Attributes) -> TableChange:
    subject, after = f"index {index.name}", index_in_words(index)
    if index.kind == "local":
        refused = (
            "a local index is made with its table: declare a GlobalIndex, or make another table and copy "
            "the items"
        )
        return TableChange("create", subject, after=after, refused=refused)
    return TableChange("create", subject, after=after, steps=(_creation(design, index, attributes),))


def _creation(design: TableDesign, index: IndexSchema, attributes: _Attributes) -> Step:
    billing = _billing(design, design.billing, index.name)
    request = UpdateTable.create_index(design.name, attributes.with_those_of(index), index, billing)
    return Step(request, "indexes")


def _replacement(
    design: TableDesign, present: IndexSchema, wanted: IndexSchema, attributes: _Attributes
) -> TableChange:
    subject = f"index {wanted.name}"
    before, after = index_in_words(present), index_in_words(wanted)
    if "local" in (present.kind, wanted.kind):
        refused = (
            "a local index stays as it was made: declare it so, or make another table and copy the items"
        )
        return TableChange("update", subject, before, after, refused=refused)
    removal = Step(UpdateTable.delete_index(design.name, present.name), "indexes")
    note = (
        "deleted and made anew; queries of it fail meanwhile. Declare it under another name to keep both "
        "until nobody reads the old one"
    )
    steps = (removal, _creation(design, wanted, attributes))
    return TableChange("update", subject, before, after, note=note, deletes_index=present.name, steps=steps)


def _throughput(design: TableDesign, deployed: Deployed, index: IndexSchema) -> Iterator[TableChange]:
    wanted, present = design.settings.billing_of(index.name), deployed.index_billing.get(index.name)
    if wanted is None or present is None or type(wanted) is not type(deployed.description.billing):
        return  # not managed, or part of the table's change of mode
    if wanted != present:
        step = Step(UpdateTable.index_throughput(design.name, index.name, wanted), "indexes")
        before, after = billing_in_words(present), billing_in_words(wanted)
        yield TableChange("update", f"billing of index {index.name}", before, after, steps=(step,))
