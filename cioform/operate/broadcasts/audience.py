"""The recipients of a broadcast."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from cioform.core.data.json_value import Json
from cioform.core.dataclasses import dataclass
from cioform.core.errors import UsageError
from cioform.operate.identity import reject_single_string

MAX_PER_USER_DATA: Final = 10_000
"""In `per_user_data` (app facts, section 2, Sizes and limits)."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a trigger goes to: at most one of these; none is the audience set in Customer.io."""

    segment: str | None = None
    """An address, or a number."""
    ids: Sequence[str] | None = None
    emails: Sequence[str] | None = None
    per_user_data: Sequence[Mapping[str, Json]] | None = None
    """`{"id": ..., "data": {...}}` or with `email`."""
    data_file_url: str | None = None
    ignore_missing: bool = False
    """Whether unknown people are skipped."""

    def __post_init__(self) -> None:
        reject_single_string(self.ids)
        reject_single_string(self.emails)
        every = (self.segment, self.ids, self.emails, self.per_user_data, self.data_file_url)
        given = [each for each in every if each is not None]
        if len(given) > 1:
            raise UsageError.of(
                "Multiple audiences",
                "A broadcast can be sent to a segment, to IDs, to e-mail addresses or to the "
                "people in a file. Choose one of them.",
            )
        if given and (not given[0] or "" in (self.ids or self.emails or ())):
            raise UsageError.of(
                "Audience is empty",
                "The given audience contains nobody. Customer.io would send the broadcast to its "
                "configured audience instead, so nothing was sent.",
            )
        if len(self.per_user_data or ()) > MAX_PER_USER_DATA:
            raise UsageError.of(
                "Too many people in one trigger",
                f"One trigger accepts data for {MAX_PER_USER_DATA:,} people, and this file has "
                f"{len(self.per_user_data or ()):,}. Split it; one trigger is possible every 10 "
                "seconds.",
            )


CONFIGURED_AUDIENCE: Final = Audience()
"""The audience that is set in Customer.io."""


@dataclass(frozen=True, slots=True)
class AudiencePreview:
    """Whom a trigger would reach, shown before the confirmation."""

    words: str
    people: int | None
    """How many, where that can be known."""
