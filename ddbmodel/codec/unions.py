"""Unions: which member stored a value, and which one reads it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from ddbmodel.codec import untyped
from ddbmodel.codec.base import Codec, UnexpectedType, unexpected
from ddbmodel.codec.numbers import decode_decimal, encode_decimal
from ddbmodel.codec.values import AttributeValue
from ddbmodel.errors import CodecError


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a union: its codec, and Pydantic's validation for it alone."""

    codec: Codec
    validate: Callable[[Any], Any]


class UnionCodec(Codec):
    """`A | B`: members with different stored types are told apart by these; members that share one by
    reading with each and taking the first that stores the same again.

    Where members share a stored type, every value is read back once before it is written, and refused if
    it would come back as another member.
    """

    def __init__(self, members: Sequence[Member]) -> None:
        self._members = sorted(members, key=lambda member: member.codec.rank)
        self.name = " | ".join(member.codec.name for member in members)

    @property
    def types(self) -> frozenset[str]:
        kinds = [member.codec.types for member in self._members]
        return frozenset().union(*kinds) if all(kinds) else frozenset()

    @property
    def nullable(self) -> bool:
        return any(member.codec.nullable for member in self._members)

    def exact(self, value: object) -> bool:
        return any(member.codec.exact(value) for member in self._members)

    def encode(self, value: Any) -> AttributeValue:
        stored = self._encode_first(value)
        ((kind, _),) = stored.items()
        if len(self._candidates(kind)) > 1 and not self._comes_back(stored, value):
            raise CodecError(
                f"a {type(value).__name__} in {self.name} would be read back as another member: "
                "use a discriminated union, or one type"
            )
        return stored

    def _encode_first(self, value: Any) -> AttributeValue:
        by_fit = sorted(self._members, key=lambda member: not member.codec.exact(value))
        for member in by_fit:
            try:
                return member.codec.encode(value)
            except UnexpectedType:
                continue
        raise unexpected(self.name, value)

    def _candidates(self, kind: str) -> list[Member]:
        return [m for m in self._members if not m.codec.types or kind in m.codec.types]

    def _comes_back(self, stored: AttributeValue, value: Any) -> bool:
        read = self._read(stored)
        return read is not None and type(read.value) is type(value) and bool(read.value == value)

    def _read(self, stored: AttributeValue) -> _Read | None:
        """The value by the first member that stores it in the same way again, else the first that validates."""
        first: _Read | None = None
        ((kind, _),) = stored.items()
        for member in self._candidates(kind):
            try:
                value = member.validate(member.codec.decode(stored))
                if canonical(member.codec.encode(value)) == canonical(stored):
                    return _Read(value)
            except (ValidationError, CodecError):
                continue
            first = first or _Read(value)
        return first

    def decode(self, stored: AttributeValue) -> Any:
        if len(stored) == 1:
            ((kind, _),) = stored.items()
            candidates = self._candidates(kind)
            if len(candidates) == 1:
                return candidates[0].codec.decode(stored)
            if candidates and (read := self._read(stored)) is not None:
                return read.value
        return untyped.decode(stored)

    @property
    def element(self) -> Codec | None:
        return self._only("element")

    @property
    def entry(self) -> Codec | None:
        return self._only("entry")

    def _only(self, question: str) -> Codec | None:
        """The answer of the members, where only one of them has one."""
        answers = [answer for m in self._members if (answer := getattr(m.codec, question)) is not None]
        return answers[0] if len(answers) == 1 else None

    def part(self, owner: type) -> Codec | None:
        """The member that stores models of this class."""
        for member in self._members:
            if getattr(member.codec.core, "owner", None) is owner:
                return member.codec.core
        return None


@dataclass(frozen=True, slots=True)
class _Read:
    value: Any


def canonical(stored: AttributeValue) -> Any:
    """A form in which two stored values are equal exactly if DynamoDB holds the same for both."""
    ((kind, value),) = stored.items()
    match kind:
        case "N":
            return kind, encode_decimal(decode_decimal(value))
        case "NS":
            return kind, sorted(encode_decimal(decode_decimal(member)) for member in value)
        case "SS" | "BS":
            return kind, sorted(value)
        case "L":
            return kind, [canonical(element) for element in value]
        case "M":
            return kind, {key: canonical(entry) for key, entry in value.items()}
        case _:
            return kind, value
