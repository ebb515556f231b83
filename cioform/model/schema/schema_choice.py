"""JSON schemas of mappings whose keyword decides which other fields they have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain

from cioform.core.data.json_value import as_mapping
from cioform.model.schema.schema_docs import Schema, shared_definition


def keyword_definitions(
    name: str,
    branches: Mapping[str, Schema],
    common: Mapping[str, Schema],
    description: str,
    *,
    list_of: str = "",
) -> dict[str, Schema]:
    """Return definitions of a mapping with one of several keywords: `step`, `step.email`, ...

    `branches` are the schemas of the mappings with each keyword, and the other arguments those of
    `choose_by_keyword`.
    """
    named = {keyword: (f"{name}.{keyword}", branch) for keyword, branch in branches.items()}
    chosen = choose_by_keyword(named, common, description, list_of=list_of)
    return {name: chosen, **dict(named.values())}


def choose_by_keyword(
    branches: Mapping[str, tuple[str, Schema]],
    common: Mapping[str, Schema],
    description: str,
    *,
    list_of: str = "",
) -> Schema:
    """Return the schema of a mapping with one of several keywords.

    `branches` has the definition of the mappings with each keyword: its name, and its schema.
    `common` are the fields that all of them have. With `list_of`, the value may also be a list of
    that definition.

    The schema is a chain of `if` and `else`: an editor checks a mapping against the one definition
    that its keyword chooses, and reports the field that is wrong. With `anyOf` it would report the
    problems of whichever schema it takes for the nearest.
    """
    schema = _without_keyword(branches, common)
    for keyword, (name, _) in reversed(list(branches.items())):
        has_keyword: Schema = {"type": "object", "required": [keyword]}
        schema = {"if": has_keyword, "then": shared_definition(name), "else": schema}
    if list_of:
        items: Schema = {"type": "array", "items": shared_definition(list_of), "minItems": 1}
        schema = {"if": {"type": "array"}, "then": items, "else": schema}
    return {"description": description, **schema}


def one_of_fields(names: Iterable[str], known: Iterable[str]) -> Schema:
    """Return the rule that a mapping has exactly one of the fields `names`.

    It does not hold for a mapping with a field that is not among `known`: that is its problem.
    """
    return {
        "if": {"propertyNames": {"enum": list(known)}},
        "then": {"oneOf": [{"required": [name]} for name in names]},
    }


def _without_keyword(
    branches: Mapping[str, tuple[str, Schema]], common: Mapping[str, Schema]
) -> Schema:
    """Return the schema of a mapping that has none of the keywords yet.

    An editor offers the keywords in it, and reports one that is misspelled. The fields beside
    keywords are accepted unchecked, so that it reports and offers nothing else.
    """
    keywords: Schema = {
        keyword: shared_definition(f"{name}/properties/{keyword}")
        for keyword, (name, _) in branches.items()
    }
    fields = (as_mapping(branch["properties"]) for _, branch in branches.values())
    others = dict.fromkeys(chain.from_iterable(fields), True)
    properties: Schema = {**others, **common, **keywords}
    return {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        **one_of_fields(keywords, properties),
    }
