"""What is wrong with a tree of steps, each problem with the way to fix it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from cioform.core.address import is_name
from cioform.core.json_value import JsonValue
from cioform.core.suggest import did_you_mean
from cioform.language.workflow.compile import compile_steps
from cioform.language.workflow.graph_problems import Problem
from cioform.language.workflow.step_ids import MAIN_EXIT_ID, assign_ids
from cioform.language.workflow.step_types import BRANCH_KEYS, MESSAGE_KEYWORDS, STEP_TYPES
from cioform.language.workflow.tree import (
    NEVER,
    Step,
    branches_of,
    depth,
    keyword_of,
    variants_of,
    walk,
)
from cioform.model.resource import FieldPath

MAX_DEPTH: Final = 60
"""More than anybody can read, and little enough for every tool that reads the files."""

_COMMON_KEYS: Final = frozenset({"id", "name"})


def workflow_problems(steps: JsonValue) -> list[Problem]:
    """Return what is wrong with a tree as a file has it: keywords, ids, and the flow of people.

    The flow is examined once keywords and ids are valid.
    """
    if not isinstance(steps, list):
        return [((), "A workflow is a list of steps, each beginning with `-`:\n\n    - wait: 2d")]
    every = list(walk(steps))
    found = [problem for path, step in every for problem in _step_problems(path, step)]
    found += _id_problems(every)
    if not found and depth(steps) > MAX_DEPTH:
        text = (
            f"Branches are nested more than {MAX_DEPTH} levels deep. Use several campaigns, of "
            "which each starts the next:\n\n    - create_event: part_two"
        )
        return [((), text)]
    return found or _flow_problems(assign_ids(steps))


def _step_problems(path: FieldPath, step: JsonValue) -> Iterator[Problem]:
    if not isinstance(step, dict):
        yield path, f"A step is a mapping such as `wait: 2d`, not {step!r}."
        return
    keywords = [key for key in step if key in STEP_TYPES]
    unknown = [key for key in step if key not in {*STEP_TYPES, *BRANCH_KEYS, *_COMMON_KEYS}]
    if len(keywords) > 1:
        names = " and ".join(f"`{keyword}`" for keyword in keywords)
        yield path, f"A step has one keyword, but this one has {names}. Make them separate steps."
    elif keywords:
        yield from _branch_problems(path, step, keywords[0])
    elif unknown:
        hint = did_you_mean(unknown[0], STEP_TYPES) or f" Use {_join_with_or(STEP_TYPES)}."
        yield (*path, str(unknown[0])), f"Unknown step `{unknown[0]}`.{hint}"
    else:
        yield path, f"The step has no keyword. Add one: {_join_with_or(STEP_TYPES)}."


def _branch_problems(path: FieldPath, step: Step, keyword: str) -> Iterator[Problem]:
    row = STEP_TYPES[keyword]
    if row.has_options:
        yield from _option_problems(path, step[keyword], keyword)
    elif keyword == "ab_test":
        yield from _variant_problems(path, step[keyword])
    for key in BRANCH_KEYS:
        if key not in step:
            continue
        if key not in row.branch_keys:
            hint = f"; use `{row.branch_keys[-1]}`" if row.branches else ""
            yield (*path, key), f"The step `{keyword}` has no `{key}`{hint}."
        elif not isinstance(step[key], list):
            yield (*path, key), f"`{key}` is a list of steps:\n\n    {key}:\n      - wait: 2d"
        elif step[key] and key == "on_timeout" and step.get("timeout") == NEVER:
            text = (
                "Nobody ever takes these steps, because the wait has `timeout: never`. Set a time "
                "limit, or remove `on_timeout`:\n\n    timeout: 3d"
            )
            yield (*path, key), text


def _option_problems(path: FieldPath, options: JsonValue, keyword: str) -> Iterator[Problem]:
    if not isinstance(options, list) or not options:
        yield (*path, keyword), f"`{keyword}` is a list of branches, each with its steps in `then`."
        return
    for i, option in enumerate(options):
        if not isinstance(option, dict):
            yield (*path, keyword, i), "A branch is a mapping with its steps in `then`."
        elif not isinstance(option.get("then", []), list):
            yield (*path, keyword, i, "then"), "`then` is a list of steps."


def _variant_problems(path: FieldPath, variants: JsonValue) -> Iterator[Problem]:
    if not isinstance(variants, list) or len(variants) < 2:
        example = STEP_TYPES["ab_test"].example.replace("\n", "\n    ")
        text = f"`ab_test` is a list of at least two messages:\n\n    {example}"
        yield (*path, "ab_test"), text
        return
    for i, variant in enumerate(variants):
        at = (*path, "ab_test", i)
        messages = (
            [key for key in variant if key in MESSAGE_KEYWORDS] if isinstance(variant, dict) else []
        )
        if len(messages) != 1:
            text = f"A variant is a mapping with one message: {_join_with_or(MESSAGE_KEYWORDS)}."
            yield at, text
        elif "id" not in variant:
            yield at, "A variant needs an `id`, by which it is recognised later:\n\n    id: short"


def _join_with_or(names: Iterable[str]) -> str:
    *others, last = [f"`{name}`" for name in names]
    return f"{', '.join(others)} or {last}"


def _id_problems(steps: Iterable[tuple[FieldPath, JsonValue]]) -> list[Problem]:
    found: list[Problem] = []
    seen: set[str] = set()
    for path, step_id in _ids_with_paths(steps):
        if not isinstance(step_id, str) or not is_name(step_id):
            text = f"Invalid id {step_id!r}. Use lower-case letters, digits, `_` and `-`."
            found.append((path, text))
        elif step_id == MAIN_EXIT_ID:
            text = "The id `exit` is reserved for the end of the workflow. Choose another."
            found.append((path, text))
        elif step_id in seen:
            text = f"Two steps have the id `{step_id}`. Change one of them:\n\n    id: {step_id}_2"
            found.append((path, text))
        else:
            seen.add(step_id)
    return found


def _ids_with_paths(
    steps: Iterable[tuple[FieldPath, JsonValue]],
) -> Iterator[tuple[FieldPath, JsonValue]]:
    for path, step in steps:
        for way, item in [((), step), *variants_of(step)]:
            if isinstance(item, dict) and "id" in item:
                yield (*path, *way, "id"), item["id"]


def _flow_problems(steps: list[Step]) -> list[Problem]:
    """Return the steps that nobody reaches, or else the exits that several branches share."""
    order = list(walk(steps))
    last_reached: dict[FieldPath, int] = {}
    """By the path of a list of steps: the index of the step after which nobody continues."""
    lengths: dict[FieldPath, int] = {}
    for path, step in reversed(order):
        at, index = path[:-1], int(path[-1])
        lengths[at] = max(lengths.get(at, 0), index + 1)
        branches = [(*path, *way) for way, _ in branches_of(step)]
        all_end = bool(branches) and all(branch in last_reached for branch in branches)
        if STEP_TYPES[keyword_of(step)].ends_journey or all_end:
            last_reached[at] = index
    text = (
        "Nobody reaches this step, because every way before it ends in an exit. "
        "Remove the step, or an exit."
    )
    unreachable: list[Problem] = [
        ((*at, index + 1), text) for at, index in last_reached.items() if lengths[at] > index + 1
    ]
    unreachable.sort(key=lambda problem: [str(part) for part in problem[0]])
    return unreachable or _shared_exit_problems(steps, order)


def _shared_exit_problems(
    steps: list[Step], order: Sequence[tuple[FieldPath, Step]]
) -> list[Problem]:
    in_degrees = compile_steps(steps).in_degrees()
    text = (
        "Several branches lead to this exit, but Customer.io allows only one way to an exit inside "
        "a branch. End each of those branches with its own exit:\n\n    - exit: {}"
    )
    return [
        (path, text)
        for path, step in order
        if STEP_TYPES[keyword_of(step)].ends_journey
        and in_degrees[step["id"]] > 1
        and len(path) > 1
    ]
