"""What a tree of steps may not be, each problem with the way out and an example of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from cioform.core.address import is_name
from cioform.core.suggest import closest
from cioform.language.workflow.compile import compile_steps
from cioform.language.workflow.steps import (
    BRANCH_KEYS,
    MAIN_EXIT_ID,
    MESSAGE_KEYWORDS,
    NEVER,
    STEP_KEYWORDS,
    Branching,
    Step,
    assign_ids,
    branches_of,
    depth,
    keyword_of,
    variants_of,
    walk,
)
from cioform.model.resource import FieldPath

Problem = tuple[FieldPath, str]

MAX_DEPTH: Final = 60
"""Deeper than anybody can read, and shallow enough for every tool that reads the files."""

_ALL_BRANCH_KEYS: Final = tuple(dict.fromkeys(key for keys in BRANCH_KEYS.values() for key in keys))
_NON_KEYWORD_KEYS: Final = ("id", "name", *_ALL_BRANCH_KEYS)


def workflow_problems(steps: Any, keywords: Iterable[str] = tuple(STEP_KEYWORDS)) -> list[Problem]:
    """Give what is wrong with a tree as a file has it, each with its path and the way out: words
    and ids, and when those are right the ways through it. `words` are those on offer."""
    if not isinstance(steps, list):
        return [((), "A workflow is a list of steps, each beginning with `-`:\n\n    - wait: 2d")]
    offered = tuple(keywords)
    every = list(walk(steps))
    found = [p for path, step in every for p in _step_problems(path, step, offered)]
    found += _id_problems(every)
    if not found and depth(steps) > MAX_DEPTH:
        text = (
            f"Branches are nested more than {MAX_DEPTH} deep. Use several campaigns, the first of "
            "which starts the next:\n\n    - create_event: next_part"
        )
        return [((), text)]
    return found or _flow_problems(assign_ids(steps))


def _step_problems(path: FieldPath, step: Any, allowed: Sequence[str]) -> Iterator[Problem]:
    if not isinstance(step, dict):
        yield path, "A step is a mapping such as `wait: 2d`."
        return
    words = [key for key in step if key in STEP_KEYWORDS]
    unknown = next((key for key in step if key not in (*STEP_KEYWORDS, *_NON_KEYWORD_KEYS)), None)
    if len(words) > 1:
        yield path, f"A step does one thing; this one says {_join_with_or(words)}. Make two steps."
    elif words and words[0] not in allowed:
        text = f"`{words[0]}` cannot be a step of this workflow; use {_join_with_or(allowed)}, "
        yield (*path, words[0]), text + "or write the workflow as `graph:`."
    elif words:
        yield from _branch_problems(path, step, words[0])
    elif unknown is not None:
        near = closest(unknown, allowed)
        hint = f"did you mean `{near}`?" if near else f"use {_join_with_or(allowed)}."
        yield (*path, str(unknown)), f"`{unknown}` is not a step; {hint}"
    else:
        yield path, f"The step does not say what it does; use {_join_with_or(allowed)}."


def _branch_problems(path: FieldPath, step: Step, keyword: str) -> Iterator[Problem]:
    if STEP_KEYWORDS[keyword] in (Branching.CASES, Branching.RANDOM):
        yield from _option_problems(path, step[keyword], keyword)
    elif keyword == "ab_test":
        yield from _variant_problems(path, step[keyword])
    allowed = BRANCH_KEYS.get(keyword, ())
    for key in _ALL_BRANCH_KEYS:
        if key not in step:
            continue
        if key not in allowed:
            meant = f"; its other way is `{allowed[-1]}`" if allowed else ""
            yield (*path, key), f"A step with `{keyword}` has no `{key}`{meant}."
        elif not isinstance(step[key], list):
            yield (*path, key), f"`{key}` is a list of steps:\n\n    {key}:\n      - wait: 2d"
        elif step[key] and key == "on_timeout" and step.get("timeout") == NEVER:
            text = (
                "Nobody ever takes these steps, because the wait has `timeout: never`. "
                "Say how long it lasts, or take `on_timeout` out:\n\n    timeout: 3d"
            )
            yield (*path, key), text


def _option_problems(path: FieldPath, options: Any, keyword: str) -> Iterator[Problem]:
    if not isinstance(options, list) or not options:
        yield (*path, keyword), f"`{keyword}` is a list of branches, each with its steps in `then`."
        return
    for i, option in enumerate(options):
        if not isinstance(option, dict):
            yield (*path, keyword, i), "A branch is a mapping with its steps in `then`."
        elif not isinstance(option.get("then", []), list):
            yield (*path, keyword, i, "then"), "`then` is a list of steps."


def _variant_problems(path: FieldPath, options: Any) -> Iterator[Problem]:
    if not isinstance(options, list) or len(options) < 2:
        text = "`ab_test` is a list of at least two messages:\n\n    - {id: short, percent: 50, "
        yield (*path, "ab_test"), text + "email: {...}}"
        return
    for i, option in enumerate(options):
        at = (*path, "ab_test", i)
        words = (
            [key for key in option if key in MESSAGE_KEYWORDS] if isinstance(option, dict) else []
        )
        if len(words) != 1:
            text = f"A variant is a mapping with its message: {_join_with_or(MESSAGE_KEYWORDS)}."
            yield at, text
        elif "id" not in option:
            yield at, "A variant needs an `id`, by which it is known later:\n\n    id: short"


def _join_with_or(names: Sequence[str]) -> str:
    quoted = [f"`{word}`" for word in names]
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + " or " + quoted[-1]


def _id_problems(steps: Iterable[tuple[FieldPath, Any]]) -> list[Problem]:
    found: list[Problem] = []
    seen: set[str] = set()
    for at, name in _ids_with_paths(steps):
        if not isinstance(name, str) or not is_name(name):
            found.append((at, f"{name!r} cannot be an id; use lower case, digits, `_` and `-`."))
        elif name == MAIN_EXIT_ID:
            found.append((at, "The id `exit` is kept for the end of the workflow."))
        elif name in seen:
            text = f"Two steps are called `{name}`. Give one of them another id:\n\n    "
            found.append((at, text + f"id: {name}_2"))
        else:
            seen.add(name)
    return found


def _ids_with_paths(steps: Iterable[tuple[FieldPath, Any]]) -> Iterator[tuple[FieldPath, Any]]:
    for path, step in steps:
        for way, named in [((), step), *variants_of(step)]:
            if isinstance(named, dict) and "id" in named:
                yield (*path, *way, "id"), named["id"]


def _flow_problems(steps: list[Step]) -> list[Problem]:
    """Find steps that nobody reaches, and exits that several branches share."""
    order = list(walk(steps))
    ends: dict[FieldPath, int] = {}
    lengths: dict[FieldPath, int] = {}
    for path, step in reversed(order):
        at, place = path[:-1], int(path[-1])
        lengths[at] = max(lengths.get(at, 0), place + 1)
        below = [(*path, *way) for way, _ in branches_of(step)]
        if keyword_of(step) == "exit" or (below and all(inner in ends for inner in below)):
            ends[at] = place
    text = (
        "Nobody reaches this step, because every way before it ends in an exit. "
        "Take it out, or take out an exit."
    )
    found: list[Problem] = [
        ((*at, place + 1), text) for at, place in ends.items() if lengths[at] > place + 1
    ]
    return sorted(
        found, key=lambda problem: [str(part) for part in problem[0]]
    ) or _shared_exit_problems(steps, order)


def _shared_exit_problems(
    steps: list[Step], order: Sequence[tuple[FieldPath, Step]]
) -> list[Problem]:
    reached = compile_steps(steps).in_degrees()
    text = (
        "Several branches meet at this exit, and the remote wants an exit inside a branch to have "
        "one way in. End each of those branches with an exit of its own:\n\n    - exit: {}"
    )
    return [
        (path, text)
        for path, step in order
        if keyword_of(step) == "exit" and reached[step["id"]] > 1 and len(path) > 1
    ]
