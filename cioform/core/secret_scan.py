"""Find credentials that were written into a file."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from cioform.core.diagnostic import Diagnostic, Location
from cioform.core.late_pattern import late_pattern
from cioform.core.secret import Secret, SensitiveSecret
from cioform.core.sensitive import placeholder_names
from cioform.core.text_places import line_and_column

SECRET_SUMMARY: Final = "Secret in a file"

_TOKEN_PATTERN: Final = r"(?=[A-Za-z0-9._~+/-]*[0-9])[A-Za-z0-9._~+/-]{16,}"
_SECRET_PATTERN: Final = late_pattern(
    r"\b(?:(?P<account>sa_(?:live|sandbox)_[A-Za-z0-9]{8,})"
    rf"|(?P<header>(?:Bearer|Basic) +{_TOKEN_PATTERN}))"
)


_ACCOUNT: Final = (
    "a service account token",
    "    credentials:\n      service_account_token: ${env.CUSTOMERIO_SERVICE_ACCOUNT_TOKEN}",
)
_HEADER: Final = (
    "an authorization header",
    (
        "    variables:\n      webhook_token:\n        value: ${env.CIOFORM_SECRET_WEBHOOK_TOKEN}\n"
        "        sensitive: true\n\nand write `${var.webhook_token}` in place of the token."
    ),
)
_CREDENTIAL: Final = (
    "a credential of this workspace",
    "    credentials:\n      app_api_key: ${env.CUSTOMERIO_APP_API_KEY}",
)
_SENSITIVE_SUMMARY: Final = "Sensitive value in a file"
_MIN_LENGTH: Final = 8


def contains_secret(text: str, credentials: Collection[Secret] = ()) -> bool:
    """Return whether `text` contains what looks like a credential, or one of `credentials`."""
    return _SECRET_PATTERN.search(text) is not None or any(
        secret.reveal() in text for secret in _searchable(credentials)
    )


def find_secrets(text: str, file: str, credentials: Collection[Secret] = ()) -> list[Diagnostic]:
    """Return a problem for every credential in `text`.

    These are service account tokens, authorization headers, and the `credentials` in use, to which
    sensitive values may be added, and placeholders. No problem repeats the secret.
    """
    found = [
        _sensitive_problem(secret, text, file)
        if isinstance(secret, SensitiveSecret)
        else _problem(_CREDENTIAL, text.index(secret.reveal()), text, file)
        for secret in (_searchable(credentials) if credentials else ())
        if secret.reveal() in text
    ]
    found += [_placeholder_problem(at, name, text, file) for at, name in placeholder_names(text)]
    if "sa_" in text or "Bearer" in text or "Basic" in text:
        found += [
            _problem(_HEADER if match["account"] is None else _ACCOUNT, match.start(), text, file)
            for match in _SECRET_PATTERN.finditer(text)
        ]
    return found


def _searchable(credentials: Collection[Secret]) -> Iterator[Secret]:
    """Yield the credentials that are long enough not to occur in ordinary text."""
    return (each for each in credentials if len(each.reveal()) >= _MIN_LENGTH)


def _problem(kind: tuple[str, str], start: int, text: str, file: str) -> Diagnostic:
    what, setting = kind
    return Diagnostic(
        SECRET_SUMMARY,
        f"This line contains what looks like {what}. Everyone who can read the repository or its "
        "history can use it, so revoke it. Then read the new one from the environment, in "
        f"`workspace.yaml`:\n\n{setting}",
        location=_location(start, text, file),
    )


def _sensitive_problem(secret: SensitiveSecret, text: str, file: str) -> Diagnostic:
    return Diagnostic(
        _SENSITIVE_SUMMARY,
        f"This line contains the value of the sensitive variable `{secret.name}`. Everyone who can "
        "read the repository or its history can use it, so replace the secret by a new one. Then "
        f"write `${{var.{secret.name}}}` here.",
        location=_location(text.index(secret.reveal()), text, file),
    )


def _placeholder_problem(start: int, name: str, text: str, file: str) -> Diagnostic:
    return Diagnostic(
        "Placeholder in a file",
        "This line contains the placeholder of a sensitive variable, as plans and states have it. "
        f"Write `${{var.{name}}}` instead.",
        location=_location(start, text, file),
    )


def _location(start: int, text: str, file: str) -> Location:
    return Location(file, *line_and_column(text, start))
