"""The page of kinds: a section for each kind of the registry, as Markdown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import yaml
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from cioform.config.schema import shared_definitions
from cioform.core.data.json_value import as_mapping
from cioform.model.kind import Kind
from cioform.model.routing.routes import Verb
from cioform.model.schema.schema_docs import DocumentedSchemaGenerator, resolve_shared_definitions
from cioform.services.kinds import known_kinds

Schema = Mapping[str, Any]

_REQUIRED: Final = FieldInfo()

_HEAD: Final = """\
# Kinds

This page is the reference for people who write files. It has one section for each kind of resource.
[Files](files.md#fields-of-every-document) documents the fields that every kind has (`kind`, `id`,
`was`, `remote_id`, `protect`, `ignore`, `because`) and bodies in separate files.
[Workflows](workflow.md) and [conditions](conditions.md) have their own pages.

In the column *default*:

- *unmanaged*: there is no default. If a file leaves the field out, cioform does not change it in
  the workspace ([decision 0003](decisions/0003-what-a-file-leaves-out.md)). `drift` shows who
  edited it there, and `pull` writes it into the file.
- *one of several*: exactly one field of a group is required, and this is one of them.
- *none*: the field is empty unless the file sets it. Removing it from the file removes it from the
  workspace.
"""
_WORDS: Final = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "array": "list",
    "object": "mapping",
    "null": "nothing",
}
_ENTRIES: Final = ("items", "additionalProperties", "patternProperties")
"""The keywords of a schema that describe the entries of a list or a mapping."""
_CONDITION: Final[Schema] = {"type": ["object", "array"]}
_VERBS: Final = {
    Verb.LIST: "list",
    Verb.READ: "read",
    Verb.CREATE: "create",
    Verb.UPDATE: "update",
    Verb.DELETE: "delete",
    Verb.COUNT: "count people",
    Verb.ESTIMATE: "estimate people",
    Verb.USAGE: "find users",
}


def kinds_page() -> str:
    """Return the page."""
    kinds = list(known_kinds())
    table = ["| kind | folder | description |", "|---|---|---|"]
    table += [f"| [{k.name}](#{k.name}) | `{k.folder}/` | {_cell(k.summary)} |" for k in kinds]
    sections = [line for kind in kinds for line in _section(kind)]
    return "\n".join([_HEAD, *table, *sections]) + "\n"


def _section(kind: Kind) -> Iterator[str]:
    yield from ("", f"## {kind.name}", "")
    yield _text(kind.model.__doc__ or kind.summary)
    yield ""
    known = f"On the first run, cioform finds the object by its `{kind.identity}`."
    read_only = (
        " No known API can write it, so its file only detects drift." if kind.is_read_only else ""
    )
    yield f"Files are in `{kind.folder}/`. {known}{read_only}"
    yield ""
    page = _Page(kind)
    for title, table in page.tables():
        if title != kind.name:
            yield from (f"### {title}", "")
            if description := _description(table):
                yield from (description, "")
        yield from (*page.fields(title, table), "")
    yield from _routes(kind)
    yield from ("", f"```yaml {kind.name}", kind.example.rstrip("\n"), "```")


def _routes(kind: Kind) -> Iterator[str]:
    yield "| operation | API, preferred first | fields |"
    yield "|---|---|---|"
    for verb in Verb:
        for at, route in enumerate(r for r in kind.routes if r.verb is verb):
            fields = "" if verb in (Verb.DELETE, Verb.COUNT, Verb.USAGE) else _grouped(route.fields)
            yield f"| {_VERBS[verb] if at == 0 else ''} | {_api(route.api.value)} | {fields} |"


def _grouped(patterns: frozenset[str] | None) -> str:
    """Return the fields of a route, grouped by their mapping."""
    if patterns is None:
        return "all"
    groups: dict[str, list[str]] = {}
    for pattern in sorted(patterns):
        above, _, name = pattern.rpartition(".")
        groups.setdefault(above, []).append(f"`{name}`")
    return "; ".join(
        (f"in `{above}`: " if above else "") + ", ".join(names)
        for above, names in sorted(groups.items())
    )


def _api(name: str) -> str:
    return {"app": "App API", "journeys": "Journeys API", "track": "Track API"}[name]


class _Page:
    """The tables of one kind's fields."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind
        root = kind.model.model_json_schema(schema_generator=DocumentedSchemaGenerator)
        definitions = {**root.get("$defs", {}), **shared_definitions(kind)}
        resolved = resolve_shared_definitions({**root, "$defs": definitions})
        self._root: Schema = {**as_mapping(resolved)}
        self._choices = _choices(kind)

    def tables(self) -> Iterator[tuple[str, Schema]]:
        """Yield the model, then every mapping of fields inside it, each once."""
        seen: set[str] = set()
        todo: list[tuple[str, Schema]] = [(self._kind.name, self._root)]
        while todo:
            title, table = todo.pop(0)
            if title not in seen:
                seen.add(title)
                yield title, table
                if _is_of_defaults(title):
                    continue  # Their fields are some of those of each message.
                for name, field in table["properties"].items():
                    todo += self._below(name, field)

    def fields(self, title: str, table: Schema) -> Iterator[str]:
        """Yield the lines of the table of a mapping's fields."""
        yield "| field | type | default | description |"
        yield "|---|---|---|---|"
        for name, field in table["properties"].items():
            resolved = _resolved(field, self._root)
            links = [f"[fields](#{anchor(title)})" for title, _ in self._below(name, field)]
            description = _description(field) or _description(resolved)
            type_ = ", ".join([_type(resolved, self._root), *_limits(resolved), *links])
            default = self._default(name, field, title, table)
            yield f"| `{name}` | {type_} | {default} | {description} |"

    def _below(self, name: str, field: Schema) -> list[tuple[str, Schema]]:
        """Return the mapping of fields of a field, or of each of its entries."""
        field = _resolved(field, self._root)
        if field.get("properties"):
            return [(f"{self._kind.name}: {name}", field)]
        entries = [
            (self._entry_title(name, entry), _resolved(entry, self._root))
            for where in _ENTRIES
            for entry in _each(field.get(where), where)
        ]
        return [(title, entry) for title, entry in entries if entry.get("properties")]

    def _entry_title(self, name: str, entry: Schema) -> str:
        """Return the title of an entry's fields: its definition, if several lists share it."""
        definition = entry.get("$ref", "").rpartition("/")[2]
        shared = definition in shared_definitions(self._kind)
        return f"{self._kind.name}: {definition if shared else f'each of {name}'}"

    def _default(self, name: str, field: Schema, title: str, table: Schema) -> str:
        if name in table.get("required", ()):
            return "required"
        is_top = title == self._kind.name
        if is_top and name in self._choices:
            return "one of several" if len(self._choices[name]) > 1 else "required"
        default = field.get("default")
        if isinstance(default, dict):
            default = {key: value for key, value in default.items() if value is not None}
        if default in ("", {}):
            return "empty"
        if default is not None:
            return f"`{json.dumps(default)}`"
        if "default" not in field or _is_of_defaults(title):
            return ""
        if is_top or self._is_unmanaged(name, title):
            return "unmanaged"
        return "see description" if "The default is" in _description(field) else "none"

    def _is_unmanaged(self, name: str, title: str) -> bool:
        """Return whether a file may leave out a field of the mapping that has the title."""
        above = title.rpartition(": ")[2].removeprefix("each of ")
        patterns = [pattern.split(".") for pattern in self._kind.unmanaged_fields]
        return any(
            pattern[-1] == name or (pattern[-1] == "*" and above in pattern) for pattern in patterns
        )


