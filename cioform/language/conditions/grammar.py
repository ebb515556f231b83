"""The grammar of conditions: its keywords and its leaves.

A condition is a dict with one keyword that says what it tests. Groups are `all`, `any` and `not`;
leaves are

    attribute: plan            one operator: is, is_not, exists, contains, not_contains,
    is: trial                  greater_than, less_than, between, before, after; `is` and `is_not`
                               also take a list (any of); `before` and `after` also take a date
                               relative to now: `7d ago`, `now`, `7d from now`
    event: logged_in           at_least: 3 (default 1) or at_most: 3, within_last: 14d, where: a
                               condition on the event's own attributes
    event_attribute: amount    an attribute of the triggering event; operators as above
    device_attribute: platform    an attribute of a person's device
    object_attribute: seats    an attribute of an object that a person belongs to, of the type
                               `of: accounts`
    relationship_attribute: role    an attribute of the relationship to such an object
    segment: trial             whether a person is in a segment
    opened: welcome            whether a person opened, or `clicked`, the e-mail of a step;
                               `action#7` is an action that is not a step of the file
    raw: {...}                 Customer.io's own form for this context, verbatim

In a wait, an event's attribute may be joined to one of the event that started the campaign:

    event: order_paid
    same: order_id             short for `where: {attribute: order_id, is: {event_attribute:
                               order_id}}`; attributes of different names have only that form

`previously: any` beside a segment's attribute means that the previous value does not matter.
Customer.io distinguishes "became pro from something else" from "was set to pro"; the first is
the default, because Customer.io's own screens write it (journeys facts, section 3).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cioform.core.data.json_value import JsonValue
from cioform.core.data.paths import FieldPath

GROUP_KEYWORDS: Final = ("all", "any")
OBJECT_ATTRIBUTE_KEYWORDS: Final = ("object_attribute", "relationship_attribute")
ATTRIBUTE_KEYWORDS: Final = (
    "attribute",
    "event_attribute",
    "device_attribute",
    *OBJECT_ATTRIBUTE_KEYWORDS,
)
EVENT_FIELDS: Final = ("event", "at_least", "at_most", "within_last", "same", "where")
"""The fields of a condition on an event."""
MESSAGE_KEYWORDS: Final = ("opened", "clicked")
LEAF_KEYWORDS: Final = (*ATTRIBUTE_KEYWORDS, "event", "segment", *MESSAGE_KEYWORDS)
KEYWORDS: Final = (*GROUP_KEYWORDS, "not", *LEAF_KEYWORDS, "raw")

OBJECT_TYPE: Final = "object_type"
"""The kind that `of` refers to; the IDs of object types differ from workspace to workspace."""
REFERENCES: Final[Mapping[str, str]] = {"segment": "segment", "of": OBJECT_TYPE}
"""The fields that name an object, with its kind."""


def leaves(
    condition: Mapping[str, JsonValue], path: FieldPath = ()
) -> list[tuple[FieldPath, JsonValue]]:
    """Return every leaf with its path. The `where` of an event is part of the event's leaf."""
    found: list[tuple[FieldPath, JsonValue]] = []
    _add_leaves(condition, path, found)
    return found


def _add_leaves(node: JsonValue, path: FieldPath, found: list[tuple[FieldPath, JsonValue]]) -> None:
    if group := "all" if "all" in node else "any" if "any" in node else "":
        for i, child in enumerate(node[group]):
            _add_leaves(child, (*path, group, i), found)
    elif "not" in node:
        _add_leaves(node["not"], (*path, "not"), found)
    else:
        found.append((path, node))
