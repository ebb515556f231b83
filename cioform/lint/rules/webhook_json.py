"""Webhook body that is not JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from cioform.language.liquid.parse import parse_liquid
from cioform.language.liquid.parsed import Role
from cioform.language.liquid.show import show_path
from cioform.lint.finding import Hit
from cioform.lint.html import mask_liquid
from cioform.lint.rule import Group, TextRule
from cioform.lint.subject import Subject
from cioform.model.contents import Content, ContentText

_MASK: Final = "\x01"
_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
_PLAIN_TAGS: Final = frozenset({"comment", "assign", "generate_uuid"})
_ESCAPING: Final = frozenset({"to_json", "json", "jsonify", "url_encode", "base64", "slugify"})
_DATA: Final = frozenset({"customer", "event", "trigger", "journey", "objects"})


class WebhookJson(TextRule):
    """A value with a quotation mark or a line break ends the text of the JSON too early.

    Write `{{ value | to_json }}` without quotation marks around it. A body that begins with `{` or
    `[` counts as JSON.
    """

    id = "CH301"
    name = "Webhook body that is not JSON"
    group = Group.CHANNEL
    bad = '{"name": "{{ customer.name }}"}'
    good = '{"name": {{ customer.name | default: "" | to_json }} }'
    channels = frozenset({"webhook"})

    def check_text(self, text: ContentText, _content: Content, _subject: Subject) -> Iterator[Hit]:
        """Yield bodies that are no JSON, and values that can break it."""
        value = text.value
        if text.field != "body" or not value.lstrip().startswith(("{", "[")):
            return
        if value.lstrip().startswith(("{{", "{%")):
            return
        yield from _unescaped(value)
        parsed = parse_liquid(value)
        if parsed.errors or any(tag.name not in _PLAIN_TAGS for tag in parsed.tags):
            return  # Which JSON it is depends on the data.
        masked = _QUOTED.sub(lambda match: match[0].replace(_MASK, "x"), mask_liquid(value, _MASK))
        try:
            json.loads(re.sub(f"{_MASK}+", lambda match: "0".ljust(len(match[0])), masked))
        except ValueError as error:
            at = getattr(error, "pos", 0)
            yield Hit(f"This is not valid JSON: {_reason(error)}. Correct it.", min(at, len(value)))


def _unescaped(value: str) -> Iterator[Hit]:
    masked = mask_liquid(value, _MASK)
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


def _reason(error: ValueError) -> str:
    text = str(getattr(error, "msg", error))
    return text[0].lower() + text[1:]


RULE: Final = WebhookJson()
