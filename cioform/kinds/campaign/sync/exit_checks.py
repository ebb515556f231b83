"""Exit conditions that Customer.io would drop, found before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cioform.core.data.json_value import JsonValue, KindFields, as_list
from cioform.core.errors import PlanError
from cioform.kinds.campaign.settings.exit_and_goal import encode_exit
from cioform.model.references.names import Names

_DROPPED: Final = (
    "`exit.when` has a `raw` condition without `segment` or `event`. Customer.io drops such a "
    "condition without an error, so that nobody would leave. Define a segment of these people:"
    "\n\n    exit: {when: {segment: done}}"
)


def checked_exit(
    attributes: KindFields, names: Names, current: Mapping[str, JsonValue]
) -> dict[str, JsonValue]:
    """Return the body that writes the exit conditions; `current` is the campaign as read.

    Raises PlanError for a condition of which Customer.io would store nothing, without an error
    (journeys facts, 9.3). One that it has stored already is not checked.
    """
    fields = encode_exit(attributes["exit"], names)
    stored = as_list(current.get("global_exit_conditions"))
    new = (each for each in fields["global_exit_conditions"] if each not in stored)
    if not all(map(_is_stored, new)):
        raise PlanError.of("Exit condition not possible", _DROPPED)
    return fields


def _is_stored(condition: JsonValue) -> bool:
    if not isinstance(condition, Mapping):
        return False
    segment = condition.get("segment")
    if isinstance(segment, Mapping):
        # The ID of a segment that the plan creates is a text in the dry run.
        return isinstance(segment.get("id"), int) or str(segment.get("id")).startswith("(")
    return isinstance(condition.get("event"), Mapping)
