"""The schema guard: everything we would send is in the remote's own description."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from cioform.core.diagnostic import Diagnostic
from cioform.core.json_value import JsonValue
from cioform.model.conversation import Api, Request

Schema: TypeAlias = Mapping[str, Any]

_MAX_REF_DEPTH: Final = 32
"""A `$ref` that leads to itself ends here."""
_ENVIRONMENT_PATH: Final = "/v1/environments/0"


def validate_against_openapi(requests: Iterable[Request], openapi: Schema) -> list[Diagnostic]:
    """Give what the description does not know of the Journeys requests: an operation, or a member
    of a body. Where it declares no members, any are right. Each problem once."""
    problems: dict[str, Diagnostic] = {}
    for request in requests:
        if request.api is Api.JOURNEYS:
            for problem in _validate_request(request, openapi):
                problems.setdefault(problem.detail, problem)
    return list(problems.values())


def _validate_request(request: Request, openapi: Schema) -> Iterator[Diagnostic]:
    found = _find_operation(request, openapi)
    if found is None:
        yield Diagnostic(
            "Operation not in the remote's description",
            f"cioform would send {_format_request(request)}, which Customer.io's own description of its "
            "API does not list. It has probably changed, so nothing is written to it. Update "
            "cioform with\n    pip install --upgrade cioform",
        )
        return
    template, operation = found
    schema = _body_schema(operation, openapi)
    for pointer in _unknown_fields(schema, request.body, openapi, ""):
        yield Diagnostic(
            "Field not in the remote's description",
            f"cioform would send the field `{pointer}` to {request.method} {template}, and "
            "Customer.io's own description of its API does not have it there. It would be "
            "refused or ignored, so nothing is written. Update cioform with\n"
            "    pip install --upgrade cioform",
        )


def _format_request(request: Request) -> str:
    return f"{request.method} {request.path}"


def _find_operation(request: Request, openapi: Schema) -> tuple[str, Schema] | None:
    """Give the path template and operation that `request` means. Of several templates the one
    with the fewest placeholders, as OpenAPI has it."""
    path = re.sub(r"^~", _ENVIRONMENT_PATH, request.path).split("?")[0]
    paths: Mapping[str, Schema] = openapi.get("paths") or {}
    for template in sorted(paths, key=lambda each: each.count("{")):
        operation = paths[template].get(request.method.lower())
        if operation is not None and _template_matches(template, path, openapi):
            return template, operation
    return None


def _template_matches(template: str, path: str, openapi: Schema) -> bool:
    parts = re.split(r"\{[^/{}]+\}", template)
    pattern = "[^/]+".join(re.escape(part) for part in parts)
    return any(re.fullmatch(base + pattern, path) for base in _bases(openapi))


def _bases(openapi: Schema) -> list[str]:
    """Give what may stand before a template: nothing, or the path of a server's URL."""
    urls = [str(server.get("url", "")) for server in openapi.get("servers") or []]
    found = [re.sub(r"^https?://[^/]+", "", url).rstrip("/") for url in urls]
    return ["", *(re.escape(each) for each in found if each.startswith("/"))]


def _body_schema(operation: Schema, openapi: Schema) -> Schema:
    body = _resolve_ref(operation.get("requestBody") or {}, openapi)
    content: Mapping[str, Schema] = body.get("content") or {}
    kind = next((name for name in content if name.startswith("application/json")), "")
    return content.get(kind, {}).get("schema") or {}


@dataclass(slots=True)
class _AllowedFields:
    """What a schema and its branches allow, taken together."""

    properties: dict[str, list[Schema]] = field(default_factory=dict)
    additional_properties: list[Schema] = field(default_factory=list)
    items: list[Schema] = field(default_factory=list)
    allows_additional: bool = False

    def add_schema(self, schema: Schema, openapi: Schema, depth: int = 0) -> None:
        """Add what `schema` allows."""
        if depth > _MAX_REF_DEPTH:
            return
        schema = _resolve_ref(schema, openapi)
        for name, member in (schema.get("properties") or {}).items():
            self.properties.setdefault(name, []).append(member)
        others = schema.get("additionalProperties")
        if others is not None and others is not False:
            self.allows_additional = True
            self.additional_properties += [others] if isinstance(others, Mapping) else []
        if isinstance(schema.get("items"), Mapping):
            self.items.append(schema["items"])
        for branch in ("allOf", "anyOf", "oneOf"):
            for each in schema.get(branch) or ():
                self.add_schema(each, openapi, depth + 1)


def _unknown_fields(
    schema: Schema | Sequence[Schema], value: JsonValue, openapi: Schema, pointer: str
) -> Iterator[str]:
    """Give the pointer of every member in `value` that the schemas do not know."""
    if not isinstance(value, Mapping | list):
        return
    shape = _AllowedFields()
    for each in [schema] if isinstance(schema, Mapping) else schema:
        shape.add_schema(each, openapi)
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _unknown_fields(shape.items, item, openapi, f"{pointer}/{number}")
        return
    closed = bool(shape.properties) and not shape.allows_additional
    for name, member in value.items():
        here = f"{pointer}/{name}"
        if closed and name not in shape.properties:
            yield here
        else:
            yield from _unknown_fields(
                shape.properties.get(name, shape.additional_properties), member, openapi, here
            )


def _resolve_ref(schema: Schema, openapi: Schema) -> Schema:
    """Follow `$ref` inside the document; one that leads nowhere declares nothing."""
    for _ in range(_MAX_REF_DEPTH):
        reference = schema.get("$ref")
        if not isinstance(reference, str):
            return schema
        target: Any = openapi
        for part in reference.removeprefix("#/").split("/"):
            name = part.replace("~1", "/").replace("~0", "~")
            target = target.get(name) if isinstance(target, Mapping) else None
        if not isinstance(target, Mapping):
            return {}
        schema = target
    return {}
