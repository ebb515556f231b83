"""The document that a person would write for a campaign: no defaults, no empty branches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from cioform.core.address import NONE
from cioform.core.data.json_value import UNKNOWN, JsonValue, KindFields, without_unknown
from cioform.core.data.nested import get_value
from cioform.core.data.paths import FieldPath
from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.kinds.campaign.canonical import (
    is_message_step,
    walk_workflow,
    with_inline_messages,
)
from cioform.kinds.campaign.model import Campaign
from cioform.kinds.campaign.settings.reentry import ONCE
from cioform.kinds.campaign.trigger.encoding import stops_matching_by_default
from cioform.language.messages.message import email_body_files, without_defaults
from cioform.language.workflow import (
    NEVER,
    WAYS,
    Step,
    assign_ids,
    branches_of,
    collapse_exits,
    keyword_of,
    map_steps,
    needs_id,
    walk,
)

GENERATED_EXIT_ID: Final = lazy_pattern(r"exit_\d+")

FIELD_DEFAULTS: Final[KindFields] = {
    "description": "",
    "tags": [],
    "topic": NONE,
    "goal": NONE,
    "reentry": ONCE,
    "message_limits": True,
    "send_to_unsubscribed": False,
}
"""What the fields of a campaign have unless somebody sets them."""

_NESTED_DEFAULTS: Final[Mapping[str, KindFields]] = {
    "trigger": {"repeats": "once", "at": "09:00"},  # both of a date
    "goal": {"after": "receiving"},
}


def canonical_to_document(attributes: KindFields) -> dict[str, JsonValue]:
    """Return the document that a person would have written."""
    known: KindFields = without_unknown(attributes)
    fields = with_inline_messages(known)
    document = {
        name: fields[name]
        for name in Campaign.model_fields
        if name in fields and FIELD_DEFAULTS.get(name, UNKNOWN) != fields[name]
    }
    for name, defaults in _NESTED_DEFAULTS.items():
        if isinstance(document.get(name), dict):
            document[name] = {
                key: value
                for key, value in document[name].items()
                if key not in defaults or value != defaults[key]
            }
    if isinstance(document.get("exit"), dict):
        default = stops_matching_by_default(known["trigger"]) if "trigger" in known else None
        document["exit"] = {
            key: value
            for key, value in document["exit"].items()
            if key != "stops_matching" or value != default
        }
        if not document["exit"]:
            del document["exit"]
    if "workflow" in document:
        document["workflow"] = _steps_without_defaults(document["workflow"])
    elif "graph" in document:
        nodes = [_step_without_defaults(node) for node in document["graph"]["nodes"]]
        document["graph"] = {**document["graph"], "nodes": nodes}
    return document


def _steps_without_defaults(steps: list[Step]) -> list[JsonValue]:
    """Return steps without the generated IDs of exits, without defaults and empty branches."""
    unnamed = map_steps(
        steps,
        lambda _, step: {
            key: value
            for key, value in step.items()
            if key != "id" or needs_id(step) or not GENERATED_EXIT_ID.fullmatch(value)
        },
    )
    generated_ids = [step["id"] for _, step in walk(assign_ids(unnamed))]
    same_ids = generated_ids == [step["id"] for _, step in walk(steps)]
    tidy = map_steps(unnamed if same_ids else steps, lambda _, step: _step_without_defaults(step))
    for _, step in walk(tidy):
        _delete_empty_branches(step)
    return collapse_exits(tidy)


def _delete_empty_branches(step: Step) -> None:
    for path, branch in branches_of(step):
        if not branch and not _is_meaningful_when_empty(step, path):
            holder: JsonValue = get_value(step, path[:-1])
            del holder[path[-1]]


def _is_meaningful_when_empty(step: Step, path: FieldPath) -> bool:
    """Return whether an empty branch must stay in the document.

    These are the branch of an `if` that holds, the one that nobody takes out of a wait without
    a timeout; and every way of a step of an unknown type.
    """
    return (
        WAYS in step
        or (path == ("then",) and "if" in step)
        or (step.get("timeout") == NEVER and path != ("then",))
    )


def _step_without_defaults(step: Step) -> Step:
    if "ab_test" in step:
        return {**step, "ab_test": [_step_without_defaults(variant) for variant in step["ab_test"]]}
    if not is_message_step(step):
        return step
    keyword = keyword_of(step)
    return {**step, keyword: without_defaults({"type": keyword, **step[keyword]})}


def body_files_of(document: Mapping[str, JsonValue]) -> Iterator[tuple[FieldPath, str]]:
    """Yield the bodies of e-mails in all languages, which belong in files of their own."""
    workflow = document.get("workflow", {"graph": document.get("graph", {"nodes": []})})
    for path, step in walk_workflow(workflow):
        if "email" in step:
            yield from email_body_files(step["email"], (*path, "email"), step["id"])
