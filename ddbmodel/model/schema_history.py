"""The versions of a model's schema: which one an item was stored in, and how it becomes one of today's.

The version stands in the attribute `_schema` of an item; an item without it is of version 1. Upgraders
work on plain values by the names of attributes, for the class that wrote an old item is gone.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from ddbmodel.codec import untyped
from ddbmodel.codec.numbers import decode_int
from ddbmodel.codec.sameness import same_stored
from ddbmodel.codec.shapes import is_list, is_tuple
from ddbmodel.codec.values import AttributeValue, Item
from ddbmodel.errors import CodecError, ModelDefinitionError

SCHEMA_ATTRIBUTE: Final = "_schema"
"""Holds the version of the schema that an item is stored in; without it, it is version 1."""

StoredValues: TypeAlias = dict[str, Any]
Upgrade: TypeAlias = Callable[[StoredValues], StoredValues]


@dataclass(frozen=True, slots=True)
class Upgrader:
    """A function from the stored values of one schema version to those of the next; see `upgrader`."""

    from_version: int
    upgrade: Upgrade

    def __call__(self, values: StoredValues) -> StoredValues:
        """Upgrade some values, as reading does it."""
        return self.upgrade(values)

    @property
    def name(self) -> str:
        """The function's name, for messages."""
        return str(getattr(self.upgrade, "__name__", type(self.upgrade).__name__))


def upgrader(from_version: int) -> Callable[[Upgrade], Upgrader]:
    """Make a function an upgrader, from a version of a model's schema to the next one.

        @upgrader(1)
        def name_the_total(values: dict[str, Any]) -> dict[str, Any]:
            values["total"] = values.pop("amount")
            return values

        class Order(Model, table="orders", schema_version=2, upgraders=[name_the_total]): ...

    The function gets what is stored, by the names of attributes, and gives what is to be there in the next
    version; it may change the dict that it gets. Text, booleans and bytes are what they are; a number is an
    int, or a Decimal if it is not whole; lists, maps and sets are `list`, `dict` and `set`; NULL is None.
    Datetimes and the like are the text or number that is stored. What the library keeps beside the fields
    (written keys, the entity's name, marks) is not among them, and the primary key has to stay as it is.

    Args:
        from_version: the version that it upgrades, from 1 on.

    Raises:
        ModelDefinitionError: that is no version.
    """
    if type(from_version) is not int or from_version < 1:
        raise ModelDefinitionError(
            "upgrader(...) takes the version that it upgrades, a whole number from 1 on"
        )
    return lambda upgrade: Upgrader(from_version, upgrade)


@dataclass(frozen=True, slots=True)
class SchemaHistory:
    """The schema version of a model, and the way to it from every one before.

    Attributes:
        version: of what is written.
        upgraders: one for each version before, in order.
    """

    version: int = 1
    upgraders: tuple[Upgrader, ...] = ()

    @property
    def is_kept(self) -> bool:
        """True if items carry their version: from version 2 on."""
        return self.version > 1

    @property
    def mark(self) -> AttributeValue:
        """The value of `_schema` in what is written."""
        return {"N": str(self.version)}

    def version_of(self, item: Item) -> int:
        """Give the version that an item is stored in.

        Raises:
            CodecError: it is no version, or one that came after the class was written.
        """
        stored = item.get(SCHEMA_ATTRIBUTE)
        if stored is None:
            return 1
        try:
            version = decode_int(str(stored.get("N", "")))
        except CodecError:
            version = 0
        if not isinstance(version, int) or version < 1:
            raise CodecError("a schema version is a whole number from 1 on", (SCHEMA_ATTRIBUTE,))
        if version > self.version:
            raise CodecError(
                f"the item was written in schema version {version}, and this class knows versions up to "
                f"{self.version}: deploy the newer class before items of its version are read",
                (SCHEMA_ATTRIBUTE,),
            )
        return version

    def is_current(self, item: Item) -> bool:
        """Tell whether an item needs no upgrade.

        Raises:
            CodecError: as `version_of`.
        """
        return self.version_of(item) == self.version

    def upgraded(
        self, item: Item, hidden: Collection[str], key: Iterable[str], lacking: set[str] | None = None
    ) -> Item:
        """Give an item as it would be stored in the version of today.

        Args:
            item: as it is stored.
            hidden: attributes that are no business of upgraders, which stay as they are.
            key: attributes that must not change.
            lacking: takes the names that upgraders asked for, and that were not there.

        Raises:
            CodecError: an upgrader failed, or gave what cannot be stored or has another key.
        """
        version = self.version_of(item)
        if version == self.version:
            return item
        visible = {name: stored for name, stored in item.items() if name not in hidden}
        values: StoredValues = {name: _plain(stored) for name, stored in visible.items()}
        for one in self.upgraders[version - 1 :]:
            watched = _Watched(values)
            values = _applied(one, watched)
            if lacking is not None:
                lacking |= watched.lacking - item.keys()
        new = _stored(values, visible, hidden)
        for name in key:
            if name in visible and not (name in new and same_stored(new[name], visible[name])):
                raise CodecError(
                    f"upgrading from schema version {version} changes the primary key, which an item keeps",
                    (name,),
                )
        managed = {name: stored for name, stored in item.items() if name in hidden}
        return new | managed | {SCHEMA_ATTRIBUTE: self.mark}


