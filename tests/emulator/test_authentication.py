"""Authentication, rate limits, unknown paths, strict validation, and the OpenAPI document."""

import base64
import json

import pytest


def error(response):
    return response.json()["errors"][0]


def test_a_wrong_app_key_is_401_with_a_code(emulator):
    response = emulator.client("nonsense", "/v1").get("/snippets")
    assert response.status_code == 401
    assert (error(response)["status"], error(response)["code"]) == ("401", "invalid_credentials")
    assert "(reference " in error(response)["detail"]


def test_a_token_contains_account_and_expiry(emulator):
    token = emulator.token(emulator.workspace.credentials.service_account_token)
    part = token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    assert claims["exp"] == emulator.clock.now + 3600
    assert isinstance(claims["account_id"], int)


def test_a_token_expires(emulator):
    emulator.clock.now += 3599
    assert emulator.journeys.get("/snippets").status_code == 200
    emulator.clock.now += 1
    assert emulator.journeys.get("/snippets").status_code == 401


def test_a_forged_token_is_rejected(emulator):
    head, claims, _ = emulator.token(emulator.workspace.credentials.service_account_token).split(
        "."
    )
    response = emulator.client(f"{head}.{claims}.AAAA", emulator.environment).get("/snippets")
    assert response.status_code == 401


def test_the_secret_itself_is_not_a_journeys_token(emulator):
    secret = emulator.workspace.credentials.service_account_token
    assert emulator.client(secret, emulator.environment).get("/snippets").status_code == 401


@pytest.mark.parametrize("by", ["scope", "service account"])
def test_a_read_only_session_only_reads(emulator, by):
    keys = emulator.workspace.credentials
    token = (
        emulator.token(keys.service_account_token, "read_only")
        if by == "scope"
        else emulator.token(keys.read_only_service_account_token)
    )
    client = emulator.client(token, emulator.environment)
    assert client.get("/snippets").status_code == 200
    body = {"snippet": {"name": "a", "value": "b"}}
    assert client.post("/snippets", json=body).status_code == 403
    assert emulator.store.dump("acme")["snippets"] == []


def test_the_granted_scope_is_returned(emulator):
    form = {
        "grant_type": "client_credentials",
        "client_secret": emulator.workspace.credentials.service_account_token,
        "scope": "read_only",
    }
    response = emulator.client("").post("/v1/service_accounts/oauth/token", data=form).json()
    assert (response["scope"], response["expires_in"], response["token_type"]) == (
        "read_only",
        3600,
        "Bearer",
    )


def test_a_wrong_secret_gets_no_token(emulator):
    form = {"grant_type": "client_credentials", "client_secret": "sa_live_wrong"}
    assert (
        emulator.client("").post("/v1/service_accounts/oauth/token", data=form).status_code == 401
    )


def test_a_token_covers_every_workspace_of_the_account(emulator):
    other = emulator.store.workspace("other")
    token = emulator.token(emulator.workspace.credentials.service_account_token)
    client = emulator.client(token, "/v1")
    assert client.get(f"/environments/{other.environment_id}").status_code == 200
    account = client.get("/accounts/current").json()["account"]
    environments = client.get(f"/accounts/{account['id']}/environments").json()["environments"]
    assert [each["name"] for each in environments] == ["acme", "other"]


def test_an_unknown_environment_is_404(emulator):
    token = emulator.token(emulator.workspace.credentials.service_account_token)
    assert emulator.client(token, "/v1").get("/environments/1/snippets").status_code == 404


def test_unknown_paths_return_html_or_404(emulator):
    token = emulator.token(emulator.workspace.credentials.service_account_token)
    app_key = emulator.workspace.credentials.app_api_key
    html = {
        ("journeys", token): emulator.environment + "/gadgets",
        ("token elsewhere", token): "/v1/gadgets",
        ("nobody", ""): "/v1/gadgets",
    }
    for (_, bearer), path in html.items():
        response = emulator.client(bearer).get(path)
        assert (response.status_code, response.text[:9]) == (200, "<!doctype")
    response = emulator.client(app_key).get("/v1/gadgets")
    assert (response.status_code, error(response)["status"]) == (404, "404")


def test_track_accepts_site_id_and_key(emulator):
    response = emulator.track.get("/accounts/region").json()
    assert response["environment_id"] == emulator.workspace.environment_id
    emulator.track.auth = ("site", "wrong")
    assert emulator.track.get("/accounts/region").status_code == 401


def test_sends_accept_a_service_account_that_names_the_workspace(emulator):
    message = {"transactional_message": {"name": "Receipt", "trigger_name": "receipt"}}
    emulator.journeys.post("/transactional_messages", json=message).raise_for_status()
    client = emulator.client(emulator.workspace.credentials.service_account_token, "/v1")
    body = {"transactional_message_id": "receipt", "identifiers": {"id": "1"}}
    assert client.post("/send/email", json=body).status_code == 400
    headers = {"X-Workspace-Id": str(emulator.workspace.environment_id)}
    assert client.post("/send/email", json=body, headers=headers).status_code == 200
    assert len(emulator.store.dump("acme")["deliveries"]) == 1


