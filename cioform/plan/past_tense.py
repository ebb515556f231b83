"""The past tense of actions, for summaries of runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cioform.plan.change import Action

PAST_TENSE: Final[Mapping[Action, str]] = {
    Action.CREATE: "created",
    Action.UPDATE: "updated",
    Action.REPLACE: "replaced",
    Action.DELETE: "deleted",
    Action.MOVE: "moved",
    Action.ADOPT: "adopted",
    Action.FORGET: "forgotten",
}
"""What an action has done, in the order of summaries."""
