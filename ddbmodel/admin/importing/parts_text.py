"""The text of fields, and of the classes of maps that are alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from ddbmodel.admin.importing.inference import PART, Inferred
from ddbmodel.admin.importing.names import class_name, identifier, singular

_TYPES: Final = ("datetime", "Decimal", "Any")


def annotation(inferred: Inferred, part: str, used: set[str]) -> str:
    """Give the type as it is written.

    Args:
        inferred: the type.
        part: the class of its maps; empty without one.
        used: takes the names that it uses.
    """
    used |= {name for name in _TYPES if name in inferred.type}
    return inferred.type.replace(PART, part)


def kept_as_extra(name: str) -> str:
    """Give the comment for an attribute that is no field."""
    return f"# {name!a} is NULL in some and missing in others, and kept as it is, without a field."


class PartClasses:
    """Names and writes the classes of maps.

    Attributes:
        names: of the classes, by the path of attributes to their maps.

    Args:
        types: the attributes of items.
        owner: the class of the items.
        used: takes the names that the text uses.
    """

    def __init__(self, types: Mapping[str, Inferred], owner: str, used: set[str]) -> None:
        self._used = used
        self._taken = {owner}
        self._parts: dict[tuple[str, ...], Mapping[str, Inferred]] = {}
        self.names: dict[tuple[str, ...], str] = {}
        self._name_all(types, owner, ())

    def _name_all(self, types: Mapping[str, Inferred], owner: str, path: tuple[str, ...]) -> None:
        for name, inferred in types.items():
            if inferred.part is None or inferred.is_no_field:
                continue
            here = (*path, name)
            self.names[here] = self._free_name(name if inferred.type == PART else singular(name), owner)
            self._name_all(inferred.part, self.names[here], here)
            # Behind those that it uses.
            self._parts[here] = inferred.part

    def _free_name(self, attribute: str, owner: str) -> str:
        found = class_name(attribute, "Part")
        if found in self._taken:
            found = f"{owner}{found}"
        while found in self._taken:
            found += "Part"
        self._taken.add(found)
        return found

    def lines(self) -> Iterator[str]:
        """Give the classes, each before the one that uses it."""
        for path, fields in self._parts.items():
            yield f'class {self.names[path]}(Model, extra="allow"):'
            for line in self._fields(path, fields):
                yield f"    {line}"
            yield from ("", "")

    def _fields(self, path: tuple[str, ...], fields: Mapping[str, Inferred]) -> Iterator[str]:
        unsaid = [name for name, inferred in fields.items() if inferred.is_no_field]
        taken = [*unsaid, *self.names.values()]
        yield from map(kept_as_extra, unsaid)
        if len(unsaid) == len(fields):
            yield "pass"
        for name, inferred in fields.items():
            if inferred.is_no_field:
                continue
            python = identifier(name, taken)
            taken.append(python)
            arguments = {"default": "None"}
            if python != name:
                arguments["attribute"] = repr(name)
            if inferred.has_null:
                arguments["stored_as"] = "Null"
                self._used.add("Null")
            self._used |= {"Attr", "field"}
            written = annotation(inferred, self.names.get((*path, name), ""), self._used)
            optional = "" if inferred.type == "Any" else " | None"
            given = ", ".join(f"{key}={value}" for key, value in arguments.items())
            yield f"{python}: Attr[{written}{optional}] = field({given})"
