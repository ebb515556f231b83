"""The problems of a tree of steps, each with its solution."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cioform.core.data.json_value import JsonValue
from cioform.core.data.paths import FieldPath
from cioform.language.workflow.conversion.compile import compile_steps
from cioform.language.workflow.graph_problems import Problem
from cioform.language.workflow.id_problems import id_problems
from cioform.language.workflow.step_ids import assign_ids
from cioform.language.workflow.step_problems import step_problems
from cioform.language.workflow.tree import Step, branches_of, depth, ends_journey, walk

MAX_DEPTH: Final = 60
"""More than anybody can read, and little enough for every tool that reads the files."""


def workflow_problems(steps: JsonValue) -> list[Problem]:
    """Return what is wrong with a tree: keywords, IDs, and the flow of people.

    Exits are mappings (see `expand_exits`). The flow is examined once keywords and IDs are valid.
    """
    if not isinstance(steps, list):
        text = (
            "A workflow is a list of steps, each beginning with `-`:\n\n    - {id: pause, wait: 2d}"
        )
        return [((), text)]
    every = list(walk(steps))
    found = [problem for path, step in every for problem in step_problems(path, step)]
    found += id_problems(every)
    if not found and depth(steps) > MAX_DEPTH:
        text = (
            f"Branches are nested more than {MAX_DEPTH} levels deep. Use several campaigns, of "
            "which each starts the next:\n\n    - {id: next, send_event: part_two}"
        )
        return [((), text)]
    return found or _flow_problems(steps)


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
        if ends_journey(step) or all_end:
            last_reached[at] = index
    text = (
        "Nobody reaches this step, because every branch before it ends in an exit. "
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
    exits = [path for path, step in order if "exit" in step and len(path) > 1]
    if not exits:
        return []
    with_ids = assign_ids(steps)
    ids = {path: step["id"] for path, step in walk(with_ids)}
    in_degrees = compile_steps(with_ids).in_degrees()
    text = (
        "Several branches lead to this exit, but Customer.io allows only one way to an exit inside "
        "a branch. End each of those branches with its own exit:\n\n    - exit"
    )
    return [(path, text) for path in exits if in_degrees[ids[path]] > 1]
