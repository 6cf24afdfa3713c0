"""Field specifiers: Pydantic's `Field`, with what DynamoDB needs to know on top.

They return `Any`, so that `total: Attr[Decimal] = field(ge=0)` is well typed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal

from pydantic import Field
from pydantic.fields import FieldInfo

from ddbmodel import limits
from ddbmodel.errors import ModelDefinitionError

Role = Literal["partition key", "sort key"]


@dataclass(frozen=True, slots=True)
class StoredAs:
    """Another way to store a field than its type's usual one; for `stored_as=`."""

    name: str
    unit: timedelta | None = None


Null: Final = StoredAs("Null")
"""Store None as NULL instead of leaving the attribute out."""
EpochSeconds: Final = StoredAs("EpochSeconds", timedelta(seconds=1))
"""Store a datetime as whole seconds since 1970-01-01 UTC; a finer one is refused."""
EpochMilliseconds: Final = StoredAs("EpochMilliseconds", timedelta(milliseconds=1))
"""Store a datetime as whole milliseconds since 1970-01-01 UTC; a finer one is refused."""
EpochMicroseconds: Final = StoredAs("EpochMicroseconds", timedelta(microseconds=1))
"""Store a datetime as microseconds since 1970-01-01 UTC."""


@dataclass(frozen=True, slots=True)
class FieldOptions:
    """What `field` and its kin say beyond Pydantic; kept in the metadata of Pydantic's FieldInfo."""

    role: Role | None = None
    attribute: str | None = None
    stored_as: StoredAs | None = None


NO_OPTIONS: Final = FieldOptions()


def options_of(info: FieldInfo) -> FieldOptions:
    """Give the options of a field; the last ones win where several were given."""
    found = [entry for entry in info.metadata if isinstance(entry, FieldOptions)]
    return found[-1] if found else NO_OPTIONS


def check_options(options: FieldOptions) -> None:
    """Refuse what a specifier was given and cannot be.

    Raises:
        ModelDefinitionError: no name for an attribute, or no `StoredAs`.
    """
    attribute: Any = options.attribute
    if attribute is not None and not (isinstance(attribute, str) and _fits(attribute)):
        raise ModelDefinitionError(
            f"attribute= takes a name of 1 to {limits.ATTRIBUTE_NAME_BYTES:,} bytes of UTF-8"
        )
    stored_as: Any = options.stored_as
    if stored_as is not None and not isinstance(stored_as, StoredAs):
        raise ModelDefinitionError(
            "stored_as= takes Null, EpochSeconds, EpochMilliseconds or EpochMicroseconds"
        )


def _fits(name: str) -> bool:
    try:
        return 1 <= len(name.encode()) <= limits.ATTRIBUTE_NAME_BYTES
    except UnicodeEncodeError:
        return False


def _specify(options: FieldOptions, arguments: dict[str, Any]) -> Any:
    info: FieldInfo = Field(**arguments)
    info.metadata.append(options)
    return info


def field(*, attribute: str | None = None, stored_as: StoredAs | None = None, **arguments: Any) -> Any:
    """Describe a field, with every argument of Pydantic's `Field`, and two more.

    Args:
        attribute: the stored name; the field's own name if not given. Aliases never name what is stored.
        stored_as: `Null`, `EpochSeconds`, `EpochMilliseconds` or `EpochMicroseconds`.
        arguments: `default`, `default_factory`, `alias`, `ge`, `max_length`, `description`, ...
    """
    return _specify(FieldOptions(None, attribute, stored_as), arguments)


def partition_key(
    *, attribute: str | None = None, stored_as: StoredAs | None = None, **arguments: Any
) -> Any:
    """Make a field the table's partition key. It must be stored as text, a number or bytes."""
    return _specify(FieldOptions("partition key", attribute, stored_as), arguments)


def sort_key(*, attribute: str | None = None, stored_as: StoredAs | None = None, **arguments: Any) -> Any:
    """Make a field the table's sort key. It must be stored as text, a number or bytes."""
    return _specify(FieldOptions("sort key", attribute, stored_as), arguments)
