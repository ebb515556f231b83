from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from cioform.config.project import find_project, workspace_names
from cioform.config.sections.managed_by import ManagedBy, repository_name
from cioform.config.settings import Settings, load_settings
from cioform.config.workspace_summary import summarize_workspace
from cioform.core.errors import ConfigError
from cioform.core.secrets.secret import Secret
from cioform.model.remote_access.endpoints import ENDPOINTS, Endpoint
from cioform.model.settings.limits import Guards
from cioform.services.validation import validate

Put = Callable[[Mapping[str, str]], Path]
ENVIRONMENT = {
    "CUSTOMERIO_APP": "app-key-1234",
    "CUSTOMERIO_EMPTY": "",
    "CIOFORM_VAR_COLOR": "red",
    "CIOFORM_VAR_COPY": "Bearer app-key-1234-and-more",
    "CIOFORM_VAR_HOST": "https://example.com/",
    "CIOFORM_ALLOW_ENDPOINT": "example.com, other.example:8443",
    "GITHUB_TOKEN": "ghs_1234567890",
}


def _settings(put: Put, text: str) -> Settings:
    return load_settings(put({"workspace.yaml": text}), "acme", ENVIRONMENT)


def _problems(put: Put, text: str) -> list[tuple[str, int | None]]:
    with pytest.raises(ConfigError) as caught:
        _settings(put, text)
    return [
        (found.summary, found.location.line if found.location else None)
        for found in caught.value.diagnostics
    ]


def test_an_empty_file_has_the_defaults(put: Put) -> None:
    assert _settings(put, "# nothing yet\n") == Settings(ENDPOINTS["us"])


def test_every_setting(put: Put) -> None:
    found = _settings(
        put,
        "region: eu\nworkspace_id: 42\nendpoint: {app: '${env.CIOFORM_VAR_HOST}', journeys: "
        "'http://127.0.0.1:8080', track: 'http://localhost:1'}\n"
        "credentials: {app_api_key: '${env.CUSTOMERIO_APP}', site_id: '${env.CUSTOMERIO_NOT_SET}', "
        "track_api_key: '${env.CUSTOMERIO_EMPTY}', service_account_token: }\n"
        "variables: {a: 1, b: x, c: '${env.CIOFORM_VAR_COLOR}'}\n"
        "guards: {allow_delete: true, max_changes: 3, max_deletes: null, max_percent: 12.5}\n"
        "state: {backend: local}\ninclude: [_shared]\nrate: {app: 5}\n",
    )
    assert found.endpoint == Endpoint(
        "https://example.com", "http://127.0.0.1:8080", "http://localhost:1"
    )
    assert found.workspace_id == 42
    assert found.credentials.app_api_key == Secret("app-key-1234")
    assert found.credentials.site_id is None
    assert found.credentials.track_api_key is None
    assert found.variables == {"a": 1, "b": "x", "c": "red"}
    assert found.guards == Guards(
        allow_delete=True, max_changes=3, max_deletes=None, max_percent=12.5
    )
    assert list(found.include) == ["_shared"]
    assert (found.rate.app, found.rate.journeys) == (5, 10)


def test_the_region_chooses_the_endpoint(put: Put) -> None:
    assert _settings(put, "region: eu\n").endpoint == ENDPOINTS["eu"]
    assert _settings(put, "endpoint: eu\n").endpoint == ENDPOINTS["eu"]
    assert _settings(put, "region: eu\nendpoint: sandbox\n").endpoint.is_sandbox


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("regoin: eu", [("Unknown field", 1)]),
        ("region: mars", [("Invalid value", 1)]),
        ("endpoint: mars", [("Invalid value", 1)]),
        ("region: us\nendpoint: eu", [("Endpoint and region mismatch", 2)]),
        ("workspace_id: twelve", [("Invalid value", 1)]),
        ("credentials:\n  app_api_key: abcdef", [("Secret in a file", 2)]),
        ("credentials:\n  app_api_key: x${env.CUSTOMERIO_APP}", [("Secret in a file", 2)]),
        ("credentials:\n  app_key: abcdef", [("Secret in a file", 2), ("Unknown field", 2)]),
        ("credentials:\n  workspace_id: 12", [("Unknown field", 2)]),
        ("credentials:\n  workspace_id: '12'", [("Unknown field", 2)]),
        ("credentials:\n  region: eu", [("Unknown field", 2)]),
        ("credentials:\n  app_key: ${env.CUSTOMERIO_APP}", [("Unknown field", 2)]),
        ("credentials: ${env.CUSTOMERIO_APP}", [("Invalid type", 1)]),
        ("variables:\n  a: ${env.CIOFORM_VAR_NOT_SET}", [("Environment variable not set", 2)]),
        ("variables:\n  a: ${env.GITHUB_TOKEN}", [("Environment variable not allowed", 2)]),
        ("variables:\n  a: ${env.CUSTOMERIO_APP}", [("Environment variable not allowed", 2)]),
        ("variables:\n  a: ${env.CIOFORM_VAR_COPY}", [("Secret in a file", 2)]),
        (
            "credentials:\n  app_api_key: ${env.GITHUB_TOKEN}",
            [("Environment variable not allowed", 2)],
        ),
        ("variables:\n  a: ${var.b}", [("Variable used in the settings", 2)]),
        ("variables:\n  a: [1]", [("Invalid type", 2)]),
        ("variables:\n  a b: 1", [("Invalid variable name", 2)]),
        ("include:\n  - ../other", [("Invalid folder to include", 2)]),
        ("guards: {max_deletes: -1}", [("Invalid value", 1)]),
        ("guards: {max_percent: 101}", [("Invalid value", 1)]),
        ("workspace_id: ${env.CIOFORM_VAR_COLOR}", [("Invalid value", 1)]),
        ("rate: {app: 0}", [("Invalid value", 1)]),
        ("state: {backend: floppy}", [("Invalid value", 1)]),
        ("- a  # no format:", [("Invalid type", 1)]),
        ("region: eu\nformat: 1\n---\nregion: us", [("Multiple documents in the settings", 1)]),
        (
            "endpoint: {app: http://example.com, journeys: ftp://x, track: 'https://[x'}",
            [("Unsafe endpoint", 1)] * 3,
        ),
        (
            "blackout:\n- {from: 2026-01-01, to: 9999-12-31, because: b, time_zone: UTC}",
            [("Invalid value", 2)],
        ),
        ("endpoint: {app: 'https://x.com'}", [("Missing field", 1), ("Missing field", 1)]),
    ],
)
def test_invalid_settings(put: Put, text: str, problems: list[tuple[str, int]]) -> None:
    assert _problems(put, text + "\n") == problems


