"""The problems of a step of a file: its keyword, and the lists of steps below it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from string import ascii_lowercase
from typing import Final

from cioform.core.data.json_value import JsonValue, as_mapping
from cioform.core.data.paths import FieldPath
from cioform.core.suggest import did_you_mean
from cioform.core.text.word_lists import join_names
from cioform.language.conditions.parsing.upgrading import upgrade_condition
from cioform.language.workflow.graph_problems import Problem
from cioform.language.workflow.other_names import other_name_text
from cioform.language.workflow.step_types import (
    ACTION,
    BRANCH_KEYS,
    MESSAGE_KEYWORDS,
    STEP_TYPES,
    UNKNOWN_STEP_EXAMPLE,
    WAYS,
    StepFamily,
)
from cioform.language.workflow.tree import NEVER, Step
from cioform.language.workflow.upgrading import OLD_BRANCH_KEYS, upgraded_steps
from cioform.model.fields.upgrading import field_line, outdated_syntax_message, renamed_message
from cioform.model.values.flow_yaml import flow_mapping
from cioform.model.values.value_errors import format_value

COMMON_KEYS: Final = frozenset({"id", "name", "was", "only_if"})
"""The fields that a step of any type may have."""
_ELSE_KEYS: Final = ("else", *OLD_BRANCH_KEYS)
"""The fields for people who do not meet a condition."""
_EXAMPLE_CONDITION: Final[Mapping[str, JsonValue]] = {"attribute": "plan", "is": "trial"}
UNKNOWN_STEP_KEYS: Final = frozenset({"id", "name", "was", ACTION, "raw", "template", WAYS})
"""The fields of a step that no keyword expresses."""


def step_problems(path: FieldPath, step: JsonValue) -> Iterator[Problem]:
    """Yield the problems of a step, except those of its ID and its own fields."""
    if not isinstance(step, dict):
        found = f"not {format_value(step)}.{_step_hint(step)}"
        yield path, f"A step is a mapping such as `wait: 2d`, {found}"
        return
    keywords = [key for key in step if key in STEP_TYPES]
    if ACTION in step:
        yield from _unknown_step_problems(path, step)
    elif len(keywords) > 1:
        yield path, _several_keywords_text(step, keywords)
    elif keywords:
        yield from _branch_problems(path, step, keywords[0])
    else:
        at, text = missing_keyword_text(step)
        yield (*path, *at), text


def _step_hint(step: JsonValue) -> str:
    if isinstance(step, str) and step.lower() in ("end", "stop", "exit", "leave"):
        return " To end the journey write:\n\n    - exit"
    if isinstance(step, list) and step:
        return " Move its items into the list around it: they need one `-` each."
    return " Write a step after the `-`, or remove the `-`." if step in (None, []) else ""


def _several_keywords_text(step: Step, keywords: list[str]) -> str:
    others = [keyword for keyword in keywords if keyword != "if"]
    if len(keywords) == 2 and len(others) == 1 and _may_be_skipped(others[0]):
        condition = step["if"] if isinstance(step["if"], dict) else _EXAMPLE_CONDITION
        return (
            f"`if` is a step of its own, with steps in `then`. The condition of this `{others[0]}` "
            "is `only_if`; people who do not meet it go on with the next step:\n\n"
            f"    {flow_mapping({'only_if': condition})[1:-1]}"
        )
    names = " and ".join(f"`{keyword}`" for keyword in keywords)
    return f"A step has one keyword, but this one has {names}. Make them separate steps."


def _may_be_skipped(keyword: str) -> bool:
    return STEP_TYPES[keyword].family not in (StepFamily.CHOICE, StepFamily.EXIT)


def missing_keyword_text(step: Step) -> Problem:
    """Return what is wrong with a step without a keyword, at its path in the step."""
    unknown = [
        key
        for key in step
        if key not in {*BRANCH_KEYS, *OLD_BRANCH_KEYS, *UNKNOWN_STEP_KEYS, *COMMON_KEYS}
    ]
    for name in unknown:
        if text := other_name_text(str(name), step):
            return (str(name),), text
    if unknown:
        hint = did_you_mean(unknown[0], STEP_TYPES) or f" Use {join_names(STEP_TYPES, 'or')}."
        return (str(unknown[0]),), f"Unknown step `{unknown[0]}`.{hint}"
    if {"raw", WAYS} & step.keys():
        text = f"The step has no `action`. For example:\n\n    {UNKNOWN_STEP_EXAMPLE}"
        return (), text
    return (), f"The step has no keyword. Add one: {join_names(STEP_TYPES, 'or')}."


def _unknown_step_problems(path: FieldPath, step: Step) -> Iterator[Problem]:
    """Yield what is wrong with a step of a type that no keyword expresses."""
    action, ways = step[ACTION], step.get(WAYS)
    if not isinstance(action, str) or not action:
        yield (*path, ACTION), "`action` is Customer.io's type of the action, such as `llm_action`."
        return
    if action in STEP_TYPES:
        example = STEP_TYPES[action].example.replace("\n", "\n    ")
        text = f"`action` is Customer.io's own type. Use the keyword:\n\n    {example}"
        yield (*path, ACTION), text
    for key in step:
        if key in (*BRANCH_KEYS, *OLD_BRANCH_KEYS):
            text = (
                f"A step with `action` has no `{key}`. List all its branches, in Customer.io's "
                "order:\n\n    ways:\n      - [{id: pause, wait: 1d}]\n      - []"
            )
            yield (*path, key), text
        elif key not in UNKNOWN_STEP_KEYS:
            hint = did_you_mean(key, UNKNOWN_STEP_KEYS, limit=2) or f" Move `{key}` there."
            text = f"A step with `action` has its fields in `raw`.{hint}"
            yield (*path, key), text
    if not isinstance(step.get("raw", {}), dict):
        yield (*path, "raw"), "`raw` is a mapping of Customer.io's own members."
    if ways is None and "branch" in action:
        text = (
            f"`{action}` has several branches. List them, in Customer.io's order:\n\n"
            "    ways:\n      - [{id: pause, wait: 1d}]\n      - []"
        )
        yield path, text
    elif WAYS in step and not (isinstance(ways, list) and all(isinstance(w, list) for w in ways)):
        text = (
            "`ways` is a list of the branches, each a list of steps:\n\n    ways:\n"
            "      - [{id: pause, wait: 1d}]\n      - []"
        )
        yield (*path, WAYS), text


def _branch_problems(path: FieldPath, step: Step, keyword: str) -> Iterator[Problem]:
    row = STEP_TYPES[keyword]
    if row.has_options:
        yield from _option_problems(path, step[keyword], keyword)
    elif keyword == "ab_test":
        yield from _variant_problems(path, step[keyword])
    elif keyword == "exit" and step["exit"] is not True:
        yield path, exit_text(step)
    for key in (*BRANCH_KEYS, *OLD_BRANCH_KEYS, WAYS):
        if key not in step:
            continue
        if key not in row.branch_keys:
            yield (*path, key), _misplaced_branch_text(key, step[key], keyword)
        elif not isinstance(step[key], list):
            is_step = isinstance(step[key], dict) or step[key] == "exit"
            steps = [step[key] if is_step else {"id": "pause", "wait": "2d"}]
            text = f"`{key}` is a list of steps:\n\n    {field_line(key, steps)}"
            yield (*path, key), text
        elif step[key] and key == "on_timeout" and step.get("timeout") == NEVER:
            text = (
                "Nobody ever takes these steps, because the wait has `timeout: never`. Set a time "
                "limit, or remove `on_timeout`:\n\n    timeout: 3d"
            )
            yield (*path, key), text


def exit_text(step: Step) -> str:
    """Return the message for an exit that has a value, with the line to write."""
    line = f"- {{id: {step['id']}, exit: true}}" if isinstance(step.get("id"), str) else "- exit"
    if step["exit"] in ({}, None):
        return outdated_syntax_message(
            "`exit` has no fields, and is written without `{}` now.", line
        )
    return f"`exit` has no fields:\n\n    {line}"


def _misplaced_branch_text(key: str, value: JsonValue, keyword: str) -> str:
    others = [name for name in STEP_TYPES[keyword].branch_keys if name != "then"]
    text = f"The step `{keyword}` has no `{key}`"
    if keyword == "branches" and key in OLD_BRANCH_KEYS:
        return renamed_message(key, OLD_BRANCH_KEYS[key], upgraded_steps(value))
    if others and key in (*others, *_ELSE_KEYS):
        line = field_line(others[0], value).replace("\n", "\n    ")
        return f"{text}. Write:\n\n    {line}"
    if key == "then":
        return f"{text}. People go on with the next step of the list: move these steps there."
    return f"{text}. Remove it, or move its steps below this one."


def _option_problems(path: FieldPath, options: JsonValue, keyword: str) -> Iterator[Problem]:
    if not isinstance(options, list) or not options:
        yield (*path, keyword), f"`{keyword}` is a list of branches, each with its steps in `then`."
        return
    for i, option in enumerate(options):
        at = (*path, keyword, i)
        if not isinstance(option, dict):
            yield at, "A branch is a mapping with its steps in `then`."
            continue
        if not isinstance(option.get("then", []), list):
            yield (*at, "then"), "`then` is a list of steps."
        if keyword == "branches" and "when" in option and "if" not in option:
            condition = deepcopy(option["when"])
            upgrade_condition(condition)
            text = renamed_message("when", "if", condition)
            yield (*at, "when"), text


def _variant_problems(path: FieldPath, variants: JsonValue) -> Iterator[Problem]:
    if _has_holdout(variants):
        text = (
            "`holdout` in an A/B test is not supported yet. To leave some people without a "
            "message, use `random_branches` before it:\n\n    - id: holdout\n"
            "      random_branches:\n        - {percent: 90, then: [...]}\n        - {percent: 10}"
        )
        yield (*path, "ab_test"), text
        return
    if not isinstance(variants, list) or len(variants) < 2:
        example = STEP_TYPES["ab_test"].example.replace("\n", "\n    ")
        text = f"`ab_test` is a list of at least two messages:\n\n    {example}"
        yield (*path, "ab_test"), text
        return
    types: list[str] = []
    for i, variant in enumerate(variants):
        at = (*path, "ab_test", i)
        given = [key for key, value in as_mapping(variant).items() if value is not None]
        messages = [key for key in given if key in MESSAGE_KEYWORDS]
        if len(messages) != 1:
            text = f"A variant is a mapping with one message: {join_names(MESSAGE_KEYWORDS, 'or')}."
            yield at, text
        elif "id" not in variant:
            example = ascii_lowercase[i % len(ascii_lowercase)]
            text = f"A variant needs an `id`, by which it is recognized later:\n\n    id: {example}"
            yield (*at, "id"), text
        types += messages[:1]
        if types and len(messages) == 1 and messages[0] != types[0]:
            text = (
                f"An A/B test compares messages of one type, and the first is `{types[0]}`. To "
                "compare types, give each a branch:\n\n    random_branches:\n      - {percent: 50, "
                f"then: [{{id: a, {types[0]}: ...}}]}}\n      - {{percent: 50, then: [{{id: b, "
                f"{messages[0]}: ...}}]}}"
            )
            yield (*at, messages[0]), text


def _has_holdout(variants: JsonValue) -> bool:
    items = variants if isinstance(variants, list) else [variants]
    return any(isinstance(item, Mapping) and "holdout" in item for item in items)
