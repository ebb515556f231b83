"""Credentials in a URL of the settings, where everybody who reads a report would see them."""

from __future__ import annotations

from typing import Final
from urllib.parse import SplitResult, urlsplit

from cioform.config.sections.problem import SettingProblem
from cioform.core.data.paths import FieldPath, format_path

URL_CREDENTIALS_SUMMARY: Final = "Credentials in a URL"


def has_credentials(url: str) -> bool:
    """Return whether a URL contains a password, or a user name that may be a token."""
    parts = split_url(url)
    if parts is None:
        return "@" in url  # What cannot be parsed may contain anything, and is shown all the same.
    if parts.username is None:
        return False
    return parts.password is not None or not parts.scheme.endswith("ssh")


def credentials_problem(hint: str, path: FieldPath) -> SettingProblem:
    """Return the problem of a URL with credentials, which the message does not repeat."""
    detail = (
        f"`{format_path(path)}` contains a user name or a password. Reports show this URL, and "
        f"everybody who can read the file can use them. Remove them from the URL. {hint}"
    )
    return SettingProblem(URL_CREDENTIALS_SUMMARY, detail, path)


def split_url(url: str) -> SplitResult | None:
    """Return the parts of a URL; None if it is invalid."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts
