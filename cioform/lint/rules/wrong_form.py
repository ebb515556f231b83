"""Tag written as a variable, or a variable as a tag."""

from __future__ import annotations

from typing import Final

from cioform.lint.rule import SyntaxRule


class WrongForm(SyntaxRule):
    """Customer.io's links are tags, and its snippets are variables.

    `{{ unsubscribe_url }}` gives an empty link or fails the delivery; `{% snippet %}` does not
    exist.

    """

    id = "LQ004"
    name = "Tag written as a variable, or a variable as a tag"
    bad = "{{ unsubscribe_url }}"
    good = "{% unsubscribe_url %}"


RULE: Final = WrongForm()
