"""Path that Customer.io does not have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.core.diagnostic import Severity
from cioform.language.liquid.parsed import ParsedText, Segments
from cioform.language.liquid.show import show_path
from cioform.lint.finding import Hit
from cioform.lint.rule import Group, LiquidRule
from cioform.lint.subject import Subject
from cioform.model.contents import Content


class PathShape(LiquidRule):
    """The data of an event is directly in `event`, and objects are a list.

    Another path is always empty.
    """

    id = "DT106"
    name = "Path that Customer.io does not have"
    group = Group.DATA
    severity = Severity.ERROR
    bad = "{{ event.data.plan }}"
    good = "{{ event.plan | default: 'free' }}"

    def check_liquid(
        self, parsed: ParsedText, _content: Content, _subject: Subject
    ) -> Iterator[Hit]:
        """Yield the paths that are always empty."""
        for use in parsed.uses:
            if (better := _corrected(use.path)) is not None:
                yield Hit(f"`{show_path(use.path)}` is always empty. Write `{better}`.", use.offset)


def _corrected(path: Segments) -> str | None:
    """Return what was meant by a path, or None if its form is right."""
    if path[:2] == ("event", "data") and len(path) > 2:
        return show_path(("event", *path[2:]))
    if path[0] == "object":
        return "objects.NAME[0]" + show_path(("", *path[2:]))
    if path[0] == "trigger" and path[1:2] == ("relationship_attributes",):
        return show_path(("trigger", "relationship", *path[2:]))
    return None


RULE: Final = PathShape()
