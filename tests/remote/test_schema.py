"""The schema guard names whatever the API's description lacks, before it is sent."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from cioform.core.errors import RemoteError
from cioform.model.remote_access.conversation import Api, Request
from cioform.remote.openapi.openapi_cache import CACHE_LIFETIME, load_openapi, validate_requests
from cioform.remote.openapi.openapi_validation import validate_against_openapi


def openapi_document(schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a description of one operation with a JSON body."""
    body = {"content": {"application/json": {"schema": schema}}}
    return {
        "paths": {
            "/v1/environments/{environment_id}/campaigns/{id}": {"put": {"requestBody": body}},
            "/v1/environments/{environment_id}/campaigns/move": {"put": {}},
        },
        **more,
    }


def put(body: Any, path: str = "~/campaigns/3") -> Request:
    return Request(Api.JOURNEYS, "PUT", path, body)


def campaign(**members: Any) -> dict[str, Any]:
    inner = {"type": "object", "properties": members}
    return {"type": "object", "properties": {"campaign": inner}}


TEXT = {"type": "string"}


def test_a_described_request_passes():
    assert (
        validate_against_openapi(
            [put({"campaign": {"name": "a"}})], openapi_document(campaign(name=TEXT))
        )
        == []
    )


@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", "~/campaign/3"), ("PUT", "~/campaigns/3/x"), ("PATCH", "~/campaigns/3")],
)
def test_an_unknown_operation_is_named(method, path):
    request = Request(Api.JOURNEYS, method, path, {})
    (problem,) = validate_against_openapi([request], openapi_document(campaign(name=TEXT)))
    assert problem.summary == "Unknown API operation"
    assert f"{method} {path}" in problem.detail


def test_a_full_path_is_the_same_operation():
    request = put({"campaign": {}}, "/v1/environments/9/campaigns/3")
    assert validate_against_openapi([request], openapi_document(campaign(name=TEXT))) == []


def test_an_unknown_field_is_named_once_with_its_path():
    request = put({"campaign": {"name": "a", "colour": {"deep": 1}}})
    (problem,) = validate_against_openapi([request, request], openapi_document(campaign(name=TEXT)))
    assert problem.summary == "Unknown API field"
    assert "`/campaign/colour`" in problem.detail


def test_members_inside_lists_are_checked():
    step = {"type": "object", "properties": {"id": TEXT}}
    schema = campaign(steps={"type": "array", "items": step})
    (problem,) = validate_against_openapi(
        [put({"campaign": {"steps": [{"id": "1"}, {"ID": "2"}]}})], openapi_document(schema)
    )
    assert "`/campaign/steps/1/ID`" in problem.detail


@pytest.mark.parametrize(
    "member",
    [
        {},
        {"type": "object"},
        {"properties": {"a": TEXT}, "additionalProperties": True},
        {"properties": {"a": TEXT}, "additionalProperties": {}},
    ],
)
def test_any_member_is_allowed_where_none_are_declared(member):
    assert (
        validate_against_openapi(
            [put({"campaign": {"free": {"b": {"c": 1}}}})], openapi_document(campaign(free=member))
        )
        == []
    )


def test_values_of_a_free_map_are_checked():
    free = {"additionalProperties": {"properties": {"value": TEXT}}}
    (problem,) = validate_against_openapi(
        [put({"campaign": {"free": {"x": {"colour": 1}}}})], openapi_document(campaign(free=free))
    )
    assert "`/campaign/free/x/colour`" in problem.detail


@pytest.mark.parametrize("branch", ["allOf", "anyOf", "oneOf"])
def test_branches_and_references_are_followed(branch):
    name = {"properties": {"na/me": TEXT}}
    schema = campaign(
        x={branch: [{"$ref": "#/components/schemas/a~1b"}, {"properties": {"c": TEXT}}]}
    )
    openapi = openapi_document(schema, components={"schemas": {"a/b": name}})
    assert (
        validate_against_openapi([put({"campaign": {"x": {"na/me": "a", "c": "b"}}})], openapi)
        == []
    )
    assert len(validate_against_openapi([put({"campaign": {"x": {"d": "a"}}})], openapi)) == 1


