"""The fields of a model that writes take care of: version, expiry and times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ddbmodel.codec import scalars
from ddbmodel.codec.parts import FieldCodec, PartCodec
from ddbmodel.codec.scalars import ScalarCodec
from ddbmodel.errors import ModelDefinitionError
from ddbmodel.model.fields import FieldOptions, Role
from ddbmodel.model.schema_history import SCHEMA_ATTRIBUTE


@dataclass(frozen=True, slots=True)
class Roles:
    """The fields that writes take care of.

    Attributes:
        version: counts the writes; None if the model has no version.
        ttl: when the item expires.
        created_at: when it was first written.
        updated_at: when it was last written.
    """

    version: FieldCodec | None = None
    ttl: FieldCodec | None = None
    created_at: FieldCodec | None = None
    updated_at: FieldCodec | None = None


NO_ROLES: Final = Roles()
WRITE_ATTRIBUTE: Final = "_write"
"""Holds the mark of the last write, by which a write whose reply was lost is found again."""

_NAMES: Final[Mapping[Role, str]] = {
    "version": "version",
    "ttl": "ttl",
    "created at": "created_at",
    "updated at": "updated_at",
}


def build_roles(model: str, part: PartCodec, options: Mapping[str, FieldOptions]) -> Roles:
    """Give the fields with a role.

    Raises:
        ModelDefinitionError: two fields have one role, or a field is of a type that cannot have it.
    """
    found: dict[str, FieldCodec] = {}
    for name, option in options.items():
        if option.role is None or option.role not in _NAMES:
            continue
        role = _NAMES[option.role]
        if role in found:
            raise ModelDefinitionError(
                f"{model}.{name}: {found[role].name} is declared with {role}() already: declare one field so"
            )
        found[role] = part.fields[name]
        if not _fits(role, found[role]):
            what = {"version": "int", "ttl": "datetime or int"}.get(role, "datetime")
            raise ModelDefinitionError(f"{model}.{name}: a field with {role}() is of type {what}")
    if WRITE_ATTRIBUTE in part.by_stored_name:
        raise ModelDefinitionError(
            f"{model}: attribute {WRITE_ATTRIBUTE!r} holds the mark of the last write: store the field under "
            "another one with attribute="
        )
    if SCHEMA_ATTRIBUTE in part.by_stored_name:
        raise ModelDefinitionError(
            f"{model}: attribute {SCHEMA_ATTRIBUTE!r} holds the version of an item's schema: store the field "
            "under another one with attribute="
        )
    return Roles(**found) if found else NO_ROLES


def _fits(role: str, field: FieldCodec) -> bool:
    core = field.codec.core
    is_moment = isinstance(core, ScalarCodec) and core.python is datetime
    match role:
        case "version":
            return core is scalars.INT and not field.codec.nullable
        case "ttl":
            return is_moment or core is scalars.INT
        case _:
            return is_moment
