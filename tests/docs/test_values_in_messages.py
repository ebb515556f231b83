"""Messages show values as files have them, and not as Python does."""

from __future__ import annotations

import ast

import pytest

from cioform.core.text.quoted import quoted
from tests.support.source_code import PACKAGE, parsed

REASONS = {
    "emulator": "The texts are the answers of a service, which shares nothing with cioform.",
    "__init__.py": "Python's own error for a name that a module does not have.",
    "core/dataclasses.py": "It does what Python's dataclasses do, with the same texts.",
    "core/lazy_modules.py": "Only who changes the code can cause it.",
    "core/text/lazy_pattern.py": "It is a `__repr__`.",
    "model/registry.py": "Only who changes the code can cause it.",
    "cli/commands/demo.py": "It is an assertion about the guided tour itself.",
    "language/conditions/encoding": "Validation has refused such conditions before.",
    "language/conditions/operators.py": "Validation has refused such conditions before.",
    "run/recover.py": "Journals are checked before.",
}
"""Where a representation of Python may be in a text, and why."""


def test_no_text_has_a_representation_of_python() -> None:
    found = []
    for file, module in parsed(r"!r|= *\}"):
        path = file.relative_to(PACKAGE).as_posix()
        if any(path == place or path.startswith(f"{place}/") for place in REASONS):
            continue
        found += [
            f"{path}:{node.lineno}"
            for node in ast.walk(module)
            if isinstance(node, ast.FormattedValue) and node.conversion == ord("r")
        ]
    assert found == [], "use cioform.core.text.quoted, or echo for any value"


@pytest.mark.parametrize("place", REASONS)
def test_every_exception_is_needed(place: str) -> None:
    files = [PACKAGE / place] if place.endswith(".py") else (PACKAGE / place).rglob("*.py")
    assert any("!r}" in file.read_text(encoding="utf-8") for file in files)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("main address", '"main address"'),
        ("it's", '"it\'s"'),
        ('a "b"', "'a \"b\"'"),
        ('it\'s "b"', '"it\'s \\"b\\""'),
        ("back\\slash", '"back\\slash"'),
        ("two\nlines", '"two\\nlines"'),
        ("\ud800", '"\\ud800"'),
        ("x" * 61, f'"{"x" * 57}..."'),
        ("", '""'),
    ],
)
def test_a_text_is_shown_in_the_quotes_of_a_file(text: str, shown: str) -> None:
    assert quoted(text) == shown
