"""What a tree of steps may not be, each problem with the way out and an example of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import Any, Final

from cioform.core.address import is_name
from cioform.language.workflow.compile import compile_steps
from cioform.language.workflow.steps import (
    FINAL,
    MESSAGES,
    NEVER,
    WAYS,
    WORDS,
    Shape,
    Step,
    depth,
    lists_of,
    variants_of,
    walk,
    with_ids,
    word_of,
)
from cioform.model.resource import Path

Problem = tuple[Path, str]

MAX_DEPTH: Final = 60
"""Deeper than anybody can read, and shallow enough for every tool that reads the files."""

_LISTS: Final = tuple(dict.fromkeys(key for keys in WAYS.values() for key in keys))
_BESIDE: Final = ("id", "name", *_LISTS)


def problems(steps: Any, words: Iterable[str] = tuple(WORDS)) -> list[Problem]:
    """Give what is wrong with a tree as a file has it, each with its path and the way out: words
    and ids, and when those are right the ways through it. `words` are those on offer."""
    if not isinstance(steps, list):
        return [((), "A workflow is a list of steps, each beginning with `-`:\n\n    - wait: 2d")]
    offered = tuple(words)
    every = list(walk(steps))
    found = [p for path, step in every for p in _step_problems(path, step, offered)]
    found += _id_problems(every)
    if not found and depth(steps) > MAX_DEPTH:
        text = (
            f"Branches are nested more than {MAX_DEPTH} deep. Use several campaigns, the first of "
            "which starts the next:\n\n    - create_event: next_part"
        )
        return [((), text)]
    return found or _flow_problems(with_ids(steps))


def _step_problems(path: Path, step: Any, offered: Sequence[str]) -> Iterator[Problem]:
    if not isinstance(step, dict):
        yield path, "A step is a mapping such as `wait: 2d`."
        return
    words = [key for key in step if key in WORDS]
    unknown = next((key for key in step if key not in (*WORDS, *_BESIDE)), None)
    if len(words) > 1:
        yield path, f"A step does one thing; this one says {_either(words)}. Make two steps."
    elif words and words[0] not in offered:
        text = f"`{words[0]}` cannot be a step of this workflow; use {_either(offered)}, "
        yield (*path, words[0]), text + "or write the workflow as `graph:`."
    elif words:
        yield from _list_problems(path, step, words[0])
    elif unknown is not None:
        near = get_close_matches(str(unknown), offered, 1)
        hint = f"did you mean `{near[0]}`?" if near else f"use {_either(offered)}."
        yield (*path, str(unknown)), f"`{unknown}` is not a step; {hint}"
    else:
        yield path, f"The step does not say what it does; use {_either(offered)}."


def _list_problems(path: Path, step: Step, word: str) -> Iterator[Problem]:
    if WORDS[word] in (Shape.CASES, Shape.SHARES):
        yield from _option_problems(path, step[word], word)
    elif word == "ab_test":
        yield from _variant_problems(path, step[word])
    allowed = WAYS.get(word, ())
    for key in _LISTS:
        if key not in step:
            continue
        if key not in allowed:
            meant = f"; its other way is `{allowed[-1]}`" if allowed else ""
            yield (*path, key), f"A step with `{word}` has no `{key}`{meant}."
        elif not isinstance(step[key], list):
            yield (*path, key), f"`{key}` is a list of steps:\n\n    {key}:\n      - wait: 2d"
        elif step[key] and key == "on_timeout" and step.get("timeout") == NEVER:
            text = (
                "Nobody ever takes these steps, because the wait has `timeout: never`. "
                "Say how long it lasts, or take `on_timeout` out:\n\n    timeout: 3d"
            )
            yield (*path, key), text


def _option_problems(path: Path, options: Any, word: str) -> Iterator[Problem]:
    if not isinstance(options, list) or not options:
        yield (*path, word), f"`{word}` is a list of branches, each with its steps in `then`."
        return
    for i, option in enumerate(options):
        if not isinstance(option, dict):
            yield (*path, word, i), "A branch is a mapping with its steps in `then`."
        elif not isinstance(option.get("then", []), list):
            yield (*path, word, i, "then"), "`then` is a list of steps."


def _variant_problems(path: Path, options: Any) -> Iterator[Problem]:
    if not isinstance(options, list) or len(options) < 2:
        text = "`ab_test` is a list of at least two messages:\n\n    - {id: short, percent: 50, "
        yield (*path, "ab_test"), text + "email: {...}}"
        return
    for i, option in enumerate(options):
        at = (*path, "ab_test", i)
        words = [key for key in option if key in MESSAGES] if isinstance(option, dict) else []
        if len(words) != 1:
            text = f"A variant is a mapping with its message: {_either(MESSAGES)}."
            yield at, text
        elif "id" not in option:
            yield at, "A variant needs an `id`, by which it is known later:\n\n    id: short"


def _either(words: Sequence[str]) -> str:
    quoted = [f"`{word}`" for word in words]
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + " or " + quoted[-1]


def _id_problems(every: Iterable[tuple[Path, Any]]) -> list[Problem]:
    found: list[Problem] = []
    seen: set[str] = set()
    for at, name in _ids(every):
        if not isinstance(name, str) or not is_name(name):
            found.append((at, f"{name!r} cannot be an id; use lower case, digits, `_` and `-`."))
        elif name == FINAL:
            found.append((at, "The id `exit` is kept for the end of the workflow."))
        elif name in seen:
            text = f"Two steps are called `{name}`. Give one of them another id:\n\n    "
            found.append((at, text + f"id: {name}_2"))
        else:
            seen.add(name)
    return found


def _ids(every: Iterable[tuple[Path, Any]]) -> Iterator[tuple[Path, Any]]:
    for path, step in every:
        for way, named in [((), step), *variants_of(step)]:
            if isinstance(named, dict) and "id" in named:
                yield (*path, *way, "id"), named["id"]


def _flow_problems(steps: list[Step]) -> list[Problem]:
    """Find steps that nobody reaches, and exits that several branches share."""
    order = list(walk(steps))
    ends: dict[Path, int] = {}
    lengths: dict[Path, int] = {}
    for path, step in reversed(order):
        at, place = path[:-1], int(path[-1])
        lengths[at] = max(lengths.get(at, 0), place + 1)
        below = [(*path, *way) for way, _ in lists_of(step)]
        if word_of(step) == "exit" or (below and all(inner in ends for inner in below)):
            ends[at] = place
    text = (
        "Nobody reaches this step, because every way before it ends in an exit. "
        "Take it out, or take out an exit."
    )
    found: list[Problem] = [
        ((*at, place + 1), text) for at, place in ends.items() if lengths[at] > place + 1
    ]
    return sorted(found, key=lambda problem: [str(part) for part in problem[0]]) or _shared(
        steps, order
    )


def _shared(steps: list[Step], order: Sequence[tuple[Path, Step]]) -> list[Problem]:
    reached = compile_steps(steps).incoming()
    text = (
        "Several branches meet at this exit, and the remote wants an exit inside a branch to have "
        "one way in. End each of those branches with an exit of its own:\n\n    - exit: {}"
    )
    return [
        (path, text)
        for path, step in order
        if word_of(step) == "exit" and reached[step["id"]] > 1 and len(path) > 1
    ]
