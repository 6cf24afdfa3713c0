"""Models of tables that are planned."""

from __future__ import annotations

from datetime import datetime

from ddbmodel import Attr, GlobalIndex, Model, partition_key, sort_key, ttl


class Plain(Model, table="orders"):
    """Without indexes, and without settings."""

    customer: Attr[str] = partition_key()
    number: Attr[int] = sort_key()


class Indexed(Model, table="orders"):
    """With an index, and with time to live."""

    customer: Attr[str] = partition_key()
    number: Attr[int] = sort_key()
    status: Attr[str]
    place: Attr[str | None] = None
    expires: Attr[datetime | None] = ttl(default=None)

    by_status = GlobalIndex(partition_key="status", sort_key="number", projection=["place"])


class TwiceIndexed(Model, table="orders"):
    """With one index more."""

    customer: Attr[str] = partition_key()
    number: Attr[int] = sort_key()
    status: Attr[str]
    place: Attr[str | None] = None

    by_status = GlobalIndex(partition_key="status", sort_key="number", projection=["place"])
    by_place = GlobalIndex(partition_key="place")
