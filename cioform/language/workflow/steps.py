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

from cioform.model.resource import Path

Step: TypeAlias = dict[str, Any]
Lists: TypeAlias = list[tuple[Path, list[Step]]]

FINAL: Final = "exit"
"""The id of the exit that ends the trunk; no step has it."""


class Shape(StrEnum):
    """How a step goes on."""

    ONE = "goes on to the next step"
    END = "ends the journey"
    EITHER = "`then`, or `else` (of a wait `on_timeout`)"
    CASES = "the first of `branches` that holds, or `otherwise`"
    SHARES = "one of `random`, by chance"


MESSAGES: Final = ("email", "push", "sms", "whatsapp", "in_app", "slack", "webhook")

WORDS: Final[Mapping[str, Shape]] = {
    **dict.fromkeys(MESSAGES, Shape.ONE),
    "wait": Shape.ONE,
    "wait_window": Shape.ONE,
    "wait_random": Shape.ONE,
    "wait_until": Shape.EITHER,
    "if": Shape.EITHER,
    "branches": Shape.CASES,
    "random": Shape.SHARES,
    "ab_test": Shape.ONE,
    "set_attributes": Shape.ONE,
    "create_event": Shape.ONE,
    "update_segment": Shape.ONE,
    "query_collection": Shape.ONE,
    "batch_update": Shape.ONE,
    "exit": Shape.END,
}

WAYS: Final[Mapping[str, tuple[str, ...]]] = {
    "if": ("then", "else"),
    "wait_until": ("then", "on_timeout"),
    "branches": ("otherwise",),
}
"""The lists of steps beside a word, in the order of branches; those in its options come first."""

NEVER: Final = "never"
"""The `timeout` of a wait that time does not end. It has no way out by time, unless `on_timeout`
is there: whether the remote draws one that nobody takes is open (journeys facts, section 4)."""


def word_of(step: Mapping[str, Any]) -> str:
    """Give the word of a step. Raises KeyError for a step without one."""
    for key in step:
        if key in WORDS:
            return key
    raise KeyError(step.get("id", "step without a word"))


def lists_of(step: Any) -> Lists:
    """Give the lists of steps below a step in the order of its branches, each with the way to it
    from the step. What is no step has none, so that a wrong file can be walked too."""
    if not isinstance(step, dict) or step.keys().isdisjoint(_BRANCHING):
        return []
    ways: list[tuple[Path, Any]] = []
    for word in step:
        if word in _OPTIONAL and isinstance(step[word], list):
            ways += [
                ((word, i, "then"), option.get("then") if isinstance(option, dict) else None)
                for i, option in enumerate(step[word])
            ]
        ways += [((key,), step.get(key)) for key in WAYS.get(word, ()) if not _closed(step, key)]
    return [(way, steps if isinstance(steps, list) else []) for way, steps in ways]


_OPTIONAL: Final = tuple(w for w, s in WORDS.items() if s in (Shape.CASES, Shape.SHARES))
_BRANCHING: Final = frozenset((*WAYS, *_OPTIONAL))


def _closed(step: Mapping[str, Any], way: str) -> bool:
    return way == "on_timeout" and step.get("timeout") == NEVER and way not in step


def variants_of(step: Any) -> list[tuple[Path, Any]]:
    """Give the messages of which a step sends one, each with the way to it from the step. They
    are named like steps, and are not on the way: nothing follows them but what follows all."""
    options = step.get("ab_test") if isinstance(step, dict) else None
    listed = options if isinstance(options, list) else []
    return [(("ab_test", i), option) for i, option in enumerate(listed)]


def bare(step: Step) -> Step:
    """Give a copy of a step without the lists of steps below it. Where such a list decides how
    many ways there are, an empty one stays."""
    if step.keys().isdisjoint(_BRANCHING):
        return dict(step)
    word = word_of(step)
    below = WAYS.get(word, ())
    copy = {key: value for key, value in step.items() if key not in below}
    if word in _OPTIONAL:
        copy[word] = [{k: v for k, v in option.items() if k != "then"} for option in step[word]]
    if step.get("timeout") == NEVER and "on_timeout" in step:
        copy["on_timeout"] = []
    return copy


def empty_lists(step: Step) -> list[list[Step]]:
    """Put an empty list at each place of a bare step that holds steps, and give those lists in
    the order of the branches."""
    lists: list[list[Step]] = []
    for way, _ in lists_of(step):
        below: list[Step] = []
        holder: Any = step
        for part in way[:-1]:
            holder = holder[part]
        holder[way[-1]] = below
        lists.append(below)
    return lists


def walk(steps: Sequence[Any], at: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Give every step with its path, each before those below it and after those above."""
    todo = [((*at, i), step) for i, step in reversed(list(enumerate(steps)))]
    while todo:
        path, step = todo.pop()
        yield path, step
        if not (below_it := lists_of(step)):
            continue
        for way, below in reversed(below_it):
            todo.extend(((*path, *way, i), s) for i, s in reversed(list(enumerate(below))))


def rebuilt(steps: Sequence[Step], change: Callable[[Path, Step], Step]) -> list[Step]:
    """Give the tree with each step replaced by what `change` makes of its path and bare form.
    The order of calls is not said. Every list of steps is there in the outcome, empty or not."""
    tree: list[Step] = []
    todo: list[tuple[Sequence[Step], list[Step], Path]] = [(steps, tree, ())]
    while todo:
        source, target, at = todo.pop()
        for i, step in enumerate(source):
            path = (*at, i)
            new = change(path, bare(step))
            target.append(new)
            if found := lists_of(step):
                for (way, below), made in zip(found, empty_lists(new), strict=True):
                    todo.append((below, made, (*path, *way)))
    return tree


def depth(steps: Sequence[Step]) -> int:
    """Give how deeply lists of steps are nested: 1 for a trunk without branches."""
    deepest, todo = 0, [(steps, 1)]
    while todo:
        below, level = todo.pop()
        deepest = max(deepest, level)
        todo.extend((inner, level + 1) for step in below for _, inner in lists_of(step))
    return deepest


def with_ids(steps: Sequence[Step]) -> list[Step]:
    """Give the tree with an id for each step that has none: its word and a running number, as
    `wait_1`, skipping numbers that the file uses itself."""
    taken = {named["id"] for _, step in walk(steps) for named in _named(step)} | {FINAL}
    counts: dict[str, int] = {}
    chosen: dict[Path, str] = {}
    for path, step in walk(steps):
        chosen[path] = step["id"] if "id" in step else _free(word_of(step), counts, taken)
    return rebuilt(steps, lambda path, step: {"id": chosen[path], **_without_id(step)})


def _named(step: Step) -> list[Step]:
    return [s for s in (step, *(variant for _, variant in variants_of(step))) if "id" in s]


def renamed(steps: Sequence[Step], names: Mapping[str, str]) -> list[Step]:
    """Give the tree with other ids; a step that `names` does not have keeps its own."""

    def called(step: Step) -> Step:
        step = {"id": names.get(step["id"], step["id"]), **_without_id(step)}
        if "ab_test" in step:
            step["ab_test"] = [called(variant) for variant in step["ab_test"]]
        return step

    return rebuilt(steps, lambda _, step: called(step))


def _without_id(step: Step) -> Step:
    return {key: value for key, value in step.items() if key != "id"}


def _free(word: str, counts: dict[str, int], taken: set[str]) -> str:
    while True:
        counts[word] = counts.get(word, 0) + 1
        name = f"{word}_{counts[word]}"
        if name not in taken:
            taken.add(name)
            return name
