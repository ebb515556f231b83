"""The lock of a shared state: a file of the state, so that breaking it moves the state."""

from pydantic import BaseModel, ConfigDict, ValidationError

from cioform.core.errors import StateError, StateLockedError, UsageError
from cioform.state.runs import RunInfo
from cioform.state.shared.backend import Files
from cioform.state.shared.layout import LOCK_FILE


class LockInfo(BaseModel):
    """Which run holds the lock, and since when (ISO 8601, UTC)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    run: RunInfo
    since: str

    @property
    def holder(self) -> str:
        """The holder in words."""
        url = f", {self.run.url}" if self.run.url else ""
        return f"`{self.run.command}` of {self.run.who} (run {self.run.id}{url}) since {self.since}"


def read_lock(files: Files, location: str) -> LockInfo | None:
    """Return the lock of a state, None if nobody holds it. Raises StateError if it is corrupt."""
    content = files.get(LOCK_FILE)
    if content is None:
        return None
    try:
        return LockInfo.model_validate_json(content)
    except ValidationError:
        raise StateError.of(
            "Lock corrupt",
            f"`{LOCK_FILE}` in {location} does not say which run holds the lock. Somebody edited "
            "it. Make sure that nobody applies, then remove that file from the state.",
        ) from None


def lock_held_error(lock: LockInfo, location: str, workspace: str) -> StateLockedError:
    """Return the error for a lock that somebody else holds."""
    return StateLockedError.of(
        "State is locked",
        f"{location} is locked by {lock.holder}. Nothing was changed. Run the command again when "
        "that run has ended, or let it wait with `--lock-timeout 10m`. If that run was killed and "
        "will never end, release its lock. The next command then finds out what it did:\n\n"
        f"    cioform state unlock {workspace} --id {lock.run.id}",
    )


def lock_broken_error(lock: LockInfo | None, location: str) -> StateError:
    """Return the error for a run whose lock was broken."""
    now = f"It is now held by {lock.holder}." if lock else "Nobody holds it now."
    return StateError.of(
        "Lock was broken",
        f"Somebody released this run's lock on {location}. {now} This run stopped writing.",
    )


def not_the_holder_error(lock: LockInfo | None, location: str, run_id: str) -> UsageError:
    """Return the error for the release of a lock that the named run does not hold."""
    if lock is None:
        return UsageError.of("Not locked", f"Nobody holds the lock of {location}.")
    return UsageError.of(
        "Lock of another run",
        f"{location} is not locked by run {run_id} but by {lock.holder}. Nothing was changed. Make "
        "sure that this run has ended before you release its lock.",
    )
