"""The sample workspaces hold what their cases say, and apply to an empty sandbox."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from cioform import session
from cioform.base.address import Address
from cioform.model.conversation import Api
from cioform.model.resource import Resource

ROOT = Path(__file__).parent.parent
SAMPLES = ("acme", "kidlearn")

CREDENTIALS = {
    "both": None,
    "app": frozenset({Api.APP}),
    "journeys": frozenset({Api.JOURNEYS}),
}

Resources = dict[Address, Resource]


def load(root: Path, name: str) -> Resources:
    loaded, problems = session.validate(root, [name], {})
    assert problems == ()
    return dict(loaded[0].desired.resources)


def of_kind(resources: Resources, kind: str) -> dict[str, dict[str, Any]]:
    """Give the fields of the resources of a kind, by name."""
    return {a.name: dict(r.attributes) for a, r in resources.items() if a.kind == kind}


def copy_of_samples(root: Path) -> Path:
    shutil.copytree(ROOT / "workspaces", root / "workspaces")
    return root


@pytest.fixture(scope="module", params=SAMPLES)
def applied(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, str]:
    """Give a project with a sample applied to its empty sandbox, and the sample's name."""
    root, name = copy_of_samples(tmp_path_factory.mktemp("samples")), str(request.param)
    with session.open_workspace(root, name) as opened:
        plan = opened.plan()
        assert not plan.blocked
        assert len(plan.shown) == len(opened.workspace.desired.resources)
        assert opened.apply(plan, opened.guards()).complete
    return root, name


def test_a_segment_in_use_is_renamed_by_its_file_alone(
    applied: tuple[Path, str], tmp_path: Path
) -> None:
    shutil.copytree(applied[0], tmp_path / "copy")
    root, name = tmp_path / "copy", applied[1]
    old, new = ("inactive_3d", "quiet_3d") if name == "acme" else ("gap_3_days", "three_days")
    folder = root / "workspaces" / name
    (folder / f"segments/{old}.yaml").rename(folder / f"segments/{new}.yaml")
    for path in folder.glob("campaigns/*/campaign.yaml"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(f"segment.{old}", f"segment.{new}"), encoding="utf-8")
    with session.open_workspace(root, name) as opened:
        plan = opened.plan()
        assert [(change.action.value, change.moved_from) for change in plan.shown] == [
            ("move", Address("segment", old))
        ]
        assert plan.drift == ()
        assert opened.apply(plan, opened.guards()).complete
        assert opened.plan().is_empty


def test_these_are_the_samples() -> None:
    assert tuple(session.workspace_names(ROOT)) == SAMPLES


@pytest.mark.parametrize("credentials", CREDENTIALS)
def test_applied_there_is_nothing_to_plan(applied: tuple[Path, str], credentials: str) -> None:
    root, name = applied
    with session.open_workspace(root, name, apis=CREDENTIALS[credentials]) as opened:
        plan = opened.plan()
    assert (plan.shown, plan.blocked, plan.drift) == ((), (), ())
    assert plan.unchanged == len(load(root, name))


def test_an_import_of_it_is_all_of_it(applied: tuple[Path, str], tmp_path: Path) -> None:
    root, name = applied
    folder = tmp_path / "workspaces" / name
    folder.mkdir(parents=True)
    shutil.copy(root / "workspaces" / name / "workspace.yaml", folder)
    (tmp_path / ".cioform").mkdir()
    for file in (root / ".cioform").glob("sandbox.sqlite*"):
        shutil.copy(file, tmp_path / ".cioform")
    with session.open_workspace(tmp_path, name) as opened:
        assert opened.import_().left == ()
    with session.open_workspace(tmp_path, name) as opened:
        assert opened.plan().is_empty
    assert len(load(tmp_path, name)) == len(load(root, name))


def test_files_are_tidy_and_their_schema_is_todays() -> None:
    assert session.format_files([ROOT / "workspaces"], check=True) == []
    written = json.loads((ROOT / "workspaces" / "schema.json").read_text(encoding="utf-8"))
    assert written == session.schema(), "run: cioform schema"
    for path in (ROOT / "workspaces").rglob("*.yaml"):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        target, _, definition = first.partition("$schema=")[2].partition("#/$defs/")
        assert (path.parent / target).resolve() == ROOT / "workspaces" / "schema.json"
        assert definition in written["$defs"]


def test_acme_has_the_ladder() -> None:
    resources = load(ROOT, "acme")
    segments, campaigns = of_kind(resources, "segment"), of_kind(resources, "campaign")
    assert {f"inactive_{days}d" for days in (3, 7, 14, 30)} < set(segments)
    assert set(campaigns) == {
        "reengage_3d", "reengage_7d", "reengage_14d", "winback_30d",
        "streak_alert", "weekly_digest", "welcome",
    }  # fmt: skip
    for name, tier, following in (
        ("reengage_3d", "inactive_3d", "inactive_7d"),
        ("reengage_7d", "inactive_7d", "inactive_14d"),
        ("reengage_14d", "inactive_14d", "inactive_30d"),
        ("winback_30d", "inactive_30d", None),
    ):
        campaign = campaigns[name]
        assert campaign["trigger"] == {"segment": f"segment.{tier}"}
        assert campaign["exit"].get("when") == (
            {"segment": f"segment.{following}"} if following else None
        )
        assert campaign["message_limits"]
        assert not campaign["send_to_unsubscribed"]
        assert sorted(m["type"] for m in campaign["messages"].values()) == ["email", "push"]


def test_acme_has_the_mail_that_must_not_break() -> None:
    resources = load(ROOT, "acme")
    messages = of_kind(resources, "transactional")
    assert set(messages) == {
        "welcome", "password_reset", "receipt", "quiz_result", "two_factor_code",
        "account_deleted",
    }  # fmt: skip
    assert all(message["trigger_name"] != message["name"] for message in messages.values())
    receipt = messages["receipt"]
    variants = [receipt, *receipt["translations"].values()]
    assert set(receipt["translations"]) == {"es", "pt", "fr", "de"}
    assert len({(v["from"], v["reply_to"], v["subject"], v["body"]) for v in variants}) == 5
    assert len({v["from"] for v in variants}) == len({v["reply_to"] for v in variants}) == 5
    assert "main address" in {s["name"] for s in of_kind(resources, "snippet").values()}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_layout_holds_unsubscribe_imprint_and_privacy(name: str) -> None:
    [layout] = of_kind(load(ROOT, name), "layout").values()
    for part in ("{{ content }}", "{% unsubscribe_url %}", "/imprint", "/privacy"):
        assert part in layout["body"]


def test_kidlearn_keeps_its_house_rules() -> None:
    resources = load(ROOT, "kidlearn")
    campaigns = of_kind(resources, "campaign")
    flows = {name.split("_")[0] for name in campaigns}
    # Nine flows; the inactivity ladder is four campaigns, one for each gap.
    assert (len(flows), len(campaigns)) == (9, 12)
    assert len(of_kind(resources, "segment")) == 21
    for name, campaign in campaigns.items():
        assert campaign["message_limits"], name
        for message in campaign["messages"].values():
            if message["type"] == "push":
                assert len(message["title"]) < 50, message
                assert len(message["body"]) < 100, message