def _is_of_defaults(title: str) -> bool:
    """Return whether a mapping has the values of other fields, and is not in the workspace."""
    return title.endswith(": defaults")


def _choices(kind: Kind) -> dict[str, frozenset[str]]:
    """Return the groups of fields of which one is required, by each of their fields.

    The model names the group in an error when its field is removed from the example.
    """
    document = yaml.safe_load(kind.example)
    found: dict[str, frozenset[str]] = {}
    for name in document:
        if not kind.model.model_fields.get(name, _REQUIRED).is_required():
            try:
                kind.model.model_validate({k: v for k, v in document.items() if k != name})
            except ValidationError as error:
                named = {name, *re.findall(r"`(\w+)(?:: \w+)?`", str(error))}
                group = frozenset(named & kind.model.model_fields.keys())
                found |= dict.fromkeys(group, group)
    return found


def _each(value: Any, where: str) -> Iterator[Schema]:
    if isinstance(value, Mapping):
        yield from value.values() if where == "patternProperties" else (value,)


def _type(field: Schema, root: Schema) -> str:
    field = _resolved(field, root)
    if _is_condition(field):
        return "[condition](conditions.md)"
    if "enum" in field:
        return "one of " + ", ".join(f"`{value}`" for value in field["enum"])
    if "const" in field:
        value = field["const"]
        return f"`{value if isinstance(value, str) else json.dumps(value)}`"
    if "anyOf" in field:
        return " or ".join(dict.fromkeys(_type(each, root) for each in field["anyOf"]))
    kind = field.get("type", "any value")
    if isinstance(kind, list):
        return " or ".join(_WORDS[each] for each in kind)
    if kind == "array" and "items" in field:
        return f"list of {_plural(_type(field['items'], root))}"
    return _WORDS.get(kind, str(kind))


