"""The section `managed_by` of the settings: stamps in descriptions."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

from cioform.config.sections.problem import SettingProblem
from cioform.config.settings_file import SettingsFile
from cioform.core.dataclasses import dataclass
from cioform.core.text.lazy_pattern import lazy_pattern

_SCHEME: Final = lazy_pattern(r"(https?|ssh|git)://", re.IGNORECASE)
_NOT_QUOTED: Final = "/:+%@?#"
"""What has a meaning in URLs, and `%` because the text may be quoted already."""
_FORM: Final = lazy_pattern(
    r"(?:[^/\s]+@)?([A-Za-z0-9.-]+\.[A-Za-z0-9-]+)(?::[0-9]+)?[:/]+([^\s?#:@]+)(?:[?#][^@]*)?"
)
"""The host and the path, without the user, the token, the port and the query. An `@` after the path
begins means that what looks like the path may be a part of a token."""


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
    given = section.repository
    repository = None if given is None else repository_name(given)
    problems = []
    if given is not None and repository is None:
        problems.append(
            SettingProblem(
                "Invalid repository",
                "`repository` is the host and the path of the repository, such as "
                "`github.com/acme/messages`.",
                ("managed_by", "repository"),
            )
        )
    places = [_place(text) for text in section.take_over]
    problems += [
        SettingProblem(
            "Invalid place",
            "`take_over` lists repositories, folders and files with their host, such as "
            "`github.com/acme/old`. It has no wildcards.",
            ("managed_by", "take_over", at),
        )
        for at, place in enumerate(places)
        if place is None
    ]
    return ManagedBy(section.stamp, repository, tuple(filter(None, places))), problems


def _place(text: str) -> str | None:
    """Return a repository, or a folder or a file in it, in the notation of stamps, or None."""
    if "*" in text:
        return None
    return repository_name(quote(text.strip(), safe=_NOT_QUOTED))


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
