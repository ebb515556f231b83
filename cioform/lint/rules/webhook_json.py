"""Webhook body that is not JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.language.liquid.parse import parse_liquid
from cioform.language.liquid.parsed import Role
from cioform.language.liquid.show import show_path
from cioform.lint.finding import Hit
from cioform.lint.markup.html import mask_liquid
from cioform.lint.rule import Group, TextRule
from cioform.lint.samples import MASK, Sample, samples_of
from cioform.lint.subject import Subject
from cioform.model.contents import Content, ContentText

_QUOTED: Final = lazy_pattern(r'"(?:[^"\\]|\\.)*"')
_ESCAPING: Final = frozenset({"to_json", "json", "jsonify", "url_encode", "base64", "slugify"})
_DATA: Final = frozenset({"customer", "event", "trigger", "journey", "objects"})

_WRONG: Final = "This is not valid JSON"
_COMMA: Final = (
    "a comma stands after the last element. In a loop, write "
    "`{% unless forloop.last %},{% endunless %}`; elsewhere, remove it."
)
_LENGTHS: Final = {
    None: "",
    0: " if a list is empty",
    1: " if a list has one element",
    2: " if a list has two elements",
}


class WebhookJson(TextRule):
    """A value with a quotation mark or a line break ends the JSON string too early.

    Write `{{ value | to_json }}` without quotation marks around it. A body that begins with `{` or
    `[` counts as JSON. Loops are tried with two elements, with one and with none.
    """

    id = "CH301"
    name = "Webhook body that is not JSON"
    group = Group.CHANNEL
    bad = '{"name": "{{ customer.name }}"}'
    good = '{"name": {{ customer.name | default: "" | to_json }} }'
    media = frozenset({"webhook"})

    def check_text(self, text: ContentText, _content: Content, _subject: Subject) -> Iterator[Hit]:
        """Yield bodies that are no JSON, and values that can break it."""
        value = text.value
        if text.field != "body" or not value.lstrip().startswith(("{", "[")):
            return
        if value.lstrip().startswith(("{{", "{%")):
            return
        yield from _unescaped(value)
        if not parse_liquid(value).errors:
            yield from _not_json(value)


def _not_json(value: str) -> Iterator[Hit]:
    """Yield the first error that the JSON has for lists of a length, whatever else the data is."""
    for samples in samples_of(value):
        hits = [hit for sample in samples if (hit := _error_in(sample)) is not None]
        if len(hits) == len(samples):
            yield hits[0]
            return


def _error_in(sample: Sample) -> Hit | None:
    quoted = _QUOTED.sub(lambda match: match[0].replace(MASK, "x"), sample.text)
    try:
        json.loads(re.sub(f"{MASK}+", lambda match: "0".ljust(len(match[0])), quoted))
    except json.JSONDecodeError as error:
        place = min(error.pos, len(sample.text) - 1)
        if sample.text[:place].rstrip().endswith(",") and sample.text[place] in "]}":
            comma = sample.text.rindex(",", 0, place)
            return Hit(f"{_WRONG}{_LENGTHS[sample.length]}: {_COMMA}", sample.origin(comma))
        reason = f"{_LENGTHS[sample.length]}: {_reason(error)}. Correct it."
        return Hit(f"{_WRONG}{reason}", sample.origin(place))
    return None


def _unescaped(value: str) -> Iterator[Hit]:
    masked = mask_liquid(value, MASK)
    quoted = [match.span() for match in _QUOTED.finditer(masked)]
    for use in parse_liquid(value).uses:
        is_text = (
            use.role is Role.OUTPUT and use.root in _DATA and use.path[-1] not in ("id", "cio_id")
        )
        is_quoted = any(start <= use.offset < end for start, end in quoted)
        if is_text and is_quoted and not _ESCAPING & set(use.filters):
            yield Hit(
                f"A quotation mark or a line break in `{show_path(use.path)}` breaks the JSON. "
                "Write `| to_json`, without quotation marks around the output.",
                use.offset,
            )


def _reason(error: json.JSONDecodeError) -> str:
    text = error.msg
    return text[0].lower() + text[1:]


RULE: Final = WebhookJson()
