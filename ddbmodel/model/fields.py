"""Field specifiers: Pydantic's `Field`, with what DynamoDB needs to know on top.

They return `Any`, so that `total: Attr[Decimal] = field(ge=0)` is well typed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal, overload

from pydantic import AfterValidator, Field
from pydantic.fields import FieldInfo

from ddbmodel import limits
from ddbmodel.errors import ModelDefinitionError
from ddbmodel.model.stored_as import Epoch, StoredAs
from ddbmodel.schema.shards import check_shards

Role = Literal["partition key", "sort key", "version", "ttl", "created at", "updated at"]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class FieldOptions:
    """What `field` and its kin say beyond Pydantic; kept in the metadata of Pydantic's FieldInfo."""

    role: Role | None = None
    attribute: str | None = None
    stored_as: StoredAs | None = None
    unique: bool = False
    shards: int | None = None


NO_OPTIONS: Final = FieldOptions()


def options_of(info: FieldInfo) -> FieldOptions:
    """Give the options of a field; the last ones win where several were given."""
    found = [entry for entry in info.metadata if isinstance(entry, FieldOptions)]
    return found[-1] if found else NO_OPTIONS


def check_options(options: FieldOptions) -> None:
    """Refuse what a specifier was given and cannot be.

    Raises:
        ModelDefinitionError: no name for an attribute, no `StoredAs`, or one with impossible options, or no
            number of shards.
    """
    attribute: Any = options.attribute
    if attribute is not None and not (isinstance(attribute, str) and _fits(attribute)):
        raise ModelDefinitionError(
            f"attribute= takes a name of 1 to {limits.ATTRIBUTE_NAME_BYTES:,} bytes of UTF-8"
        )
    if options.shards is not None:
        check_shards(options.shards)
    stored_as: Any = options.stored_as
    if stored_as is None:
        return
    if not isinstance(stored_as, StoredAs):
        raise ModelDefinitionError(
            "stored_as= takes Null, EpochSeconds, EpochMilliseconds, EpochMicroseconds or Compressed(...)"
        )
    stored_as.check()


def _fits(name: str) -> bool:
    try:
        return 1 <= len(name.encode()) <= limits.ATTRIBUTE_NAME_BYTES
    except UnicodeEncodeError:
        return False


def _specify(options: FieldOptions, arguments: dict[str, Any]) -> Any:
    info: FieldInfo = Field(**arguments)
    info.metadata.append(options)
    return info


def field(
    *,
    attribute: str | None = None,
    stored_as: StoredAs | None = None,
    unique: bool = False,
    **arguments: Any,
) -> Any:
    """Describe a field, with every argument of Pydantic's `Field`, and three more.

    Args:
        attribute: the stored name; the field's own name if not given. Aliases never name what is stored.
        stored_as: `Null`, `EpochSeconds`, `EpochMilliseconds`, `EpochMicroseconds` or `Compressed(...)`.
        unique: no two items of the model have the same value; None is no value. Each value is guarded by an
            item of its own in the same table, which every write keeps in step, in one transaction.
        arguments: `default`, `default_factory`, `alias`, `ge`, `max_length`, `description`, ...
    """
    return _specify(FieldOptions(None, attribute, stored_as, unique), arguments)


def partition_key(
    *,
    attribute: str | None = None,
    stored_as: Epoch | None = None,
    shards: int | None = None,
    **arguments: Any,
) -> Any:
    """Make a field the table's partition key. It must be stored as text, a number or bytes.

    Args:
        attribute: the stored name; the field's own name if not given.
        stored_as: how a datetime is stored, if not as text.
        shards: over how many keys to spread the items of one value, from 1 to 200, by their sort key, which
            the table needs then. The partition key is an attribute of its own, `_<stored name>_shard`, and
            the field any other attribute; a query sends a request for each shard, and merges what comes.
        arguments: those of Pydantic's `Field`.
    """
    return _specify(FieldOptions("partition key", attribute, stored_as, shards=shards), arguments)


