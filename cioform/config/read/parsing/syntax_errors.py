"""Explain errors of YAML syntax: what is wrong in the line, and how to write it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from yaml.error import Mark, MarkedYAMLError, YAMLError

from cioform.core.diagnostic import Diagnostic, Location
from cioform.core.text.lazy_pattern import lazy_pattern

_EXPLANATIONS: Final[Mapping[str, str]] = {
    r"mapping values are not allowed": (
        "This line has a `: ` where YAML expects a value. Put a value that contains a colon in "
        'quotes, as in `subject: "Welcome: start here"`, or correct the indentation.'
    ),
    r"end of stream.*quoted scalar": (
        "The text in quotes that begins in line {start} is not closed. Add the missing quote."
    ),
    r"could not find expected ':'": (
        "Line {start} is neither a field nor part of a value. A field needs a colon, as in "
        "`name: Welcome`; a value of several lines must be indented further than its field."
    ),
    r"cannot start any token": (
        "A value that starts with `@`, `%` or a backtick must be in quotes."
    ),
    r"escape": (
        "In double quotes a backslash starts an escape sequence, and this one does not exist. "
        "Use single quotes, or write `\\\\` for a backslash."
    ),
    r"(alias|anchor)": (
        "A value that starts with `*` or `&` must be in quotes; in YAML they mark an alias and an "
        "anchor."
    ),
    r"sequence entries are not allowed": (
        "A list begins on the line below its field, with each entry on a line of its own: `- a`."
    ),
    r"(flow sequence|expected ',' or '\]')": (
        "The list in `[ ]` that begins in line {start} is not closed, or lacks a comma between two "
        "entries."
    ),
    r"(flow mapping|expected ',' or '\}')": (
        "The mapping in `{{ }}` that begins in line {start} is not closed, or lacks a comma "
        "between two fields. Put text that contains braces in quotes."
    ),
    r"(expected key|block mapping|block sequence|block collection|'-' indicator|block end)": (
        "This line does not fit the mapping or list above it. Either its indentation differs "
        "(fields of one mapping start in the same column), or text follows a closing quote or "
        "bracket."
    ),
}
"""A pattern for the parser's own description (libyaml's and PyYAML's differ), and ours of it."""

_FALLBACK: Final = (
    "This is not valid YAML. Check this line and the one above it for a missing colon, a missing "
    "quote or wrong indentation."
)


_CONFLICT_MARKER: Final = lazy_pattern(r"^(?:<{7}|>{7})(?:[ \t].*)?\r?$", re.MULTILINE)


def may_be_unmerged(text: str) -> bool:
    """Return whether a text may have a marker that a merge left. It is fast."""
    return "<<<<<<<" in text or ">>>>>>>" in text


def conflict_problem(text: str, file: str) -> Diagnostic | None:
    """Return the problem of the first marker that a merge left in a file, None without one."""
    if not may_be_unmerged(text):
        return None
    found = _CONFLICT_MARKER.search(text)
    if found is None:
        return None
    return Diagnostic(
        "Conflict marker",
        f"The line `{found[0].rstrip()}` is left from a merge. Keep the correct side, and "
        "remove the lines that begin with `<<<<<<<`, `=======` and `>>>>>>>`.",
        location=Location(file, text.count("\n", 0, found.start()) + 1),
    )


def syntax_problem(error: YAMLError, text: str, file: str) -> Diagnostic:
    """Return the problem of the first error of syntax in `text`."""
    if (conflict := conflict_problem(text, file)) is not None:
        return conflict
    if not isinstance(error, MarkedYAMLError) or error.problem_mark is None:
        return _character_problem(text, file)
    mark = error.problem_mark
    lines = text.split("\n")
    line = lines[mark.line] if mark.line < len(lines) else ""
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return Diagnostic(
            "Tab in the indentation",
            "YAML must be indented with spaces, and this line has a tab. Replace each tab with two "
            "spaces.",
            location=location_of(file, mark),
        )
    return Diagnostic("Invalid YAML", _explain(error), location=location_of(file, mark))


def location_of(file: str, mark: Mark) -> Location:
    """Return the place in a file that the parser's mark, which counts from 0, stands for."""
    return Location(file, mark.line + 1, mark.column + 1)


def _explain(error: MarkedYAMLError) -> str:
    problem = " ".join(filter(None, (error.problem, error.context)))
    start = error.context_mark or error.problem_mark
    assert start is not None
    for pattern, explanation in _EXPLANATIONS.items():
        if re.search(pattern, problem):
            return explanation.format(start=start.line + 1)
    return _FALLBACK


def _character_problem(text: str, file: str) -> Diagnostic:
    bad = next((at for at, char in enumerate(text) if not _is_printable(char)), None)
    if bad is None:
        return Diagnostic("Invalid YAML", _FALLBACK, location=Location(file))
    line = text.count("\n", 0, bad) + 1
    column = bad - text.rfind("\n", 0, bad)
    return Diagnostic(
        "Control character",
        f"The character U+{ord(text[bad]):04X} is not allowed in YAML. Remove it; such characters "
        "often come with text that was copied from another program.",
        location=Location(file, line, column),
    )


def _is_printable(char: str) -> bool:
    code = ord(char)
    return (
        code in (0x09, 0x0A, 0x0D, 0x85)
        or 0x20 <= code <= 0x7E
        or (code >= 0xA0 and code not in (0xFFFE, 0xFFFF) and not 0xD800 <= code <= 0xDFFF)
    )
