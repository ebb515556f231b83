"""The audience of a trigger from a file: ids, e-mail addresses, or data for each person."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from cioform.base.errors import UsageWrong
from cioform.base.value import Plain
from cioform.operate.broadcasts import MOST_PEOPLE, Audience
from cioform.operate.members import ids_in

_DATA: Final = frozenset({".ndjson", ".jsonl", ".json"})


def load_audience(path: Path, *, ignore_missing: bool = False) -> Audience:
    """Give whom a file names. NDJSON (or a JSON array) holds `{"id" or "email", "data": {...}}`;
    any other file an id or an e-mail address a line, all of one sort."""
    if path.suffix.lower() in _DATA:
        people = tuple(_people(path))
        return Audience(per_user_data=people, ignore_missing=ignore_missing)
    names = tuple(ids_in(path))
    addresses = tuple(name for name in names if "@" in name)
    if addresses and len(addresses) != len(names):
        raise UsageWrong.of(
            "Ids and e-mail addresses mixed",
            f"{path} has {len(addresses):,} e-mail addresses among {len(names):,} lines. A trigger "
            "takes the one or the other; split the file.",
        )
    _nobody(path, names)
    if addresses:
        return Audience(emails=addresses, ignore_missing=ignore_missing)
    return Audience(ids=names, ignore_missing=ignore_missing)


def _people(path: Path) -> list[Mapping[str, Plain]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        if text.lstrip().startswith("["):
            records = json.loads(text)
        else:
            records = [json.loads(line) for line in text.splitlines() if line.strip()]
    except OSError as error:
        raise UsageWrong.of(
            "File cannot be read", f"{path} cannot be read: {error.strerror}."
        ) from None
    except (ValueError, RecursionError) as error:
        raise UsageWrong.of("Not JSON", f"{path} is not NDJSON: {error}.") from None
    for number, record in enumerate(records, 1):
        if not isinstance(record, Mapping) or ("id" in record) == ("email" in record):
            raise UsageWrong.of(
                "Nobody named",
                f"Person {number} in {path} should be an object with `id` or `email`, and `data`. "
                "Nothing was sent.",
            )
    _nobody(path, records)
    return list(records)


def _nobody(path: Path, people: object) -> None:
    if not people:
        raise UsageWrong.of(
            "Nobody to send to",
            f"{path} names nobody. A trigger without an audience would go to everybody that the "
            f"broadcast is set to, so it is not sent. One trigger takes up to {MOST_PEOPLE:,}.",
        )
