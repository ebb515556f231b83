"""The origin of a run, and the summary that remains of it when it has ended."""

from collections.abc import Mapping
from typing import Annotated, Final, Self
from uuid import uuid4

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from cioform.core.errors import StateError
from cioform.core.time.timestamps import format_sortable, parse_timestamp
from cioform.state.journal.resolution import Resolution, RunResolution

_FORMAT: Final = 1


def _checked_time(text: str) -> str:
    try:
        parse_timestamp(text)
    except OverflowError:
        raise ValueError from None
    return text


RecordedTime = Annotated[str, AfterValidator(_checked_time)]
"""A time as ISO 8601 text."""


class RunInfo(BaseModel):
    """One command that changes the state: which, whose, from where and for what."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    id: str
    command: str
    """As on the command line: `apply`, `state mv`."""
    who: str = "somebody"
    url: str | None = None
    """The page of the CI job."""
    commit: str | None = None
    """The commit of the files, None outside of Git."""
    base: str | None = None
    """In a pull request, the commit of the target branch: the commit itself may never be merged."""
    digest: str | None = None
    """The digest of the content of the plan."""
    rolls_back: str | None = None
    """The ID of the run that it undoes."""
    approved: tuple[str, ...] = ()
    """The IDs of the policies that its starter approved exceptions from."""
    window_override: str = ""
    """Why it was started outside of the apply window; empty if it was not."""

    @property
    def details(self) -> dict[str, str]:
        """What is known, by the names that histories show."""
        named = {
            "Run": self.id,
            "Command": self.command,
            "Run-URL": self.url,
            "Commit": self.commit,
            "Base": self.base,
            "Digest": self.digest,
            "Rolls-back": self.rolls_back,
            "Approved": ", ".join(self.approved),
            "Window-override": self.window_override,
        }
        return {name: value for name, value in named.items() if value}


UNNAMED_RUN: Final = RunInfo.model_construct(id="unnamed", command="cioform")


class RunSummary(BaseModel):
    """What a run did, as it is kept when its journal is pruned."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    format: int = _FORMAT
    run: RunInfo
    began_at: RecordedTime
    ended_at: RecordedTime
    complete: bool
    counts: Mapping[str, int]
    """How many changes of each action were made, and how many `failed`, `stale` and so on."""

    def resolved(self, resolution: RunResolution) -> Self:
        """Return the summary with how the changes ended that were in doubt."""
        known = {name: n for name, n in self.counts.items() if name != Resolution.IN_DOUBT}
        return self.model_copy(update={"counts": {**known, **resolution.counts}})

    @property
    def title(self) -> str:
        """The counts in words: `2 created, 1 failed`."""
        return ", ".join(f"{n} {name}" for name, n in self.counts.items() if n) or "no changes"


def encode_file(record: BaseModel) -> bytes:
    """Return the content of the file that keeps a summary or another record of a run."""
    return (record.model_dump_json(indent=1, exclude_none=True) + "\n").encode()


def decode_summary(content: bytes, location: str) -> RunSummary:
    """Return the summary in a file. Raises StateError if it is not one."""
    try:
        return RunSummary.model_validate_json(content)
    except ValidationError:
        raise StateError.of(
            "Run summary corrupt", f"{location} is not the summary of a run. Restore or delete it."
        ) from None


def new_run_id(now: float) -> str:
    """Return the ID of a run that begins now (Unix seconds). It begins with that time."""
    return f"{format_sortable(now)}-{uuid4().hex[:6]}"


def is_older(run_id: str, before: float) -> bool:
    """Return whether a run began before a time (Unix seconds)."""
    return run_id < format_sortable(before)