def test_a_person_needs_no_credential_and_cannot_be_impersonated_by_header(emulator):
    assert emulator.ui.get("/snippets").status_code == 200
    headers = {"cioform.actor": "ann@acme.example", "cioform-actor": "ann@acme.example"}
    response = emulator.client("", emulator.environment).get("/snippets", headers=headers)
    assert response.status_code == 401


def test_the_app_api_allows_ten_requests_a_second(make_emulator):
    emulator = make_emulator(rate_limit=10.0)
    answers = [emulator.app.get("/snippets") for _ in range(11)]
    assert [each.status_code for each in answers] == [200] * 10 + [429]
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert "rate limited to 10 requests per 1s" in error(answers[-1])["detail"]
    emulator.monotonic.now += 0.999
    assert emulator.app.get("/snippets").status_code == 429
    emulator.monotonic.now += 0.002
    assert emulator.app.get("/snippets").status_code == 200
    assert emulator.journeys.get("/snippets").status_code == 200


def test_retry_after_can_be_missing_and_journeys_limited(make_emulator):
    emulator = make_emulator(journeys_rate_limit=1.0, retry_after=False)
    assert emulator.journeys.get("/snippets").status_code == 200
    refused = emulator.journeys.get("/snippets")
    assert (refused.status_code, "Retry-After" in refused.headers) == (429, False)


def test_strict_validation_names_an_unknown_field_and_lax_drops_it(emulator):
    body = {"snippet": {"name": "a", "value": "b", "colour": "red"}}
    strict = emulator.journeys.post("/snippets", json=body, headers={"X-Validate": "strict"})
    assert strict.status_code == 400
    assert error(strict)["detail"].startswith('json: unknown field "colour"')
    flat = emulator.journeys.post(
        "/snippets", json={"name": "a", "value": "b"}, headers={"X-Validate": "strict"}
    )
    assert error(flat)["detail"].startswith('json: unknown field "name"')
    mistyped = {"snippet": {"name": "a", "value": 7}}
    response = emulator.journeys.post("/snippets", json=mistyped, headers={"X-Validate": "strict"})
    assert "cannot unmarshal number" in error(response)["detail"]
    assert emulator.journeys.post("/snippets", json=body).status_code == 200
    assert "colour" not in emulator.store.dump("acme")["snippets"][0]


def test_the_openapi_document_is_public_and_has_an_etag(emulator):
    anybody = emulator.client("")
    response = anybody.get("/v1/openapi.json")
    document = response.json()
    assert document["openapi"] == "3.1.0"
    operation = document["paths"]["/v1/environments/{environment_id}/snippets/{id}"]["put"]
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    assert set(schema["properties"]["snippet"]["properties"]) == {"name", "value"}
    again = anybody.get("/v1/openapi.json", headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_strict_validation_accepts_all_documented_fields(emulator):
    """The document has every field of a template, without the emulator's own `x-` members."""
    document = emulator.client("").get("/v1/openapi.json").json()
    path = "/v1/environments/{environment_id}/templates/{id}"
    body = document["paths"][path]["put"]["requestBody"]["content"]["application/json"]
    members = body["schema"]["properties"]["template"]["properties"]
    assert members["body_json"] == {"type": ["string", "null"]}
    _, step = emulator.email_campaign()
    template = emulator.journeys.get(f"/actions/{step}").json()["action"]["template_id"]
    response = emulator.journeys.put(
        f"/templates/{template}",
        json={"template": dict.fromkeys(set(members) - {"request_method", "headers"})},
        headers={"X-Validate": "strict"},
    )
    assert response.status_code == 200


@pytest.mark.parametrize("scheme", ["", "Basic ", "Token ", "Bearer", "bearer "])
def test_an_app_key_needs_the_bearer_scheme(emulator, scheme):
    key = emulator.workspace.credentials.app_api_key
    client = emulator.client("", "/v1")
    response = client.get("/snippets", headers={"Authorization": scheme + key})
    assert response.status_code == (200 if scheme == "bearer " else 401)


def test_a_401_of_track_v1_has_its_own_envelope(emulator):
    path = "http://emulator.test/api/v1/customers/7"
    response = emulator.client("").put(path, json={}, headers={"Authorization": "Bearer x"})
    assert (response.status_code, list(response.json()["meta"])) == (401, ["error"])


def test_the_app_api_allows_100_archived_messages_a_day(make_emulator):
    emulator = make_emulator(rate_limit=10.0)
    for _ in range(100):
        assert emulator.app.get("/messages/x/archived_message").status_code == 404
        emulator.monotonic.now += 1
    response = emulator.app.get("/messages/x/archived_message")
    assert (response.status_code, "Retry-After" in response.headers) == (429, False)
    assert emulator.app.get("/messages").status_code == 200
    emulator.monotonic.now += 86_400
    assert emulator.app.get("/messages/x/archived_message").status_code == 404
