"""Models whose partitions are spread over shards, alone and in a shared table, that tests of such queries share."""

from __future__ import annotations

from ddbmodel import (
    Attr,
    GlobalIndex,
    Key,
    KeyAttribute,
    LocalIndex,
    Model,
    Table,
    TableIndex,
    field,
    partition_key,
    sort_key,
)


class Reading(Model, table="readings"):
    """A model with a table of its own, of which the table and two indexes are spread."""

    device: Attr[str] = partition_key(shards=5)
    at: Attr[int] = sort_key()
    number: Attr[int] = field(default=0)
    status: Attr[str | None] = field(default=None)
    level: Attr[int] = field(default=0)
    site: Attr[str] = field(default="s")

    by_status = GlobalIndex(partition_key="status", sort_key="level", shards=7)
    by_site = GlobalIndex(partition_key=("site", "level"), shards=3, projection="KEYS_ONLY")
    by_level = LocalIndex("level")


FLEET = Table(
    "fleet",
    partition_key="pk",
    sort_key="sk",
    indexes=[
        TableIndex("gsi1", "gsi1pk", "gsi1sk"),
        TableIndex("levels", "gsi2pk", KeyAttribute("gsi2sk", "N"), projection="KEYS_ONLY"),
        TableIndex("inverse", "sk", "pk"),
    ],
)


class Device(Model, table=FLEET, entity="device"):
    """One in each partition."""

    device: Attr[str]
    name: Attr[str] = field(default="")

    primary = Key(partition="DEVICE#{device}", sort="PROFILE", shards=2)


class Sample(Model, table=FLEET, entity="sample"):
    """Many in each partition, in as many shards as are declared."""

    device: Attr[str]
    at: Attr[int]
    status: Attr[str | None] = field(default=None)
    level: Attr[int] = field(default=0)

    primary = Key(partition="DEVICE#{device}", sort="SAMPLE#{at:06d}", shards=4)
    by_status = Key("gsi1", partition="STATUS#{status}", sort="{level:03d}", shards=6)
    by_level = Key("levels", partition="SAMPLES", sort="{level}", shards=3)


class Note(Model, table=FLEET, entity="note"):
    """In partitions of its own, of one key each."""

    device: Attr[str]
    text: Attr[str] = field(default="")

    primary = Key(partition="NOTE#{device}", sort="NOTE")
    by_status = Key("gsi1", partition="STATUS#{text}", sort="NOTE")
