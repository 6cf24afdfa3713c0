"""Sharded keys of a model with a table of its own: attributes of their own beside the fields they spread."""

from __future__ import annotations

from collections.abc import Sequence

from ddbmodel.codec.parts import FieldCodec
from ddbmodel.errors import ModelDefinitionError
from ddbmodel.model.key_plan import ShardedBinding, Shards
from ddbmodel.schema import KeyAttribute
from ddbmodel.schema.key_forms import KeyForm, form_of
from ddbmodel.schema.key_templates import SEPARATOR, Slot, bind


def shard_attribute(name: str) -> KeyAttribute:
    """Give the key attribute of a sharded key.

    Args:
        name: of the attribute of the field, or of the index.
    """
    return KeyAttribute(f"_{name}_shard", "S")


def spread(attribute: KeyAttribute, fields: Sequence[FieldCodec], shards: Shards) -> ShardedBinding:
    """Give the key attribute that holds fields and the number of a shard.

    Raises:
        ModelDefinitionError: values of a field have no text in a key.
    """
    text = SEPARATOR.join(f"{{{field.name}}}" for field in fields)
    forms = {Slot(field.name, ""): _form(field) for field in fields}
    template = bind(text, forms, is_sort=False, is_sharded=True)
    return ShardedBinding(attribute, tuple(fields), template, beginning=template.unsharded, shards=shards)


def _form(field: FieldCodec) -> KeyForm:
    try:
        return form_of(field.codec, "")
    except ModelDefinitionError as error:
        raise ModelDefinitionError(f"field {field.name!r} cannot be in a sharded key: {error}") from error
