"""How a table's capacity is paid for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from ddbmodel.errors import ModelDefinitionError


@dataclass(frozen=True, slots=True)
class OnDemand:
    """Pay for each request; no capacity to plan.

    Args:
        max_read_units: read units a second, at most; None is no maximum but the account's.
        max_write_units: write units a second, at most.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode-max-throughput.html
    """

    max_read_units: int | None = None
    max_write_units: int | None = None

    def __post_init__(self) -> None:
        if any(units is not None and units < 1 for units in (self.max_read_units, self.max_write_units)):
            raise ModelDefinitionError("OnDemand: a maximum is at least 1 unit a second; None is no maximum")

    @property
    def is_limited(self) -> bool:
        """True if there is a maximum."""
        return self.max_read_units is not None or self.max_write_units is not None

    def to_wire(self) -> dict[str, int]:
        """The `OnDemandThroughput` structure, in which -1 is no maximum."""
        return {
            "MaxReadRequestUnits": self.max_read_units or -1,
            "MaxWriteRequestUnits": self.max_write_units or -1,
        }


@dataclass(frozen=True, slots=True)
class Provisioned:
    """Pay for capacity that stands ready: units a second, for the table and again for each global index.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/provisioned-capacity-mode.html
    """

    read_units: int
    write_units: int

    def __post_init__(self) -> None:
        if self.read_units < 1 or self.write_units < 1:
            raise ModelDefinitionError(
                f"provisioned capacity of {self.read_units} read and {self.write_units} write units: "
                "use at least 1 of each, or OnDemand()"
            )

    def to_wire(self) -> dict[str, int]:
        """The `ProvisionedThroughput` structure."""
        return {"ReadCapacityUnits": self.read_units, "WriteCapacityUnits": self.write_units}


Billing: TypeAlias = OnDemand | Provisioned
