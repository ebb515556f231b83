"""The outcomes of changes that a run left open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum

from cioform.core.address import Address
from cioform.core.data.json_value import Json
from cioform.core.dataclasses import dataclass, field


class Resolution(StrEnum):
    """How an open change turned out to have ended. The values appear in JSON output."""

    DONE = "done"
    NOT_DONE = "not done"
    DONE_IN_PART = "done in part"
    """An object was made or changed, and is not, or is not known to be, as it was wanted."""
    IN_DOUBT = "in doubt"
    """It cannot be found out: the object was deleted since, or it was changed and what was wanted
    is not recorded."""


@dataclass(frozen=True, slots=True)
class ResolvedChange:
    """One open change, and how it ended."""

    result: Resolution
    remote_id: str | None = None
    """The ID of the object, None if there is none."""

    def as_record(self) -> Json:
        """Return the fields of a record."""
        return {"result": self.result.value, "remote_id": self.remote_id}


@dataclass(frozen=True, slots=True)
class RunResolution:
    """How all the changes that a run left open ended."""

    run_id: str
    changes: Mapping[Address, ResolvedChange] = field(default_factory=dict)
    by: str = ""
    """Who found it out."""
    run: str = ""
    """The ID of the run that found it out; empty if the command makes none."""

    def as_record(self) -> dict[str, Json]:
        """Return the fields of the record that ends the journal of the run."""
        results = {str(address): change.as_record() for address, change in self.changes.items()}
        return {"settled": True, "by": self.by, "run": self.run, "results": results}

    @property
    def counts(self) -> Mapping[str, int]:
        """How many changes ended in which way, as summaries name it."""
        return Counter(
            each.result.value if each.result is Resolution.IN_DOUBT else f"settled as {each.result}"
            for each in self.changes.values()
        )
