"""Credentials that somebody wrote into a file."""

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


def contains_secret(text: str) -> bool:
    """Tell whether `text` has a credential in it."""
    return _SECRET_PATTERN.search(text) is not None


def find_secrets(text: str, file: str) -> list[Diagnostic]:
    """Give a problem for every service account token and authorization header in `text`. None of
    them repeats the secret."""
    if "sa_" not in text and "Bearer" not in text and "Basic" not in text:
        return []
    return [_problem(found, text, file) for found in _SECRET_PATTERN.finditer(text)]


def _problem(found: re.Match[str], text: str, file: str) -> Diagnostic:
    what = "a service account token" if found["account"] else "an authorization header"
    line = text.count("\n", 0, found.start()) + 1
    return Diagnostic(
        SECRET_SUMMARY,
        f"This line holds what looks like {what}. Whoever reads the repository or its history "
        "would have it: revoke it, then take it from the environment, in `workspace.yaml`:"
        "\n\n    ${env.NAME}",
        location=Location(file, line, found.start() - text.rfind("\n", 0, found.start())),
    )