def _plural(word: str) -> str:
    return {"text": "texts", "mapping": "mappings", "any value": "values"}.get(word, word)


def _is_condition(field: Schema) -> bool:
    """Return whether a field can be a mapping or a list, as only conditions can."""
    kinds = field.get("type") or [each.get("type") for each in field.get("anyOf", ())]
    return {"object", "array"} <= set(kinds)


def _limits(field: Schema) -> Iterator[str]:
    if field.get("minLength", 0) == 1:
        yield "not empty"
    if "maxLength" in field:
        yield f"at most {field['maxLength']:,} characters"


def _resolved(field: Schema, root: Schema) -> Schema:
    """Return a field without references and without the alternative `null`."""
    if "$ref" in field:
        # Conditions have their own page.
        definition = root["$defs"].get(field["$ref"].rpartition("/")[2], _CONDITION)
        return _resolved(definition, root)
    if field.get("if") == {"type": "array"}:
        return _CONDITION
    if field.get("if") == {"type": "string"}:  # a plain `exit` in the place of a step
        return _resolved(field["else"], root)
    if "if" in field:
        return _of_all_keywords(field, root)
    others = [each for each in field.get("anyOf", ()) if each.get("type") != "null"]
    if len(others) == 1:
        return _resolved({**{k: v for k, v in field.items() if k != "anyOf"}, **others[0]}, root)
    return field


def _of_all_keywords(choice: Schema, root: Schema) -> Schema:
    """Return a mapping whose keyword decides on its fields as one with the fields of all."""
    common: dict[str, Any] = {}
    description = choice["description"]
    branches = []
    while "then" in choice and "else" in choice:
        branches.append(_resolved(choice["then"], root))
        choice = choice["else"]
    for branch in branches:
        fields = branch.get("properties", {})  # a step may also be a text
        common = {**common, **fields, **common}
    return {"type": "object", "description": description, "properties": common}


def _description(schema: Schema) -> str:
    return _cell(_text(schema.get("description", "")))


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _text(docstring: str) -> str:
    """Return a docstring as one line, without its sources."""
    text = " ".join(docstring.split())
    return re.sub(r"\s*\((?:journeys|app|content) facts[^)]*\)", "", text)


def anchor(heading: str) -> str:
    """Return the anchor that GitHub gives to a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
