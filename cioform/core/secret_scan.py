"""Find credentials that were written into a file."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

from cioform.core.diagnostic import Diagnostic, Location
from cioform.core.secret import Secret

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
    "    variables:\n      webhook_authorization: ${env.CIOFORM_VAR_WEBHOOK_AUTHORIZATION}",
)
_CREDENTIAL: Final = (
    "a credential of this workspace",
    "    credentials:\n      app_api_key: ${env.CUSTOMERIO_APP_API_KEY}",
)
_MIN_LENGTH: Final = 8


def contains_secret(text: str, credentials: Collection[Secret] = ()) -> bool:
    """Return whether `text` contains what looks like a credential, or one of `credentials`."""
    return _SECRET_PATTERN.search(text) is not None or any(
        text.find(secret) >= 0 for secret in _searchable(credentials)
    )


def find_secrets(text: str, file: str, credentials: Collection[Secret] = ()) -> list[Diagnostic]:
    """Return a problem for every credential in `text`.

    These are service account tokens, authorization headers, and the `credentials` in use. No
    problem repeats the secret.
    """
    found = [
        _problem(_CREDENTIAL, text.index(secret), text, file)
        for secret in (_searchable(credentials) if credentials else ())
        if secret in text
    ]
    if "sa_" in text or "Bearer" in text or "Basic" in text:
        found += [
            _problem(_HEADER if match["account"] is None else _ACCOUNT, match.start(), text, file)
            for match in _SECRET_PATTERN.finditer(text)
        ]
    return found


def _searchable(credentials: Collection[Secret]) -> Iterator[str]:
    """Yield the credentials that are long enough not to occur in ordinary text."""
    return (text for each in credentials if len(text := each.reveal()) >= _MIN_LENGTH)


def _problem(kind: tuple[str, str], start: int, text: str, file: str) -> Diagnostic:
    what, setting = kind
    line = text.count("\n", 0, start) + 1
    return Diagnostic(
        SECRET_SUMMARY,
        f"This line contains what looks like {what}. Everyone who can read the repository or its "
        "history can use it, so revoke it. Then read the new one from the environment, in "
        f"`workspace.yaml`:\n\n{setting}",
        location=Location(file, line, start - text.rfind("\n", 0, start)),
    )
