"""The IDs of steps: giving one to each step that has none, and replacing them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableSequence, Sequence
from itertools import count
from typing import Final

from cioform.core.data.json_value import JsonValue
from cioform.core.data.paths import FieldPath
from cioform.language.workflow.step_types import STEP_TYPES
from cioform.language.workflow.tree import Step, keyword_of, map_steps, variants_of, walk

MAIN_EXIT_ID: Final = "exit"
"""The ID of the exit at the end of the main sequence of steps. No step of a file has it."""

OLD_STEMS: Final[Mapping[str, str]] = {
    "random_branches": "random",
    "send_event": "create_event",
    "add_to_segment": "update_segment",
    "remove_from_segment": "update_segment",
}
"""Keywords whose generated IDs were made of another name before format 1."""

_NO_STEMS: Final[Mapping[str, str]] = {}


def assign_ids(steps: Sequence[Step]) -> list[Step]:
    """Return the tree with an ID for each step that has none: its keyword and a number, `wait_1`.

    Numbers that the file itself uses are skipped.
    """
    ids = generate_ids(list(walk(steps)))
    return map_steps(
        steps, lambda path, step: {"id": step.get("id", ids.get(path)), **_without_id(step)}
    )


def generate_ids(
    items: Iterable[tuple[FieldPath, JsonValue]], stems: Mapping[str, str] = _NO_STEMS
) -> dict[FieldPath, str]:
    """Return an ID for each step that has a keyword and no ID; `items` are all steps in order.

    `stems` has the beginnings of IDs by keyword, where that is not the keyword itself.
    """
    steps = [(path, step) for path, step in items if isinstance(step, dict)]
    taken = {str(item["id"]) for _, step in steps for item in _items_with_ids(step)}
    taken.add(MAIN_EXIT_ID)
    counts: dict[str, int] = {}
    return {
        path: _next_free_id(_stem(step, stems), counts, taken)
        for path, step in steps
        if "id" not in step and ("action" in step or not STEP_TYPES.keys().isdisjoint(step))
    }


def fill_missing_ids(
    steps: MutableSequence[JsonValue], stems: Mapping[str, str] = _NO_STEMS
) -> None:
    """Add an ID to each step that needs one and has none, in place.

    `steps` are the steps of a file, and may be maps that keep comments. With the stems `OLD_STEMS`,
    the steps get the IDs that they had before IDs were required.
    """
    ids = generate_ids(list(walk(steps)), stems)
    for path, step in list(walk(steps)):
        if path in ids and needs_id(step):
            _insert_first(step, "id", ids[path])


def needs_id(step: Mapping[str, JsonValue]) -> bool:
    """Return whether a step is recognized by its id: any but an exit without other members."""
    return "exit" not in step or "raw" in step


def number_repeated(wanted: Iterable[str]) -> list[str]:
    """Return IDs of which no two are the same: one that is taken gets a number, `join_vip_2`."""
    taken: set[str] = set()
    return [free_id(step_id, taken) for step_id in wanted]


def free_id(wanted: str, taken: set[str]) -> str:
    """Return an ID, with a number if it is taken, and add it to those that are taken."""
    if wanted in taken:
        return numbered_id(wanted, taken, first=2)
    taken.add(wanted)
    return wanted


def numbered_id(stem: str, taken: set[str], first: int = 1) -> str:
    """Return an ID with the first free number, and add it to those that are taken."""
    candidates = (f"{stem}_{number}" for number in count(first))
    step_id = next(each for each in candidates if each not in taken)
    taken.add(step_id)
    return step_id


def _insert_first(mapping: Step, key: str, value: JsonValue) -> None:
    insert = getattr(mapping, "insert", None)  # A map that keeps comments has it, and a dict not.
    if insert is not None:
        insert(0, key, value)
        return
    rest = dict(mapping)
    mapping.clear()
    mapping.update({key: value, **rest})


def rename_steps(steps: Sequence[Step], names: Mapping[str, str]) -> list[Step]:
    """Return the tree with other IDs; a step that `names` does not list keeps its own."""

    def rename(step: Step) -> Step:
        step = {"id": names.get(step["id"], step["id"]), **_without_id(step)}
        if "ab_test" in step:
            step["ab_test"] = [rename(variant) for variant in step["ab_test"]]
        return step

    return map_steps(steps, lambda _, step: rename(step))


def _items_with_ids(step: Step) -> list[Step]:
    variants = [variant for _, variant in variants_of(step) if isinstance(variant, dict)]
    return [item for item in (step, *variants) if "id" in item]


def _without_id(step: Step) -> Step:
    return {key: value for key, value in step.items() if key != "id"}


def _stem(step: Step, stems: Mapping[str, str]) -> str:
    keyword = keyword_of(step)
    return stems.get(keyword, keyword.removesuffix("_action"))


def _next_free_id(keyword: str, counts: dict[str, int], taken: set[str]) -> str:
    while True:
        counts[keyword] = counts.get(keyword, 0) + 1
        step_id = f"{keyword}_{counts[keyword]}"
        if step_id not in taken:
            taken.add(step_id)
            return step_id
