"""A finding: what a rule found, where, and how to correct it."""

from __future__ import annotations

from functools import lru_cache

from cioform.core.address import Address
from cioform.core.data.paths import FieldPath
from cioform.core.dataclasses import dataclass
from cioform.core.diagnostic import Severity
from cioform.model.contents import ContentText


@dataclass(frozen=True, slots=True)
class Fix:
    """A correction that does not change what a text means: characters to replace."""

    start: int
    end: int
    replacement: str


@dataclass(frozen=True, slots=True)
class Hit:
    """What a rule found in one text, content or resource."""

    message: str
    """What is wrong and what to do, in full sentences."""
    offset: int | None = None
    """The place in the text, in characters from 0."""
    severity: Severity | None = None
    """The severity, if it is not that of the rule."""
    fix: Fix | None = None
    path: FieldPath = ()
    """The place in the document, if it is not that of the text or the content."""
    text: ContentText | None = None
    """The text that `offset` counts in, for a rule that looks at more than one."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A hit of a rule in a resource."""

    rule: str
    severity: Severity
    message: str
    address: Address
    path: FieldPath
    """The place in the document."""
    text: ContentText | None = None
    """The text that it is in, if it is in one."""
    offset: int | None = None
    fix: Fix | None = None

    @property
    def excerpt(self) -> str:
        """The line of the text that it is in, which tells it apart in a baseline."""
        if self.text is None or self.offset is None:
            return ""
        value, offset = self.text.value, self.offset
        end = value.find("\n", offset)
        line = value[value.rfind("\n", 0, offset) + 1 : end if end >= 0 else len(value)]
        return _in_one_line(line)


@lru_cache(maxsize=16)
def _in_one_line(line: str) -> str:
    """Return a line with single blanks. A line of 100 KB may have thousands of findings."""
    return " ".join(line.split())
