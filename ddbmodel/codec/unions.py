"""Unions: which member stored a value, and which one reads it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from ddbmodel.codec import untyped
from ddbmodel.codec.base import Codec, UnexpectedType, unexpected
from ddbmodel.codec.parts import PartCodec
from ddbmodel.codec.sameness import same, same_content
from ddbmodel.codec.trial import Refusal, attempt
from ddbmodel.codec.values import AttributeValue
from ddbmodel.errors import CodecError

_MARK: Final = "$"
_NOTHING: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a union: its codec, and Pydantic's validation for it alone."""

    codec: Codec
    validate: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Read:
    """What a member made of a stored value, and what it made it from."""

    value: Any
    plain: Any


class UnionCodec(Codec):
    """`A | B`: members with different stored types are told apart by these.

    Members that share one are told apart by reading with each, and taking the first that stores the same.
    Where that would take another member than the one that stored it (a UUID's text in `UUID | str`),
    the value is stored as a map with one entry, named after its member: `{"$str": ...}`.
    Each such value is read back once before it is written.

    Args:
        members: in order of declaration.
        validate: Pydantic's validation for the whole union.
        eager: True if the order of members decides which one validates, so that every value has to be proved.
    """

    def __init__(
        self, members: Sequence[Member], validate: Callable[[Any], Any], *, eager: bool = False
    ) -> None:
        self._members = sorted(members, key=lambda member: member.codec.rank)
        self._validate = validate
        self._eager = eager
        self.name = " | ".join(member.codec.name for member in members)

    @property
    def members(self) -> tuple[Member, ...]:
        """The members, in the order in which reading tries them."""
        return tuple(self._members)

    @property
    def types(self) -> frozenset[str]:
        kinds = [member.codec.types for member in self._members]
        return _NOTHING.union(*kinds) if all(kinds) else _NOTHING

    @property
    def nullable(self) -> bool:
        return any(member.codec.nullable for member in self._members)

    def exact(self, value: object) -> bool:
        return any(member.codec.exact(value) for member in self._members)

    @property
    def element(self) -> Codec | None:
        return self._only([member.codec.element for member in self._members])

    @property
    def entry(self) -> Codec | None:
        return self._only([member.codec.entry for member in self._members])

    @staticmethod
    def _only(answers: list[Codec | None]) -> Codec | None:
        """The answer of the members, where only one of them has one."""
        given = [answer for answer in answers if answer is not None]
        return given[0] if len(given) == 1 else None

    def part(self, owner: type) -> Codec | None:
        """Give the member that stores models of this class."""
        for member in self._members:
            if getattr(member.codec.core, "owner", None) is owner:
                return member.codec.core
        return None

    @cached_property
    def _tags(self) -> dict[str, Member]:
        """The members by their names. Equal names are counted."""
        tags: dict[str, Member] = {}
        for member in self._members:
            tag, count = member.codec.name, 1
            while tag in tags:
                count += 1
                tag = f"{member.codec.name}#{count}"
            tags[tag] = member
        return tags

    # Storing ------------------------------------------------------------------------------------------

    def encode(self, value: Any) -> AttributeValue:
        member, stored = self._encode_first(value)
        ((kind, _),) = stored.items()
        if len(self._candidates(kind)) == 1 and not self._eager and self._marked(stored) is None:
            return stored
        if self._comes_back(stored, value):
            return stored
        tag = next(tag for tag, owner in self._tags.items() if owner is member)
        marked: AttributeValue = {"M": {_MARK + tag: stored}}
        if self._comes_back(marked, value):
            return marked
        raise CodecError(
            f"a {type(value).__name__} in {self.name} would be read back as something else: "
            "use a discriminated union, or one type"
        )

    def _encode_first(self, value: Any) -> tuple[Member, AttributeValue]:
        refusal: CodecError | None = None
        for member in sorted(self._members, key=lambda member: not member.codec.exact(value)):
            try:
                return member, member.codec.encode(value)
            except UnexpectedType:
                continue
            except CodecError as error:
                refusal = refusal or error
        raise refusal or unexpected(self.name, value)

    def _comes_back(self, stored: AttributeValue, value: Any) -> bool:
        read = attempt(self._validate, self.decode(stored))
        return same(read, value) or (_is_plain_number(read) and _is_plain_number(value) and read == value)

    # Reading ------------------------------------------------------------------------------------------

    def decode(self, stored: AttributeValue) -> Any:
        if len(stored) != 1:
            return untyped.decode(stored)
        ((kind, _),) = stored.items()
        marked = self._marked(stored)
        if marked is not None:
            return self._decode_marked(*marked)
        candidates = self._candidates(kind)
        if len(candidates) == 1:
            return candidates[0].codec.decode(stored)
        read = self._read(candidates, stored)
        return untyped.decode(stored) if read is None else self._hand_over(read)

    def _candidates(self, kind: str) -> list[Member]:
        return [member for member, kinds in self._possible if not kinds or kind in kinds]

    @cached_property
    def _possible(self) -> list[tuple[Member, frozenset[str]]]:
        return [(member, member.codec.possible_types) for member in self._members]

    def _marked(self, stored: AttributeValue) -> tuple[Member, AttributeValue] | None:
        """The member that a stored value names, and what it stored; None if it names none."""
        entries = stored.get("M")
        if entries is None or len(entries) != 1:
            return None
        ((name, inner),) = entries.items()
        member = self._tags.get(name[1:]) if name.startswith(_MARK) else None
        return None if member is None else (member, inner)

    def _decode_marked(self, member: Member, inner: AttributeValue) -> Any:
        plain = member.codec.decode(inner)
        value = attempt(member.validate, plain)
        return plain if isinstance(value, Refusal) else self._hand_over(_Read(value, plain))

    def _read(self, candidates: list[Member], stored: AttributeValue) -> _Read | None:
        """The value by the first member that stores it the same way, else by the first that validates."""
        first: _Read | None = None
        for member in candidates:
            try:
                plain = member.codec.decode(stored)
                value = attempt(member.validate, plain)
                if isinstance(value, Refusal):
                    continue
                first = first or _Read(value, plain)
                if same_content(member.codec.encode(value), stored):
                    return _Read(value, plain)
            except CodecError:
                continue
        return first

    def _hand_over(self, read: _Read) -> Any:
        """What validation gets: plain values where these are enough, for validators expect them."""
        is_enough = same(attempt(self._validate, read.plain), read.value)
        return read.plain if is_enough else read.value


