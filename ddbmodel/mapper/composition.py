"""Conditions on fields as the one condition on the key attribute that a template writes from them.

The fields of a template are taken from the left: each that is bound to a value lengthens the beginning that
all keys have in common; the first one that is not may narrow the range of keys; whatever stands to the right
of it is left to the filter. Keys sort as their values do, so a range of values is a range of keys.

Of a sharded partition key the number of the shard stays open: whoever reads asks for each of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ddbmodel.codec.parts import FieldCodec
from ddbmodel.codec.values import AttributeValue
from ddbmodel.errors import CodecError, ExpressionError
from ddbmodel.expressions import Between, Comparison, Condition, Function, PathRef, Value
from ddbmodel.mapper.key_ranges import End, Narrowed, after_prefix, narrow
from ddbmodel.model.key_plan import KeyBinding, ShardedBinding
from ddbmodel.schema.key_forms import MomentForm, TextForm
from ddbmodel.schema.key_templates import SHARD, BoundSlot


@dataclass(frozen=True, slots=True)
class Composed:
    """What one key attribute absorbed.

    Attributes:
        condition: on the attribute; None if there is nothing to say of it.
        excluded: ends that the condition includes and the conditions do not.
        served: the stored names of the fields whose conditions it says completely.
        absorbed: how many fields it absorbed conditions on.
        is_equality: the attribute is bound to one value, or to one in each of its shards.
        narrowed: the names of the fields that it absorbed conditions on.
    """

    condition: Condition | None
    excluded: tuple[Value, ...] = ()
    served: frozenset[str] = frozenset()
    narrowed: frozenset[str] = frozenset()
    is_equality: bool = False


def compose(
    binding: KeyBinding,
    ref: PathRef,
    offers: Mapping[str, Sequence[Condition]],
    *,
    is_partition: bool = False,
) -> Composed:
    """Give the condition on an attribute that a template writes.

    Args:
        binding: the attribute and its template.
        ref: the attribute's path.
        offers: conditions on fields that a key could serve, by the stored names of the fields.
        is_partition: the attribute has to be bound by equality; of a sharded one, all that comes before the
            number of the shard.

    Raises:
        ExpressionError: the conditions on a field exclude each other.
    """
    assert binding.template is not None, "a field's own attribute needs no composition"
    pieces = binding.template.pieces
    if is_partition and isinstance(binding, ShardedBinding):
        pieces = binding.beginning.pieces
    return _Composition(pieces, binding.sources, ref, offers).result()


class _Composition:
    def __init__(
        self,
        pieces: Sequence[str | BoundSlot],
        sources: Sequence[FieldCodec],
        ref: PathRef,
        offers: Mapping[str, Sequence[Condition]],
    ) -> None:
        self._pieces = pieces
        self._stored_names = {field.name: field.stored_name for field in sources}
        self._ref = ref
        self._offers = offers
        self._base = ""
        self._served: set[str] = set()
        self._narrowed: set[str] = set()

    def result(self) -> Composed:
        for index, piece in enumerate(self._pieces):
            if isinstance(piece, str):
                self._base += piece
                continue
            narrowed = self._narrow(piece)
            if narrowed is None or not self._is_bound(piece, narrowed):
                return self._range(index, piece, narrowed)
        condition = Comparison(self._ref, "=", Value({"S": self._base}))
        return self._composed(condition, is_equality=True)

    def _narrow(self, slot: BoundSlot) -> Narrowed | None:
        if slot.name == SHARD:
            return None
        conditions = self._offers.get(self._stored_names[slot.name])
        return None if conditions is None else narrow(conditions)

    def _is_bound(self, slot: BoundSlot, narrowed: Narrowed) -> bool:
        """Lengthen the beginning by the one value that the field can have."""
        if not narrowed.is_equality or narrowed.low is None:
            return False
        try:
            self._base += slot.write(narrowed.low.value.stored)
        except CodecError:  # no key has this value, so none begins with it: the filter takes the condition
            return False
        self._absorb(slot)
        return True

    def _absorb(self, slot: BoundSlot) -> None:
        self._narrowed.add(slot.name)
        if slot.form.is_exact:
            self._served.add(self._stored_names[slot.name])

    def _composed(
        self, condition: Condition | None, excluded: Sequence[Value] = (), *, is_equality: bool = False
    ) -> Composed:
        return Composed(
            condition, tuple(excluded), frozenset(self._served), frozenset(self._narrowed), is_equality
        )

    # Ranges -------------------------------------------------------------------------------------------

    def _range(self, index: int, slot: BoundSlot, narrowed: Narrowed | None) -> Composed:
        """The keys that begin as far as all fields are bound, within the range of the first that is not."""
        if narrowed is None:
            return self._composed(self._begins_with(self._base))
        prefix = _prefix_of(slot, narrowed)
        if prefix is not None:
            self._absorb(slot)
            return self._composed(self._begins_with(self._base + prefix))
        ends = _KeyEnds(self._base, slot, self._pieces[index + 1 :])
        try:
            low, high = ends.low(narrowed.low), ends.high(narrowed.high)
        except (
            CodecError
        ):  # an end without a text in the key, such as half of a datetime: the filter takes it
            return self._composed(self._begins_with(self._base))
        self._absorb(slot)
        if low is None and high is None:  # from the empty text on, without anything before it
            return self._composed(self._begins_with(self._base))
        return self._between(low, high)

    def _begins_with(self, beginning: str) -> Condition | None:
        return Function("begins_with", self._ref, Value({"S": beginning})) if beginning else None

    def _between(self, low: End | None, high: End | None) -> Composed:
        if low is not None and high is not None:
            if low.excludes(high):
                raise ExpressionError(f"{self._ref!r}: no key is in the range of the conditions")
            excluded = [end.value for end in (low, high) if end.is_open]
            return self._composed(Between(self._ref, low.value, high.value), excluded)
        if low is not None:
            return self._composed(Comparison(self._ref, ">" if low.is_open else ">=", low.value))
        assert high is not None, "a range has an end"
        return self._composed(Comparison(self._ref, "<" if high.is_open else "<=", high.value))


@dataclass(frozen=True, slots=True)
class _KeyEnds:
    """From the ends of a field's range to those of the keys' range.

    Attributes:
        base: what all keys begin with.
        slot: the field's place behind it.
        tail: what follows the field in the template.
    """

    base: str
    slot: BoundSlot
    tail: Sequence[str | BoundSlot]

    def low(self, end: End | None) -> End | None:
        """The lower end; the beginning of all keys if the field has none."""
        if end is None:
            return End(Value({"S": self.base})) if self.base else None
        key = self._key(end)
        if not key and not (end.is_open and self.tail):
            return None  # a key is never empty, so there is nothing to compare it with
        if not end.is_open or not self.slot.form.is_exact:
            return End(Value({"S": key}))
        if not self.tail:
            return End(Value({"S": key}), is_open=True)
        after = after_prefix({"S": key + self._next_literal})
        return None if after is None else End(Value(after))

    def high(self, end: End | None) -> End | None:
        """The upper end; the end of all keys if the field has none."""
        if end is None:
            return _after(self.base) if self.base else None
        key = self._key(end)
        if not self.slot.form.is_exact:
            return _after(key)
        if end.is_open or not self.tail:
            return End(Value({"S": key}), is_open=end.is_open)
        return _after(key + self._next_literal)

    def _key(self, end: End) -> str:
        return self.base + self.slot.write(end.value.stored)

    @property
    def _next_literal(self) -> str:
        return self.tail[0] if isinstance(self.tail[0], str) else ""


def _after(beginning: str) -> End | None:
    """Right above all keys with a beginning."""
    after = after_prefix({"S": beginning})
    return None if after is None else End(Value(after), is_open=True)


def _prefix_of(slot: BoundSlot, narrowed: Narrowed) -> str | None:
    """The beginning of the field's text in the key, where the condition is `begins_with`."""
    condition = narrowed.condition
    if not isinstance(condition, Function) or not isinstance(condition.argument, Value):
        return None
    stored: AttributeValue = condition.argument.stored
    form = slot.form
    if "S" not in stored or not (
        isinstance(form, TextForm) or (isinstance(form, MomentForm) and form.is_text)
    ):
        return None
    text = str(stored["S"])
    if form.width is None:
        return slot.escape(text)
    return text if len(text) <= form.width else None  # what is longer would go on into the template
