"""From Python values to operands: each is encoded as it would be stored at the path that it stands beside.

So a wrong value is an error on the line that has it, and what is compared is what is stored.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, TypeGuard

from ddbmodel.codec import untyped
from ddbmodel.codec.base import Codec
from ddbmodel.codec.scalars import INT
from ddbmodel.codec.unions import UnionCodec
from ddbmodel.codec.values import AttributeValue
from ddbmodel.errors import CodecError, ExpressionError
from ddbmodel.expressions.operands import ANY_TYPE, NUMBER, Call, Computed, Operand, Value
from ddbmodel.expressions.places import PathRef


def is_operand(value: object) -> TypeGuard[Operand | Computed[Any]]:
    """True for a path, function or sum; False for a value that has to be encoded."""
    return isinstance(value, Operand | Computed)


def operand(subject: Operand, value: object) -> Operand:
    """A path, function or sum as it is; anything else as a constant that `subject` can be compared with.

    Raises:
        ExpressionError: the value could not be stored there.
    """
    if is_operand(value):
        return value.operand if isinstance(value, Computed) else value
    return constant(subject, value)


def constant(subject: Operand, value: object) -> Value:
    """A value as it would be stored at `subject`; a whole number where that is computed, a size.

    Raises:
        ExpressionError: it could not be stored there, or is stored by leaving the attribute out.
    """
    if not isinstance(subject, PathRef):
        return encoded(subject, value, INT)
    stored = stored_field(subject, value)
    if stored is None:
        what = "None" if value is None else "an empty set"
        raise ExpressionError(
            f"{subject!r}: {what} is stored by leaving the attribute out; "
            f"ask for it with .not_exists(), write it with .set() or .remove()"
        )
    return stored


def stored_field(path: PathRef, value: object) -> Value | None:
    """A value as it is stored at `path`; None where it is stored by leaving the attribute out.

    Raises:
        ExpressionError: it could not be stored there.
    """
    field, codec = path.place.field, path.place.codec
    if value is None and not codec.nullable and codec.types:
        raise ExpressionError(f"{path!r}: it is never None; a missing attribute is found with .not_exists()")
    if field is None:
        return encoded(path, value, codec)
    try:
        stored = field.encode(_exact(value, codec))
    except CodecError as error:
        raise _refused(path, error, error.segments[1:]) from error
    return None if stored is None else expected(path, stored, codec)


def encoded(subject: Operand, value: object, codec: Codec) -> Value:
    """A value as `codec` stores it.

    Raises:
        ExpressionError: it could not be stored.
    """
    try:
        stored = codec.encode(_exact(value, codec))
    except CodecError as error:
        raise _refused(subject, error, error.segments) from error
    return expected(subject, stored, codec)


def encoded_by_type(subject: Operand, value: object) -> Value:
    """A value stored by its own type.

    Raises:
        ExpressionError: it could not be stored.
    """
    try:
        return Value(untyped.encode(value))
    except CodecError as error:
        raise _refused(subject, error, error.segments) from error


def expected(subject: Operand, stored: AttributeValue, codec: Codec) -> Value:
    """A stored value as a constant, if it is of a type that `codec` is known to store.

    A codec behind a validator takes more than the declared type. A union stores a value in a map of
    its own where its members could not be told apart otherwise.

    Raises:
        ExpressionError: it is not of a type that is stored there.
    """
    kind = next(iter(stored))
    if codec.types and kind not in codec.types and not isinstance(codec.core, UnionCodec):
        raise ExpressionError(
            f"{subject!r}: it is stored as {'/'.join(sorted(codec.types))}, the value would be {kind}"
        )
    return Value(stored)


def codecs_of(codec: Codec) -> list[Codec]:
    """The codecs of a union's members, without what is around them; of any other codec, itself."""
    core = codec.core
    if not isinstance(core, UnionCodec):
        return [core]
    return [inner for member in core.members for inner in codecs_of(member.codec)]


def element_of(codec: Codec) -> Codec | None:
    """How the elements of a list, tuple or set are stored; None if there are none, or in different ways."""
    elements = [core.element for core in codecs_of(codec) if core.element is not None]
    alike = all(element.types == elements[0].types for element in elements)
    return elements[0] if elements and alike else None


def types_of(value: Operand) -> frozenset[str]:
    """The stored types that an operand can have; empty means any."""
    match value:
        case PathRef():
            return value.place.types
        case Value():
            return frozenset((value.type,))
        case Call():
            return ANY_TYPE
        case _:
            return NUMBER


def _exact(value: Any, codec: Codec) -> Any:
    """A float beside a Decimal as the decimal number that it prints as, which is how a float is stored."""
    if isinstance(value, float) and not codec.exact(value) and codec.exact(Decimal(0)):
        return Decimal(float.__repr__(value))
    return value


def _refused(subject: Operand, error: CodecError, segments: tuple[str | int, ...]) -> ExpressionError:
    inside = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in segments)
    return ExpressionError(f"{subject!r}{inside}: {error.reason}")
