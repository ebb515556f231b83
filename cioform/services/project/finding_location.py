"""The location of a finding in the files."""

from __future__ import annotations

from cioform.config.read.text_locations import TextLocator
from cioform.core.diagnostic import Location
from cioform.lint.finding import Finding
from cioform.lint.subject import Subject


def finding_location(found: Finding, subject: Subject, locator: TextLocator) -> Location | None:
    """Return where in the files something was found."""
    value = found.text.value if found.text else ""
    return locator.locate(subject.resources[found.address], found.path, value, found.offset)
