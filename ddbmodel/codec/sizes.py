"""What a value weighs: as the service meters it, and on the wire.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
"""

from __future__ import annotations

from typing import Final

from ddbmodel.codec.values import AttributeValue, Item

_DOCUMENT_OVERHEAD: Final = 3
_ELEMENT_OVERHEAD: Final = 1
_DELETE: Final = b"\x7f"  # the one ASCII character that json escapes and orjson does not
# Arbitrary: 25 items of this size are far from the 16 MB of a batch, however much too large they are taken
# to be.
_ESTIMATED_BYTES_MAX: Final = 32 * 1024


def item_size_bytes(item: Item) -> int:
    """Give the size of an item as DynamoDB meters it: UTF-8 names plus values. The limit is 400 KB."""
    return sum(len(name.encode()) + value_size_bytes(value) for name, value in item.items())


def value_size_bytes(stored: AttributeValue) -> int:
    """Give the metered size of one value; of numbers an upper estimate: a byte for two digits, one more."""
    ((kind, value),) = stored.items()
    match kind:
        case "S":
            return len(value.encode())
        case "N":
            return _number_size(value)
        case "B":
            return len(value)
        case "SS":
            return sum(len(member.encode()) for member in value)
        case "NS":
            return sum(map(_number_size, value))
        case "BS":
            return sum(map(len, value))
        case "L":
            return _DOCUMENT_OVERHEAD + sum(
                value_size_bytes(element) + _ELEMENT_OVERHEAD for element in value
            )
        case "M":
            return _DOCUMENT_OVERHEAD + item_size_bytes(value) + _ELEMENT_OVERHEAD * len(value)
        case _:
            return 1


def _number_size(text: str) -> int:
    mantissa = text.upper().partition("E")[0].lstrip("-").replace(".", "").strip("0")
    return (len(mantissa) + 1) // 2 + 1 + text.startswith("-")


def wire_size_bytes(text: bytes) -> int:
    """Give what an item has in a request at most, of its compact JSON in UTF-8; of a small one, roughly.

    botocore puts a space after every colon and comma, which are less than a quarter of the text, and escapes
    what is not ASCII: six bytes for two at worst.
    """
    if len(text) <= _ESTIMATED_BYTES_MAX and _DELETE not in text:
        size = len(text) if text.isascii() else 3 * len(text)
        return size + size // 4
    spaces = text.count(b",") + text.count(b":")
    others = 0 if text.isascii() else len(text) - len(text.decode().encode("ascii", "ignore"))
    return len(text) + spaces + 2 * others + 5 * text.count(_DELETE)


def nesting_levels(stored: AttributeValue) -> int:
    """Count how many lists and maps are inside one another; 0 for a scalar or a set."""
    elements = stored["M"].values() if "M" in stored else stored.get("L")
    if elements is None:
        return 0
    return 1 + max(map(nesting_levels, elements), default=0)
