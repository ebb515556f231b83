"""The limits of `raw` in each context, as far as responses of Customer.io are recorded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.core.data.json_value import JsonValue
from cioform.core.suggest import did_you_mean
from cioform.core.text.quoted import quoted
from cioform.language.conditions.encoding.filter_encoding import decode_filter
from cioform.model.values.value_errors import echo

_GROUPS: Final = ("and", "or")
_LEAF_NAMES: Final = ("segment", "attribute", "event", "object_attribute", "relationship_attribute")
"""What the raw form of a trigger or an exit may test (journeys facts, section 4)."""
_WAIT_ONLY_TYPES: Final = ("foreign_event", "message")


def raw_problems(raw: JsonValue, context: str, *, is_root: bool) -> Iterator[str]:
    """Yield what is wrong with a `raw` form: each text completes "A segment cannot have ...".

    `is_root` is true if it is the whole condition. Forms that no source describes are accepted.
    """
    if context in ("branch", "wait_until"):
        yield from _flat_filter_problems(raw, context, is_root)
    elif isinstance(raw, str):
        yield "a text as its raw form, because Customer.io rejects it. Write it as a mapping."
    elif isinstance(raw, list) and context == "exit" and is_root:
        return
    elif isinstance(raw, list):
        yield "a list as its raw form. Write a mapping, or `all:` with one `raw:` for each entry."
    elif not isinstance(raw, dict):
        yield f"{echo(raw)} as its raw form. Write a mapping."
    elif context == "segment" and "attribute" in raw:
        # The server responds with 500 (journeys facts, section 3).
        yield "an `attribute` in its raw form. Write `attribute: plan` with `is: pro`."
    elif context in ("segment", "trigger") and _is_element(raw):
        yield (
            f"an element of a branch (`type: {raw['type']}`) as its raw form. Write it without "
            "`raw`, as in `attribute: plan`."
        )
    elif context in ("trigger", "exit"):
        yield from _misspelled_names(raw)


def _misspelled_names(raw: JsonValue) -> Iterator[str]:
    """Yield the names that are misspelled names of Customer.io. Other unknown names may be new."""
    for name, value in raw.items() if isinstance(raw, dict) else ():
        if name in _GROUPS:
            for child in value if isinstance(value, list) else ():
                yield from _misspelled_names(child)
        elif name not in _LEAF_NAMES and (hint := did_you_mean(name, (*_GROUPS, *_LEAF_NAMES))):
            yield f"{quoted(name)} in its raw form, which Customer.io would refuse.{hint}"


def _flat_filter_problems(raw: JsonValue, context: str, is_root: bool) -> Iterator[str]:
    if isinstance(raw, str):
        yield from _text_problems(raw, context)
    elif isinstance(raw, list) and is_root and context == "wait_until":
        for text in raw:
            yield from _text_problems(text, context)
    else:
        yield from _element_problems(raw, context)


def _text_problems(text: JsonValue, context: str) -> Iterator[str]:
    """Yield what is wrong with a text, which is a whole array in Customer.io's encoding."""
    if text == "":
        return  # Customer.io's form for no condition.
    try:
        elements = decode_filter(text) if isinstance(text, str) else None
    except ValueError as error:
        yield (
            f"a text that is not an encoded filter: {error}. Copy it again (it is percent-encoded "
            "JSON in base64), or write it without `raw`, as in `attribute: plan` with `is: pro`."
        )
        return
    if not isinstance(elements, list):
        yield (
            "a tree as its raw form. Write it without `raw`, as in "
            "`all: [{attribute: plan, is: pro}]`."
        )
        return
    for element in elements:
        yield from _element_problems(element, context)


def _element_problems(raw: JsonValue, context: str) -> Iterator[str]:
    kind = raw.get("type") if isinstance(raw, dict) else None
    if isinstance(raw, dict) and ("and" in raw or "or" in raw):
        # The server responds with 500 (journeys facts, section 4).
        yield (
            "a tree as its raw form. Move the condition to a segment and use "
            "`segment: these_people`, or write it without `raw`."
        )
    elif not isinstance(kind, str):
        yield "a raw element without `type`. Write `raw: {type: attribute, field: plan, ...}`."
    elif kind == "segment":
        # The server responds with 500 (journeys facts, section 4).
        yield "a raw element with `type: segment`. Write `segment: these_people`."
    elif kind in _WAIT_ONLY_TYPES and context != "wait_until":
        yield (
            f"a raw element with `type: {kind}`. Only `wait_until` can, as in "
            "`wait_until: {event: purchased}`."
        )
    elif "field" not in raw and "attribute" in raw:
        # It is stored with a blank field and matches nobody (journeys facts, section 4).
        yield "a raw element with the key `attribute`, which matches nobody. Rename it to `field`."


def _is_element(raw: dict[str, JsonValue]) -> bool:
    return isinstance(raw.get("type"), str) and ("field" in raw or "segments" in raw)
