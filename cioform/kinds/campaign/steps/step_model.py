"""The base of all step models: the fields of a step in a file, and their form as an action."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final

from pydantic import field_validator

from cioform.core.data.json_value import JsonValue
from cioform.core.dataclasses import dataclass, field
from cioform.kinds.campaign.steps.wire_condition import condition_text
from cioform.kinds.campaign.wire.wire_types import WireAction, WireFields, WireMembers, WireTemplate
from cioform.model.references.names import Names, Reference
from cioform.model.resource import ResourceModel
from cioform.model.values.value_errors import format_value, raise_problems

VARIANT: Final = "variant"
"""The definition of a message in an A/B test in the JSON schema."""
StepFields = dict[str, JsonValue]
"""The fields of a step in canonical form: its keyword with its value, and what is beside it."""


@dataclass(frozen=True, slots=True)
class CodecContext:
    """What a step may refer to."""

    names: Names
    steps: Mapping[str, str] = field(default_factory=dict)
    """Step ID -> action ID."""
    actions: Mapping[str, WireAction] = field(default_factory=dict)
    """All actions of the campaign by ID."""
    templates: Mapping[str, WireTemplate] = field(default_factory=dict)
    """All templates of the campaign by ID."""
    current_action: WireMembers = field(default_factory=dict)
    """The action that will be replaced, as read; empty for a new one. Where no source records how
    a value is spelled, the spelling read from it is kept."""


class StepModel(ResourceModel):
    """The fields of one step type in a file, and their form as an action, both ways.

    A subclass with a `keyword` belongs to the row of `language.workflow.STEP_TYPES` with the same
    keyword. The first docstring of the class describes the step in the JSON schema.
    """

    keyword: ClassVar[str]
    wire_fields: ClassVar[frozenset[str]] = frozenset()
    """The members of an action that `decode` reads."""
    copied_fields: ClassVar[frozenset[str]] = frozenset()
    """The members of an action that repeat what another object says; a file has them there."""
    has_raw: ClassVar[bool] = False
    """Whether other members of the action appear under `raw`. Customer.io's body is not recorded
    whole, so other members are kept, and an import shows them (journeys facts, section 10, 8)."""

    @classmethod
    @abstractmethod
    def encode(cls, fields: StepFields, context: CodecContext, /) -> WireFields:
        """Return the members of an action that canonical fields decide."""

    @classmethod
    @abstractmethod
    def decode(cls, action: WireMembers, context: CodecContext, /) -> StepFields | None:
        """Return the canonical fields of an action, or None if the keyword cannot express it."""

    @classmethod
    def normalize(cls, fields: StepFields, /) -> StepFields:
        """Return a form in which fields with the same meaning are equal."""
        return dict(fields)

    @classmethod
    def project(cls, live: StepFields, wanted: Mapping[str, JsonValue], /) -> StepFields:
        """Return live fields without the members of the action that `wanted` leaves unmanaged.

        Each member of `raw` is managed by itself.
        """
        return project_raw(live, wanted)

    @classmethod
    def references(cls, _fields: StepFields, /) -> Iterator[Reference]:
        """Yield the resources that canonical fields refer to, by their path in the step.

        The senders and the layout of a message are not among them.
        """
        yield from ()


ONLY_IF_NOT_SUPPORTED: Final = (
    "has no `only_if`: Customer.io has conditions on messages, waits and data steps only. Put the "
    "step under an `if` with the condition."
)

RESERVED_MEMBERS: Final = frozenset({"type", "name", "sending_state"})
"""Members of every action that a step or its message decides."""


def check_members(members: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return verbatim members of an action. Raises ValidationError if a file cannot set them.

    Such a member would not be read back as it was written.
    """
    each = (members or {}).items()
    raise_problems(((name,), text) for name, v in each if (text := fixed_member_text(name, v)))
    return members


