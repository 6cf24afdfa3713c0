"""Guard items: one for each value of a unique field, in the table of the model, so that no value comes twice.

The key of a guard begins with `_unique#`, which no entity's key does, and its entity is `_unique`. In
`_owner` it holds the key of the item that has the value.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ddbmodel import limits
from ddbmodel.codec.parts import FieldCodec
from ddbmodel.codec.sizes import value_size_bytes
from ddbmodel.codec.values import Attributes, AttributeValue, Item
from ddbmodel.errors import CodecError, ModelDefinitionError
from ddbmodel.model.key_plan import KeyBinding, KeyPath
from ddbmodel.schema import TableSchema
from ddbmodel.schema.key_forms import form_of
from ddbmodel.schema.key_templates import SEPARATOR, BoundSlot, KeyTemplate

GUARD_ENTITY: Final = "_unique"
GUARD_PREFIX: Final = GUARD_ENTITY + SEPARATOR
OWNER_ATTRIBUTE: Final = "_owner"


@dataclass(frozen=True, slots=True)
class UniqueGuard:
    """How the values of one unique field are guarded.

    Attributes:
        field: the field.
        path: the key of its guard items.
        entity_attribute: marks them as guards.
    """

    field: FieldCodec
    path: KeyPath
    entity_attribute: str

    def key(self, stored: AttributeValue) -> Attributes:
        """Give the key of the guard of one value.

        Raises:
            CodecError: the value has no place in a key.
        """
        key: Attributes = {}
        for binding in self.path.bindings:
            rendered = binding.render({self.field.name: stored})
            assert rendered is not None, "the value is there"
            key[binding.name] = rendered
        size = value_size_bytes(key[self.path.partition[0].name])
        if size > limits.PARTITION_KEY_BYTES:
            raise CodecError(
                f"the key of its guard would have {size:,} bytes, a key has "
                f"{limits.PARTITION_KEY_BYTES:,} at most: "
                "shorten the value",
                (self.field.name,),
            )
        return key

    def item(self, stored: AttributeValue, owner: Item) -> Item:
        """Give the guard of one value, held by the item with the key `owner`."""
        marks: Attributes = {self.entity_attribute: {"S": GUARD_ENTITY}, OWNER_ATTRIBUTE: {"M": owner}}
        return self.key(stored) | marks


def build_guards(
    table: TableSchema, fields: Iterable[FieldCodec], entity: str | None, entity_attribute: str
) -> tuple[UniqueGuard, ...]:
    """Give the guards of a model's unique fields.

    Raises:
        ModelDefinitionError: a field's values have no text, or the table's keys do not hold text.
    """
    return tuple(_guard(table, field, entity, entity_attribute) for field in fields)


def _guard(table: TableSchema, field: FieldCodec, entity: str | None, entity_attribute: str) -> UniqueGuard:
    if any(attribute.type != "S" for attribute in table.key):
        raise ModelDefinitionError(
            f"field {field.name!r} is unique, and its guards need a table whose keys hold text"
        )
    try:
        form = form_of(field.codec, "")
    except ModelDefinitionError as error:
        raise ModelDefinitionError(f"field {field.name!r} cannot be unique: {error}") from error
    names = (GUARD_ENTITY, *([entity] if entity else ()), field.stored_name)
    # Escaped, as values are: the names of two entities or attributes never make one beginning.
    head = SEPARATOR.join(BoundSlot(name, form).escape(name) for name in names) + SEPARATOR
    template = KeyTemplate(head + "{value}", (head, BoundSlot(field.name, form)))
    partition = tuple(KeyBinding(attribute, (field,), template) for attribute in table.partition_key)
    fixed = KeyTemplate(GUARD_ENTITY, (GUARD_ENTITY,))
    sort = tuple(KeyBinding(attribute, (), fixed) for attribute in table.sort_key)
    return UniqueGuard(field, KeyPath("", None, partition, sort), entity_attribute)
