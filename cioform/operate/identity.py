"""Identify a person, in the form that each API expects."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from urllib.parse import quote

from cioform.core.dataclasses import dataclass
from cioform.core.errors import UsageError
from cioform.core.text.quoted import quoted
from cioform.core.text.word_lists import join_words


class IdType(StrEnum):
    """The identifiers of a person (app facts, section 5.7; corrections 2026-11, row 22)."""

    ID = "id"
    EMAIL = "email"
    PHONE = "phone"
    CIO_ID = "cio_id"


@dataclass(frozen=True, slots=True)
class Person:
    """A person, by one identifier."""

    value: str
    by: IdType = IdType.ID

    @property
    def identifiers(self) -> dict[str, str]:
        """The identifier as request bodies have it: `{"email": "jane@acme.com"}`."""
        return {self.by.value: self.value}

    @property
    def path(self) -> str:
        """The path of the App API, with every reserved character encoded.

        An unencoded e-mail address finds nobody (app facts, section 2).
        """
        return f"/v1/customers/{encode_path_segment(self.value)}"

    @property
    def query(self) -> dict[str, str]:
        """The query with the type of the ID in an App API path; a wrong type returns 404."""
        return {"id_type": self.by.value}


def person_for_read(value: str, by: str | None = None) -> Person:
    """Return the person to look at. Without `by`, what has an `@` in it is an e-mail address."""
    guess = IdType.EMAIL if "@" in str(value) else IdType.ID
    return Person(_require_non_empty(value), id_type(by) if by else guess)


def person_for_write(value: str, by: str | None = None) -> Person:
    """Return the person to change.

    Raises UsageError if it is not clear who is meant: an e-mail address used as an ID would create
    a second profile of the same person.
    """
    if by is None and "@" in str(value):
        raise UsageError.of(
            "E-mail address used as ID",
            f"{quoted(value)} looks like an e-mail address. Used as an ID, it could create a "
            "second "
            'profile of the same person. Pass `--by email` (in Python by="email"), or `--by id` '
            "if your IDs look like that.",
        )
    return Person(_require_non_empty(value), id_type(by) if by else IdType.ID)


def id_type(text: str) -> IdType:
    """Return the type of an identifier. Raises UsageError."""
    try:
        return IdType(text)
    except ValueError:
        raise UsageError.of(
            "Unknown identifier type",
            f"{quoted(text)} does not identify a person. Use one of "
            f"{join_words((by.value for by in IdType), 'or')}.",
        ) from None


def reject_single_string(ids: Iterable[str] | None) -> None:
    """Raise UsageError for one text in the place of several: its letters would be taken for IDs."""
    if isinstance(ids, str):
        raise UsageError.of(
            "Invalid ID list", f"{quoted(ids)} is a single text. Pass a list: [{quoted(ids)}]."
        )


def encode_path_segment(text: str) -> str:
    """Return `text` as one step of a path. Raises UsageError for what no path can carry."""
    if text in (".", ".."):
        raise UsageError.of(
            "ID cannot be looked up",
            f"{quoted(text)} has a special meaning in a path, so the App API cannot look it up. "
            "Use another identifier of the same person: `--by email`.",
        )
    try:
        return quote(text, safe="")
    except UnicodeEncodeError:
        raise UsageError.of(
            "ID cannot be looked up", f"{quoted(text)} is not UTF-8 text."
        ) from None


def _require_non_empty(value: str) -> str:
    value = str(value)  # callers may pass a number
    if not value.strip():
        raise UsageError.of("Missing ID", "The identifier is empty or only white space.")
    return value
