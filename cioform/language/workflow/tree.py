"""The tree that steps form: reading it, walking it, rebuilding it.

A step is a mapping with an `id`, one keyword with its value, and the lists of steps below it:

    {"id": "activated_yet", "if": {...}, "then": [...], "else": [...]}
    {"id": "paid", "wait_until": {...}, "timeout": "3d", "then": [...], "on_timeout": [...]}
    {"id": "who", "branches": [{"if": {...}, "then": [...]}], "else": [...]}
    {"id": "half", "random_branches": [{"percent": 50, "then": [...]}, {"percent": 50}]}
    {"id": "subject", "ab_test": [{"id": "short", "percent": 50, "email": {...}}, ...]}
    {"id": "end", "exit": true}

A step of a type that no keyword expresses has Customer.io's type in `action`, and its branches in
`ways` if it has any:

    {"id": "ai", "action": "llm_action", "raw": {...}, "ways": [[...], [...]]}

Nothing here recurses, because a workflow may be nested deeper than Python's stack.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from cioform.core.data.json_value import JsonValue
from cioform.core.data.nested import get_value
from cioform.core.data.paths import FieldPath
from cioform.language.workflow.step_types import ACTION, STEP_TYPES, WAYS

Step: TypeAlias = dict[str, JsonValue]
StepList: TypeAlias = tuple[FieldPath, list[Step]]
"""A list of steps below a step, with its path from that step."""

NEVER: Final = "never"
"""The `timeout` of a wait without a time limit. It has no timeout branch unless `on_timeout` is
present: whether Customer.io draws one that nobody takes is open (journeys facts, section 4)."""

_KEYWORDS_WITH_OPTIONS: Final = frozenset(k for k, row in STEP_TYPES.items() if row.has_options)
_BRANCHING_KEYWORDS: Final = frozenset(k for k, row in STEP_TYPES.items() if row.has_branches)
_BRANCHING_KEYS: Final = _BRANCHING_KEYWORDS | {WAYS}


def keyword_of(step: Mapping[str, JsonValue]) -> str:
    """Return the keyword of a step; the action type of a step that no keyword expresses.

    Raises KeyError for a step without one.
    """
    if ACTION in step:
        return str(step[ACTION])
    for key in step:
        if key in STEP_TYPES:
            return key
    raise KeyError(step.get("id", "a step without a keyword"))


def ends_journey(step: Mapping[str, JsonValue]) -> bool:
    """Return whether nothing follows a step."""
    if ACTION in step:
        return step.get(WAYS) == []
    return STEP_TYPES[keyword_of(step)].ends_journey


def continues(step: Mapping[str, JsonValue]) -> bool:
    """Return whether everybody continues with the next step, without a choice of ways."""
    return WAYS not in step if ACTION in step else STEP_TYPES[keyword_of(step)].continues


def branches_of(step: JsonValue) -> list[StepList]:
    """Return the lists of steps below a step, in the order of its branches.

    A value that is not a step has none, so that an invalid file can be walked too.
    """
    if not isinstance(step, dict) or step.keys().isdisjoint(_BRANCHING_KEYS):
        return []
    if ACTION in step:
        ways = step.get(WAYS)
        lists = enumerate(ways if isinstance(ways, list) else [])
        return [((WAYS, i), way if isinstance(way, list) else []) for i, way in lists]
    branches: list[tuple[FieldPath, JsonValue]] = []
    for key in step:
        if key not in _BRANCHING_KEYWORDS:
            continue
        if key in _KEYWORDS_WITH_OPTIONS and isinstance(step[key], list):
            branches += [
                ((key, i, "then"), option.get("then") if isinstance(option, dict) else None)
                for i, option in enumerate(step[key])
            ]
        branches += [
            ((branch.key,), step.get(branch.key))
            for branch in STEP_TYPES[key].branches
            if not _is_absent_branch(step, branch.key)
        ]
    return [(path, steps if isinstance(steps, list) else []) for path, steps in branches]


def _is_absent_branch(step: Mapping[str, JsonValue], key: str) -> bool:
    return key == "on_timeout" and step.get("timeout") == NEVER and key not in step


def variants_of(step: JsonValue) -> list[tuple[FieldPath, JsonValue]]:
    """Return the messages of an A/B test, each with its path from the step.

    They have IDs like steps, but they are not branches: the same step follows each of them.
    """
    variants = step.get("ab_test") if isinstance(step, dict) else None
    if not isinstance(variants, list):
        return []
    return [(("ab_test", i), variant) for i, variant in enumerate(variants)]


def without_branches(step: Step) -> Step:
    """Return a copy of a step without the lists of steps below it.

    Where the presence of a list decides how many branches there are, an empty one stays.
    """
    if step.keys().isdisjoint(_BRANCHING_KEYS):
        return dict(step)
    if ACTION in step:
        return {key: [[] for _ in value] if key == WAYS else value for key, value in step.items()}
    keyword = keyword_of(step)
    branch_keys = STEP_TYPES[keyword].branch_keys
    copy = {key: value for key, value in step.items() if key not in branch_keys}
    if keyword in _KEYWORDS_WITH_OPTIONS:
        copy[keyword] = [
            {key: value for key, value in option.items() if key != "then"}
            for option in step[keyword]
        ]
    if step.get("timeout") == NEVER and "on_timeout" in step:
        copy["on_timeout"] = []
    return copy


def add_empty_branches(step: Step) -> list[list[Step]]:
    """Put an empty list at each place of a step that holds steps, and return those lists.

    `step` has no lists yet (see `without_branches`). The lists are in the order of branches.
    """
    lists: list[list[Step]] = []
    for path, _ in branches_of(step):
        steps: list[Step] = []
        holder: JsonValue = get_value(step, path[:-1])
        holder[path[-1]] = steps
        lists.append(steps)
    return lists


def walk(
    steps: Sequence[JsonValue], prefix: FieldPath = ()
) -> Iterator[tuple[FieldPath, JsonValue]]:
    """Yield every step with its path, each before the steps below it and after those above it."""
    todo = [((*prefix, i), step) for i, step in reversed(list(enumerate(steps)))]
    while todo:
        path, step = todo.pop()
        yield path, step
        if not (branches := branches_of(step)):
            continue
        for way, below in reversed(branches):
            todo.extend(((*path, *way, i), s) for i, s in reversed(list(enumerate(below))))


def map_steps(steps: Sequence[Step], change: Callable[[FieldPath, Step], Step]) -> list[Step]:
    """Return the tree with each step replaced by `change(path, step without branches)`.

    The order of the calls is undefined. Every list of steps is present in the result, empty or
    not.
    """
    tree: list[Step] = []
    todo: list[tuple[Sequence[Step], list[Step], FieldPath]] = [(steps, tree, ())]
    while todo:
        source, target, at = todo.pop()
        for i, step in enumerate(source):
            path = (*at, i)
            new = change(path, without_branches(step))
            target.append(new)
            if branches := branches_of(step):
                for (way, below), copy in zip(branches, add_empty_branches(new), strict=True):
                    todo.append((below, copy, (*path, *way)))
    return tree


def depth(steps: Sequence[Step]) -> int:
    """Return how deeply lists of steps are nested: 1 for a workflow without branches."""
    deepest, todo = 0, [(steps, 1)]
    while todo:
        steps_here, level = todo.pop()
        deepest = max(deepest, level)
        todo.extend((below, level + 1) for step in steps_here for _, below in branches_of(step))
    return deepest
