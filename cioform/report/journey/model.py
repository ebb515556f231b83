"""A journey as a picture shows it: its nodes, the edges between them, and what a plan changes."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from cioform.core.data.json_value import Json
from cioform.core.dataclasses import dataclass, field
from cioform.report.journey.graph import EMPTY_FLOW, Flow
from cioform.report.journey.labels import Family
from cioform.report.styling import Tone


class ChangeMark(StrEnum):
    """What a plan does to a node or an edge; the value is its sign in front of a line."""

    SAME = " "
    ADDED = "+"
    REMOVED = "-"
    CHANGED = "~"
    MOVED = "»"
    REPLACED = "±"
    """Another step under the same ID."""


MARK_TONES: Final[Mapping[ChangeMark, Tone]] = {
    ChangeMark.SAME: Tone.PLAIN,
    ChangeMark.ADDED: Tone.ADDED,
    ChangeMark.REMOVED: Tone.REMOVED,
    ChangeMark.CHANGED: Tone.CHANGED,
    ChangeMark.MOVED: Tone.MOVED,
    ChangeMark.REPLACED: Tone.REMOVED,
}
MARK_NAMES: Final[Mapping[ChangeMark, str]] = {
    ChangeMark.ADDED: "added",
    ChangeMark.REMOVED: "removed",
    ChangeMark.CHANGED: "changed",
    ChangeMark.MOVED: "moved",
    ChangeMark.REPLACED: "replaced",
}
"""The marks of nodes that a plan touches: for texts, and as classes of a style sheet."""


@dataclass(frozen=True, slots=True)
class JourneyNode:
    """A step as it is drawn, or the start."""

    id: str
    family: Family
    keyword: str
    """What it does: `email`, `wait`, `if`."""
    title: str = ""
    """Its ID in the files; empty for a generated one."""
    text: str = ""
    """What it is about: a subject, a time, a condition as a phrase."""
    is_message_text: bool = False
    """Whether `text` is quoted from a message, and not about the step."""
    variants: tuple[str, ...] = ()
    """The messages that an A/B test chooses from, one line each."""
    sending: str = ""
    """How a message is sent: `automatic`, `draft` or `never`; empty for any other step."""
    condition: str = ""
    """Who does not skip it: `only if purchases is 0`; empty for everybody."""
    mark: ChangeMark = ChangeMark.SAME

    def quoted(self, width: int) -> str:
        """Return the text truncated to `width` characters, in quotation marks if it is quoted."""
        text = truncate(self.text, width)
        return f'"{text}"' if text and self.is_message_text else text

    @property
    def sending_text(self) -> str:
        """How a message is sent, as it is shown; empty for any other step."""
        return f"sending: {self.sending}" if self.sending else ""


@dataclass(frozen=True, slots=True)
class JourneyEdge:
    """A line from one node to the next."""

    source: str
    target: str
    label: str = ""
    """When people take it; empty after a step without branches."""
    mark: ChangeMark = ChangeMark.SAME


@dataclass(frozen=True, slots=True)
class PlanOverlay:
    """What a plan changes in a journey: the flow before it, and the marks of nodes."""

    flow: Flow = field(default_factory=lambda: EMPTY_FLOW)
    """The flow before the plan."""
    messages: Mapping[str, Json] = field(default_factory=dict)
    """The contents of messages before the plan, by step."""
    marks: Mapping[str, ChangeMark] = field(default_factory=dict)
    """By node; nodes that stay the same have none."""
    people: Mapping[str, int] = field(default_factory=dict)
    """How many people are at the steps that are removed or replaced."""


@dataclass(frozen=True, slots=True)
class Journey:
    """A workflow to be drawn, with the steps that a plan removes if a plan is shown."""

    name: str
    description: str
    notes: tuple[str, ...]
    """Who enters again, who leaves early, the goal, what a plan does; one line each."""
    flow: Flow
    nodes: Mapping[str, JourneyNode]
    """By id: those of the flow first, in its order, then those that a plan removes."""
    edges: tuple[JourneyEdge, ...]
    overlay: PlanOverlay | None = None


def truncate(text: str, width: int) -> str:
    """Return `text` in at most `width` characters, ending in `…` if some are left out."""
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"
