"""From a reply's JSON to the members that botocore would give, so that both lanes give the same.

Read off botocore's model of the service, once for each operation: members that the model does not know and
nulls are left out, and base64 becomes bytes. Items stay the JSON that they are (`WireItem`), cut out of the
reply without a look at what is in them. A reply of which that cannot be done is read as a whole; it is looked
into only where there may be something to do: most replies have neither bytes nor nulls.
"""

# aioboto3 and its parents ship no types.
# pyright: reportMissingTypeStubs=false

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeAlias

import msgspec

from ddbmodel.codec.wire_item import WireItem, load_json, may_need_reading

Read: TypeAlias = Callable[[Any], Any]


class UnexpectedShape(ValueError):
    """A reply is JSON, and not of the form that its operation has."""


@dataclass(frozen=True, slots=True)
class Members:
    """Reads the members of one kind of reply.

    Attributes:
        shallow: leaves attributes as they are.
        deep: looks into attributes.
        cut: takes the reply's bytes, and cuts its items out; None if it has none.
    """

    shallow: Read
    deep: Read
    cut: Callable[[bytes], dict[str, Any]] | None

    @classmethod
    def of(cls, shape: Any) -> Members:
        """The reader of a structure of botocore's model."""
        return cls(_Readers(deep=False).of(shape), _Readers(deep=True).of(shape), _cutter(shape))

    def read(self, body: bytes) -> dict[str, Any]:
        """The members in a body.

        Raises:
            ValueError: the body is not JSON, or not of this form.
        """
        if self.cut is not None:
            try:
                return self.cut(body)
            except (ValueError, RecursionError):
                pass  # whatever it is, reading it as a whole says it
        loaded = load_json(body)
        try:
            members: dict[str, Any] = (self.deep if may_need_reading(body) else self.shallow)(loaded)
        except RecursionError:
            raise UnexpectedShape("nested too deeply") from None
        return members


class _Readers:
    """Makes the readers of shapes, each once, as they may hold themselves."""

    def __init__(self, *, deep: bool) -> None:
        self._deep = deep
        self._made: dict[str, Read] = {}

    def of(self, shape: Any) -> Read:
        name: str = shape.name
        if name not in self._made:
            # Until it is made, it is looked up when it is used: shapes hold themselves.
            self._made[name] = partial(self._read, name)
            self._made[name] = self._make(shape)
        return self._made[name]

    def _read(self, name: str, value: Any) -> Any:
        return self._made[name](value)

    def _make(self, shape: Any) -> Read:
        kind: str = shape.type_name
        if kind == "structure":
            if shape.name == "AttributeValue" and not self._deep:
                return _is_object
            return _structure({name: self.of(member) for name, member in shape.members.items()})
        if kind == "list":
            return _list(self.of(shape.member))
        if kind == "map":
            value = self.of(shape.value)
            return _is_object if value is _is_object else _map(value)
        return _bytes if kind == "blob" else _as_it_is


def _cutter(shape: Any) -> Callable[[bytes], dict[str, Any]] | None:
    """The reader that cuts out the items of a structure; None if it has none."""
    readers = _Readers(deep=True)
    types: dict[str, tuple[Any, Read]] = {
        name: _CUT.get((name, member.type_name), (Any, readers.of(member)))
        for name, member in shape.members.items()
    }
    if all(kind is Any for kind, _ in types.values()):
        return None
    struct = msgspec.defstruct("Reply", [(name, kind, None) for name, (kind, _) in types.items()], gc=False)
    decode = msgspec.json.Decoder(struct).decode
    members = [(name, read) for name, (_, read) in types.items()]

    def cut(body: bytes) -> dict[str, Any]:
        if not body.isascii():
            body.decode()  # in what is cut out, nobody has looked for what is no UTF-8
        reply = decode(body)
        return {name: read(value) for name, read in members if (value := getattr(reply, name)) is not None}

    return cut


def _item(raw: msgspec.Raw) -> WireItem:
    text = bytes(raw)
    if not text.startswith(b"{"):
        raise UnexpectedShape("an object was expected")
    return WireItem(text)


def _items(raws: list[msgspec.Raw]) -> list[WireItem]:
    return [_item(raw) for raw in raws]


def _items_by_table(raws: dict[str, list[msgspec.Raw]]) -> dict[str, list[WireItem]]:
    return {table: _items(items) for table, items in raws.items()}


_CUT: Final[dict[tuple[str, str], tuple[Any, Read]]] = {
    ("Item", "map"): (msgspec.Raw, _item),
    ("Attributes", "map"): (msgspec.Raw, _item),
    ("Items", "list"): (list[msgspec.Raw], _items),
    ("Responses", "map"): (dict[str, list[msgspec.Raw]], _items_by_table),
}
"""Where the items of replies are, by member and kind: how they are cut out, and what comes of it."""


def _structure(members: dict[str, Read]) -> Read:
    def read(value: Any) -> Any:
        found: dict[str, Any] = {}
        for name, member in _is_object(value).items():
            reader = members.get(name)
            if reader is not None and member is not None:
                found[name] = reader(member)
        return found

    return read


def _map(reader: Read) -> Read:
    def read(value: Any) -> Any:
        return {name: reader(member) for name, member in _is_object(value).items()}

    return read


def _list(reader: Read) -> Read:
    def read(value: Any) -> Any:
        if not isinstance(value, list):
            raise UnexpectedShape("a list was expected")
        members: list[Any] = value  # pyright: ignore[reportUnknownVariableType]  # whatever JSON holds
        return members if reader is _as_it_is else [reader(member) for member in members]

    return read


def _is_object(value: Any) -> Any:
    if not isinstance(value, dict):
        raise UnexpectedShape("an object was expected")
    return value  # pyright: ignore[reportUnknownVariableType]  # whatever JSON holds


def _bytes(value: Any) -> Any:
    if not isinstance(value, str):
        raise UnexpectedShape("base64 was expected")
    return b64decode(value)


def _as_it_is(value: Any) -> Any:
    return value
