"""The words of a workflow and the tree that steps form: reading it, walking it, rebuilding it.

A step is a mapping with an `id`, one word with its value, and the lists of steps below it:

    {"id": "activated_yet", "if": {...}, "then": [...], "else": [...]}
    {"id": "paid", "wait_until": {...}, "timeout": "3d", "then": [...], "on_timeout": [...]}
    {"id": "who", "branches": [{"when": {...}, "then": [...]}], "otherwise": [...]}
    {"id": "half", "random": [{"percent": 50, "then": [...]}, {"percent": 50, "then": [...]}]}
    {"id": "subject", "ab_test": [{"id": "short", "percent": 50, "email": {...}}, ...]}

Nothing here recurses: a workflow may be nested deeper than Python's stack.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final, TypeAlias

from cioform.model.resource import FieldPath

Step: TypeAlias = dict[str, Any]
StepLists: TypeAlias = list[tuple[FieldPath, list[Step]]]

MAIN_EXIT_ID: Final = "exit"
"""The id of the exit that ends the trunk; no step has it."""


class Branching(StrEnum):
    """How a step goes on."""

    NEXT = "goes on to the next step"
    END = "ends the journey"
    TWO_WAY = "`then`, or `else` (of a wait `on_timeout`)"
    CASES = "the first of `branches` that holds, or `otherwise`"
    RANDOM = "one of `random`, by chance"


MESSAGE_KEYWORDS: Final = ("email", "push", "sms", "whatsapp", "in_app", "slack", "webhook")

STEP_KEYWORDS: Final[Mapping[str, Branching]] = {
    **dict.fromkeys(MESSAGE_KEYWORDS, Branching.NEXT),
    "wait": Branching.NEXT,
    "wait_window": Branching.NEXT,
    "wait_random": Branching.NEXT,
    "wait_until": Branching.TWO_WAY,
    "if": Branching.TWO_WAY,
    "branches": Branching.CASES,
    "random": Branching.RANDOM,
    "ab_test": Branching.NEXT,
    "set_attributes": Branching.NEXT,
    "create_event": Branching.NEXT,
    "update_segment": Branching.NEXT,
    "query_collection": Branching.NEXT,
    "batch_update": Branching.NEXT,
    "exit": Branching.END,
}

BRANCH_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "if": ("then", "else"),
    "wait_until": ("then", "on_timeout"),
    "branches": ("otherwise",),
}
"""The lists of steps beside a word, in the order of branches; those in its options come first."""

NEVER: Final = "never"
"""The `timeout` of a wait that time does not end. It has no way out by time, unless `on_timeout`
is there: whether the remote draws one that nobody takes is open (journeys facts, section 4)."""


def keyword_of(step: Mapping[str, Any]) -> str:
    """Give the word of a step. Raises KeyError for a step without one."""
    for key in step:
        if key in STEP_KEYWORDS:
            return key
    raise KeyError(step.get("id", "step without a word"))


def branches_of(step: Any) -> StepLists:
    """Give the lists of steps below a step in the order of its branches, each with the way to it
    from the step. What is no step has none, so that a wrong file can be walked too."""
    if not isinstance(step, dict) or step.keys().isdisjoint(_BRANCHING_KEYWORDS):
        return []
    ways: list[tuple[FieldPath, Any]] = []
    for word in step:
        if word in _KEYWORDS_WITH_OPTIONS and isinstance(step[word], list):
            ways += [
                ((word, i, "then"), option.get("then") if isinstance(option, dict) else None)
                for i, option in enumerate(step[word])
            ]
        ways += [
            ((key,), step.get(key))
            for key in BRANCH_KEYS.get(word, ())
            if not _is_absent_branch(step, key)
        ]
    return [(way, steps if isinstance(steps, list) else []) for way, steps in ways]


_KEYWORDS_WITH_OPTIONS: Final = tuple(
    w for w, s in STEP_KEYWORDS.items() if s in (Branching.CASES, Branching.RANDOM)
)
_BRANCHING_KEYWORDS: Final = frozenset((*BRANCH_KEYS, *_KEYWORDS_WITH_OPTIONS))


def _is_absent_branch(step: Mapping[str, Any], key: str) -> bool:
    return key == "on_timeout" and step.get("timeout") == NEVER and key not in step


def variants_of(step: Any) -> list[tuple[FieldPath, Any]]:
    """Give the messages of which a step sends one, each with the way to it from the step. They
    are named like steps, and are not on the way: nothing follows them but what follows all."""
    options = step.get("ab_test") if isinstance(step, dict) else None
    listed = options if isinstance(options, list) else []
    return [(("ab_test", i), option) for i, option in enumerate(listed)]


def without_branches(step: Step) -> Step:
    """Give a copy of a step without the lists of steps below it. Where such a list decides how
    many ways there are, an empty one stays."""
    if step.keys().isdisjoint(_BRANCHING_KEYWORDS):
        return dict(step)
    word = keyword_of(step)
    below = BRANCH_KEYS.get(word, ())
    copy = {key: value for key, value in step.items() if key not in below}
    if word in _KEYWORDS_WITH_OPTIONS:
        copy[word] = [{k: v for k, v in option.items() if k != "then"} for option in step[word]]
    if step.get("timeout") == NEVER and "on_timeout" in step:
        copy["on_timeout"] = []
    return copy


def add_empty_branches(step: Step) -> list[list[Step]]:
    """Put an empty list at each place of a bare step that holds steps, and give those lists in
    the order of the branches."""
    lists: list[list[Step]] = []
    for way, _ in branches_of(step):
        below: list[Step] = []
        holder: Any = step
        for part in way[:-1]:
            holder = holder[part]
        holder[way[-1]] = below
        lists.append(below)
    return lists


def walk(steps: Sequence[Any], prefix: FieldPath = ()) -> Iterator[tuple[FieldPath, Any]]:
    """Give every step with its path, each before those below it and after those above."""
    todo = [((*prefix, i), step) for i, step in reversed(list(enumerate(steps)))]
    while todo:
        path, step = todo.pop()
        yield path, step
        if not (below_it := branches_of(step)):
            continue
        for way, below in reversed(below_it):
            todo.extend(((*path, *way, i), s) for i, s in reversed(list(enumerate(below))))


def map_steps(steps: Sequence[Step], change: Callable[[FieldPath, Step], Step]) -> list[Step]:
    """Give the tree with each step replaced by what `change` makes of its path and bare form.
    The order of calls is not said. Every list of steps is there in the outcome, empty or not."""
    tree: list[Step] = []
    todo: list[tuple[Sequence[Step], list[Step], FieldPath]] = [(steps, tree, ())]
    while todo:
        source, target, at = todo.pop()
        for i, step in enumerate(source):
            path = (*at, i)
            new = change(path, without_branches(step))
            target.append(new)
            if found := branches_of(step):
                for (way, below), made in zip(found, add_empty_branches(new), strict=True):
                    todo.append((below, made, (*path, *way)))
    return tree


def depth(steps: Sequence[Step]) -> int:
    """Give how deeply lists of steps are nested: 1 for a trunk without branches."""
    deepest, todo = 0, [(steps, 1)]
    while todo:
        below, level = todo.pop()
        deepest = max(deepest, level)
        todo.extend((inner, level + 1) for step in below for _, inner in branches_of(step))
    return deepest


def assign_ids(steps: Sequence[Step]) -> list[Step]:
    """Give the tree with an id for each step that has none: its word and a running number, as
    `wait_1`, skipping numbers that the file uses itself."""
    taken = {named["id"] for _, step in walk(steps) for named in _steps_with_ids(step)} | {
        MAIN_EXIT_ID
    }
    counts: dict[str, int] = {}
    chosen: dict[FieldPath, str] = {}
    for path, step in walk(steps):
        chosen[path] = (
            step["id"] if "id" in step else _next_free_id(keyword_of(step), counts, taken)
        )
    return map_steps(steps, lambda path, step: {"id": chosen[path], **_without_id(step)})


def _steps_with_ids(step: Step) -> list[Step]:
    return [s for s in (step, *(variant for _, variant in variants_of(step))) if "id" in s]


def rename_steps(steps: Sequence[Step], names: Mapping[str, str]) -> list[Step]:
    """Give the tree with other ids; a step that `names` does not have keeps its own."""

    def called(step: Step) -> Step:
        step = {"id": names.get(step["id"], step["id"]), **_without_id(step)}
        if "ab_test" in step:
            step["ab_test"] = [called(variant) for variant in step["ab_test"]]
        return step

    return map_steps(steps, lambda _, step: called(step))


def _without_id(step: Step) -> Step:
    return {key: value for key, value in step.items() if key != "id"}


def _next_free_id(keyword: str, counts: dict[str, int], taken: set[str]) -> str:
    while True:
        counts[keyword] = counts.get(keyword, 0) + 1
        name = f"{keyword}_{counts[keyword]}"
        if name not in taken:
            taken.add(name)
            return name