NO_HISTORY: Final = SchemaHistory()


def check_extra(item: Item) -> None:
    """Refuse an extra value that would be taken for the schema version.

    Raises:
        CodecError: there is one.
    """
    if SCHEMA_ATTRIBUTE in item:
        raise CodecError("an extra value has the name of the schema version", (SCHEMA_ATTRIBUTE,))


def build_history(model: str, version: object, upgraders: object) -> SchemaHistory:
    """Give the history that a class statement declares.

    Raises:
        ModelDefinitionError: the version is none, or there is not exactly one upgrader from each before it.
    """
    if version is None:
        version = 1
    if type(version) is not int or version < 1:
        raise ModelDefinitionError(f"{model}: schema_version= takes a whole number from 1 on")
    found: dict[int, Upgrader] = {}
    given: Sequence[Any] = upgraders if is_list(upgraders) or is_tuple(upgraders) else [upgraders]
    for one in () if upgraders is None else given:
        if not isinstance(one, Upgrader):
            raise ModelDefinitionError(
                f"{model}: upgraders= takes a list of functions that are decorated with @upgrader(version)"
            )
        if one.from_version in found:
            raise ModelDefinitionError(
                f"{model}: {found[one.from_version].name} and {one.name} both upgrade schema version "
                f"{one.from_version}: keep one of them"
            )
        found[one.from_version] = one
    _check_whole(model, version, found)
    return SchemaHistory(version, tuple(found[number] for number in range(1, version)))


def _check_whole(model: str, version: int, found: Mapping[int, Upgrader]) -> None:
    lacking = [number for number in range(1, version) if number not in found]
    if lacking:
        raise ModelDefinitionError(
            f"{model}: there is no upgrader from schema version {lacking[0]}: give "
            f"upgraders=[...] one that is decorated with @upgrader({lacking[0]})"
        )
    beyond = [one for number, one in sorted(found.items()) if number >= version]
    if beyond:
        raise ModelDefinitionError(
            f"{model}: {beyond[0].name} upgrades schema version {beyond[0].from_version}, and the class "
            f"is of version {version}: write schema_version={beyond[-1].from_version + 1}, or leave it out"
        )


class _Watched(dict[str, Any]):
    """Values that remember what was asked for in vain: what is upgraded depends on its absence."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        super().__init__(values)
        self.lacking: set[str] = set()

    def __missing__(self, name: str) -> Any:
        self.lacking.add(name)
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        return self._noted(name)

    def get(self, name: str, default: Any = None, /) -> Any:
        return self[name] if self._noted(name) else default

    def pop(self, name: str, *default: Any) -> Any:
        self._noted(name)
        return super().pop(name, *default)

    def setdefault(self, name: str, default: Any = None, /) -> Any:
        self._noted(name)
        return super().setdefault(name, default)

    def _noted(self, name: object) -> bool:
        is_there = super().__contains__(name)
        if not is_there:
            self.lacking.add(str(name))
        return is_there


def _applied(one: Upgrader, values: StoredValues) -> StoredValues:
    step = f"upgrading from schema version {one.from_version} to {one.from_version + 1} ({one.name})"
    try:
        given: Any = one.upgrade(values)
    except CodecError as error:
        refusal = CodecError(f"{step}: {error.reason}", error.segments)
    except Exception as error:  # noqa: BLE001  # whatever the user's function raises, it cannot be read
        # Neither its text nor itself, which may hold values.
        frame = traceback.extract_tb(error.__traceback__)[-1]
        refusal = CodecError(
            f"{step} failed with {type(error).__name__} at {frame.filename}, line {frame.lineno}"
        )
    else:
        if isinstance(given, dict):
            return given  # pyright: ignore[reportUnknownVariableType]  # its values are looked at when stored
        kind = type(given).__name__
        refusal = CodecError(f"{step} gave a {kind}, and not the dict of the next version: return it")
    raise refusal


def _plain(stored: AttributeValue) -> Any:
    """The value as upgraders get it: as `untyped` has it, but with exact numbers, which can be reckoned with.

    Raises:
        CodecError: not an AttributeValue.
    """
    match stored:
        case {"N": text}:
            return decode_int(text)
        case {"NS": members}:
            return {decode_int(member) for member in members}
        case {"L": elements}:
            return untyped.decode_elements(elements, _plain)
        case {"M": entries}:
            return {key: untyped.decode_entry(key, entry, _plain) for key, entry in entries.items()}
        case _:
            return untyped.decode(stored)


def _stored(values: StoredValues, before: Item, hidden: Collection[str]) -> dict[str, AttributeValue]:
    """The attributes of values, those as they were that have not changed."""
    item: dict[str, AttributeValue] = {}
    for name, value in values.items():
        if name in hidden:
            raise CodecError("an upgrader set an attribute that the library keeps: leave it out", (name,))
        stored = untyped.encode_entry(name, value, untyped.encode_dumped)
        if value == set() and isinstance(value, set | frozenset):
            continue  # DynamoDB has no empty set
        old = before.get(name)
        item[name] = old if old is not None and same_stored(old, stored) else stored
    return item
