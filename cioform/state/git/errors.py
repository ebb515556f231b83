"""Errors of a remote that refuses a push of the state or cannot be reached."""

from __future__ import annotations

from cioform.core.errors import StateError, StateUnreachableError
from cioform.state.git.command import GitError, reason_of, trust_hint


def refused_error(remote: str, ref: str, error: GitError) -> StateError:
    """Return the error for a push that the remote did not accept."""
    reason = "\n".join(f"    {line}" for line in f"{error.output}\n{error.text}".splitlines())
    return StateError.of(
        "State not writable",
        f"{remote} refused to change {ref}. Everyone who applies needs the right to "
        f"push to it (in GitHub Actions `permissions: contents: write`). Git said:\n{reason}",
    )


def unreachable_error(location: str, remote: str, error: GitError) -> StateUnreachableError:
    """Return the error for a remote that cannot be read."""
    hint = trust_hint(error.text) or (
        "Check the network, `state.remote` and the right to read it, for example with\n"
        f"    git ls-remote {remote}"
    )
    return StateUnreachableError.of(
        "State not reachable",
        f"{location} cannot be read: {reason_of(error.text)}. {hint}",
    )
