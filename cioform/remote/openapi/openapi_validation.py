"""Check requests against the OpenAPI document that the Journeys API serves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from cioform.core.data.json_value import Json, as_list, as_mapping
from cioform.core.dataclasses import dataclass, field
from cioform.core.diagnostic import Diagnostic
from cioform.model.remote_access.conversation import Api, Request

JsonObject: TypeAlias = Mapping[str, Json]
"""A JSON object of the document, whose shape is not to be trusted."""

_MAX_REF_DEPTH: Final = 32
"""How far a `$ref` is followed, since it may lead to itself."""
_ENVIRONMENT_PATH: Final = "/v1/environments/0"


def validate_against_openapi(requests: Iterable[Request], openapi: JsonObject) -> list[Diagnostic]:
    """Return the operations and body fields of Journeys requests that the document does not have.

    A body without declared fields may have any. Each problem is returned once.
    """
    problems: dict[str, Diagnostic] = {}
    for request in requests:
        if request.api is Api.JOURNEYS:
            for problem in _validate_request(request, openapi):
                problems.setdefault(problem.detail, problem)
    return list(problems.values())


def describes(request: Request, openapi: JsonObject) -> bool:
    """Return whether the document has an operation, and declares every field of its body.

    A body that may have any field declares none. Of the alternatives of a body, those of another
    `type` do not count.
    """
    found = _find_operation(request, openapi)
    if found is None:
        return False
    schema = _body_schema(found[1], openapi)
    undeclared = _unknown_fields([schema], request.json_body, openapi, "", is_strict=True)
    return next(undeclared, None) is None


def _validate_request(request: Request, openapi: JsonObject) -> Iterator[Diagnostic]:
    found = _find_operation(request, openapi)
    if found is None:
        yield Diagnostic(
            "Unknown API operation",
            f"cioform would send {request}, which is not in the OpenAPI document of Customer.io's "
            "API. The API has probably changed, so nothing is written. Update cioform with:\n\n"
            "    pip install --upgrade cioform",
        )
        return
    template, operation = found
    schema = _body_schema(operation, openapi)
    for pointer in _unknown_fields([schema], request.json_body, openapi, ""):
        yield Diagnostic(
            "Unknown API field",
            f"cioform would send the field `{pointer}` to {request.method} {template}, which does "
            "not have it in the OpenAPI document of Customer.io's API. It would be rejected or "
            "ignored, so nothing is written. Update cioform with:\n\n"
            "    pip install --upgrade cioform",
        )


def _find_operation(request: Request, openapi: JsonObject) -> tuple[str, JsonObject] | None:
    """Return the path template and the operation of a request.

    Of several templates that match, OpenAPI prefers the one with the fewest placeholders.
    """
    path = re.sub(r"^~", _ENVIRONMENT_PATH, request.path).split("?")[0]
    paths = as_mapping(openapi.get("paths"))
    for template in sorted(paths, key=lambda each: each.count("{")):
        operation = as_mapping(paths[template]).get(request.method.lower())
        if operation is not None and _template_matches(template, path, openapi):
            return template, as_mapping(operation)
    return None


def _template_matches(template: str, path: str, openapi: JsonObject) -> bool:
    parts = re.split(r"\{[^/{}]+\}", template)
    pattern = "[^/]+".join(re.escape(part) for part in parts)
    return any(re.fullmatch(base + pattern, path) for base in _base_paths(openapi))


def _base_paths(openapi: JsonObject) -> list[str]:
    """Return what may precede a template, escaped: nothing, or the path of a server's URL."""
    urls = [str(as_mapping(server).get("url", "")) for server in as_list(openapi.get("servers"))]
    paths = [re.sub(r"^https?://[^/]+", "", url).rstrip("/") for url in urls]
    return ["", *(re.escape(path) for path in paths if path.startswith("/"))]


def _body_schema(operation: JsonObject, openapi: JsonObject) -> JsonObject:
    body = _resolve_ref(as_mapping(operation.get("requestBody")), openapi)
    content = as_mapping(body.get("content"))
    media_type = next((name for name in content if name.startswith("application/json")), "")
    return as_mapping(as_mapping(content.get(media_type)).get("schema"))


@dataclass(slots=True)
class _AllowedFields:
    """What a schema and its branches allow, taken together."""

    properties: dict[str, list[JsonObject]] = field(default_factory=dict)
    additional_properties: list[JsonObject] = field(default_factory=list)
    items: list[JsonObject] = field(default_factory=list)
    allows_additional: bool = False

    def add_schema(
        self, schema: JsonObject, value: Json, openapi: JsonObject, depth: int = 0
    ) -> None:
        """Add what `schema` allows `value` to have."""
        if depth > _MAX_REF_DEPTH:
            return
        schema = _resolve_ref(schema, openapi)
        for name, member in as_mapping(schema.get("properties")).items():
            self.properties.setdefault(name, []).append(as_mapping(member))
        additional = schema.get("additionalProperties")
        if additional is not None and additional is not False:
            self.allows_additional = True
            self.additional_properties += [additional] if isinstance(additional, Mapping) else []
        items = schema.get("items")
        if isinstance(items, Mapping):
            self.items.append(items)
        for branch in ("allOf", "anyOf", "oneOf"):
            for each in as_list(schema.get(branch)):
                alternative = _resolve_ref(as_mapping(each), openapi)
                if not _is_of_another_type(alternative, value):
                    self.add_schema(alternative, value, openapi, depth + 1)


def _is_of_another_type(schema: JsonObject, value: Json) -> bool:
    """Return whether a schema is that of objects with another `type` than `value` has."""
    kind = value.get("type") if isinstance(value, Mapping) else None
    declared = as_mapping(as_mapping(schema.get("properties")).get("type"))
    kinds = [declared["const"]] if "const" in declared else declared.get("enum")
    return isinstance(kind, str) and isinstance(kinds, list) and kind not in kinds


def _unknown_fields(
    schemas: Sequence[JsonObject],
    value: Json,
    openapi: JsonObject,
    pointer: str,
    *,
    is_strict: bool = False,
) -> Iterator[str]:
    """Yield the pointer of every field in `value` that none of the schemas has.

    Strictly, a schema that allows any field has only those that it names.
    """
    if not isinstance(value, Mapping | list):
        return
    allowed = _AllowedFields()
    for schema in schemas:
        allowed.add_schema(schema, value, openapi)
    if isinstance(value, list):
        for number, item in enumerate(value):
            at = f"{pointer}/{number}"
            yield from _unknown_fields(allowed.items, item, openapi, at, is_strict=is_strict)
        return
    is_closed = is_strict or (bool(allowed.properties) and not allowed.allows_additional)
    for name, member in value.items():
        member_pointer = f"{pointer}/{name}"
        if is_closed and name not in allowed.properties:
            yield member_pointer
        else:
            member_schemas = allowed.properties.get(name, allowed.additional_properties)
            yield from _unknown_fields(
                member_schemas, member, openapi, member_pointer, is_strict=is_strict
            )


def _resolve_ref(schema: JsonObject, openapi: JsonObject) -> JsonObject:
    """Follow `$ref` inside the document; a reference that leads nowhere declares nothing."""
    for _ in range(_MAX_REF_DEPTH):
        reference = schema.get("$ref")
        if not isinstance(reference, str):
            return schema
        target: Json = openapi
        for part in reference.removeprefix("#/").split("/"):
            name = part.replace("~1", "/").replace("~0", "~")
            target = target.get(name) if isinstance(target, Mapping) else None
        if not isinstance(target, Mapping):
            return {}
        schema = target
    return {}
