"""The settings of a deployed table as the text of `TableSettings`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pprint import pformat
from typing import Any, Final

from ddbmodel.admin.tables.deployed import ASKED_FOR, Deployed
from ddbmodel.errors import ModelDefinitionError
from ddbmodel.operations import OnDemand
from ddbmodel.schema import Billing, KmsKey, TableSettings, WarmThroughput
from ddbmodel.schema.billing import Provisioned

# What an on-demand table takes from the start.
# Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/warm-throughput.html
_ON_DEMAND_START: Final = (12_000, 4_000)
_WIDTH: Final = 88
# Tags with such keys are the service's own, and nobody else can give them.
_OWN_TAGS: Final = "aws:"


@dataclass(frozen=True, slots=True)
class KnownSettings:
    """What is known of a table's settings.

    Attributes:
        given: the settings that differ from those of a table that none were given.
        notes: what is not among them though it may be set, a sentence each.
    """

    given: TableSettings
    notes: tuple[str, ...]


def known_settings(deployed: Deployed) -> KnownSettings:
    """Tell which settings a table was given."""
    found, asked, notes = dict[str, Any](), deployed.asked, list[str]()
    billing = deployed.description.billing
    found["billing"] = billing
    found["index_billing"] = _index_billing(deployed)
    if deployed.warm_throughput and _is_above(deployed.warm_throughput, billing):
        found["warm_throughput"] = WarmThroughput(*deployed.warm_throughput)
    found["stream"] = deployed.stream
    found["encryption"] = _encryption(deployed.encryption)
    found["deletion_protection"] = deployed.deletion_protection or None
    tags: Mapping[str, str] = asked.get("tags") or {}
    found["tags"] = {key: value for key, value in tags.items() if not key.startswith(_OWN_TAGS)} or None
    found["point_in_time_days"] = asked.get("point_in_time_days") or None
    found["table_class"] = None if deployed.table_class == "STANDARD" else deployed.table_class
    found["contributor_insights"] = asked.get("contributor_insights") or None
    found["resource_policy"] = asked.get("resource_policy") or None
    if refused := sorted(ASKED_FOR - set(asked)):
        notes.append(f"Not told by the service, and so not declared: {', '.join(refused)}.")
    try:
        settings = TableSettings(**found, **_replicas(deployed))
    except ModelDefinitionError:
        # While replicas are made or go, there may be too few or too many for what they are to be.
        notes.append("Not declared: replicas, which are changing now.")
        settings = TableSettings(**found)
    return KnownSettings(settings, tuple(notes))


def _index_billing(deployed: Deployed) -> dict[str, Billing]:
    own = deployed.description.billing
    return {
        name: billing
        for name, billing in deployed.index_billing.items()
        if billing != own and type(billing) is type(own)
    }


def _is_above(warm: tuple[int, int], billing: Billing) -> bool:
    """Tell whether a table takes more than it does by itself."""
    start = _ON_DEMAND_START if isinstance(billing, OnDemand) else (billing.read_units, billing.write_units)
    return warm[0] > start[0] or warm[1] > start[1]


def _encryption(deployed: str) -> KmsKey | str | None:
    if deployed == "AWS_OWNED":
        return None
    try:
        return KmsKey(deployed)
    except ModelDefinitionError:
        return "AWS_MANAGED"  # which is content with any key of KMS


def _replicas(deployed: Deployed) -> dict[str, Any]:
    if not deployed.replicas:
        return {}
    strong = {"consistency": "STRONG"} if deployed.consistency == "STRONG" else {}
    witness = {"witness": deployed.witness} if deployed.witness else {}
    return {"replicas": list(deployed.replicas), **strong, **witness}


class SettingsText:
    """Writes `TableSettings(...)`.

    Attributes:
        names: the names that the text uses.

    Args:
        settings: what to write.
    """

    def __init__(self, settings: TableSettings) -> None:
        self._settings = settings
        self.names: set[str] = {"TableSettings"}

    def text(self, indent: int) -> str:
        """Give the text, whose lines behind the first are indented by so many spaces."""
        margin = " " * indent
        arguments = list(self._arguments())
        short = f"TableSettings({', '.join(f'{name}={value}' for name, value in arguments)})"
        if "\n" not in short and len(short) + indent <= _WIDTH:
            return short
        lines = [
            f"{margin}    {name}={value.replace(chr(10), f'{chr(10)}{margin}    ')},"
            for name, value in arguments
        ]
        return "\n".join(["TableSettings(", *lines, f"{margin})"])

    def _arguments(self) -> Iterator[tuple[str, str]]:
        for each in fields(self._settings):
            value = getattr(self._settings, each.name)
            if value is not None and (value or each.name != "index_billing"):
                yield each.name, self._by_index(value) if each.name == "index_billing" else self._value(value)

    def _by_index(self, billing: Mapping[str, Billing]) -> str:
        return f"{{{', '.join(f'{name!r}: {self._billing(each)}' for name, each in billing.items())}}}"

    def _value(self, value: object) -> str:
        if isinstance(value, OnDemand | Provisioned):
            return self._billing(value)
        if isinstance(value, KmsKey):
            self.names.add("KmsKey")
            return f"KmsKey({value.arn!r})"
        if isinstance(value, WarmThroughput):
            self.names.add("WarmThroughput")
            return f"WarmThroughput({value.read_units}, {value.write_units})"
        # Lines are broken between literals, never in one, so that they can be indented.
        return pformat(value, width=_WIDTH, sort_dicts=False)

    def _billing(self, billing: Billing) -> str:
        self.names.add(type(billing).__name__)
        if not isinstance(billing, OnDemand):
            return f"Provisioned({billing.read_units}, {billing.write_units})"
        maxima = (("max_read_units", billing.max_read_units), ("max_write_units", billing.max_write_units))
        return f"OnDemand({', '.join(f'{name}={units}' for name, units in maxima if units)})"
