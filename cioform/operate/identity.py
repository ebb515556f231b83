"""Which person is meant, and how that is said to each API."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote

from cioform.core.errors import UsageError


class IdType(StrEnum):
    """What a person is called by (app facts, section 5.7)."""

    ID = "id"
    EMAIL = "email"
    CIO_ID = "cio_id"


@dataclass(frozen=True, slots=True)
class Person:
    """A person, by one identifier."""

    value: str
    by: IdType = IdType.ID

    @property
    def identifiers(self) -> dict[str, str]:
        """As bodies say it: `{"email": "jane@acme.com"}`."""
        return {self.by.value: self.value}

    @property
    def path(self) -> str:
        """As paths of the App API say it, with every reserved character encoded: an e-mail
        address that is not finds nobody (app facts, section 2)."""
        return f"/v1/customers/{encode_path_segment(self.value)}"

    @property
    def query(self) -> dict[str, str]:
        """What tells the App API how to read the path: the wrong type is a 404."""
        return {"id_type": self.by.value}


def person_for_read(value: str, by: str | None = None) -> Person:
    """Give the person to look at. Without `by`, what has an `@` in it is an e-mail address."""
    guess = IdType.EMAIL if "@" in str(value) else IdType.ID
    return Person(_require_non_empty(value), id_type(by) if by else guess)


def person_for_write(value: str, by: str | None = None) -> Person:
    """Give the person to change. Raises UsageWrong where it is not clear what is meant: an
    e-mail address taken for an id would make a second person of somebody."""
    if by is None and "@" in str(value):
        raise UsageError.of(
            "E-mail address used as an id",
            "This looks like an e-mail address. Taken for an id it could make a second person of "
            'the same one, so say which it is: `--by email` (in Python by="email"), or '
            "`--by id` if your ids do look like that.",
        )
    return Person(_require_non_empty(value), id_type(by) if by else IdType.ID)


def id_type(text: str) -> IdType:
    """Give what a person is called by, or raise UsageWrong."""
    try:
        return IdType(text)
    except ValueError:
        raise UsageError.of(
            "No such identifier",
            f"A person is called by one of {', '.join(by.value for by in IdType)}, and not by "
            f"{text!r}.",
        ) from None


def reject_single_string(ids: Iterable[str] | None) -> None:
    """Raise UsageWrong for one text in the place of several: its letters would be taken for ids."""
    if isinstance(ids, str):
        raise UsageError.of(
            "Several ids expected", f"{ids!r} is one text; write it as a list, [{ids!r}]."
        )


def encode_path_segment(text: str) -> str:
    """Give `text` as one step of a path. Raises UsageWrong for what no path can carry."""
    if text in (".", ".."):
        raise UsageError.of(
            "Id cannot be looked up",
            f"{text!r} has a meaning of its own in a path, so the App API cannot be asked for it. "
            "Use another identifier of the same person, as in `--by email`.",
        )
    try:
        return quote(text, safe="")
    except UnicodeEncodeError:
        raise UsageError.of("Id cannot be looked up", f"{text!r} is not UTF-8 text.") from None


def _require_non_empty(value: str) -> str:
    value = str(value)  # a number is as welcome as its digits
    if not value.strip():
        raise UsageError.of("Id is empty", "An identifier has at least one letter or digit.")
    return value
