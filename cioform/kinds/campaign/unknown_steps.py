"""Steps of a type that no keyword expresses: Customer.io's own type and members."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cioform.core.data.json_value import JsonValue
from cioform.core.data.paths import FieldPath
from cioform.kinds.campaign.codec.actions import decode_fields, extra_fields
from cioform.kinds.campaign.encoded_fields import encoding_problems
from cioform.kinds.campaign.settings.field_types import Problem, flow_mapping
from cioform.kinds.campaign.steps import CodecContext
from cioform.language.workflow import KEYWORDS_BY_ACTION_TYPE, STEP_TYPES
from cioform.model.references.names import Names


def unknown_step_problems(path: FieldPath, step: Mapping[str, JsonValue]) -> Iterator[Problem]:
    """Yield what is wrong with the type and the members of such a step.

    A step that a keyword expresses must use it, so that there is only one way to write a campaign.
    """
    raw = step.get("raw", {})
    if (example := _equivalent_step(step, raw)) is not None:
        text = f"There is a keyword for a step of type `{step['action']}`. Use it:\n\n    {example}"
        yield (*path, "action"), text
    for way, text in encoding_problems(raw):
        yield (*path, "raw", *way), text


def _equivalent_step(step: Mapping[str, JsonValue], raw: Mapping[str, JsonValue]) -> str | None:
    """Return the step that expresses all of a raw one, as an import would write it.

    The content of a message is that of an example. Return None if no keyword expresses the step.
    """
    action: Any = {"id": step.get("id", ""), "template_id": 1, **raw, "type": step["action"]}
    context = CodecContext(Names(), templates={"1": step.get("template", {})})
    for keyword in KEYWORDS_BY_ACTION_TYPE.get(str(step["action"]), ()):
        fields = decode_fields(keyword, action, context)
        if fields is None:
            continue
        extra = extra_fields(keyword, action)
        if STEP_TYPES[keyword].is_message or (keyword == "exit" and not extra):
            return STEP_TYPES[keyword].example.replace("\n", "\n    ")
        own_id = {"id": step["id"]} if "id" in step else {}
        return f"- {flow_mapping({**own_id, **fields, **extra})}"
    return None
