"""The plan as a file: JSON with a format number, the same text that `plan --json` prints."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Final

from pydantic import TypeAdapter, ValidationError

from cioform.core.address import Address
from cioform.core.errors import PlanError
from cioform.core.json_value import JsonValue, digest
from cioform.core.to_json import to_json
from cioform.plan.plan import Plan

FORMAT: Final = 1
_PLAN_ADAPTER: Final = TypeAdapter(Plan)
_ADDRESS_FIELDS: Final = ("address", "moved_from", "depends_on")


def encode_plan(plan: Plan) -> str:
    """Give the text of a plan file. It ends with a checksum over all the rest."""
    content = {
        "format": FORMAT,
        "summary": dict(plan.summary),
        "requests": plan.requests,
        "seconds": plan.seconds,
        **to_json(plan),
    }
    return json.dumps({**content, "checksum": digest(content)}, indent=2, ensure_ascii=False) + "\n"


def decode_plan(text: str) -> Plan:
    """Give the plan in a file. Raises PlanRefused for what is not a plan, was changed by hand, or
    comes from a newer cioform."""
    try:
        content = json.loads(text)
        version = content["format"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _invalid_plan_error(f"It is not a plan file ({type(error).__name__}).") from error
    if version != FORMAT:
        raise PlanError.of(
            "Plan file of another format",
            f"The plan file has format {version} and this cioform reads format {FORMAT}. "
            "Make the plan again with the cioform that is to apply it.",
        )
    if not _checksum_matches(content):
        raise _invalid_plan_error("Its checksum does not fit its content: it was cut or edited.")
    names = {item.name for item in fields(Plan)}
    try:
        return _PLAN_ADAPTER.validate_python(
            {k: _parse_addresses(v) for k, v in content.items() if k in names}
        )
    except ValidationError as error:
        raise _invalid_plan_error(
            f"It misses or misspells {error.error_count()} fields."
        ) from error
    except (AttributeError, TypeError, ValueError) as error:
        raise _invalid_plan_error(
            f"It holds something that is not an address ({error})."
        ) from error


def _checksum_matches(content: dict[str, JsonValue]) -> bool:
    """Tell whether the checksum, which is taken out, fits the rest."""
    try:
        return bool(content.pop("checksum", None) == digest(content))
    except UnicodeEncodeError:
        return False  # half a character, which no plan of ours holds


def _parse_addresses(value: JsonValue) -> JsonValue:
    """Give the entries of a list with their addresses as the fields of `Address`."""
    if not isinstance(value, list):
        return value
    return [
        {
            key: _parse_address(item) if key in _ADDRESS_FIELDS else item
            for key, item in entry.items()
        }
        if isinstance(entry, dict)
        else entry
        for entry in value
    ]


def _parse_address(value: JsonValue) -> JsonValue:
    if isinstance(value, list):
        return [_parse_address(item) for item in value]
    return value if value is None else Address.parse(value)


def _invalid_plan_error(reason: str) -> PlanError:
    return PlanError.of(
        "Unreadable plan file",
        f"{reason} Nothing was changed. Make the plan again:\n\n    cioform plan WORKSPACE --out FILE",
    )
