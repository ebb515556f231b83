"""Rewrite conditions of format 0 in the current format."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Final

from cioform.core.data.json_value import JsonValue
from cioform.core.time.duration import Duration
from cioform.language.conditions.grammar import ATTRIBUTE_KEYWORDS, GROUP_KEYWORDS, OBJECT_TYPE
from cioform.language.conditions.joins import same_name
from cioform.model.fields.upgrading import outdated_syntax_message, rename_field
from cioform.model.references.names import short_reference

_ATTRIBUTE_FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "within_last": ("after", "{} ago"),
    "older_than": ("before", "{} ago"),
    "from": ("previously", "{}"),
}
_EVENT_FIELDS: Final[Mapping[str, tuple[str, str]]] = {"within": ("within_last", "{}")}
_OLD_FIELDS: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    **dict.fromkeys(ATTRIBUTE_KEYWORDS, _ATTRIBUTE_FIELDS),
    "event": _EVENT_FIELDS,
}
"""By keyword and old name: the new name, and its value with `{}` for the old one."""
_REFERENCES: Final[Mapping[str, str]] = {"segment": "segment", "of": OBJECT_TYPE}
"""The kinds of the fields that refer to something. Their values used to name the kind again."""


def upgrade_condition(condition: JsonValue) -> None:
    """Rewrite the fields and keywords of format 0 in a condition, in place.

    It acts on format 0 only: a condition of the current format stays as it is. The meaning, and
    what is sent to Customer.io, stay the same.
    """
    pending = [condition]
    while pending:
        node = pending.pop()
        if isinstance(node, list):
            pending += node
        elif isinstance(node, MutableMapping) and "raw" not in node:
            pending += [node[key] for key in (*GROUP_KEYWORDS, "not", "where") if key in node]
            _upgrade_leaf(node)


def old_field_message(keyword: str, field: str, value: JsonValue) -> str | None:
    """Return the error about a field of format 0 beside a keyword, or None if it is not one."""
    found = _OLD_FIELDS.get(keyword, {}).get(field)
    if found is None:
        return None
    new, form = found
    return outdated_syntax_message(
        f"`{field}` is called `{new}` now.", f"{new}: {form.format(_example(field, value))}"
    )


def same_message(name: str) -> str:
    """Return the error about the long form of a join of attributes with one name."""
    return outdated_syntax_message(
        f"`where` compares `{name}` with the attribute of that name, which has a short form.",
        f"same: {name}",
    )


def _example(field: str, value: JsonValue) -> str:
    if field == "from":
        return "any"
    try:
        return str(Duration.parse(str(value)))
    except ValueError:
        return "7d"


def _upgrade_leaf(leaf: MutableMapping[str, JsonValue]) -> None:
    keyword = next((keyword for keyword in _OLD_FIELDS if keyword in leaf), None)
    for old, (new, form) in _OLD_FIELDS.get(keyword or "", {}).items():
        if rename_field(leaf, old, new) and form != "{}":
            leaf[new] = form.format(leaf[new])
    for field, kind in _REFERENCES.items():
        if isinstance(text := leaf.get(field), str) and text != short_reference(kind, text):
            leaf[field] = short_reference(kind, text)
    if keyword == "event" and "same" not in leaf and "where" in leaf:
        _shorten_join(leaf)


def _shorten_join(leaf: MutableMapping[str, JsonValue]) -> None:
    """Write the tests of `where` that compare attributes of one name as `same`."""
    where = leaf["where"]
    tests = where.get("all") if isinstance(where, Mapping) else where
    if not isinstance(tests, list):
        tests = [where]
    names = [name for test in tests if (name := same_name(test)) is not None]
    if not names:
        return
    others = [test for test in tests if same_name(test) is None]
    if not others:
        rename_field(leaf, "where", "same")
    elif len(others) == 1 and not isinstance(others[0], list) and "all" not in others[0]:
        leaf["where"] = others[0]
    else:
        for at in reversed([i for i, test in enumerate(tests) if same_name(test) is not None]):
            del tests[at]
    leaf["same"] = names[0] if len(names) == 1 else names