def sort_key(*, attribute: str | None = None, stored_as: Epoch | None = None, **arguments: Any) -> Any:
    """Make a field the table's sort key. It must be stored as text, a number or bytes."""
    return _specify(FieldOptions("sort key", attribute, stored_as), arguments)


@overload
def version(*, attribute: str | None = None, init: Literal[True], **arguments: Any) -> Any: ...
@overload
def version(*, attribute: str | None = None, init: Literal[False] = False, **arguments: Any) -> Any: ...
def version(*, attribute: str | None = None, init: bool = False, **arguments: Any) -> Any:  # noqa: ARG001  # for checkers
    """Make a whole number the item's version.

    Every write raises it, and checks that it is the one that was read. A model that was never stored has
    version 0. A write that finds another version is a `VersionConflict`.
    Type checkers take it for no argument of the constructor, unless there is `init=True`, and a default.
    Beside the version, a mark of the last write is stored in the attribute `_write`, by which a write whose
    reply was lost is found again.
    """
    arguments.setdefault("default", 0)
    return _specify(FieldOptions("version", attribute), arguments)


def ttl(*, attribute: str | None = None, **arguments: Any) -> Any:
    """Make a datetime (or whole seconds since 1970-01-01 UTC) the time when the item expires.

    It is stored in whole seconds; a fraction is dropped. `create_table` switches time to live on. DynamoDB
    deletes expired items within a few days; until then they are read, unless they are hidden
    (`hide_expired=True`).
    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
    """
    info = _specify(FieldOptions("ttl", attribute), arguments)
    info.metadata.append(AfterValidator(whole_seconds))
    return info


@overload
def created_at(
    *,
    attribute: str | None = None,
    stored_as: Epoch | None = None,
    init: Literal[True],
    **arguments: Any,
) -> Any: ...
@overload
def created_at(
    *,
    attribute: str | None = None,
    stored_as: Epoch | None = None,
    init: Literal[False] = False,
    **arguments: Any,
) -> Any: ...
def created_at(
    *,
    attribute: str | None = None,
    stored_as: Epoch | None = None,
    init: bool = False,  # noqa: ARG001  # for checkers
    **arguments: Any,
) -> Any:
    """Make a datetime the time of the item's first write. It is set by that write, unless it was given.

    Type checkers take it for no argument of the constructor, unless there is `init=True`, and a default.
    """
    arguments.setdefault("default_factory", _clock(stored_as))
    return _specify(FieldOptions("created at", attribute, stored_as), arguments)


@overload
def updated_at(
    *,
    attribute: str | None = None,
    stored_as: Epoch | None = None,
    init: Literal[True],
    **arguments: Any,
) -> Any: ...
@overload
def updated_at(
    *,
    attribute: str | None = None,
    stored_as: Epoch | None = None,
    init: Literal[False] = False,
    **arguments: Any,
) -> Any: ...
def updated_at(
    *,
    attribute: str | None = None,
    stored_as: Epoch | None = None,
    init: bool = False,  # noqa: ARG001  # for checkers
    **arguments: Any,
) -> Any:
    """Make a datetime the time of the item's last write. Every write sets it.

    Type checkers take it for no argument of the constructor, unless there is `init=True`, and a default.
    """
    arguments.setdefault("default_factory", _clock(stored_as))
    return _specify(FieldOptions("updated at", attribute, stored_as), arguments)


def whole_seconds(value: Any) -> Any:
    """Drop the fraction of a datetime's seconds."""
    return value.replace(microsecond=0) if isinstance(value, datetime) else value


def _clock(stored_as: Epoch | None) -> Callable[[], datetime]:
    """What gives the time as exactly as it can be stored, so that a new model can be written as it is."""
    if not isinstance(stored_as, Epoch):
        return _now
    unit = stored_as.unit
    return lambda: _EPOCH + (_now() - _EPOCH) // unit * unit


def _now() -> datetime:
    return datetime.now(UTC)
