"""A finding with its place in the files, as reports show it."""

from __future__ import annotations

from cioform.core.dataclasses import dataclass
from cioform.core.diagnostic import Diagnostic, Location
from cioform.lint.finding import Finding
from cioform.lint.rule import Rule


@dataclass(frozen=True, slots=True)
class PlacedFinding:
    """A finding with its place in the files."""

    finding: Finding
    rule: Rule
    location: Location | None
    path: str = ""
    """The place in the document as people write it: `welcome.email.body`."""

    @property
    def diagnostic(self) -> Diagnostic:
        """The finding as every command shows it."""
        found = self.finding
        return Diagnostic(
            f"{self.rule.name} ({self.rule.id})",
            found.message,
            found.address,
            self.location,
            found.severity,
        )
