"""Codecs around other codecs: None-able, behind a validator, secret, a root model, by reference."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import Secret, SecretBytes, SecretStr

from ddbmodel.codec import untyped
from ddbmodel.codec.base import Codec, UnexpectedType, unexpected
from ddbmodel.codec.trial import Refusal, attempt
from ddbmodel.codec.values import NULL, AttributeValue
from ddbmodel.errors import CodecError


class WrapperCodec(Codec):
    """Answers every question as the wrapped codec does."""

    def __init__(self, inner: Codec) -> None:
        self.inner = inner
        self.name = inner.name
        self.rank = inner.rank

    @property
    def types(self) -> frozenset[str]:
        return self.inner.types

    @property
    def possible_types(self) -> frozenset[str]:
        return self.inner.possible_types

    def encode(self, value: Any) -> AttributeValue:
        return self.inner.encode(value)

    def decode(self, stored: AttributeValue) -> Any:
        return self.inner.decode(stored)

    def exact(self, value: object) -> bool:
        return self.inner.exact(value)

    @property
    def core(self) -> Codec:
        return self.inner.core

    @property
    def nullable(self) -> bool:
        return self.inner.nullable

    @property
    def element(self) -> Codec | None:
        return self.inner.element

    def element_at(self, index: int) -> Codec | None:
        return self.inner.element_at(index)

    @property
    def entry(self) -> Codec | None:
        return self.inner.entry


class NullableCodec(WrapperCodec):
    """`T | None`: None is NULL here; a field may leave it out instead."""

    @property
    def types(self) -> frozenset[str]:
        return self.inner.types | {"NULL"} if self.inner.types else self.inner.types

    @property
    def possible_types(self) -> frozenset[str]:
        inner = self.inner.possible_types
        return inner | {"NULL"} if inner else inner

    @property
    def nullable(self) -> bool:
        return True

    def exact(self, value: object) -> bool:
        return value is None or self.inner.exact(value)

    def encode(self, value: Any) -> AttributeValue:
        if value is None:
            return NULL
        stored = self.inner.encode(value)
        if "NULL" in stored:
            raise CodecError(f"a {type(value).__name__} that holds None would be read back as None")
        return stored

    def decode(self, stored: AttributeValue) -> Any:
        return None if "NULL" in stored else self.inner.decode(stored)


class LenientCodec(WrapperCodec):
    """A type behind an after, wrap or plain validator, which may have made something else of it.

    What is not of the declared type is stored by its own type.
    """

    def encode(self, value: Any) -> AttributeValue:
        try:
            return self.inner.encode(value)
        except UnexpectedType as mismatch:
            try:
                return untyped.encode_dumped(value)
            except CodecError:
                raise mismatch from None


class DeferredCodec(WrapperCodec):
    """A reference to a type that is still being compiled: recursive models."""

    def __init__(self, name: str) -> None:
        super().__init__(untyped.UntypedCodec())
        self.name = name

    def resolve(self, inner: Codec) -> None:
        """Put the finished codec in."""
        self.inner = inner
        self.rank = inner.rank


class RevivedCodec(WrapperCodec):
    """A type that strict validation takes only as an instance: reading makes one, by lax validation."""

    def __init__(self, inner: Codec, validate: Callable[[Any], Any]) -> None:
        super().__init__(inner)
        self._validate = validate

    def decode(self, stored: AttributeValue) -> Any:
        plain = self.inner.decode(stored)
        value = attempt(self._validate, plain)
        return plain if isinstance(value, Refusal) else value


class RootCodec(WrapperCodec):
    """A root model: stored as its root is."""

    def __init__(self, model: type, root: Codec) -> None:
        super().__init__(root)
        self.name = model.__name__
        self.model = model

    def exact(self, value: object) -> bool:
        return type(value) is self.model

    @property
    def nullable(self) -> bool:
        return False  # a root model that holds None is no None

    def encode(self, value: Any) -> AttributeValue:
        if not self.exact(value):
            raise unexpected(self.name, value)
        return self.inner.encode(value.root)


class SecretCodec(WrapperCodec):
    """SecretStr, SecretBytes, Secret[T]: the secret value itself is stored, not its mask.

    `make` is the class that reading makes; None where validation takes the bare value.
    """

    def __init__(self, name: str, inner: Codec, make: type | None) -> None:
        super().__init__(inner)
        self.name = name
        self._make = make

    @property
    def core(self) -> Codec:
        return self

    def exact(self, value: object) -> bool:
        return isinstance(value, self._make or Secret)

    @property
    def nullable(self) -> bool:
        return False  # a secret None is no None

    def encode(self, value: Any) -> AttributeValue:
        if not isinstance(value, SecretStr | SecretBytes | Secret):
            raise unexpected(self.name, value)
        return self.inner.encode(value.get_secret_value())

    def decode(self, stored: AttributeValue) -> Any:
        plain = self.inner.decode(stored)
        value = plain if self._make is None else attempt(self._make, plain)
        return plain if isinstance(value, Refusal) else value
