"""The text of a model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ddbmodel.admin.importing.inference import Inferred
from ddbmodel.admin.importing.names import class_name, identifier
from ddbmodel.admin.importing.parts_text import PartClasses, annotation, kept_as_extra
from ddbmodel.admin.importing.settings_text import SettingsText, known_settings
from ddbmodel.admin.tables.deployed import Deployed
from ddbmodel.model.roles import WRITE_ATTRIBUTE
from ddbmodel.schema import IndexSchema, KeyAttribute


class ModelText:
    """Writes the module of one table.

    Args:
        table: as it is deployed.
        title: the name that the model gives it.
        types: of its attributes.
    """

    def __init__(self, table: Deployed, title: str, types: Mapping[str, Inferred]) -> None:
        self._table, self._title = table, title
        self._schema = table.description.schema
        self._ttl = table.asked.get("time_to_live")
        projected = {name for index in self._schema.indexes for name in index.projection.attributes}
        unseen = {name: Inferred("Any") for name in projected}
        if self._ttl:
            unseen[self._ttl] = Inferred("int")
        # The mark of the last write is no field.
        known = {name: each for name, each in {**unseen, **types}.items() if name != WRITE_ATTRIBUTE}
        self._unsaid = [name for name, each in known.items() if each.is_no_field and name not in projected]
        self._types = {name: each for name, each in known.items() if name not in self._unsaid}
        self._names: set[str] = set()
        self._parts = PartClasses(self._types, class_name(title), self._names)
        # An extra value with the name of a field would be taken for it.
        taken = [*self._unsaid, *self._parts.names.values()]
        self._fields: dict[str, str] = {}
        for name in self._types:
            self._fields[name] = identifier(name, [*taken, *self._fields.values()])
        self._taken = [*taken, *self._fields.values()]

    def text(self) -> str:
        """Give the module."""
        unsaid = [*map(kept_as_extra, self._unsaid), *([""] if self._unsaid else [])]
        body = [*unsaid, *self._field_lines(), *self._index_lines()]
        lines = [*self._parts.lines(), self._class_line(), *(f"    {line}".rstrip() for line in body)]
        module = "\n".join(lines)
        return f"{self._imports()}\n\n{module}\n"

    def _imports(self) -> str:
        names = ("Attr", "GlobalIndex", "KmsKey", "LocalIndex", "Model", "Null", "OnDemand", "Provisioned")
        functions = ("TableSettings", "WarmThroughput", "field", "partition_key", "sort_key", "ttl")
        used = [name for name in (*names, *functions) if name in self._names]
        lines = ["from __future__ import annotations", ""]
        standard = (("datetime", "datetime"), ("decimal", "Decimal"), ("typing", "Any"))
        found = [f"from {place} import {name}" for place, name in standard if name in self._names]
        return "\n".join(
            [
                *lines,
                *found,
                *([""] if found else []),
                "from ddbmodel import (",
                *(f"    {name}," for name in used),
                ")",
                "",
            ]
        )

    # The class ----------------------------------------------------------------------------------------

    def _class_line(self) -> str:
        self._names |= {"Attr", "Model"}
        known = known_settings(self._table)
        settings = SettingsText(known.given)
        written = settings.text(indent=4)
        self._names |= settings.names
        notes = [f"# {note}" for note in known.notes]
        arguments = (f"table={self._title!r}", 'extra="allow"', f"settings={written}")
        head = [
            f"class {class_name(self._title)}(",
            "    Model,",
            *(f"    {each}," for each in arguments),
            "):",
        ]
        return "\n".join([*notes, *head])

    def _field_lines(self) -> Iterator[str]:
        keys = [each.name for each in self._schema.key]
        for name in (*keys, *(name for name in self._types if name not in keys)):
            yield self._field_line(name)

    def _field_line(self, name: str) -> str:
        inferred, python = self._types[name], self._fields[name]
        specifier, arguments = "field", dict[str, str]()
        if name in {each.name for each in self._schema.partition_key}:
            specifier = "partition_key"
        elif name in {each.name for each in self._schema.sort_key}:
            specifier = "sort_key"
        else:
            specifier = "ttl" if self._is_ttl(name, inferred) else "field"
            arguments["default"] = "None"
        if python != name:
            arguments["attribute"] = repr(name)
        if inferred.has_null and specifier == "field" and not self._is_key(name):
            arguments["stored_as"] = "Null"
            self._names.add("Null")
        self._names.add(specifier)
        written = annotation(inferred, self._parts.names.get((name,), ""), self._names)
        optional = " | None" if "default" in arguments and inferred.type != "Any" else ""
        given = ", ".join(f"{key}={value}" for key, value in arguments.items())
        return f"{python}: Attr[{written}{optional}] = {specifier}({given})"

    def _is_ttl(self, name: str, inferred: Inferred) -> bool:
        """Tell whether items expire by it; a `ttl()` has no way to say NULL."""
        return name == self._ttl and inferred.type == "int" and not inferred.has_null

    def _is_key(self, name: str) -> bool:
        return any(each.name == name for each in self._schema.attributes())

    # Indexes ------------------------------------------------------------------------------------------

    def _index_lines(self) -> Iterator[str]:
        taken = [*self._taken]
        for number, index in enumerate(self._schema.indexes):
            if number == 0:
                yield ""
            python = identifier(index.name, taken)
            taken.append(python)
            yield f"{python} = {self._index(index, python)}"

    def _index(self, index: IndexSchema, python: str) -> str:
        arguments: dict[str, Any] = {}
        if index.kind == "global":
            arguments["partition_key"] = self._key(index.partition_key)
        if index.sort_key:
            arguments["sort_key"] = self._key(index.sort_key)
        if index.projection.kind == "KEYS_ONLY":
            arguments["projection"] = "KEYS_ONLY"
        elif index.projection.attributes:
            arguments["projection"] = [self._fields[name] for name in index.projection.attributes]
        if python != index.name:
            arguments["name"] = index.name
        kind = "GlobalIndex" if index.kind == "global" else "LocalIndex"
        self._names.add(kind)
        return f"{kind}({', '.join(f'{name}={value!r}' for name, value in arguments.items())})"

    def _key(self, key: Iterable[KeyAttribute]) -> str | tuple[str, ...]:
        names = tuple(self._fields[each.name] for each in key)
        return names[0] if len(names) == 1 else names
