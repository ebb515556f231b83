"""The plan file: JSON with a format number, the same text that `plan --json` prints."""

from __future__ import annotations

import json
from collections.abc import Set
from dataclasses import fields
from functools import cache
from typing import Final

from pydantic import TypeAdapter, ValidationError

from cioform.core.address import Address
from cioform.core.data.json_value import Json, as_mapping, digest
from cioform.core.data.to_json import to_json
from cioform.core.errors import PlanError
from cioform.core.text.quoted import quoted
from cioform.plan.approvals import NeededApproval
from cioform.plan.plan import Plan
from cioform.plan.policy_violation import PolicyViolation
from cioform.plan.review.digest import change_digests, digest_of
from cioform.plan.text_warning import TextWarning

FORMAT: Final = 2
# `Plan` names these types and does not import them.
_TYPES: Final = {each.__name__: each for each in (NeededApproval, PolicyViolation, TextWarning)}
_ADDRESS_FIELDS: Final = frozenset({"address", "moved_from", "name_from", "depends_on", "through"})
_ADDRESSES_OF_USERS: Final = _ADDRESS_FIELDS - {"through"}  # it names unmanaged objects too


def encode_plan(plan: Plan) -> str:
    """Return the text of a plan file."""
    return json.dumps(plan_content(plan), indent=2, ensure_ascii=False) + "\n"


def plan_content(plan: Plan) -> dict[str, Json]:
    """Return the content of a plan file, which ends with a checksum of the rest."""
    digests = change_digests(plan)
    content = {
        "format": FORMAT,
        "summary": dict(plan.summary),
        "requests": plan.requests,
        "seconds": plan.seconds,
        "digest": digest_of(plan.header.workspace_id, digests),
        "digests": to_json(digests),
        **as_mapping(to_json(plan)),
    }
    return {**content, "checksum": digest(content)}


def decode_plan(text: str, plan_command: str = "cioform plan", file: str = "The file") -> Plan:
    """Return the plan in a file. Messages name `file` and `plan_command`, which makes a plan.

    Raises PlanError if the text is not a plan, was edited, or is of another format.
    """
    try:
        content = json.loads(text)
        version = content["format"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise _invalid_plan_error(f"{file} is not a plan file.", plan_command) from None
    if version != FORMAT:
        raise PlanError.of(
            "Unsupported plan file format",
            f"The plan file has format {version}, and this version of cioform reads format "
            f"{FORMAT}. Make the plan with the version of cioform that will apply it.",
        )
    if not _checksum_matches(content):
        raise _invalid_plan_error(
            "The checksum does not match the content: the file was truncated or edited.",
            plan_command,
        )
    names = {item.name for item in fields(Plan)}
    try:
        return _plan_adapter().validate_python(
            {k: parse_addresses(v) for k, v in content.items() if k in names}
        )
    except ValidationError as error:
        count = error.error_count()
        reason = f"{count} {'field is' if count == 1 else 'fields are'} missing or invalid."
        raise _invalid_plan_error(reason, plan_command) from error
    except (AttributeError, TypeError, ValueError) as error:
        raise _invalid_plan_error(f"An address is invalid: {error}.", plan_command) from error


@cache
def _plan_adapter() -> TypeAdapter[Plan]:
    adapter = TypeAdapter(Plan)
    adapter.rebuild(force=True, _types_namespace=_TYPES)
    return adapter


def is_plan_file(text: str) -> bool:
    """Return whether a text is that of a plan file, of any format and even if it was edited."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(content, dict) and {"format", "header", "checksum"} <= content.keys()


def _checksum_matches(content: dict[str, Json]) -> bool:
    """Remove the checksum from `content` and return whether it matches the rest."""
    try:
        return bool(content.pop("checksum", None) == digest(content))
    except UnicodeEncodeError:  # An incomplete Unicode character, which no plan contains.
        return False


def parse_addresses(value: Json, names: Set[str] = _ADDRESS_FIELDS) -> object:
    """Return a list of changes with their addresses parsed; any other value as it is."""
    if not isinstance(value, list):
        return value
    return [
        {
            key: _parse_address(item)
            if key in names
            else parse_addresses(item, _ADDRESSES_OF_USERS)
            if key == "users"
            else item
            for key, item in entry.items()
        }
        if isinstance(entry, dict)
        else entry
        for entry in value
    ]


def _parse_address(value: Json) -> object:
    if value is None:
        return None
    if isinstance(value, list):
        return [_parse_address(item) for item in value]
    if not isinstance(value, str):
        raise TypeError(f"{quoted(value)} is not text")
    return Address.parse(value)


def _invalid_plan_error(reason: str, plan_command: str) -> PlanError:
    return PlanError.of(
        "Invalid plan file",
        f"{reason} Nothing was changed. Make a plan:\n\n    {plan_command}",
    )
