"""Customer.io's dialect of Liquid: its tags, its filters and its variables, as tables.

Each message is rendered by one of two engines: "latest", which is LiquidJS, or "legacy", which is
an old Ruby Liquid (content facts, 1.1 to 1.3). Unless a source says that an engine lacks a tag or a
filter, both engines count as having it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from cioform.core.dataclasses import dataclass


class Engine(StrEnum):
    """What renders a message."""

    LATEST = "latest"
    LEGACY = "legacy"


BOTH: Final = frozenset(Engine)
_LATEST: Final = frozenset({Engine.LATEST})


@dataclass(frozen=True, slots=True)
class TagRule:
    """What is known of a tag."""

    end: str | None = None
    """The tag that closes it; None for one that stands alone."""
    engines: frozenset[Engine] = BOTH
    is_documented: bool = True
    takes_text: bool = False
    """Whether its arguments are Customer.io's own notation and not a Liquid expression."""


def _own(*names: str) -> dict[str, TagRule]:
    return {name: TagRule(takes_text=True) for name in names}


def _undocumented(*names: str) -> dict[str, TagRule]:
    return {name: TagRule(is_documented=False) for name in names}


TAGS: Final[Mapping[str, TagRule]] = {
    **{name: TagRule(end=f"end{name}") for name in ("if", "unless", "case", "for", "capture")},
    "comment": TagRule(end="endcomment"),
    "raw": TagRule(end="endraw"),
    "tablerow": TagRule(end="endtablerow", is_documented=False),
    "assign": TagRule(),
    "cycle": TagRule(),
    "break": TagRule(engines=_LATEST),
    "continue": TagRule(engines=_LATEST, is_documented=False),
    **_undocumented("increment", "decrement", "echo", "liquid", "#"),
    "random": TagRule(),
    "render_liquid": TagRule(),
    **_own(
        *("cio_link", "cio_link_id", "countdown", "generate_uuid", "subscription_topic_name"),
        *("manage_subscription_preferences_url", "tracking_consent_url"),
        *("unsubscribe", "unsubscribe_url", "view_in_browser_url"),
    ),
}
"""The tags that open a block or stand alone."""

INNER_TAGS: Final[Mapping[str, frozenset[str]]] = {
    "elsif": frozenset({"if", "unless"}),
    "else": frozenset({"if", "unless", "case", "for"}),
    "when": frozenset({"case"}),
}
"""The tags that stand between the beginning and the end of a block, each with its blocks."""

TEMPLATE_TAGS: Final = frozenset({"include", "render", "layout", "snippet", "partial"})
"""Tags that load another template, which Customer.io does not have: it has snippets."""

_NATIVE_FILTERS: Final = """
    abs append array_to_sentence_string at_least at_most base64_decode base64_encode capitalize
    ceil cgi_escape compact concat date date_to_long_string date_to_rfc822 date_to_string
    date_to_xmlschema default divided_by downcase escape escape_once find find_exp find_index
    find_index_exp first floor group_by group_by_exp has has_exp hmac_sha256 inspect join json
    jsonify last lstrip map minus modulo newline_to_br normalize_whitespace number_of_words plus pop
    prepend push raw reject reject_exp remove remove_first remove_last replace replace_first
    replace_last reverse round rstrip sample sha256 shift size slice slugify sort sort_natural split
    strip strip_html strip_newlines sum times to_integer truncate truncatewords uniq unshift upcase
    uri_escape url_decode url_encode where where_exp xml_escape
"""
_OWN_FILTERS: Final = """
    add_day add_month add_year base64 base64_url_safe_decode base64_url_safe_encode contains
    currency format_number from_json hex_base64 hmac_sha1 json_array_uniq limit md5 pluralize random
    rounded_currency sha1 subtract_day subtract_month subtract_year titlecase to_json where_not
"""
REPLACED_FILTERS: Final[Mapping[str, str]] = {
    "timezone": "date: '%H:%M', 'Europe/Berlin'",
    "htmlencode": "escape",
}
"""The filters of "legacy" that "latest" replaces, each with what to write instead."""

FILTERS: Final[Mapping[str, frozenset[Engine]]] = {
    **dict.fromkeys(_NATIVE_FILTERS.split(), BOTH),
    **dict.fromkeys(_OWN_FILTERS.split(), BOTH),
    **dict.fromkeys(("default", "json_array_uniq"), _LATEST),
    **dict.fromkeys(REPLACED_FILTERS, frozenset({Engine.LEGACY})),
}
"""The filters, each with the engines that have it, as far as a source says so."""

_OF_LIQUIDJS: Final = """
    array_to_sentence_string cgi_escape date_to_long_string date_to_rfc822 date_to_string
    date_to_xmlschema find find_exp find_index find_index_exp group_by group_by_exp has has_exp
    inspect jsonify normalize_whitespace number_of_words pop push reject reject_exp sample shift
    slugify to_integer unshift uri_escape where_exp xml_escape
"""
LIQUIDJS_FILTERS: Final = frozenset(_OF_LIQUIDJS.split())
"""The filters that LiquidJS has beside those of Ruby Liquid. No source says whether "legacy" has
them (content facts, 1.1)."""

ROOTS: Final = frozenset(
    {
        *("customer", "event", "event_name", "event_id", "event_timestamp", "trigger", "objects"),
        *("journey", "snippets", "campaign", "message", "layout", "delivery_id", "content"),
        *("editor", "collections"),
    }
)
"""The variables that Customer.io sets, some of them for some messages only."""

MASKED_FILTERS: Final = {"limi_": "limit", "contain_": "contains"}
"""Filters whose names python-liquid reads as keywords, by the names that it reads instead."""
NESTING_LIMIT: Final = 200
"""How deep blocks may be nested, so that what reads them can recurse."""
LOOP_ROOTS: Final = frozenset({"forloop", "tablerowloop"})
"""The variables that a loop sets in its block."""
