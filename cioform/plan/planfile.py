"""The plan as a file: JSON with a format number, the same text that `plan --json` prints."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Final

from pydantic import TypeAdapter, ValidationError

from cioform.core.address import Address
from cioform.core.errors import PlanRefused
from cioform.core.json_value import Plain, digest
from cioform.core.to_json import to_plain
from cioform.plan.plan import Plan

FORMAT: Final = 1
_PLAN: Final = TypeAdapter(Plan)
_ADDRESSES: Final = ("address", "moved_from", "depends_on")


def encode_plan(plan: Plan) -> str:
    """Give the text of a plan file. It ends with a checksum over all the rest."""
    content = {
        "format": FORMAT,
        "summary": dict(plan.summary),
        "requests": plan.requests,
        "seconds": plan.seconds,
        **to_plain(plan),
    }
    return json.dumps({**content, "checksum": digest(content)}, indent=2, ensure_ascii=False) + "\n"


def decode_plan(text: str) -> Plan:
    """Give the plan in a file. Raises PlanRefused for what is not a plan, was changed by hand, or
    comes from a newer cioform."""
    try:
        content = json.loads(text)
        version = content["format"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _unreadable(f"It is not a plan file ({type(error).__name__}).") from error
    if version != FORMAT:
        raise PlanRefused.of(
            "Plan file of another format",
            f"The plan file has format {version} and this cioform reads format {FORMAT}. "
            "Make the plan again with the cioform that is to apply it.",
        )
    if not _is_whole(content):
        raise _unreadable("Its checksum does not fit its content: it was cut or edited.")
    names = {item.name for item in fields(Plan)}
    try:
        return _PLAN.validate_python({k: _addressed(v) for k, v in content.items() if k in names})
    except ValidationError as error:
        raise _unreadable(f"It misses or misspells {error.error_count()} fields.") from error
    except (AttributeError, TypeError, ValueError) as error:
        raise _unreadable(f"It holds something that is not an address ({error}).") from error


def _is_whole(content: dict[str, Plain]) -> bool:
    """Tell whether the checksum, which is taken out, fits the rest."""
    try:
        return bool(content.pop("checksum", None) == digest(content))
    except UnicodeEncodeError:
        return False  # half a character, which no plan of ours holds


def _addressed(value: Plain) -> Plain:
    """Give the entries of a list with their addresses as the fields of `Address`."""
    if not isinstance(value, list):
        return value
    return [
        {key: _address(item) if key in _ADDRESSES else item for key, item in entry.items()}
        if isinstance(entry, dict)
        else entry
        for entry in value
    ]


def _address(value: Plain) -> Plain:
    if isinstance(value, list):
        return [_address(item) for item in value]
    return value if value is None else Address.parse(value)


def _unreadable(why: str) -> PlanRefused:
    return PlanRefused.of(
        "Unreadable plan file",
        f"{why} Nothing was changed. Make the plan again:\n\n    cioform plan WORKSPACE --out FILE",
    )
