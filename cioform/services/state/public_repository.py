"""Refuse to keep a state, which holds the content of messages, where everybody can read it."""

from __future__ import annotations

import os
import re
import subprocess
from typing import Final

from cioform.config.sections.state import StateSettings
from cioform.core.errors import StateError
from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.forge.event import part, read_event

_SSH_URL: Final = lazy_pattern(r"(?:ssh://)?(?:[^@/]+@)?([^:/]+)(?::\d+)?[:/](.+)")
_SECONDS: Final = 15


def refuse_public_repository(settings: StateSettings, workspace: str) -> None:
    """Raise StateError if the CI system says that the repository is public."""
    if settings.backend == "git" and not settings.is_public and _is_public_job():
        raise _public_error(settings, workspace)


def refuse_readable_repository(settings: StateSettings, workspace: str, url: str) -> bool:
    """Raise StateError if anybody can read the repository at `url`, without credentials.

    Returns whether that is known.
    """
    if settings.is_public:
        return True
    is_readable = _is_readable_by_anybody(url)
    if is_readable:
        raise _public_error(settings, workspace)
    return is_readable is not None


def _is_public_job() -> bool:
    """Return whether the environment of a CI job says that its repository is public."""
    if os.environ.get("CI_PROJECT_VISIBILITY") == "public":
        return True
    repository = part(read_event(os.environ), "repository")
    return part(repository, "visibility") == "public" or part(repository, "private") is False


def _is_readable_by_anybody(url: str) -> bool | None:
    """Return whether `url` can be read without credentials, None if that cannot be found out."""
    public_url = _https_url(url)
    if public_url is None:
        return None
    environment = {
        "PATH": os.environ.get("PATH", ""), "HOME": os.devnull, "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull, "GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "true",
        **{k: v for k, v in os.environ.items() if k.lower().endswith("_proxy")},
    }  # fmt: skip
    try:
        result = subprocess.run(
            ["git", "ls-remote", "--", public_url], env=environment, cwd="/",
            stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    if result.returncode == 0:
        return True
    text = result.stderr.decode(errors="replace")
    refused = ("could not read Username", "Authentication failed", "not found", "403", "401")
    return False if any(each in text for each in refused) else None


def _https_url(url: str) -> str | None:
    """Return the https form of the URL of a remote, None for a path or another protocol."""
    if url.startswith("https://"):
        return re.sub(r"^https://[^@/]*@", "https://", url)
    if "://" in url and not url.startswith("ssh://"):
        return None
    found = _SSH_URL.fullmatch(url)
    return f"https://{found[1]}/{found[2]}" if found and not url.startswith((".", "/")) else None


def _public_error(settings: StateSettings, workspace: str) -> StateError:
    return StateError.of(
        "State would be public",
        f"Everybody can read {settings.remote}, and the state of {workspace} holds the content of "
        "messages. Keep it in another repository (`state.remote` takes a URL) or in object "
        "storage. If nothing in it is confidential, write in `workspace.yaml`:\n\n"
        f"    state: {{backend: git, public: true}}",
    )
