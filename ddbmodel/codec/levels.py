"""How deep the lists and maps of a type can be nested, as far as the type tells."""

from __future__ import annotations

from ddbmodel.codec.base import Codec
from ddbmodel.codec.containers import DictCodec, ListCodec, SetCodec, TupleCodec
from ddbmodel.codec.parts import PartCodec
from ddbmodel.codec.scalars import ChoiceCodec, NoneCodec, ScalarCodec
from ddbmodel.codec.wrappers import NullableCodec


def levels_max(codec: Codec, most: int) -> int:
    """Give the number of levels of a type; `most` if it has more, or nobody knows.

    A part is one level more than its fields. What a validator may have made something else of is not known.
    """
    if isinstance(codec, NullableCodec):
        return levels_max(codec.inner, most)
    if isinstance(codec, ScalarCodec | ChoiceCodec | NoneCodec):
        return 0
    if most == 0:
        return 0
    inner = _inside(codec)
    if inner is None:
        return most
    return 1 + max((levels_max(one, most - 1) for one in inner), default=0)


def _inside(codec: Codec) -> list[Codec] | None:
    if type(codec) is PartCodec and not codec.keeps_extra:
        return [field.codec for field in codec.fields.values()]
    if isinstance(codec, ListCodec | SetCodec):
        return [codec.element]
    if isinstance(codec, TupleCodec):
        return list(codec.items)
    if isinstance(codec, DictCodec):
        return [codec.entry]
    return None
