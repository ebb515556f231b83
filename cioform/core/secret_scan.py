"""Find credentials that were written into a file."""

from __future__ import annotations

import re
from typing import Final

from cioform.core.diagnostic import Diagnostic, Location

SECRET_SUMMARY: Final = "Secret in a file"

_TOKEN_PATTERN: Final = r"(?=[A-Za-z0-9._~+/-]*[0-9])[A-Za-z0-9._~+/-]{16,}"
_SECRET_PATTERN: Final = re.compile(
    r"\b(?:(?P<account>sa_(?:live|sandbox)_[A-Za-z0-9]{8,})"
    rf"|(?P<header>(?:Bearer|Basic) +{_TOKEN_PATTERN}))"
)


_ACCOUNT: Final = (
    "a service account token",
    "    credentials:\n      service_account_token: ${env.CUSTOMERIO_SERVICE_ACCOUNT_TOKEN}",
)
_HEADER: Final = (
    "an authorization header",
    "    variables:\n      webhook_authorization: ${env.WEBHOOK_AUTHORIZATION}",
)


def contains_secret(text: str) -> bool:
    """Return whether `text` contains a credential."""
    return _SECRET_PATTERN.search(text) is not None


def find_secrets(text: str, file: str) -> list[Diagnostic]:
    """Return a problem for every service account token and authorization header in `text`.

    No problem repeats the secret.
    """
    if "sa_" not in text and "Bearer" not in text and "Basic" not in text:
        return []
    return [_problem(match, text, file) for match in _SECRET_PATTERN.finditer(text)]


def _problem(match: re.Match[str], text: str, file: str) -> Diagnostic:
    what, setting = _HEADER if match["account"] is None else _ACCOUNT
    line = text.count("\n", 0, match.start()) + 1
    return Diagnostic(
        SECRET_SUMMARY,
        f"This line contains what looks like {what}. Everyone who can read the repository or its "
        "history can use it, so revoke it. Then read the new one from the environment, in "
        f"`workspace.yaml`:\n\n{setting}",
        location=Location(file, line, match.start() - text.rfind("\n", 0, match.start())),
    )
