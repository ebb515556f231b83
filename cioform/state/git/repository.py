"""The bare repository that cioform keeps for the state, apart from the user's repository."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from cioform.core.errors import StateError
from cioform.state.git.command import Git, GitError, check_repository

_COPIED_SETTINGS: Final = ("http.", "credential.", "url.", "ssh.", "protocol.")
_COPIED_NAMES: Final = ("core.sshcommand", "core.gitproxy", "core.askpass")
"""Settings that say how a remote is reached. Others of the user's repository do not apply."""


class Setting(NamedTuple):
    """One line of a configuration, and the file that it is in."""

    origin: str
    key: str
    value: str


def find_user_repository(root: Path) -> Git:
    """Return Git in the repository that the project is in. Raises StateError if there is none."""
    git = Git(root)
    check_repository(git)
    return git


def remote_url(user: Git, remote: str) -> str:
    """Return the URL of a remote of the user's repository; a URL or a path is returned as it is."""
    if "/" in remote or ":" in remote:
        return remote
    try:
        return user.text("remote", "get-url", "--push", remote)
    except GitError:
        known = user.text("remote").split()
        names = f"It has {', '.join(f'`{name}`' for name in known)}." if known else "It has none."
        raise StateError.of(
            "Git remote not found",
            f"`state.remote` is `{remote}`, and this repository has no remote of that name. "
            f"{names} Write the name of a remote or a URL.",
        ) from None


def open_state_repository(folder: Path, user: Git, object_format: str | None = None) -> Git:
    """Return Git in the state's own repository, which is created in `folder` if necessary.

    It reaches remotes as the user's repository does: with its credentials, proxies and rewritten
    URLs. A fetch into the user's repository would make that shallow.
    """
    own = Git(folder, is_repository=True)
    if not (folder / "HEAD").exists():
        folder.mkdir(parents=True, exist_ok=True)
        chosen = object_format or user.text("rev-parse", "--show-object-format")
        own.run(
            "init", "-q", "--bare", "--template=", "--shared=0600", f"--object-format={chosen}", "."
        )
    return own.with_settings(_settings_to_copy(_read_settings(user), _read_settings(own)))


def _settings_to_copy(user: Sequence[Setting], own: Sequence[Setting]) -> list[tuple[str, str]]:
    # What both repositories have, such as the user's global settings, must not be there twice: a
    # header that is sent twice is refused.
    rest = Counter(own)
    copied = []
    for setting in user:
        if rest[setting] > 0:
            rest[setting] -= 1
        elif setting.key.startswith(_COPIED_SETTINGS) or setting.key in _COPIED_NAMES:
            copied.append((setting.key, setting.value))
    return copied


def _read_settings(git: Git) -> list[Setting]:
    fields = git.text("config", "--list", "--show-origin", "-z").split("\0")
    settings = []
    for origin, line in zip(fields[::2], fields[1::2], strict=False):
        key, has_value, value = line.partition("\n")
        settings.append(Setting(origin, key, value if has_value else "true"))
    return settings
