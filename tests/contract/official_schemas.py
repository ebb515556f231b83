"""Compare responses of the emulator with the official schemas of the App and Track APIs.

`official_responses.json.gz` has the response schema and the status of every operation of the
documents of 2026-09-17 (App API) and 2026-08 (Track API), by method and path.
"""

import gzip
import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import httpx
from jsonschema import Draft202012Validator

SCHEMAS = Path(__file__).parent / "official_responses.json.gz"
PARAMETER = re.compile(r"\{\w+\}")
KNOWN_DIFFERENCES = {
    r"actions?(\.\*)?\.id: type integer": "recorded as text (corrections 2026-11, row 3)",
    r"actions?(\.\*)?\.type: enum .*": "data steps are listed too (corrections 2026-11, row 4)",
    r"actions?(\.\*)?\.(editor|recipient_environment_id): undocumented": (
        "recorded (corrections 2026-11, row 6)"
    ),
    r"(identifiers|ids): type array": "null if there is nobody (corrections 2026-11, row 11)",
    r"suppressions: type array": "null if there is none (corrections 2026-11, row 12)",
    r"messages?(\.\*)?\.transactional_message_id: undocumented": "corrections 2026-11, row 14",
    r"used_by\.segment_id: undocumented": "corrections 2026-11, row 8",
    r"(.*\.)?(customer_identifiers|identifiers(\.\*)?|results\.\*)\.phone: undocumented": (
        "phone is a fourth identifier (corrections 2026-11, row 22)"
    ),
}
"""Why a response may differ from its schema, by a pattern of the difference."""


class Operation(NamedTuple):
    """The response of one operation: `pattern` matches a method and a path."""

    pattern: re.Pattern[str]
    name: str
    status: int
    schema: dict[str, Any]


def unexplained(differences: Iterable[str]) -> list[str]:
    """Return the differences for which there is no known reason."""
    return sorted(each for each in differences if not any(map(_matcher(each), KNOWN_DIFFERENCES)))


def schema_differences(response: httpx.Response) -> Iterator[str]:
    """Yield how a successful response differs from its schema; nothing without a schema.

    A member that the schema lacks is a difference too, although clients are asked to ignore it.
    """
    operation = _find_operation(response.request)
    if operation is None or response.status_code != operation.status:
        return
    body = response.json()
    for error in Draft202012Validator(operation.schema).iter_errors(body):
        for leaf in _leaves(error):
            steps = ("*" if isinstance(step, int) else step for step in leaf.absolute_path)
            yield f"{operation.name}: {'.'.join(steps)}: {leaf.validator} {leaf.validator_value}"
    for path in sorted(set(_undocumented_members(operation.schema, body, ""))):
        yield f"{operation.name}: {path}: undocumented"


def _matcher(difference: str) -> Any:
    detail = difference.split(": ", 1)[1]
    return lambda pattern: re.fullmatch(pattern, detail)


def _leaves(error: Any) -> Iterator[Any]:
    """Yield the innermost errors; those of the closest alternative where there are several."""
    if not error.context:
        yield error
        return
    alternatives: dict[int, list[Any]] = {}
    for inner in error.context:
        alternatives.setdefault(inner.schema_path[0], []).append(inner)
    for inner in min(alternatives.values(), key=len):
        yield from _leaves(inner)


def _undocumented_members(schema: dict[str, Any], value: Any, path: str) -> Iterator[str]:
    alternatives = list(_alternatives(schema))
    if isinstance(value, list):
        items = [each["items"] for each in alternatives if "items" in each]
        for item in value if items else ():
            yield from _undocumented_members({"anyOf": items}, item, f"{path}.*")
    elif isinstance(value, dict):
        documented: dict[str, list[Any]] = {}
        for each in alternatives:
            for name, member in each.get("properties", {}).items():
                documented.setdefault(name, []).append(member)
        for name, member in value.items() if documented else ():
            inner = f"{path}.{name}".lstrip(".")
            if name in documented:
                yield from _undocumented_members({"anyOf": documented[name]}, member, inner)
            else:
                yield inner


def _alternatives(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield schema
    for keyword in ("anyOf", "oneOf", "allOf"):
        for each in schema.get(keyword, ()):
            yield from _alternatives(each)


def _find_operation(request: httpx.Request) -> Operation | None:
    call = f"{request.method} {request.url.raw_path.decode().partition('?')[0]}"
    return next((each for each in _operations() if each.pattern.fullmatch(call)), None)


@cache
def _operations() -> list[Operation]:
    """Return all operations, those with fewer parameters first: they are more specific."""
    documented = json.loads(gzip.decompress(SCHEMAS.read_bytes()))
    names = sorted(documented, key=lambda name: name.count("{"))
    return [
        Operation(
            re.compile("[^/]+".join(map(re.escape, PARAMETER.split(name)))),
            name,
            documented[name]["status"],
            documented[name]["schema"],
        )
        for name in names
    ]