@pytest.mark.parametrize(
    "text",
    [
        "state: {backend: git, remote: 'https://b:hunter2@x.com/r.git'}",
        "state: {backend: git, remote: 'https://hunter2@x.com/r.git'}",
        "state: {backend: git, remote: 'ssh://b:hunter2@x.com/r.git'}",
        "state: {backend: object, url: 's3://b:hunter2@bucket/acme'}",
        "state: {backend: git, remote: 'https://b:hunter2@x.com:port/r.git'}",
        "endpoint: https://b:hunter2@example.com",
        (
            "endpoint:\n  app: 'https://b:hunter2@example.com'\n"
            "  journeys: https://example.com\n  track: https://example.com"
        ),
        (
            "endpoint:\n  app: 'https://b:hunter2@example.com:99999'\n"
            "  journeys: https://example.com\n  track: https://example.com"
        ),
    ],
)
def test_a_url_with_credentials_is_refused_and_never_shown(put: Put, text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        _settings(put, f"{text}\n")
    assert [each.summary for each in caught.value.diagnostics] == ["Credentials in a URL"]
    assert "hunter2" not in str(caught.value)
    assert "hunter2" not in repr(summarize_workspace(put({}), "acme", {}))


@pytest.mark.parametrize(
    "text",
    [
        "state: 'https://b:hunter2@x.com'",
        "state: {backend: local, url: 'https://b:hunter2@x.com'}",
        "region: https://hunter2@x.com",
    ],
)
def test_a_wrong_value_with_credentials_is_not_repeated(put: Put, text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        _settings(put, f"{text}\n")
    assert "a text with a credential" in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("remote", ["git@x.com:a/r.git", "ssh://git@x.com/r.git", "upstream"])
def test_the_user_name_of_ssh_is_no_credential(put: Put, remote: str) -> None:
    assert _settings(put, f"state: {{backend: git, remote: '{remote}'}}\n").state.remote == remote


def test_no_diagnostic_contains_a_secret(put: Put) -> None:
    with pytest.raises(ConfigError) as caught:
        _settings(
            put,
            "credentials: {app_api_key: hunter2hunter2}\nendpoint: sa_live_hunter2hunter2\n"
            "variables: {a: Bearer hunter2hunter2hunter2}\n",
        )
    assert len(caught.value.diagnostics) == 4
    assert "hunter2" not in str(caught.value)
    with pytest.raises(ConfigError) as caught:
        _settings(put, "workspace_id: ${env.CIOFORM_VAR_COLOR}\n")
    assert "red" not in str(caught.value)


def test_a_project_is_found_from_a_subfolder(put: Put, tmp_path: Path) -> None:
    root = put({"notes/a.yaml": ""})
    assert find_project(root / "workspaces" / "acme" / "notes") == tmp_path
    assert workspace_names(root) == ["acme"]
    with pytest.raises(ConfigError, match="cioform init"):
        find_project(Path(tmp_path.root))


def test_an_empty_environment_is_not_replaced_by_the_real_one(
    put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CIOFORM_VAR_COMPANY", "Acme")
    root = put({"workspace.yaml": "variables: {company: '${env.CIOFORM_VAR_COMPANY}'}\n"})
    assert validate(root, ["acme"])[1] == ()
    assert [problem.summary for problem in validate(root, ["acme"], {})[1]] != []


@pytest.mark.parametrize(
    ("environment", "allowed"),
    [
        ({}, True),
        ({"CI": ""}, True),
        ({"CI": "true"}, False),
        ({"CI": "true", "CIOFORM_ALLOW_ENDPOINT": "localhost:8080"}, True),
        ({"CI": "true", "CIOFORM_ALLOW_ENDPOINT": "LOCALHOST"}, True),
        ({"CI": "true", "CIOFORM_ALLOW_ENDPOINT": "localhost:80"}, False),
    ],
)
def test_this_machine_may_receive_credentials_unless_it_runs_ci(
    put: Put, environment: dict[str, str], allowed: bool
) -> None:
    urls = "endpoint: {app: 'http://localhost:8080', journeys: 'http://localhost:8080', track: 'http://localhost:8080'}\n"
    root = put({"workspace.yaml": urls})
    if allowed:
        load_settings(root, "acme", environment)
        return
    with pytest.raises(ConfigError, match="CIOFORM_ALLOW_ENDPOINT=localhost:8080"):
        load_settings(root, "acme", environment)


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("api-eu.customer.io", True),
        ("api.customer.io.attacker.example", False),
        ("attackercustomer.io", False),
        ("example.com", True),
        ("example.com:8443", True),
        ("other.example", False),
        ("other.example:8443", True),
    ],
)
def test_only_allowed_servers_receive_credentials(put: Put, host: str, allowed: bool) -> None:
    urls = ", ".join(f"{api}: 'https://{host}'" for api in ("app", "journeys", "track"))
    text = f"endpoint: {{{urls}}}\n"
    if allowed:
        assert _settings(put, text).endpoint.app == f"https://{host}"
    else:
        assert _problems(put, text) == [("Endpoint not allowed", 1)] * 3


def test_other_variables_are_allowed_by_name(put: Put) -> None:
    text = "variables: {a: '${env.ACME_COLOR}'}\ncredentials: {app_api_key: '${env.ACME_KEY}'}\n"
    environment = {"ACME_COLOR": "blue", "ACME_KEY": "key-1234", "CIOFORM_ALLOW_ENV": "ACME_*"}
    found = load_settings(put({"workspace.yaml": text}), "acme", environment)
    assert found.variables == {"a": "blue"}
    assert found.credentials.app_api_key == Secret("key-1234")


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("github.com/acme/messages", "github.com/acme/messages"),
        ("https://GitHub.com/acme/messages.git", "github.com/acme/messages"),
        ("https://x-access-token:ghs_1@github.com/acme/messages/", "github.com/acme/messages"),
        ("https://gitlab.acme.com:8443/a/b/messages?token=1", "gitlab.acme.com/a/b/messages"),
        ("git@github.com:acme/messages.git", "github.com/acme/messages"),
        ("ssh://git@github.com:22/acme/messages.git", "github.com/acme/messages"),
        ("https://jane@acme.com:ghp_1@github.com/acme/messages.git", "github.com/acme/messages"),
        ("https://a.b:ghp_1/@github.com/acme/messages", None),
        ("https://a.b:ghp_1?/@github.com/acme/messages", None),
        ("https://a.b:ghp_1#/@github.com/acme/messages", None),
        ("/srv/git/messages.git", None),
        ("../messages.git", None),
        ("file:///srv/git/messages.git", None),
        ("https://github.com/", None),
        ("C:/git/messages", None),
        ("acme", None),
        ("", None),
    ],
)
def test_the_name_of_a_repository_has_no_secret(url: str, name: str | None) -> None:
    assert repository_name(url) == name


