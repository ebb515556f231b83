"""Read the audience of a trigger from a file: IDs, e-mail addresses, or data for each person."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, TypeGuard

from cioform.core.data.json_errors import describe_json_error
from cioform.core.data.json_value import Json
from cioform.core.errors import UsageError
from cioform.core.text.quantities import pluralize
from cioform.operate.broadcasts.audience import Audience
from cioform.operate.bulk_import.records import parse_line
from cioform.operate.id_file import read_id_file

_JSON_SUFFIXES: Final = frozenset({".ndjson", ".jsonl", ".json"})


def load_audience(path: Path, *, ignore_missing: bool = False) -> Audience:
    """Return the audience in a file.

    NDJSON (or a JSON array) has objects such as `{"id": "u1", "data": {...}}`, or with `email`. Any
    other file has one ID or one e-mail address per line, not both. Raises UsageError if it is
    invalid.
    """
    if path.suffix.lower() in _JSON_SUFFIXES:
        return Audience(per_user_data=tuple(_read_people(path)), ignore_missing=ignore_missing)
    names = tuple(read_id_file(path))
    addresses = tuple(name for name in names if "@" in name)
    if addresses and len(addresses) != len(names):
        raise UsageError.of(
            "IDs and e-mail addresses mixed",
            f"Of the {len(names):,} lines of {path}, "
            f"{pluralize(len(addresses), 'is an e-mail address', 'are e-mail addresses')}. A "
            "trigger accepts either IDs or addresses; split the file.",
        )
    if addresses:
        return Audience(emails=addresses, ignore_missing=ignore_missing)
    return Audience(ids=names, ignore_missing=ignore_missing)


def _read_people(path: Path) -> Iterator[Mapping[str, Json]]:
    for place, record in _read_records(path):
        if not _is_person(record):
            raise UsageError.of(
                "Invalid recipient",
                f"{place} of {path} must be an object with `id` or `email` and optionally `data`, "
                "which is an object too. Nothing was sent.",
            )
        yield record


def _is_person(record: Json) -> TypeGuard[Mapping[str, Json]]:
    """Return whether a record names one person and has no other members."""
    if not isinstance(record, Mapping) or not {*record} <= {"id", "email", "data"}:
        return False
    named = [record[by] for by in ("id", "email") if record.get(by) is not None]
    return (
        len(named) == 1 and _is_identifier(named[0]) and isinstance(record.get("data", {}), Mapping)
    )


def _is_identifier(value: Json) -> bool:
    is_whole_number = isinstance(value, int) and not isinstance(value, bool)
    return is_whole_number or (isinstance(value, str) and bool(value.strip()))


def _read_records(path: Path) -> list[tuple[str, Json]]:
    """Return the records of a file, each with its place for messages."""
    place = "The text"
    try:
        text = path.read_text(encoding="utf-8-sig")
        if text.lstrip().startswith("["):
            return [(f"Person {at}", each) for at, each in enumerate(json.loads(text), 1)]
        found: list[tuple[str, Json]] = []
        # Split at newlines only: JSON may contain other characters that `splitlines` splits at.
        for number, line in enumerate(text.split("\n"), 1):
            place = f"Line {number}"
            if line.strip():
                found.append((place, parse_line(line)))
    except OSError as error:
        raise UsageError.unreadable_file(path, error) from None
    except (json.JSONDecodeError, RecursionError) as error:  # of a list of people
        reason = describe_json_error(error)
        raise UsageError.of("Invalid JSON", f"{path} is not JSON: {reason}.") from None
    except UnicodeDecodeError:
        raise UsageError.of(
            "Invalid UTF-8", f"{path} is not UTF-8. Save it again as UTF-8."
        ) from None
    except ValueError as error:
        raise UsageError.of("Invalid JSON", f"{place} of {path}: {error}") from None
    return found
