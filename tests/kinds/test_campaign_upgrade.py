"""The settings of campaigns in the language of before `format: 1`."""

from copy import deepcopy
from typing import Any

import pytest

from cioform.kinds.campaign.kind import KIND
from cioform.language.conditions import encode_filter

SEGMENT = {"segment": "vip"}
EVENT = {"event": "signed_up"}

VIP = encode_filter([{"type": "attribute", "field": "vip", "operator": "eq", "value": "true"}])
NOTHING = encode_filter([])

# fmt: off
RULES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("re-entry once", {"reentry": {"every_match": False}}, {"reentry": "once"}),
    ("re-entry on every match", {"reentry": {"every_match": True}}, {"reentry": "every_match"}),
    ("re-entry after a time", {"reentry": {"every_match": True, "at_least_after": "1d"}},
     {"reentry": {"mode": "every_match", "cooldown": "1d"}}),
    ("re-entry after no time", {"reentry": {"every_match": True, "at_least_after": "0s"}},
     {"reentry": "every_match"}),
    ("a time without re-entry", {"reentry": {"at_least_after": "1m"}},
     {"reentry": {"raw": {"restart_min_interval": 60}}}),
    ("another mode", {"reentry": {"every_match": False, "mode": "weekly", "at_least_after": "1m"}},
     {"reentry": {"raw": {"restart_mode": "weekly", "restart_min_interval": 60}}}),
    ("a frequency cap alone", {"reentry": {"frequency_cap": "cap"}},
     {"reentry": {"frequency_cap": "cap", "mode": "once"}}),
    ("a frequency cap", {"reentry": {"every_match": True, "frequency_cap": "cap"}},
     {"reentry": {"mode": "every_match", "frequency_cap": "cap"}}),
    ("re-entry where there is none", {"trigger": {"api": True}, "reentry": "every_match"},
     {"trigger": {"api": True}}),
    ("goal", {"goal": {"event": "e", "counted_from": "sending"}},
     {"goal": {"event": "e", "after": "sending"}}),
    ("raw trigger", {"raw_trigger": {"type": "odd"}}, {"trigger": {"raw": {"type": "odd"}}}),
    ("zones of a date", {"trigger": {"date": "d", "zone": "person", "fallback": "UTC"}},
     {"trigger": {"date": "d", "time_zone": "person", "fallback_time_zone": "UTC"}}),
    ("zones of a window, at any depth",
     {"workflow": [{"id": "i", "if": {}, "then": [
         {"id": "w", "wait_window": {"from": "09:00", "zone": "UTC"}}]}]},
     {"workflow": [{"id": "i", "if": {}, "then": [
         {"id": "w", "wait_window": {"from": "09:00", "time_zone": "UTC"}}]}]}),
    ("a window in a graph",
     {"graph": {"nodes": [{"id": "a", "wait_window": {"zone": "UTC"}}], "edges": []}},
     {"graph": {"nodes": [{"id": "a", "wait_window": {"time_zone": "UTC"}}], "edges": []}}),
    ("a wait of no time", {"workflow": [{"id": "a", "wait": "0d"}]},
     {"workflow": [{"id": "a", "action": "delay_seconds_action", "raw": {"delay": 0}}]}),
    ("a condition among raw members",
     {"workflow": [{"id": "a", "set_attributes": {"a": 1}, "raw": {"preconditions": VIP}}]},
     {"workflow": [{"id": "a", "set_attributes": {"a": 1},
                    "only_if": {"attribute": "vip", "is": True}}]}),
    ("a condition among other raw members",
     {"workflow": [{"id": "a", "set_attributes": {"a": 1},
                    "raw": {"preconditions": NOTHING, "b": 2}}]},
     {"workflow": [{"id": "a", "set_attributes": {"a": 1}, "raw": {"b": 2}}]}),
    ("exit of a segment trigger", {"trigger": SEGMENT},
     {"trigger": SEGMENT, "exit": {"stops_matching": False}}),
    ("exit with a condition", {"trigger": SEGMENT, "exit": {"when": SEGMENT}},
     {"trigger": SEGMENT, "exit": {"when": SEGMENT, "stops_matching": False}}),
    ("exit of a raw segment trigger", {"raw_trigger": {"type": "seg_attr"}},
     {"trigger": {"raw": {"type": "seg_attr"}}, "exit": {"stops_matching": False}}),
    ("exit that was said", {"trigger": SEGMENT, "exit": {"on_trigger_unmatched": True}},
     {"trigger": SEGMENT, "exit": {"stops_matching": True}}),
    ("exit of an event trigger", {"trigger": EVENT}, {"trigger": EVENT}),
    ("exit of canonical attributes", {"trigger": SEGMENT, "messages": {}},
     {"trigger": SEGMENT, "messages": {}}),
]
# fmt: on


@pytest.mark.parametrize(("old", "new"), [r[1:] for r in RULES], ids=[r[0] for r in RULES])
def test_an_old_document_is_rewritten_once(old: dict[str, Any], new: dict[str, Any]) -> None:
    document = deepcopy(old)
    KIND.upgrade(document)
    assert document == new
    KIND.upgrade(document)
    assert document == new
