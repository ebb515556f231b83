"""The condition on a step: a person who does not meet it skips the step and goes on.

Customer.io calls it an action condition and holds it in `preconditions` (journeys facts, section 4,
Actions). It offers them on messages, data steps and waits; the API is recorded for messages only
(corrections 2026-11, row 26). On the others it is written where it was read before, or where the
API's description of itself lists it.
"""

from collections.abc import Mapping
from typing import ClassVar, Final

from cioform.core.data.json_value import JsonValue
from cioform.core.errors import PlanError
from cioform.kinds.campaign.settings.field_types import BranchCondition
from cioform.kinds.campaign.steps.step_model import CodecContext, StepFields, StepModel
from cioform.kinds.campaign.steps.wire_condition import NO_CONDITION, decode_value
from cioform.kinds.campaign.wire.wire_types import WireFields, WireMembers
from cioform.language import conditions
from cioform.language.workflow import STEP_TYPES
from cioform.model.hints import IMPORT_COMMAND
from cioform.model.references.names import Names
from cioform.model.remote_access.conversation import Api, Request
from cioform.model.routing.operations import WriteContext

ONLY_IF: Final = "only_if"
WIRE_FIELD: Final = "preconditions"

_EMPTY: Final = conditions.encode_filter([])


class ConditionalStepModel(StepModel):
    """A step that some people may skip."""

    is_condition_recorded: ClassVar[bool] = False
    """Whether it is recorded how the API writes the condition of such a step."""

    only_if: BranchCondition | None = None
    """People who do not meet this condition skip the step and continue."""


def decode_condition(action: WireMembers, names: Names) -> JsonValue | None:
    """Return the condition of an action, or None for none."""
    return decode_value(action.get(WIRE_FIELD), names)


def encode_condition(
    model: type[StepModel], fields: StepFields, context: CodecContext
) -> WireFields:
    """Return the member of an action that holds the condition of a step.

    It is absent where there is none and none was read.
    """
    was_read = decode_condition(context.current_action, context.names) is not None
    condition = fields.get(ONLY_IF)
    if condition is None:
        return {WIRE_FIELD: _EMPTY} if was_read and issubclass(model, ConditionalStepModel) else {}
    return {WIRE_FIELD: conditions.compile_encoded_filter(condition, context.names)}


def open_condition(action_type: str) -> tuple[str, Request]:
    """Return the name of the open field that is the condition of an action type, and a request."""
    action = {"type": action_type, WIRE_FIELD: _EMPTY}
    request = Request(Api.JOURNEYS, "PUT", "~/actions/1", {"action": action})
    return f"{WIRE_FIELD} of {action_type}", request


def check_condition(
    model: type[StepModel], step_id: str, action: WireMembers, context: WriteContext
) -> None:
    """Raise PlanError where it is not known that the API takes the condition of a step.

    `action` is the action as read, empty for a new step. What it had can be written again.
    """
    action_type = STEP_TYPES[model.keyword].action_type
    if (
        (issubclass(model, ConditionalStepModel) and model.is_condition_recorded)
        or context.described is None
        or open_condition(action_type)[0] in context.described
        or decode_condition(action, context.names) is not None
    ):
        return
    way = (
        "set the condition in Customer.io and import it"
        if action
        else "apply the file without `only_if`, set the condition in Customer.io and import it"
    )
    raise PlanError.of(
        "Unsupported condition on a step",
        f"The step `{step_id}` has `only_if`, but cioform does not know how the API stores the "
        f"condition of a `{model.keyword}`. That is known only for messages, and the API's own "
        f"description does not list `{WIRE_FIELD}` for `{action_type}`. Put the step under an "
        f"`if`, or {way}. After that, you can change it in the file:\n\n{IMPORT_COMMAND}",
    )


def normalize_condition_of(fields: StepFields) -> StepFields:
    """Return the fields of a step with its condition in normal form, without one that says nothing.

    A condition that cannot be read stays as it is.
    """
    condition = fields.get(ONLY_IF)
    if not isinstance(condition, Mapping):
        return fields
    normal = conditions.normalize_condition(condition)
    rest = {name: value for name, value in fields.items() if name != ONLY_IF}
    return rest if normal == NO_CONDITION else {**rest, ONLY_IF: normal}