def test_a_repository_is_named_with_its_host(put: Put) -> None:
    for wrong in ("acme", "''", "'  '"):
        text = f"managed_by: {{repository: {wrong}}}\n"
        assert _problems(put, text) == [("Invalid repository", 1)]
    found = _settings(put, "managed_by: {stamp: true, repository: 'git@github.com:a/b.git'}\n")
    assert found.managed_by == ManagedBy(True, "github.com/a/b")


def test_what_is_taken_over_is_spelled_as_in_stamps(put: Put) -> None:
    places = {
        "https://github.com/acme/old": "github.com/acme/old",
        "git@github.com:acme/x.git": "github.com/acme/x",
        "github.com/acme/old.git/": "github.com/acme/old",
        "github.com/acme": "github.com/acme",
        "github.com/acme/old/workspaces/Customer IO/für uns.yaml": (
            "github.com/acme/old/workspaces/Customer%20IO/f%C3%BCr%20uns.yaml"
        ),
        "github.com/acme/old/f%C3%BCr.yaml": "github.com/acme/old/f%C3%BCr.yaml",
    }
    lines = "".join(f"    - '{place}'\n" for place in places)
    found = _settings(put, f"managed_by:\n  take_over:\n{lines}")
    assert found.managed_by.take_over == tuple(places.values())


@pytest.mark.parametrize("place", ["  ", "*", "github.com/acme/*", "acme", "/srv/git/old.git"])
def test_a_place_to_take_over_has_a_host(put: Put, place: str) -> None:
    text = f"managed_by:\n  take_over:\n    - github.com/acme/old\n    - '{place}'\n"
    assert _problems(put, text) == [("Invalid place", 4)]
