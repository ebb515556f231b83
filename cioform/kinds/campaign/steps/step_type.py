"""What a word of a workflow is: what a file says of it, and the remote's action, both ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from cioform.core.json_value import JsonValue
from cioform.model.names import Names
from cioform.model.resource import ResourceModel

StepFields = dict[str, JsonValue]
"""What a step says: its word with its value, and the fields beside it."""
WireFields = dict[str, JsonValue]
"""What an action holds."""
WireAction = Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class CodecContext:
    """What a step refers to."""

    names: Names
    steps: Mapping[str, str] = field(default_factory=dict)
    """Step id -> action id."""
    actions: Mapping[str, WireAction] = field(default_factory=dict)
    """By action id: those of the whole campaign."""
    templates: Mapping[str, JsonValue] = field(default_factory=dict)
    """By template id."""
    current_action: WireAction = field(default_factory=dict)
    """The action that is written over, as read; empty for a new one. Where the spelling of a
    value is open, the one that was read is kept."""


@dataclass(frozen=True, slots=True)
class StepType:
    """A word: the remote's type, the model of what a file says, and both directions."""

    action_type: str
    model: type[ResourceModel]
    """The fields of the step, the word among them."""
    encode: Callable[[StepFields, CodecContext], WireFields]
    decode: Callable[[WireAction, CodecContext], StepFields | None]
    """None for what the word cannot say."""
    wire_fields: frozenset[str] = frozenset()
    """The members that `decode` reads."""
    normalize: Callable[[StepFields], StepFields] = dict
    """Gives a form in which fields of one meaning are equal."""
    has_raw: bool = False
    """Whether other members of the action stand under `raw`: the remote's body is not recorded
    whole, so what is there is kept, and shown by an import (journeys facts, section 10, 8)."""


READ_ONLY_FIELDS: Final = frozenset(
    {"id", "campaign_id", "template_id", "created", "updated", "subject", "has_content"}
    | {"has_subject", "deduplicate_id", "parent_action_id", "action_state", "started"}
    | {"created_at", "updated_at", "subject_count", "has_url"}
)
"""What the remote sets itself, or copies from the template."""

REQUIRED_DEFAULTS: Final[Mapping[str, JsonValue]] = {
    "sub_type": "",
    "tracked": True,
    "can_convert": True,
    "send_to_unsubscribed": False,
    "frequency_cap_mode": "no_cap",
}
"""What a replacement of an action must hold; the values stand in only where none was read."""


def extra_wire_fields(action: WireAction, known_fields: frozenset[str]) -> WireFields:
    """Give the members of an action that say something and that no word of ours says."""
    return {
        name: value
        for name, value in action.items()
        if name not in READ_ONLY_FIELDS
        and name not in ("type", "name", *known_fields)
        and value
        and REQUIRED_DEFAULTS.get(name) != value
    }
