"""Reading the steps of a workflow from a file into canonical form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from pydantic_core import InitErrorDetails

from cioform.core.data.json_value import JsonValue
from cioform.core.data.paths import FieldPath
from cioform.core.suggest import did_you_mean
from cioform.core.text.word_lists import join_names
from cioform.kinds.campaign.settings.field_types import Problem, raise_problems
from cioform.kinds.campaign.steps.schema import steps_schema
from cioform.kinds.campaign.unknown_steps import unknown_step_problems
from cioform.kinds.campaign.validation.step_errors import parse_step
from cioform.language import conditions
from cioform.language.workflow import (
    ACTION,
    MESSAGE_KEYWORDS,
    PLAIN_EXIT,
    STEP_TYPES,
    Step,
    expand_exits,
    generate_ids,
    keyword_of,
    map_steps,
    variants_of,
    walk,
    without_branches,
    workflow_problems,
)
from cioform.model.schema.schema_docs import Schema


def parse_workflow(value: Any) -> list[Step]:
    """Return the steps of a workflow in canonical form, all with IDs.

    Raises ValidationError with everything that is wrong, in the tree and inside of its steps.
    """
    value = expand_exits(value)
    problems = workflow_problems(value)
    steps = list(walk(value)) if isinstance(value, list) else []
    invalid_paths = {path for path, _ in problems}
    errors: list[InitErrorDetails] = []
    parsed: dict[FieldPath, Step] = {}
    for path, step in steps:
        if any(_prevents_parsing(path, invalid) for invalid in invalid_paths):
            continue
        if _has_one_keyword(step):
            parsed[path] = parse_step(path, without_branches(step), errors)
        elif isinstance(step, dict) and ACTION in step:
            problems += unknown_step_problems(path, step)
    raise_problems(unique([*problems, *reference_problems(steps)]), errors)
    ids = generate_ids(steps)
    tree = map_steps(
        value, lambda path, step: canonical_step(step, parsed.get(path), ids.get(path))
    )
    if tree and value[-1] == PLAIN_EXIT:
        del tree[-1]  # The main sequence ends in an exit in any case.
    return tree


_HARMLESS_FIELDS: Final = {"id", "name", "was"}
"""Fields of a step, or of a variant, with which a problem leaves the other fields to be checked."""


def _prevents_parsing(path: FieldPath, invalid_path: FieldPath) -> bool:
    inside = invalid_path[len(path) :]
    if invalid_path[: len(path)] != path:
        return False
    is_of_variant = len(inside) == 3 and inside[0] == "ab_test"
    is_harmless = bool(inside) and inside[-1] in _HARMLESS_FIELDS
    # That a variant is of another type than the first says nothing of its fields.
    is_other_type = is_of_variant and inside[-1] in MESSAGE_KEYWORDS
    return not (is_other_type or (is_harmless and (len(inside) == 1 or is_of_variant)))


def _has_one_keyword(step: JsonValue) -> bool:
    return (
        isinstance(step, dict)
        and ACTION not in step
        and len([key for key in step if key in STEP_TYPES]) == 1
    )


def unique(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems without repetitions, in their order."""
    return list(dict.fromkeys(problems))


def canonical_step(step: Step, fields: Step | None, new_id: str | None = None) -> Step:
    """Return a step without branches in canonical form.

    `fields` are its parsed fields; a step with `action` has none. `new_id` is used if it has no ID.
    """
    common: Step = {"id": step.get("id", new_id)}
    if fields is None:
        return common | {key: value for key, value in step.items() if key not in ("id", "was")}
    return common | ({"name": step["name"]} if "name" in step else {}) | fields


def reference_problems(steps: Iterable[tuple[FieldPath, JsonValue]]) -> list[Problem]:
    """Return the references of waits to steps that are not e-mails of this workflow."""
    email_ids: list[str] = []
    other_ids: dict[str, str] = {}
    references: list[Problem] = []
    for path, step in steps:
        for item in (step, *(variant for _, variant in variants_of(step))):
            if isinstance(item, dict) and "email" in item and "id" in item:
                email_ids.append(str(item["id"]))
            elif _has_one_keyword(item) and "id" in item:
                other_ids[str(item["id"])] = keyword_of(item)
        if isinstance(step, dict):
            references += _step_references(path, step)
    return [
        (path, _unknown_email_message(step_id, email_ids, other_ids.get(step_id)))
        for path, step_id in references
        if step_id not in email_ids
    ]


def _step_references(path: FieldPath, step: Mapping[str, Any]) -> list[tuple[FieldPath, str]]:
    if "wait_until" not in step:
        return []
    try:
        condition = conditions.parse(step["wait_until"])
        return list(conditions.step_references(condition, (*path, "wait_until")))
    except (ValueError, AttributeError):
        return []  # The error is reported where the condition itself is parsed.


def _unknown_email_message(step_id: str, email_ids: list[str], keyword: str | None) -> str:
    text = f"No e-mail of this workflow has the ID `{step_id}`."
    if keyword is not None:
        text = f"The step `{step_id}` is not an e-mail but `{keyword}`."
        if not email_ids:
            return f"{text} Name an e-mail of this workflow."
    if hint := did_you_mean(step_id, email_ids):
        return text + hint
    if email_ids:
        listed = join_names(email_ids)
        return f"{text} The e-mails of this workflow are {listed}."
    return f"{text} Give the e-mail that you mean this ID:\n\n    - id: {step_id}"


def workflow_schema() -> Schema:
    """Return the JSON schema of a workflow."""
    return steps_schema()
