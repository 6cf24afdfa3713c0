"""What a table is beside its keys and indexes: how it is paid for, kept safe, encrypted, streamed, copied."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final, Literal, TypeAlias, get_args

from ddbmodel import limits
from ddbmodel.errors import ModelDefinitionError
from ddbmodel.schema.backup_policy import BackupPolicy
from ddbmodel.schema.billing import Billing, OnDemand, Provisioned

StreamView: TypeAlias = Literal["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"]
TableClass: TypeAlias = Literal["STANDARD", "STANDARD_INFREQUENT_ACCESS"]
Insights: TypeAlias = Literal["ACCESSED_AND_THROTTLED_KEYS", "THROTTLED_KEYS"]
Consistency: TypeAlias = Literal["EVENTUAL", "STRONG"]
AwsKey: TypeAlias = Literal["AWS_OWNED", "AWS_MANAGED"]

_KEY_ARN: Final = re.compile(r"arn:[\w-]+:kms:[\w-]+:\d{12}:key/[\w-]+")
_STRONG_REGIONS: Final = 2


@dataclass(frozen=True, slots=True)
class WarmThroughput:
    """What a table takes at once, without growing first: units a second. It can be raised, not lowered.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/warm-throughput.html
    """

    read_units: int
    write_units: int

    def __post_init__(self) -> None:
        if self.read_units < 1 or self.write_units < 1:
            raise ModelDefinitionError("WarmThroughput takes at least 1 read and 1 write unit a second")

    def to_wire(self) -> dict[str, int]:
        """The `WarmThroughput` structure."""
        return {"ReadUnitsPerSecond": self.read_units, "WriteUnitsPerSecond": self.write_units}


@dataclass(frozen=True, slots=True)
class KmsKey:
    """A key of yours in AWS KMS, by its whole ARN: an alias could come to mean another key unnoticed."""

    arn: str

    def __post_init__(self) -> None:
        if not _KEY_ARN.fullmatch(self.arn):
            raise ModelDefinitionError(
                "KmsKey takes the ARN of a key, such as arn:aws:kms:eu-west-1:123456789012:key/..., no alias"
            )


@dataclass(frozen=True, kw_only=True)
class TableSettings:
    """What a table is beside its keys and indexes.

        class Order(Model, table="orders", settings=TableSettings(point_in_time_days=35)): ...

    What is not given is not managed: plans leave it as it is deployed, and say so.

    Args:
        billing: `OnDemand()`, with or without a maximum, or `Provisioned(...)`; global indexes have the same.
        index_billing: that of single global indexes, by name.
        warm_throughput: what the table takes at once.
        stream: what its stream holds of each change; False for no stream.
        encryption: `"AWS_OWNED"`, `"AWS_MANAGED"` (the account's key for DynamoDB), or `KmsKey(arn)`.
        deletion_protection: refuse to delete the table.
        tags: values by key; None as a value removes the tag. Other tags are left alone.
        point_in_time_days: how many days back the table can be restored, 1 to 35; 0 for not at all.
        backups: how the table is backed up: a `BackupPolicy`, whose days are those of `point_in_time_days`.
        table_class: `"STANDARD"`, or `"STANDARD_INFREQUENT_ACCESS"` for cheaper storage and dearer requests.
        contributor_insights: which keys CloudWatch reports; False for none.
        resource_policy: the policy document; False for none.
        replicas: the other regions of a global table. It has a stream of new and old images.
        consistency: of its replicas; `"STRONG"` needs two more regions, and an empty table.
        witness: a region that holds no copy, in place of one replica, with `consistency="STRONG"`.

    Raises:
        ModelDefinitionError: a setting that cannot be, or settings that contradict each other.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html
    """

    billing: Billing | None = None
    index_billing: Mapping[str, Billing] = field(default_factory=dict[str, Billing])
    warm_throughput: WarmThroughput | None = None
    stream: StreamView | Literal[False] | None = None
    encryption: AwsKey | KmsKey | None = None
    deletion_protection: bool | None = None
    tags: Mapping[str, str | None] | None = None
    point_in_time_days: int | None = None
    table_class: TableClass | None = None
    contributor_insights: Insights | Literal[False] | None = None
    resource_policy: Mapping[str, Any] | Literal[False] | None = None
    replicas: Sequence[str] | None = None
    consistency: Consistency | None = None
    witness: str | None = None
    backups: BackupPolicy | None = None

    def __post_init__(self) -> None:
        _check_choice("stream", self.stream, StreamView, or_false=True)
        _check_choice("table_class", self.table_class, TableClass)
        _check_choice("contributor_insights", self.contributor_insights, Insights, or_false=True)
        _check_choice("consistency", self.consistency, Consistency)
        if not isinstance(self.encryption, KmsKey):
            _check_choice("encryption", self.encryption, AwsKey)
        self._check_billing()
        days = self.point_in_time_days
        if days is not None and not 0 <= days <= limits.RECOVERY_DAYS_MAX:
            raise ModelDefinitionError(
                f"point_in_time_days={days}: use 1 to {limits.RECOVERY_DAYS_MAX}, or 0 to switch it off"
            )
        if self.resource_policy:
            _check_json(self.resource_policy)
        self._check_backups()
        self._check_replicas()

    def _check_backups(self) -> None:
        if self.backups is None:
            return
        if not isinstance(self.backups, BackupPolicy):  # pyright: ignore[reportUnnecessaryIsInstance]  # for callers without a checker
            raise ModelDefinitionError(
                f"backups= takes BackupPolicy(...), not a {type(self.backups).__name__}"
            )
        days, own = self.backups.point_in_time_days, self.point_in_time_days
        if days is not None and own is not None and days != own:
            raise ModelDefinitionError(
                f"point_in_time_days={own}, and backups= says {days} days: say it in one of them"
            )

    def _check_billing(self) -> None:
        for billing in (self.billing, *self.index_billing.values()):
            if billing is not None and not isinstance(billing, OnDemand | Provisioned):  # pyright: ignore[reportUnnecessaryIsInstance]  # for callers without a checker
                raise ModelDefinitionError(
                    f"billing takes OnDemand(...) or Provisioned(...), not a {type(billing).__name__}"
                )
        kind = type(self.billing)
        for name, billing in self.index_billing.items():
            if type(billing) is not kind:
                raise ModelDefinitionError(
                    f"index_billing of {name!r}: an index is paid for as its table is: give both "
                    "OnDemand(...) or both Provisioned(...)"
                )

    def _check_replicas(self) -> None:
        if self.replicas is None:
            if self.consistency is not None or self.witness is not None:
                raise ModelDefinitionError("consistency= and witness= are those of replicas=: give these too")
            return
        if isinstance(self.replicas, str) or len(set(self.replicas)) != len(self.replicas):
            raise ModelDefinitionError(
                'replicas= takes a list of regions, such as ["eu-central-1"], each once'
            )
        if self.replicas and self.stream not in (None, "NEW_AND_OLD_IMAGES"):
            raise ModelDefinitionError(
                'replicas follow a stream of new and old images: give stream="NEW_AND_OLD_IMAGES", or none'
            )
        others = len(self.replicas) + (self.witness is not None)
        if self.consistency == "STRONG" and (others != _STRONG_REGIONS or not self.replicas):
            raise ModelDefinitionError(
                'consistency="STRONG" takes three regions: give two replicas, or one and a witness'
            )
        if self.witness is not None and self.consistency != "STRONG":
            raise ModelDefinitionError('a witness= is for consistency="STRONG"')

    @property
    def stream_view(self) -> StreamView | Literal[False] | None:
        """The stream, also where replicas ask for it."""
        return "NEW_AND_OLD_IMAGES" if self.replicas else self.stream

    @property
    def recovery_days(self) -> int | None:
        """How far point-in-time recovery is to reach back, also where the policy of backups says it."""
        if self.point_in_time_days is None and self.backups is not None:
            return self.backups.point_in_time_days
        return self.point_in_time_days

    def with_backups(self, backups: BackupPolicy | None) -> TableSettings:
        """Give the same settings, with what is given beside them.

        Raises:
            ModelDefinitionError: they have another policy themselves, or other days.
        """
        if backups is None:
            return self
        if self.backups is not None and self.backups != backups:
            raise ModelDefinitionError("backups= is given twice, beside settings= and in them: give it once")
        return replace(self, backups=backups)

    @property
    def unmanaged(self) -> tuple[str, ...]:
        """The settings that are not given."""
        names = (each.name for each in fields(self) if each.name not in _PARTS_OF_OTHERS)
        return tuple(name for name in names if self._value(name) is None)

    def _value(self, name: str) -> object:
        if name == "point_in_time_days":
            return self.recovery_days
        return self.stream_view if name == "stream" else getattr(self, name)

    def billing_of(self, index: str) -> Billing | None:
        """The billing of a global index."""
        return self.index_billing.get(index, self.billing)


# No settings of the service's, or given with others.
_PARTS_OF_OTHERS: Final = {"index_billing", "consistency", "witness", "backups"}


def canonical_json(document: object) -> str:
    """Give a document as text that is the same for two documents exactly if they say the same."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"))


def _check_json(document: Mapping[str, Any]) -> None:
    try:
        canonical_json(document)
    except (TypeError, ValueError) as error:
        raise ModelDefinitionError("resource_policy= takes what JSON can hold") from error


def _check_choice(name: str, given: object, choices: object, *, or_false: bool = False) -> None:
    if given is None or (or_false and given is False):
        return
    if given not in get_args(choices):
        known = ", ".join(repr(choice) for choice in get_args(choices))
        raise ModelDefinitionError(f"{name}= takes {known}{' or False' if or_false else ''}")


NO_SETTINGS: Final = TableSettings()
