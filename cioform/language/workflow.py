"""A workflow: a tree of steps that compiles to a graph and comes back from it.

Pure, and about structure only: what a step says inside its word is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any, Final

from cioform.base.address import is_name
from cioform.language.workflow_compile import compile_steps, without
from cioform.language.workflow_decompile import decompile, main_exit
from cioform.language.workflow_graph import Edge, Graph, Node, graph_problems
from cioform.language.workflow_words import (
    FINAL,
    MESSAGES,
    WORDS,
    Shape,
    Step,
    bare,
    depth,
    empty_lists,
    lists_of,
    rebuilt,
    renamed,
    walk,
    with_ids,
    word_of,
)
from cioform.model.resource import Path

__all__ = [
    "FINAL",
    "MESSAGES",
    "WORDS",
    "Edge",
    "Graph",
    "Node",
    "Shape",
    "Step",
    "bare",
    "compile_steps",
    "decompile",
    "depth",
    "empty_lists",
    "graph_problems",
    "lists_of",
    "main_exit",
    "problems",
    "rebuilt",
    "renamed",
    "walk",
    "with_ids",
    "without",
    "word_of",
]

MAX_DEPTH: Final = 60
"""Deeper than anybody can read, and shallow enough for every tool that reads the files."""


def problems(steps: Any, words: Iterable[str] = tuple(WORDS)) -> list[tuple[Path, str]]:
    """Give what is wrong with a tree as a file has it, each with its path and the way out:
    words first, then ids, then the ways through it. `words` are those on offer."""
    if not isinstance(steps, list):
        return [((), "A workflow is a list of steps, each beginning with `-`.")]
    offered = tuple(words)
    found = [
        problem for path, step in walk(steps) for problem in _step_problems(path, step, offered)
    ]
    if not found and depth(steps) > MAX_DEPTH:
        found.append(
            ((), f"Branches are nested more than {MAX_DEPTH} deep. Use several campaigns.")
        )
    return found or _id_problems(steps) or _flow_problems(with_ids(steps))


def _step_problems(path: Path, step: Any, offered: Sequence[str]) -> Iterable[tuple[Path, str]]:
    if not isinstance(step, dict):
        yield path, "A step is a mapping such as `wait: 2d`."
        return
    words = [key for key in step if key in WORDS]
    unknown = next((k for k in step if k not in (*WORDS, "id", "name", "then", "else")), None)
    if len(words) > 1:
        yield path, f"A step does one thing; this one says {_either(words)}. Make two steps."
    elif words and words[0] not in offered:
        yield (
            (*path, words[0]),
            (
                f"`{words[0]}` cannot be a step of this workflow yet; use {_either(offered)}, "
                "or write the workflow as `graph:`."
            ),
        )
    elif words:
        yield from _list_problems(path, step, words[0])
    elif unknown is not None:
        near = get_close_matches(str(unknown), offered, 1)
        hint = f"did you mean `{near[0]}`?" if near else f"use {_either(offered)}."
        yield (*path, str(unknown)), f"`{unknown}` is not a step; {hint}"
    else:
        yield path, f"The step does not say what it does; use {_either(offered)}."


def _list_problems(path: Path, step: Step, word: str) -> Iterable[tuple[Path, str]]:
    shape = WORDS[word]
    if shape in (Shape.CASES, Shape.SHARES):
        options = step[word]
        if not isinstance(options, list) or not options:
            yield (*path, word), f"`{word}` is a list of branches, each with its steps in `then`."
            return
        for i, option in enumerate(options):
            if not isinstance(option, dict):
                yield (*path, word, i), "A branch is a mapping with its steps in `then`."
            elif not isinstance(option.get("then", []), list):
                yield (*path, word, i, "then"), "`then` is a list of steps."
    allowed = {Shape.EITHER: ("then", "else"), Shape.CASES: ("else",)}.get(shape, ())
    for key in ("then", "else"):
        if key in step and key not in allowed:
            yield (*path, key), f"A step with `{word}` has no `{key}`."
        elif not isinstance(step.get(key, []), list):
            yield (*path, key), f"`{key}` is a list of steps."


def _either(words: Sequence[str]) -> str:
    quoted = [f"`{word}`" for word in words]
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + " or " + quoted[-1]


def _id_problems(steps: list[Step]) -> list[tuple[Path, str]]:
    found: list[tuple[Path, str]] = []
    seen: set[str] = set()
    for path, step in walk(steps):
        if "id" not in step:
            continue
        name = step["id"]
        at = (*path, "id")
        if not isinstance(name, str) or not is_name(name):
            found.append((at, f"{name!r} cannot be an id; use lower case, digits, `_` and `-`."))
        elif name == FINAL:
            found.append((at, "The id `exit` is kept for the end of the workflow."))
        elif name in seen:
            found.append((at, f"Two steps are called `{name}`. Give one of them another id."))
        else:
            seen.add(name)
    return found


def _flow_problems(steps: list[Step]) -> list[tuple[Path, str]]:
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
    found: list[tuple[Path, str]] = [
        (
            (*at, place + 1),
            (
                "Nobody reaches this step, because every way before it ends in an exit. "
                "Take it out, or take out an exit."
            ),
        )
        for at, place in ends.items()
        if lengths[at] > place + 1
    ]
    return sorted(found, key=lambda problem: [str(part) for part in problem[0]]) or _shared(
        steps, order
    )


def _shared(steps: list[Step], order: Sequence[tuple[Path, Step]]) -> list[tuple[Path, str]]:
    reached = compile_steps(steps).incoming()
    return [
        (
            path,
            (
                "Several branches meet at this exit, and the remote wants an exit inside a "
                "branch to have one way in. End each of those branches with an exit of its own."
            ),
        )
        for path, step in order
        if word_of(step) == "exit" and reached[step["id"]] > 1 and len(path) > 1
    ]
