"""`countdown` that cannot be drawn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.core.diagnostic import Severity
from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.core.text.word_lists import join_names
from cioform.language.liquid.parsed import ParsedText
from cioform.lint.finding import Hit
from cioform.lint.rule import Group, LiquidRule
from cioform.lint.subject import Subject
from cioform.model.contents import Content

_REQUIRED: Final = ("point", "time", "fg", "bg")
_FRAMES: Final = lazy_pattern(r"frames:\s*(\d{1,9})")
_MAX_FRAMES: Final = 60


class CountdownArguments(LiquidRule):
    """`time` of a countdown cannot contain variables, and a countdown has at most 60 frames."""

    id = "DT117"
    name = "`countdown` that cannot be drawn"
    group = Group.DATA
    severity = Severity.ERROR
    bad = '{% countdown point:64 time:"{{ event.end }}" fg:000000 bg:ffffff %}'
    good = '{% countdown point:64 time:"2027-07-04 12:00:00 (GMT)" fg:000000 bg:ffffff %}'

    def check_liquid(
        self, parsed: ParsedText, _content: Content, _subject: Subject
    ) -> Iterator[Hit]:
        """Yield the countdowns with wrong arguments."""
        for tag in parsed.tags:
            if tag.name != "countdown":
                continue
            missing = [name for name in _REQUIRED if f"{name}:" not in tag.arguments]
            frames = _FRAMES.search(tag.arguments)
            if "{{" in tag.arguments:
                yield Hit("`countdown` takes no variables. Write the time itself.", tag.offset)
            elif missing:
                shown = join_names(missing)
                yield Hit(f"`countdown` needs {shown}. Add what is missing.", tag.offset)
            elif frames is not None and int(frames[1]) > _MAX_FRAMES:
                yield Hit(f"`countdown` has at most {_MAX_FRAMES} frames.", tag.offset)


RULE: Final = CountdownArguments()
