"""Codecs around other codecs: None-able, behind a validator, serialised by the user, by JSON form, by reference."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import ValidationError
from pydantic_core import PydanticSerializationError, to_json

from ddbmodel.codec import untyped
from ddbmodel.codec.base import Codec, UnexpectedType, unexpected
from ddbmodel.codec.values import NULL, AttributeValue
from ddbmodel.errors import CodecError


class WrapperCodec(Codec):
    """Answers every question as the wrapped codec does."""

    def __init__(self, inner: Codec) -> None:
        self.inner = inner
        self.name = inner.name
        self.rank = inner.rank  # type: ignore[misc]  # taken over from the wrapped codec

    @property
    def types(self) -> frozenset[str]:
        return self.inner.types

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
    def nullable(self) -> bool:
        return True

    def exact(self, value: object) -> bool:
        return value is None or self.inner.exact(value)

    def encode(self, value: Any) -> AttributeValue:
        return NULL if value is None else self.inner.encode(value)

    def decode(self, stored: AttributeValue) -> Any:
        return None if "NULL" in stored else self.inner.decode(stored)


class LenientCodec(WrapperCodec):
    """A type behind an after, wrap or plain validator, which may have made something else of it.

    What is not of the declared type is stored by its own type, if that comes back equal.
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
        self.name = name
        self.inner: Codec = untyped.UntypedCodec()

    def resolve(self, inner: Codec) -> None:
        """Put the finished codec in."""
        self.inner = inner


class SerializedCodec(WrapperCodec):
    """A type with a serializer of the user's: what it returns is stored, and validated again on reading.

    `wrapped` stands for the declared type in questions; `returned` stores what `serialize` gives.
    """

    def __init__(self, wrapped: Codec, serialize: Callable[[Any], Any], returned: Codec) -> None:
        super().__init__(wrapped)
        self._serialize = serialize
        self._returned = returned

    @property
    def types(self) -> frozenset[str]:
        return self._returned.types

    @property
    def core(self) -> Codec:
        return self

    @property
    def element(self) -> Codec | None:
        return self._returned.element

    @property
    def entry(self) -> Codec | None:
        return self._returned.entry

    def encode(self, value: Any) -> AttributeValue:
        try:
            dumped = self._serialize(value)
        except PydanticSerializationError as error:
            raise CodecError("the field's serializer failed") from error
        try:
            return self._returned.encode(dumped)
        except UnexpectedType:
            return untyped.encode_dumped(dumped)

    def decode(self, stored: AttributeValue) -> Any:
        return self._returned.decode(stored)


class JsonFormCodec(Codec):
    """Any other type that Pydantic can serialise: stored as its JSON form.

    `serialize` gives the JSON form as Python values. `parse`, where there is one, reads JSON bytes back into
    the value; it is also the proof, on writing, that the JSON form loses nothing.
    """

    def __init__(
        self,
        name: str,
        serialize: Callable[[Any], Any],
        parse: Callable[[bytes], Any] | None,
        types: frozenset[str] = frozenset(),
    ) -> None:
        self.name = name
        self._serialize = serialize
        self._parse = parse
        self._types = types

    @property
    def types(self) -> frozenset[str]:
        return self._types

    def encode(self, value: Any) -> AttributeValue:
        try:
            plain = self._serialize(value)
        except PydanticSerializationError:
            raise unexpected(f"{self.name} with a JSON form", value) from None
        if self._parse is not None and not self._comes_back(plain, value):
            raise CodecError(
                f"the JSON form of this {type(value).__name__} does not give the same value back"
            )
        return untyped.encode_dumped(plain)

    def _comes_back(self, plain: Any, value: Any) -> bool:
        assert self._parse is not None
        try:
            return bool(self._parse(to_json(plain)) == value)
        except ValidationError:
            return False

    def decode(self, stored: AttributeValue) -> Any:
        plain = untyped.decode(stored)
        if self._parse is None:
            return plain
        try:
            return self._parse(to_json(plain))
        except (ValidationError, PydanticSerializationError):
            return plain


class SecretCodec(WrapperCodec):
    """SecretStr, SecretBytes, Secret[T]: the secret value itself is stored, not its mask."""

    def __init__(self, python: type, inner: Codec) -> None:
        super().__init__(inner)
        self.name = python.__name__
        self._python = python

    def exact(self, value: object) -> bool:
        return isinstance(value, self._python)

    def encode(self, value: Any) -> AttributeValue:
        if not isinstance(value, self._python):
            raise unexpected(self.name, value)
        return self.inner.encode(value.get_secret_value())  # type: ignore[attr-defined]  # one of Pydantic's secrets

    def decode(self, stored: AttributeValue) -> Any:
        plain = self.inner.decode(stored)
        try:
            return self._python(plain)
        except (TypeError, ValueError):
            return plain
