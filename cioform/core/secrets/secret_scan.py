"""Find credentials that were written into a file."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from cioform.core.data.json_value import Json
from cioform.core.data.paths import FieldPath
from cioform.core.diagnostic import Diagnostic, Location
from cioform.core.secrets.encoded_forms import encoded_forms
from cioform.core.secrets.secret import Secret, SensitiveSecret
from cioform.core.secrets.secret_shapes import (
    ACCOUNT_TOKEN,
    PRIVATE_KEY,
    SecretShape,
    find_secret_shapes,
    has_secret_shape,
)
from cioform.core.secrets.sensitive import placeholder_names
from cioform.core.text.text_places import line_and_column

SECRET_SUMMARY: Final = "Secret in a file"

_CREDENTIAL: Final = "a credential of this workspace"
_ACCOUNT_HINT: Final = (
    "Then read the new one from the environment, in `workspace.yaml`:\n\n    credentials:\n"
    "      service_account_token: ${env.CUSTOMERIO_SERVICE_ACCOUNT_TOKEN}"
)
_CREDENTIAL_HINT: Final = (
    "Then read the new one from the environment, in `workspace.yaml`:\n\n    credentials:\n"
    "      app_api_key: ${env.CUSTOMERIO_APP_API_KEY}"
)
_PRIVATE_KEY_HINT: Final = "No message needs a private key: remove it from the file."
_SENSITIVE_SUMMARY: Final = "Sensitive value in a file"
_MIN_LENGTH: Final = 8


def contains_secret(text: str, credentials: Collection[Secret] = ()) -> bool:
    """Return whether `text` contains what looks like a credential, or one of `credentials`."""
    return has_secret_shape(text) or contains_credential(text, credentials)


def contains_credential(text: str, credentials: Collection[Secret]) -> bool:
    """Return whether `text` contains one of `credentials`."""
    return any(secret.reveal() in text for secret in _searchable(credentials))


def contains_account_token(text: str) -> bool:
    """Return whether `text` contains what looks like a service account token of Customer.io."""
    return ACCOUNT_TOKEN.pattern.search(text) is not None


def secret_places(
    value: Json, credentials: Collection[Secret] = ()
) -> Iterator[tuple[FieldPath, str]]:
    """Yield the place of each text in a value that must not be in a file, and what it contains.

    Placeholders of sensitive values may be in it: they are written as their variables.
    """
    for place, text in text_places(value):
        if what := _what_is_secret(text, credentials):
            yield place, what


def text_places(value: Json, place: FieldPath = ()) -> Iterator[tuple[FieldPath, str]]:
    """Yield each text in a value with its place."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from text_places(inner, (*place, name))
    elif isinstance(value, list | tuple):
        for at, inner in enumerate(value):
            yield from text_places(inner, (*place, at))


def _what_is_secret(text: str, credentials: Collection[Secret]) -> str:
    """Return what `find_secrets` would find in a text: `what looks like a GitHub token`."""
    for secret, _ in _credentials_in(text, credentials):
        if isinstance(secret, SensitiveSecret):
            return _variable_text(secret.name)
        return _CREDENTIAL
    return next((f"what looks like {each.shape.what}" for each in find_secret_shapes(text)), "")


def _variable_text(name: str) -> str:
    return f"the value of the sensitive variable `{name}`"


def find_secrets(text: str, file: str, credentials: Collection[Secret] = ()) -> list[Diagnostic]:
    """Return a problem for every credential in `text`.

    These are what looks like a credential of a common service, the `credentials` in use, to which
    sensitive values may be added, and placeholders. No problem repeats the secret.
    """
    found = [
        _credential_problem(secret, start, text, file)
        for secret, start in (_credentials_in(text, credentials) if credentials else ())
    ]
    found += [_placeholder_problem(at, name, text, file) for at, name in placeholder_names(text)]
    found += [
        _problem(shape.what, _hint(shape), start, text, file)
        for shape, start, _, _ in find_secret_shapes(text)
    ]
    return found


def _credentials_in(text: str, credentials: Collection[Secret]) -> Iterator[tuple[Secret, int]]:
    """Yield each of `credentials` that a text has, and where: a sensitive value in any encoding."""
    for secret in _searchable(credentials):
        if secret.reveal() in text:
            yield secret, text.index(secret.reveal())
    for secret in credentials:
        if isinstance(secret, SensitiveSecret) and secret.reveal() not in text:
            encoded = next((s for s in encoded_forms(secret.reveal()) if s in text), None)
            if encoded is not None:
                yield secret, text.index(encoded)


def _credential_problem(secret: Secret, start: int, text: str, file: str) -> Diagnostic:
    if isinstance(secret, SensitiveSecret):
        return _sensitive_problem(secret, start, text, file)
    return _problem(_CREDENTIAL, _CREDENTIAL_HINT, start, text, file)


def _searchable(credentials: Collection[Secret]) -> Iterator[Secret]:
    """Yield the credentials that are long enough not to occur in ordinary text."""
    return (each for each in credentials if len(each.reveal()) >= _MIN_LENGTH)


def _problem(what: str, hint: str, start: int, text: str, file: str) -> Diagnostic:
    return Diagnostic(
        SECRET_SUMMARY,
        f"This line contains what looks like {what}. Everyone who can read the repository or its "
        f"history can use it, so revoke it. {hint}",
        location=_location(start, text, file),
    )


def _hint(shape: SecretShape) -> str:
    """Return what to do instead of writing such a secret into a file."""
    if shape is ACCOUNT_TOKEN:
        return _ACCOUNT_HINT
    if shape is PRIVATE_KEY:
        return _PRIVATE_KEY_HINT
    name = shape.variable
    return (
        "Then read the new one from the environment, in `workspace.yaml`:\n\n"
        f"    variables:\n      {name}:\n        value: ${{env.CIOFORM_SECRET_{name.upper()}}}\n"
        f"        sensitive: true\n\nand write `${{var.{name}}}` in place of the secret."
    )


def _sensitive_problem(secret: SensitiveSecret, start: int, text: str, file: str) -> Diagnostic:
    return Diagnostic(
        _SENSITIVE_SUMMARY,
        f"This line contains the value of the sensitive variable `{secret.name}`. Everyone who can "
        "read the repository or its history can use it, so replace the secret by a new one. Then "
        f"write `${{var.{secret.name}}}` here.",
        location=_location(start, text, file),
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
