"""What the settings say about stamps in descriptions."""

from __future__ import annotations

import re
from typing import Final

from cioform.config.sections.problem import SettingProblem
from cioform.config.settings_file import SettingsFile
from cioform.core.dataclasses import dataclass

_SCHEME: Final = re.compile(r"(https?|ssh|git)://", re.IGNORECASE)
_FORM: Final = re.compile(
    r"(?:[^@/\s]+@)?([A-Za-z0-9.-]+\.[A-Za-z0-9-]+)(?::[0-9]+)?[:/]+([^\s?#:]+)(?:[?#].*)?"
)
"""The host and the path, without the user, the token, the port and the query."""


@dataclass(frozen=True, slots=True)
class ManagedBy:
    """Whether descriptions are stamped, and whose objects this workspace may change."""

    stamp: bool = False
    repository: str | None = None
    """The host and the path of the repository; None for that of the remote `origin`."""
    take_over: tuple[str, ...] = ()


def read_managed_by(parsed: SettingsFile) -> tuple[ManagedBy, list[SettingProblem]]:
    """Return the setting, and what is wrong with it."""
    section = parsed.managed_by
    repository = section.repository and repository_name(section.repository)
    problems = []
    if section.repository is not None and repository is None:
        problems.append(
            SettingProblem(
                "Invalid repository",
                "`repository` is the host and the path of the repository, such as "
                "`github.com/acme/messages`.",
                ("managed_by", "repository"),
            )
        )
    return ManagedBy(section.stamp, repository, tuple(section.take_over)), problems


def repository_name(url: str) -> str | None:
    """Return the host and the path in the URL of a repository, without anything secret.

    None if it names no host: a path of this machine means nothing to others.
    """
    found = _FORM.fullmatch(_SCHEME.sub("", url.strip(), count=1))
    if found is None:
        return None
    host, path = found.groups()
    path = path.strip("/").removesuffix(".git").strip("/")
    return f"{host.lower()}/{path}" if path else None
