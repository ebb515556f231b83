"""A variable without a value is reported once in a text, in linear time."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import pytest

from cioform.config.load import Configuration
from cioform.config.read.layering.variables import (
    substitute,
    unresolved_variables,
    variables_lookup,
)
from cioform.config.read.named_files import names_as_texts
from cioform.config.write.yaml.comments import comment_lines
from cioform.core.errors import ConfigError

Load = Callable[[Mapping[str, str | bytes]], Configuration]
LOOKUP = variables_lookup({})


@pytest.mark.parametrize(
    ("files", "place"),
    [
        ({"notes/a.yaml": "name: a\ntext: ${var.zz} and ${var.zz}, ${var.zz}\n"}, "a.yaml:2"),
        ({"notes/a.yaml": "name: a\ntext: |\n" + "  ${var.zz}\n" * 3}, "a.yaml:2"),
        (
            {
                "notes/a.yaml": "name: a\ntext: {file: a.html}\n",
                "notes/a.html": "<p>\n${var.zz}\n$${var.zz}\n${var.zz}\n${var.zz}\n",
            },
            "a.html:2",
        ),
    ],
    ids=["line", "block", "body file"],
)
def test_a_repeated_variable_is_reported_once_at_its_first_place(
    load: Load, files: Mapping[str, str | bytes], place: str
) -> None:
    with pytest.raises(ConfigError) as raised:
        load(files)
    [problem] = raised.value.diagnostics
    assert (problem.summary, str(problem.location).endswith(place)) == ("Variable not set", True)
    assert problem.detail.endswith("The same text uses it 2 more times.")


def test_each_variable_is_reported() -> None:
    text = "${var.a}\n${env.B}\n${var.c} $${var.d} ${var.a}\n"
    found = [(each.line, each.uses) for each in unresolved_variables(text, LOOKUP)]
    assert found == [(1, 2), (2, 1), (3, 1)]


PIECES: Mapping[str, Callable[[int], object]] = {
    "one name": lambda n: unresolved_variables("${var.zz}\n" * n, LOOKUP),
    "environment": lambda n: unresolved_variables("${env.X}" * n, LOOKUP),
    "dollars": lambda n: substitute("$" * 8 * n + "${x", LOOKUP),
    "names of files": lambda n: list(names_as_texts("body: a.html\n" * n, "x/a.yaml", "a.yaml")),
    "comments": lambda n: list(comment_lines("a: [" + "1,\n  " * (n // 8) + "2]\n")),
}


@pytest.mark.parametrize("piece", PIECES)
def test_the_time_is_linear_in_the_text(piece: str) -> None:
    """A quadratic search takes 16 times as long for 4 times the text."""

    def seconds(size: int) -> float:
        start = time.process_time()
        PIECES[piece](size)
        return time.process_time() - start

    small, large = (min(seconds(size) for _ in range(3)) for size in (5_000, 20_000))
    assert large < 8 * small + 0.05