def test_a_recursive_reference_is_supported():
    loop = {"$ref": "#/components/schemas/loop"}
    openapi = openapi_document(campaign(x=loop), components={"schemas": {"loop": loop}})
    assert validate_against_openapi([put({"campaign": {"x": {"d": "a"}}})], openapi) == []
    tree = {"properties": {"child": {"$ref": "#/components/schemas/tree"}}}
    openapi = openapi_document(campaign(x=tree), components={"schemas": {"tree": tree}})
    assert (
        validate_against_openapi([put({"campaign": {"x": {"child": {"child": {}}}}})], openapi)
        == []
    )
    assert (
        len(validate_against_openapi([put({"campaign": {"x": {"child": {"chld": {}}}}})], openapi))
        == 1
    )


def test_the_more_specific_path_wins():
    assert (
        validate_against_openapi(
            [put({"anything": 1}, "~/campaigns/move")], openapi_document(campaign(name=TEXT))
        )
        == []
    )


def test_a_server_can_have_a_base_path():
    openapi = openapi_document(campaign(name=TEXT))
    openapi["paths"] = {key.removeprefix("/v1"): value for key, value in openapi["paths"].items()}
    assert validate_against_openapi([put({"campaign": {}})], openapi) != []
    openapi["servers"] = [{"url": "https://us.fly.customer.io/v1"}]
    assert validate_against_openapi([put({"campaign": {}})], openapi) == []


def test_other_apis_are_not_checked():
    assert (
        validate_against_openapi(
            [Request(Api.APP, "PUT", "/v1/unheard-of", {"a": 1})], {"paths": {}}
        )
        == []
    )


class Describer:
    """Serve a description with an ETag, and count the requests."""

    def __init__(self, document: Any) -> None:
        self.document = document
        self.asked: list[str | None] = []
        self.sent = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return httpx.Response(200, json={"access_token": "t"})
        etag = str(hash(json.dumps(self.document)))
        self.asked.append(request.headers.get("if-none-match"))
        if self.asked[-1] == etag:
            return httpx.Response(304)
        self.sent += 1
        return httpx.Response(200, json=self.document, headers={"ETag": etag})


def test_a_description_is_revalidated_once_a_day(open_to, tmp_path):
    describer = Describer(openapi_document(campaign(name=TEXT)))
    provider, cache = open_to(describer), tmp_path / "below" / "openapi.json"
    for now in (0.0, CACHE_LIFETIME - 1.0, CACHE_LIFETIME + 1.0, CACHE_LIFETIME + 2.0):
        assert load_openapi(provider, cache, now) == describer.document
    assert (len(describer.asked), describer.sent) == (2, 1)


def test_a_missing_operation_revalidates_the_cached_description(open_to, tmp_path):
    describer = Describer(openapi_document(campaign(name=TEXT)))
    provider, cache = open_to(describer), tmp_path / "openapi.json"
    load_openapi(provider, cache, 0.0)
    describer.document = openapi_document(campaign(name=TEXT, colour=TEXT))
    assert validate_requests([put({"campaign": {"colour": "red"}})], provider, cache, 1.0) == []
    assert len(validate_requests([put({"campaign": {"size": 1}})], provider, cache, 2.0)) == 1


def test_nothing_is_requested_without_a_journeys_request(open_to, tmp_path):
    describer = Describer({})
    request = Request(Api.APP, "PUT", "/v1/snippets", {})
    assert validate_requests([request], open_to(describer), tmp_path / "c", 0.0) == []
    assert describer.asked == []


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"host": "http://journeys.test"}'])
def test_a_corrupt_cache_is_ignored(open_to, tmp_path, content):
    cache = tmp_path / "openapi.json"
    cache.write_bytes(content)
    describer = Describer(openapi_document(campaign(name=TEXT)))
    assert load_openapi(open_to(describer), cache, 0.0) == describer.document


def test_an_unwritable_cache_is_ignored(open_to, tmp_path):
    (tmp_path / "file").write_text("")
    describer = Describer(openapi_document(campaign(name=TEXT)))
    assert load_openapi(open_to(describer), tmp_path / "file" / "c", 0.0) == describer.document


def test_a_description_of_another_host_is_not_used(open_to, tmp_path):
    cache = tmp_path / "openapi.json"
    describer = Describer(openapi_document(campaign(name=TEXT)))
    load_openapi(open_to(describer), cache, 0.0)
    cache.write_text(cache.read_text().replace("journeys.test", "elsewhere.test"))
    load_openapi(open_to(describer), cache, 1.0)
    assert describer.sent == 2


def test_an_invalid_description_is_refused(open_to, tmp_path):
    with pytest.raises(RemoteError, match="not an OpenAPI document"):
        load_openapi(open_to(Describer({"hello": 1})), tmp_path / "c", 0.0)
