"""The actions that the journal of a run may have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cioform.core.data.checked_json import checked_text
from cioform.core.data.json_value import Json

PAST_TENSE: Final[Mapping[str, str]] = {
    "create": "created",
    "update": "updated",
    "replace": "replaced",
    "delete": "deleted",
    "move": "moved",
    "adopt": "adopted",
    "forget": "forgotten",
}
"""What each action has done, in the order of summaries."""
ACTIONS: Final = frozenset({*PAST_TENSE, "noop"})
"""The actions of a plan."""


def checked_action(value: Json) -> str:
    """Return the action of a change. Raises ValueError if there is no such action."""
    action = checked_text(value)
    if action not in ACTIONS:
        raise ValueError
    return action
