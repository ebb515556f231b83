"""The interface of storages for a shared state: read all, and replace unless it moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, TypeAlias

from cioform.core.dataclasses import dataclass, field
from cioform.core.errors import StateError

Files: TypeAlias = Mapping[str, bytes]
"""Contents by path. Folders are separated by `/`."""

FileChanges: TypeAlias = Mapping[str, bytes | None]
"""New contents by path; None removes the file."""

ARCHIVE_FOLDERS = ("journals", "runs")
"""The folders that grow with every run. `read` leaves them out."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All files of a state outside of the archive, and the token of exactly this content."""

    token: str
    files: Files


@dataclass(frozen=True, slots=True)
class SwapNote:
    """What a swap is for, as the history of the storage keeps it."""

    subject: str
    """One line, such as `Apply acme: 2 created`."""
    details: Mapping[str, str] = field(default_factory=dict)
    """Further facts by name. The ID of the run is among them, so that no two notes are equal."""
    who: str = "cioform"


class MovedError(Exception):
    """Somebody else changed the state since the token was read. Nothing was written."""


def ignores_conditions_error(location: str) -> StateError:
    """Return the error for a storage that accepted a write with an old token."""
    return StateError.of(
        "Storage ignores conditions",
        f"{location} accepted a write that had to be refused, because it was based on an older "
        "version. Two runs could overwrite each other's state there. Use a storage that supports "
        "conditional writes.",
    )


class StateBackend(Protocol):
    """A storage with compare-and-swap. Every method raises StateError if it cannot do its job."""

    location: str
    """The state as messages name it."""
    is_atomic: bool
    """Whether it is known that a swap with an old token is refused, whatever the server is."""
    restore_hint: str
    """The sentences that say how to restore an earlier state."""
    lost_hint: str
    """The sentences that say how to restore the state if it was deleted."""

    def read(self) -> Snapshot | None:
        """Return the state, None if there is none."""
        ...

    def list_archive(self, folder: str) -> Sequence[str]:
        """Return the paths in or below one of ARCHIVE_FOLDERS, as of the last read or swap."""
        ...

    def read_archived(self, paths: Sequence[str]) -> Files:
        """Return those archived files that there are, as of the last read or swap."""
        ...

    def swap(self, changes: FileChanges, token: str | None, note: SwapNote) -> str:
        """Change files of the state that `token` identifies, and return the token of the result.

        Without a token the state is created. Raises MovedError if the token is not that of the
        current state, and StateUnreachableError if it is not known whether the change was made.
        """
        ...

    def prove_writable(self) -> str:
        """Try whether the state can be written, and whether a stale write is refused.

        Return what is known now, as messages say it. The state stays as it is, and nothing else
        stays behind. Raises StateNotWritableError or another StateError if that is not so.
        """
        ...
