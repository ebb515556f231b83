"""Which blanks around HTML are not compared."""

from __future__ import annotations

import pytest

from cioform.core.data.json_value import Attributes
from cioform.kinds.layout import KIND as LAYOUT
from cioform.language.messages.template.template_values import normalize_html
from cioform.plan.compare import diff


@pytest.mark.parametrize(
    "text", ["<p>a</p>\n", "\ufeff<p>a</p>", "<p>a</p> \r\n\n", "<p>a</p>\ufeff\n"]
)
def test_blanks_at_the_end_mean_nothing(text: str) -> None:
    assert normalize_html(text) == "<p>a</p>"


def test_blank_lines_at_the_beginning_are_compared() -> None:
    live: Attributes = {"name": "Main", "body": "\n\n{{ content }}\n"}
    own: Attributes = {"name": "Main", "body": "{{ content }}"}
    (change,) = diff.compare(LAYOUT, None, own, live)
    assert change.path == ("body",)
