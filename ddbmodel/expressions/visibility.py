"""What DynamoDB cannot see: compressed values. No condition can compare them, no update change a part."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from ddbmodel.codec.base import Codec
from ddbmodel.codec.containers import PairsCodec, TupleCodec
from ddbmodel.codec.parts import PartCodec
from ddbmodel.codec.wrappers import WrapperCodec
from ddbmodel.errors import ExpressionError
from ddbmodel.expressions.encoding import codecs_of
from ddbmodel.expressions.places import PathRef

_REMEDY = "read the item and filter in Python, or keep what you ask for in an uncompressed field of its own"


def check_visible(what: str, *operands: object) -> None:
    """Refuse paths to compressed values.

    Args:
        what: is done with them, for the message.
        operands: of the expression; constants may be among them.

    Raises:
        ExpressionError: one is the path of a compressed field.
    """
    for path in _paths(operands):
        if path.place.codec.opaque:
            raise ExpressionError(
                f"{path!r} {what}: it is stored compressed, and DynamoDB cannot look into it; {_REMEDY}"
            )


def check_comparable(what: str, *operands: object) -> None:
    """Refuse paths to compressed values, and to values that have a compressed one inside.

    The same value may be compressed to other bytes by another release of a library, or with other options.

    Raises:
        ExpressionError: there is one.
    """
    check_visible(what, *operands)
    for path in _paths(operands):
        if _holds_opaque(path.place.codec):
            raise ExpressionError(
                f"{path!r} {what}: a field inside is stored compressed, so equal values may be stored as "
                f"different bytes; compare the other fields one by one, or {_REMEDY}"
            )


def check_changeable(what: str, *operands: object) -> None:
    """Refuse paths to compressed values in an update that needs what is stored there.

    Raises:
        ExpressionError: one is the path of a compressed field.
    """
    for path in _paths(operands):
        if path.place.codec.opaque:
            raise ExpressionError(
                f"{path!r} {what}: it is stored compressed, and DynamoDB can neither change nor copy what is "
                "inside; read the item, and set the whole value"
            )


def _paths(operands: tuple[object, ...]) -> Iterator[PathRef]:
    """The paths among them. Functions and sums were checked when they were written."""
    return (operand for operand in operands if isinstance(operand, PathRef))


@lru_cache(maxsize=1024)
def _holds_opaque(codec: Codec) -> bool:
    """True if a value that this codec stores has a compressed field somewhere inside."""
    seen: set[int] = set()
    pending = [codec]
    while pending:
        for core in codecs_of(pending.pop()):
            if core.opaque:
                return True
            if id(core) not in seen:
                seen.add(id(core))
                pending.extend(_inside(core))
    return False


def _inside(core: Codec) -> Iterator[Codec]:
    """The codecs of what is inside of lists, maps and parts."""
    if isinstance(core, PartCodec):
        yield from (field.codec for field in core.fields.values())
    elif isinstance(core, TupleCodec):
        yield from core.items
    elif isinstance(core, PairsCodec):
        yield core.pair
    elif isinstance(core, WrapperCodec):
        yield core.inner
    else:
        yield from (inner for inner in (core.element, core.entry) if inner is not None)
