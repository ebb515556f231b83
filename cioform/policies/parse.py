"""Parse the documents of a file with policies."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from pydantic import ValidationError

from cioform.config.read.checks.joined_secrets import parse_checked
from cioform.config.read.checks.validation import ValidatedDocument, to_diagnostics
from cioform.config.read.parsing.parse import Document
from cioform.config.read.parsing.positions import Positions, nearest_location
from cioform.core.data.paths import FieldPath
from cioform.core.diagnostic import Diagnostic, Location
from cioform.core.errors import ConfigError
from cioform.core.secrets.secret import Secret
from cioform.core.text.word_lists import join_names
from cioform.model.values.value_errors import format_value
from cioform.policies.policy import Policy
from cioform.policies.policy_file import Check, PolicyFile


def parse_policies(text: str, file: str, secrets: Collection[Secret]) -> Iterator[Policy]:
    """Yield the policies in a file; `file` is its name in messages.

    Raises ConfigError, also if it has one of `secrets` or what looks like a credential.
    """
    for document in parse_checked(text, file, secrets):
        if document.value is not None:
            yield _policy(document, text, file)


def _policy(document: Document, text: str, file: str) -> Policy:
    positions = Positions(text, file, document.index)

    def locate(path: FieldPath) -> Location:
        return nearest_location(positions, path) or Location(file, document.line)

    if not isinstance(document.value, dict):
        raise ConfigError.of(
            "Invalid type",
            "A policy must be a mapping of fields, such as `id: quiet-hours`, not "
            f"{format_value(document.value)}.",
            location=locate(()),
        )
    try:
        fields = PolicyFile.model_validate(document.value)
    except ValidationError as error:
        checked = ValidatedDocument(document.value, PolicyFile, locate)
        raise ConfigError(to_diagnostics(error, checked)) from None
    if problems := list(_problems(fields, locate(("check",)))):
        raise ConfigError(problems)
    tests = tuple(locate(("tests", at)) for at in range(len(fields.tests)))
    return Policy(fields, Location(file, document.line), tests)


def _problems(fields: PolicyFile, place: Location) -> Iterator[Diagnostic]:
    if len(fields.check.model_fields_set) != 1:
        known = join_names(Check.model_fields)
        yield Diagnostic(
            "Exactly one check required",
            f"`check` of the policy {fields.id} must have exactly one of {known}. Write a policy "
            "for each check.",
            location=place,
        )
    window = fields.check.send_between
    if window is not None and window.from_ >= window.to:
        yield Diagnostic(
            "Invalid hours",
            f"`send_between` of the policy {fields.id} ends at {window.to} but begins at "
            f"{window.from_}. Write the hours of one day in which messages may be sent.",
            location=place,
        )
