"""What `raw` may not hold where it stands, as far as the remote's answers to it are recorded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.core.json_value import JsonValue
from cioform.language.conditions.filter_encoding import decode_filter

_WAIT_ONLY_TYPES: Final = ("foreign_event", "message")


def raw_problems(raw: JsonValue, context: str, *, is_root: bool) -> Iterator[str]:
    """Give what a place cannot hold of `raw`, each with the reason and the way out. `whole` tells
    whether it stands for all of the place. What no source speaks of is let through."""
    if context in ("branch", "wait_until"):
        yield from _flat_filter_problems(raw, context, is_root)
    elif isinstance(raw, str):
        yield "a text: Customer.io takes this one as JSON and refuses a text; write it as a mapping"
    elif isinstance(raw, list) and context == "exit" and is_root:
        return
    elif isinstance(raw, list):
        yield "a bare list; write a mapping, or `all:` with one `raw:` for each"
    elif not isinstance(raw, dict):
        yield f"{raw!r}; write a mapping"
    elif context == "segment" and "attribute" in raw:
        # The remote answers 500 to it (journeys facts, section 3).
        yield "an `attribute` leaf in its raw form; write `attribute: plan` with `is: pro`"
    elif context in ("segment", "trigger") and _is_element(raw):
        yield f"an element of a branch, `type: {raw['type']}`; say it in words, `attribute: plan`"


def _flat_filter_problems(raw: JsonValue, context: str, is_root: bool) -> Iterator[str]:
    if isinstance(raw, str):
        yield from _text_problems(raw, context)
    elif isinstance(raw, list) and is_root and context == "wait_until":
        for text in raw:
            yield from _text_problems(text, context)
    else:
        yield from _element_problems(raw, context)


def _text_problems(text: JsonValue, context: str) -> Iterator[str]:
    """A text is a whole array as the remote encodes it."""
    try:
        elements = decode_filter(text) if isinstance(text, str) else None
    except ValueError as error:
        yield (
            f"a filter that does not decode: {error}. Say it in words, `attribute: plan` with "
            "`is: pro`, or copy the text again: base64 of percent-encoded JSON"
        )
        return
    if not isinstance(elements, list):
        yield "a tree; say it in words, `all: [{attribute: plan, is: pro}]`"
        return
    for element in elements:
        yield from _element_problems(element, context)


def _element_problems(raw: JsonValue, context: str) -> Iterator[str]:
    kind = raw.get("type") if isinstance(raw, dict) else None
    if isinstance(raw, dict) and ("and" in raw or "or" in raw):
        # The remote answers 500 to it (journeys facts, section 4).
        yield (
            "a tree; make it a segment and name it, `segment: segment.these_people`, or say it in "
            "words"
        )
    elif not isinstance(kind, str):
        yield "an element that says no `type`; write `raw: {type: attribute, field: plan, ...}`"
    elif kind == "segment":
        # The remote answers 500 to it (journeys facts, section 4).
        yield "`type: segment`; write `segment: segment.these_people`, or below `not` for others"
    elif kind in _WAIT_ONLY_TYPES and context != "wait_until":
        yield f"`{kind}`; only `wait_until` can, as in `wait_until: {{event: purchased}}`"
    elif "field" not in raw and "attribute" in raw:
        # It is stored with a blank field and matches nobody (journeys facts, section 4).
        yield "`attribute` for the name of an attribute, which matches nobody; the key is `field`"


def _is_element(raw: dict[str, JsonValue]) -> bool:
    return isinstance(raw.get("type"), str) and ("field" in raw or "segments" in raw)
