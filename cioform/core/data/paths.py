r"""Paths to values inside a document, and the one grammar in which people read and write them.

    description                      a field
    trigger.where                    a field inside a field
    remind.push.sending              a field of the step `remind`
    remind.only_if.any[1]            an entry of a list, counted from 0
    welcome.email.headers."X-Ab.c"   a name that is not plain, in double quotes
    *.push.link                      any name in the place of `*`, where a pattern is allowed

A plain name consists of anything but `. [ ] " *`, white space and unprintable characters. Any
other name stands in double quotes, with the escapes of JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Final, TypeAlias

from cioform.core.text.lazy_pattern import lazy_pattern

FieldPath: TypeAlias = tuple[str | int, ...]
"""The path to a value inside a document: field names and list positions."""

WILDCARD: Final = "*"
"""Any one name, in a pattern."""

_PLAIN_NAME: Final = lazy_pattern(r'[^.\[\]"*\s]+')
_STEP: Final = lazy_pattern(
    r"""
      (?P<dot> \. | ^ ) (?: (?P<wildcard> \* )
                          | (?P<plain> [^.\[\]"*\s]+ )
                          | (?P<quoted> " (?: [^"\\] | \\. )* " ) )
    | \[ (?P<position> 0 | [1-9][0-9]{0,8} ) \]
    """,
    re.VERBOSE,
)


class PathError(ValueError):
    """A text that is no path. Its message says what is wrong, as the end of a sentence."""


def format_path(path: Iterable[str | int]) -> str:
    """Return a path as people write it: `remind.push.sending`, `trigger.all[2]`.

    The text has no unprintable characters, and `parse_path` returns the path again.
    """
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{_format_name(step)}" if text else _format_name(step)
    return text


def format_pattern(path: Iterable[str | int]) -> str:
    """Return a pattern as people write it: as a path, with `*` for any one name."""
    return re.sub(r'"\*"', WILDCARD, format_path(path))


def parse_path(text: str) -> FieldPath:
    """Return the path that a text stands for. Raises PathError."""
    path = parse_pattern(text)
    if WILDCARD in path and WILDCARD in re.sub(r'"(?:[^"\\]|\\.)*"', "", text):
        raise PathError("has a `*`, but a path must name one value")
    return path


def parse_pattern(text: str) -> FieldPath:
    """Return the path with WILDCARD for any one name that a text stands for. Raises PathError."""
    steps: list[str | int] = []
    at = 0
    while at < len(text) or not steps:
        found = _STEP.match(text, at)
        if found is None or found["dot"] == ("." if at == 0 else ""):
            raise PathError(_explain(text, at))
        steps.append(_step(found))
        at = found.end()
    return tuple(steps)


def _format_name(name: str) -> str:
    if _PLAIN_NAME.fullmatch(name) and name.isprintable():
        return name
    return json.dumps(name, ensure_ascii=not name.isprintable())


def _step(found: re.Match[str]) -> str | int:
    if found["position"] is not None:
        return int(found["position"])
    if found["quoted"] is not None:
        try:
            return str(json.loads(found["quoted"]))
        except ValueError:
            raise PathError(f"has an escape that JSON does not know in {found['quoted']}") from None
    return found["plain"] or WILDCARD


def _explain(text: str, at: int) -> str:
    if not text:
        return "is empty"
    rest = text[at:]
    if rest.startswith(".") and at == 0:
        return "begins with a dot"
    if rest.startswith("["):
        return "needs a position in `[ ]`, such as `any[1]`; write a name after a dot"
    if rest in (".", "") or rest.startswith(".."):
        return "lacks a name after a dot"
    return 'has a character that must stand in double quotes, as in `email.headers."X-Ab.c"`'


def overlap(one: FieldPath, other: FieldPath) -> bool:
    """Return whether one of two paths is the other one, or inside of it."""
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]
