"""Types with more than one possible form: their own, what a serializer makes of them, and their JSON form.

A serializer of the user's is made for what leaves the program, so it does not decide what is stored, unless
only its form is one that validation turns back into the value. Which form that is, is found out by trying.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pydantic_core import PydanticSerializationError, to_json

from ddbmodel.codec import untyped
from ddbmodel.codec.base import Codec, unexpected
from ddbmodel.codec.sameness import same, same_content
from ddbmodel.codec.trial import Refusal, attempt
from ddbmodel.codec.values import AttributeValue
from ddbmodel.codec.wrappers import WrapperCodec
from ddbmodel.errors import CodecError


class FormsCodec(WrapperCodec):
    """A type behind functions of the user's: stored in the first of its forms that validation turns back.

    Where none is proved (a validator may need the record around it), the first form is stored, and the proof
    of the record decides.

    Args:
        forms: in order of preference; the first answers questions.
        validate: Pydantic's validation for the type.
    """

    needs_record = True

    def __init__(self, forms: Sequence[Codec], validate: Callable[[Any], Any]) -> None:
        super().__init__(forms[0])
        self._forms = forms
        self._validate = validate

    @property
    def possible_types(self) -> frozenset[str]:
        kinds = [form.possible_types for form in self._forms]
        none: frozenset[str] = frozenset()
        return none.union(*kinds) if all(kinds) else none

    @property
    def nullable(self) -> bool:
        return any(form.nullable for form in self._forms)

    def encode(self, value: Any) -> AttributeValue:
        return self.encode_of(None, value)

    def encode_of(self, record: Any, value: Any) -> AttributeValue:
        first: AttributeValue | None = None
        refusal: CodecError | None = None
        for form in self._forms:
            try:
                stored = form.encode_of(record, value)
            except CodecError as error:
                refusal = refusal or error
                continue
            if same(attempt(self._validate, self.decode(stored)), value):
                return stored
            first = first or stored
        if first is None:
            raise refusal or unexpected(self.name, value)
        return first

    def decode(self, stored: AttributeValue) -> Any:
        valid: list[Any] = []
        for form in self._forms:
            try:
                plain = form.decode(stored)
                value = attempt(self._validate, plain)
                if not isinstance(value, Refusal):
                    if same_content(form.encode(value), stored):
                        return plain
                    valid.append(plain)
            except CodecError:
                continue
        return valid[0] if valid else self._forms[0].decode(stored)


class SerializedCodec(Codec):
    """What a serializer returns, stored by the type it is declared to return, else by its own."""

    def __init__(self, name: str, serialize: Callable[[Any], Any], returned: Codec) -> None:
        self.name = name
        self._serialize = serialize
        self._returned = returned

    @property
    def types(self) -> frozenset[str]:
        return self._returned.types

    @property
    def element(self) -> Codec | None:
        return self._returned.element

    @property
    def entry(self) -> Codec | None:
        return self._returned.entry

    def encode(self, value: Any) -> AttributeValue:
        return self._returned.encode(serialized(self._serialize, value))

    def decode(self, stored: AttributeValue) -> Any:
        return self._returned.decode(stored)


class MethodSerializedCodec(SerializedCodec):
    """What a serializer method of a model returns; it needs the model.

    Args:
        name: the field's type.
        blank: makes a model that holds just this value, for where there is none, such as in an expression.
        serialize: gives the field's value as the method serialises it, from the model.
        returned: how what it returns is stored.
    """

    def __init__(
        self, name: str, blank: Callable[[Any], Any], serialize: Callable[[Any], Any], returned: Codec
    ) -> None:
        super().__init__(name, serialize, returned)
        self._blank = blank

    def encode(self, value: Any) -> AttributeValue:
        return self.encode_of(self._blank(value), value)

    def encode_of(self, record: Any, value: Any) -> AttributeValue:
        if record is None:
            return self.encode(value)
        return self._returned.encode(serialized(self._serialize, record))


class JsonFormCodec(Codec):
    """Any other type that Pydantic can serialise: stored as its JSON form.

    Args:
        name: the type's name.
        serialize: gives the JSON form as Python values.
        parse: reads JSON bytes back into the value. It is also the proof, on writing, that the JSON form
            loses nothing. None where reading hands the JSON form over as it is.
        types: the stored types; empty if they are not known.
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
        stored = untyped.encode_dumped(plain)
        if self._parse is not None and not same(self.decode(stored), value):
            raise unexpected(f"{self.name} that its JSON form gives back", value)
        return stored

    def decode(self, stored: AttributeValue) -> Any:
        plain = untyped.decode(stored)
        if self._parse is None:
            return plain
        try:
            data = to_json(plain)
        except PydanticSerializationError:
            return plain
        value = attempt(self._parse, data)
        return plain if isinstance(value, Refusal) else value


def serialized(serialize: Callable[[Any], Any], value: Any) -> Any:
    """Run a serializer; its failure is a `CodecError` that holds no value."""
    try:
        return serialize(value)
    except Exception as error:  # noqa: BLE001  # a serializer of the user's can raise anything
        failure = type(error).__name__
    raise CodecError(f"a serializer failed with {failure}")
