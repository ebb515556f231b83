"""The ids of steps: giving one to each step that has none, and replacing them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from cioform.language.workflow.tree import Step, keyword_of, map_steps, variants_of, walk
from cioform.model.resource import FieldPath

MAIN_EXIT_ID: Final = "exit"
"""The id of the exit at the end of the main sequence of steps. No step of a file has it."""


def assign_ids(steps: Sequence[Step]) -> list[Step]:
    """Return the tree with an id for each step that has none: its keyword and a number, `wait_1`.

    Numbers that the file itself uses are skipped.
    """
    taken = {item["id"] for _, step in walk(steps) for item in _items_with_ids(step)}
    taken.add(MAIN_EXIT_ID)
    counts: dict[str, int] = {}
    ids: dict[FieldPath, str] = {
        path: step["id"] if "id" in step else _next_free_id(keyword_of(step), counts, taken)
        for path, step in walk(steps)
    }
    return map_steps(steps, lambda path, step: {"id": ids[path], **_without_id(step)})


def rename_steps(steps: Sequence[Step], names: Mapping[str, str]) -> list[Step]:
    """Return the tree with other ids; a step that `names` does not list keeps its own."""

    def rename(step: Step) -> Step:
        step = {"id": names.get(step["id"], step["id"]), **_without_id(step)}
        if "ab_test" in step:
            step["ab_test"] = [rename(variant) for variant in step["ab_test"]]
        return step

    return map_steps(steps, lambda _, step: rename(step))


def _items_with_ids(step: Step) -> list[Step]:
    return [item for item in (step, *(v for _, v in variants_of(step))) if "id" in item]


def _without_id(step: Step) -> Step:
    return {key: value for key, value in step.items() if key != "id"}


def _next_free_id(keyword: str, counts: dict[str, int], taken: set[str]) -> str:
    while True:
        counts[keyword] = counts.get(keyword, 0) + 1
        step_id = f"{keyword}_{counts[keyword]}"
        if step_id not in taken:
            taken.add(step_id)
            return step_id