class TaggedUnionCodec(UnionCodec):
    """A union whose members are told apart by the value of one field.

    Args:
        members: in order of declaration.
        validate: Pydantic's validation for the whole union.
        discriminator: the field's name.
        choices: the codec for each value of that field.
    """

    def __init__(
        self,
        members: Sequence[Member],
        validate: Callable[[Any], Any],
        discriminator: str,
        choices: Sequence[tuple[Any, Codec]],
    ) -> None:
        super().__init__(members, validate)
        self._discriminator = discriminator
        self._choices = choices

    @cached_property
    def _by_tag(self) -> dict[tuple[str, str], Codec]:
        """The members by the discriminator's stored name and value."""
        found: dict[tuple[str, str], Codec] = {}
        for tag, codec in self._choices:
            part = codec.core
            if isinstance(part, PartCodec) and self._discriminator in part.fields:
                stored = untyped.encode_dumped(tag)
                found[part.fields[self._discriminator].stored_name, repr(stored)] = codec
        return found

    def _find(self, stored: AttributeValue) -> Codec | None:
        entries: dict[str, AttributeValue] = stored.get("M", {})
        for stored_name in {name for name, _ in self._by_tag}:
            codec = self._by_tag.get((stored_name, repr(entries.get(stored_name))))
            if codec is not None:
                return codec
        return None

    def encode(self, value: Any) -> AttributeValue:
        for _, codec in self._choices:
            if codec.exact(value):
                stored = codec.encode(value)
                if self._find(stored) is codec:
                    return stored
        return super().encode(value)

    def decode(self, stored: AttributeValue) -> Any:
        codec = self._find(stored)
        return super().decode(stored) if codec is None else codec.decode(stored)


def _is_plain_number(value: object) -> bool:
    """Tell whether it is an int or float: 1 and 1.0 are one number, to DynamoDB as to Python."""
    return type(value) in (int, float)
