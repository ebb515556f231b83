"""Read the messages in the error bodies of all three APIs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cioform.core.data.json_value import Json
from cioform.core.dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ErrorDetail:
    """One message of an error body."""

    detail: str
    code: str = ""
    pointer: str = ""
    """The field it is about, as a JSON pointer or a name; empty where the body names none."""

    def __str__(self) -> str:
        return f"{self.detail} (at {self.pointer})" if self.pointer else self.detail


def parse_errors(body: Json) -> list[ErrorDetail]:
    """Return the messages in any of the error envelopes (app facts, section 2, Errors)."""
    if not isinstance(body, Mapping):
        return []
    found: list[ErrorDetail] = []
    errors = body.get("errors")
    if isinstance(errors, list):
        found += [_parse_error(error) for error in errors]
    elif isinstance(errors, Mapping):
        found += [ErrorDetail(f"{name}: {_join_values(texts)}") for name, texts in errors.items()]
    meta = body.get("meta")
    if isinstance(meta, Mapping):
        found += [
            ErrorDetail(str(text)) for text in _flatten(meta.get("error"), meta.get("errors"))
        ]
    found += [ErrorDetail(str(text)) for text in _flatten(body.get("error"))]
    return found


def parse_batch_errors(body: Json) -> dict[int, str]:
    """Return why items of a batch were rejected, by their position from 0, from a 207 body.

    The other items were accepted (app facts, section 7; operations: batch).
    """
    found: dict[int, str] = {}
    errors = body.get("errors") if isinstance(body, Mapping) else None
    for error in errors if isinstance(errors, list) else ():
        position = error.get("batch_index") if isinstance(error, Mapping) else None
        if isinstance(position, int) and not isinstance(position, bool):
            text = str(_parse_error(error))
            found[position] = f"{found[position]}; {text}" if position in found else text
    return found


def _parse_error(error: Json) -> ErrorDetail:
    """Return one item of `errors`, of which there are three schemas.

    App and Journeys send `detail`, `code`, `source.pointer` and `meta`; Track sends `reason`,
    `field` and `message`; either may send plain text.
    """
    if not isinstance(error, Mapping):
        return ErrorDetail(str(error))
    detail = str(error.get("detail") or error.get("message") or error.get("reason") or "no detail")
    meta = error.get("meta")
    if isinstance(meta, Mapping) and meta:
        notes = "; ".join(f"{name}: {_join_values(value)}" for name, value in meta.items())
        detail = f"{detail} [{notes}]"
    source = error.get("source")
    pointer = source.get("pointer") if isinstance(source, Mapping) else error.get("field")
    return ErrorDetail(detail, str(error.get("code") or ""), str(pointer or ""))


def _flatten(*values: Json) -> Iterator[Json]:
    for value in values:
        if isinstance(value, list):
            yield from value
        elif value:
            yield value


def _join_values(value: Json) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
