"""What every codec is: two verbs, and a few questions that expressions and keys ask."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from ddbmodel.codec.values import AttributeValue
from ddbmodel.errors import CodecError


class UnexpectedType(CodecError):
    """The value is not of the type that this codec stores; another codec may."""


def unexpected(expected: str, value: object) -> UnexpectedType:
    """Say which type was expected and which one came, never the value."""
    return UnexpectedType(f"expected {expected}, got {type(value).__name__}")


class Codec(ABC):
    """How values of one type are stored.

    Attributes:
        name: the type's name in messages.
        rank: among union members that share a stored type, lower ranks are tried first when reading.
        needs_record: True if a field is stored by `encode_of`.
        opaque: True if DynamoDB cannot see the value in what is stored, so no expression can compare it, look
            into it or change a part of it.
    """

    name: str
    rank: int = 0
    needs_record: bool = False
    opaque: bool = False

    @property
    @abstractmethod
    def types(self) -> frozenset[str]:
        """The stored types that values usually have; empty means any."""

    @property
    def possible_types(self) -> frozenset[str]:
        """The stored types that a value can have, where one of several forms is chosen; empty means any."""
        return self.types

    @abstractmethod
    def encode(self, value: Any) -> AttributeValue:
        """Give the stored form of a value that a validated model holds.

        Raises:
            UnexpectedType: the value is of another type.
            CodecError: the value cannot be stored without loss.
        """

    @abstractmethod
    def decode(self, stored: AttributeValue) -> Any:
        """Give what validation turns back into the value.

        Text that cannot be read is handed over as it is, so that Pydantic's error names the field.

        Raises:
            CodecError: the stored form is not one of DynamoDB's.
        """

    def encode_of(self, record: Any, value: Any) -> AttributeValue:
        """Give the stored form of a record's field, for the codecs that need to know the record."""
        return self.encode(value)

    def exact(self, value: object) -> bool:
        """Tell whether the value's own type is this codec's, so that a union takes this member first."""
        return False

    @property
    def core(self) -> Codec:
        """The codec below wrappers such as None-able."""
        return self

    @property
    def nullable(self) -> bool:
        """True if None is one of the values."""
        return False

    @property
    def element(self) -> Codec | None:
        """The codec of a list's, tuple's or set's elements; None if there are none."""
        return None

    def element_at(self, index: int) -> Codec | None:
        """Give the codec of one position."""
        return self.element

    @property
    def entry(self) -> Codec | None:
        """The codec of a map's values; None if this is no map with free keys."""
        return None