def fixed_member_text(name: str, value: JsonValue) -> str | None:
    """Return why no file can set a member of an action, or None if a file can."""
    if name == "preconditions":
        return condition_text(value)
    if name in RESERVED_MEMBERS | READ_ONLY_FIELDS:
        return f"`{name}` is set by cioform or by Customer.io itself. Remove it."
    if name in REQUIRED_DEFAULTS and type(value) is not type(REQUIRED_DEFAULTS[name]):
        expected = "true or false" if isinstance(REQUIRED_DEFAULTS[name], bool) else "text"
        return f"must be {expected}, not {format_value(value)}."
    return None


RawMembers = dict[str, Any] | None
"""Members of an action as Customer.io returns them."""


class StepModelWithRaw(StepModel):
    """A step whose action may have members that the keyword does not describe."""

    has_raw = True

    raw: RawMembers = None
    """Other members of the action, with Customer.io's names."""

    @field_validator("raw")
    @classmethod
    def _check_raw(cls, raw: RawMembers) -> RawMembers:
        members = (raw or {}).items()
        raise_problems(((n,), text) for n, v in members if (text := cls.member_text(n, v)))
        return raw

    @classmethod
    def member_text(cls, name: str, value: JsonValue, /) -> str | None:
        """Return why a member cannot be in `raw`, with a hint, or None if it can."""
        if name in cls.wire_fields:
            return f"`{name}` is what `{cls.keyword}` and the fields beside it say. Remove it."
        if name == "preconditions" and "only_if" not in cls.model_fields:
            return f"The step `{cls.keyword}` {ONLY_IF_NOT_SUPPORTED}"
        return fixed_member_text(name, value)


READ_ONLY_FIELDS: Final = frozenset(
    {"id", "campaign_id", "template_id", "created", "updated", "subject", "has_content"}
    | {"has_subject", "deduplicate_id", "parent_action_id", "action_state", "started"}
    | {"created_at", "updated_at", "subject_count", "has_url"}
)
"""What Customer.io sets itself, or copies from the template."""

REQUIRED_DEFAULTS: Final[Mapping[str, JsonValue]] = {
    "sub_type": "",
    "tracked": True,
    "can_convert": True,
    "send_to_unsubscribed": False,
    "frequency_cap_mode": "no_cap",
}
"""What the replacement of an action must hold; the values are used only where none was read."""


def is_significant(name: str, value: JsonValue) -> bool:
    """Return whether a member of an action is neither empty nor what every action has."""
    return value not in (None, "", [], {}) and REQUIRED_DEFAULTS.get(name) != value


_COMMON_FIELDS: Final = frozenset({"type", "name", "preconditions", "sending_state"})
"""The members that fields beside the keyword, or of every message, describe."""


def extra_wire_fields(action: WireMembers, known_fields: frozenset[str]) -> WireFields:
    """Return the members of an action that are set and that no field of a step describes."""
    described = READ_ONLY_FIELDS | _COMMON_FIELDS | known_fields
    return significant_members({n: v for n, v in action.items() if n not in described})


def project_raw(live: StepFields, wanted: Mapping[str, JsonValue]) -> StepFields:
    """Return live fields with those members of `raw` that `wanted` has."""
    rest = {name: value for name, value in live.items() if name != "raw"}
    if "raw" not in wanted:
        return rest
    return {**rest, "raw": named_members(live.get("raw", {}), wanted["raw"])}


def named_members(live: JsonValue, wanted: JsonValue) -> WireFields:
    """Return those live members of an action that `wanted` names."""
    return {name: value for name, value in live.items() if name in wanted}


def significant_members(members: Mapping[str, JsonValue]) -> WireFields:
    """Return members of an action of a known type without the insignificant ones.

    Those are empty, zero, false or what every action has.
    """
    return {
        name: value
        for name, value in members.items()
        if (value or name in REQUIRED_DEFAULTS) and is_significant(name, value)
    }
