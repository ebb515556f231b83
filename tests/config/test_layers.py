"""Values that `workspace.yaml` and a campaign's `defaults` give to documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from cioform.config.load import Configuration, load_configuration
from cioform.core.address import Address
from cioform.core.data.json_value import KindFields
from cioform.kinds import campaign
from cioform.model.registry import Registry
from tests.support.known import known

EMAIL = {"id": "hello", "email": {"subject": "Hi", "body": "<p>Hi</p>"}}
WINDOW = {"id": "morning", "wait_window": {"from": "09:00", "to": "10:00"}}


def load(root: Path, settings: dict[str, Any], document: dict[str, Any]) -> Configuration:
    """Return a workspace whose folder `_shared` has the campaign `a`."""
    basis = {"name": "A", "trigger": {"event": "signed_up"}, "workflow": [EMAIL, WINDOW]}
    for path, value in {
        "acme/workspace.yaml": {
            "endpoint": "sandbox",
            "include": ["_shared"],
            **settings,
            "format": 1,
        },
        "_shared/campaigns/a.yaml": {**basis, **document},
    }.items():
        file = root / "workspaces" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(yaml.safe_dump(value, sort_keys=False), encoding="utf-8")
    return load_configuration(root, "acme", Registry([campaign.KIND]), {})


def message(
    root: Path, settings: dict[str, Any], document: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Return the message of the campaign."""
    zone = {"time_zone": "UTC", **settings}
    found = load(root, {"defaults": zone}, document or {})
    content: dict[str, Any] = found.desired.resources[Address("campaign", "a")].attributes
    return dict(content["messages"]["hello"])


TEAM = {"email": {"from": "team@acme.com", "reply_to": "help@acme.com"}}


def email(**fields: Any) -> dict[str, Any]:
    content = {"subject": "Hi", "body": "<p>Hi</p>", **fields}
    return {"workflow": [{"id": "hello", "email": content}]}


def test_a_default_fills_what_the_message_leaves_out(tmp_path: Path) -> None:
    assert message(tmp_path, TEAM)["from"] == "team@acme.com"
    assert message(tmp_path, TEAM, email(**{"from": "own@acme.com"}))["from"] == "own@acme.com"


def test_the_nearest_default_wins_key_by_key(tmp_path: Path) -> None:
    found = message(tmp_path, TEAM, {"defaults": {"email": {"from": "own@acme.com"}}})
    assert (found["from"], found["reply_to"]) == ("own@acme.com", "help@acme.com")


@pytest.mark.parametrize("nearest", ["message", "campaign"])
def test_none_opts_out(tmp_path: Path, nearest: str) -> None:
    out = {"from": "none", "reply_to": "none"}
    document = email(**out) if nearest == "message" else {"defaults": {"email": out}}
    found = message(tmp_path, TEAM, document)
    assert "from" not in found  # unmanaged, as without a default
    assert found["reply_to"] == "none"


def test_a_time_zone_reaches_windows_and_dates(tmp_path: Path) -> None:
    date = {"trigger": {"date": "trial_ends"}}
    found = load(tmp_path, {"defaults": {"time_zone": "Europe/Berlin"}}, date)
    address = Address("campaign", "a")
    attributes: KindFields = found.desired.resources[address].attributes
    assert attributes["trigger"]["time_zone"] == "Europe/Berlin"
    assert attributes["workflow"][1]["wait_window"]["time_zone"] == "Europe/Berlin"


def test_the_location_of_a_value_is_where_it_is_written(tmp_path: Path) -> None:
    settings = {"defaults": {"time_zone": "UTC", **TEAM}, "overrides": {
        "campaign.a": {"hello.email.subject": "Hey", "exit.when": {"segment": "segment#1"}}
    }}  # fmt: skip
    resource = load(tmp_path, settings, {}).desired.resources[Address("campaign", "a")]
    at = {path: str(resource.positions[path]) for path in (
        ("name",), ("workflow", 0, "email", "from"), ("workflow", 0, "email", "subject"),
        ("exit", "when", "segment"),
    )}  # fmt: skip
    assert at == {
        ("name",): "workspaces/_shared/campaigns/a.yaml:1",
        ("workflow", 0, "email", "from"): "workspaces/acme/workspace.yaml:7",
        ("workflow", 0, "email", "subject"): "workspaces/acme/workspace.yaml:11",
        ("exit", "when", "segment"): "workspaces/acme/workspace.yaml:12",
    }
    assert resource.sources == {
        ("hello", "email", "from"): "defaults in workspaces/acme/workspace.yaml:7",
        ("hello", "email", "reply_to"): "defaults in workspaces/acme/workspace.yaml:8",
        ("hello", "email", "subject"): "overrides in workspaces/acme/workspace.yaml:11",
        ("morning", "wait_window", "time_zone"): "defaults in workspaces/acme/workspace.yaml:5",
        ("exit", "when"): "overrides in workspaces/acme/workspace.yaml:12",
    }


def test_an_override_comes_before_a_default(tmp_path: Path) -> None:
    overrides = {"campaign.a": {"hello.email.from": "other@acme.com"}}
    settings = {"defaults": {"time_zone": "UTC", **TEAM}, "overrides": overrides}
    resource = load(tmp_path, settings, {}).desired.resources[Address("campaign", "a")]
    assert known(resource.attributes)["messages"]["hello"]["from"] == "other@acme.com"
