"""The sample workspaces have their documented content, and apply to an empty sandbox."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from cioform.config.project import workspace_names
from cioform.contract.data_row import DataRow
from cioform.core.address import Address
from cioform.core.data.json_value import JsonValue
from cioform.core.errors import ConfigError
from cioform.language.conditions import decode_filter
from cioform.language.workflow import MESSAGE_KEYWORDS, STEP_TYPES, walk
from cioform.model.remote_access.conversation import Api
from cioform.model.resource import Resource
from cioform.services.project.formatting import format_files
from cioform.services.project.project_files import editor_schema
from cioform.services.validation import validate
from cioform.services.workspace import open_workspace

ROOT = Path(__file__).parent.parent
SAMPLES = ("acme", "kidlearn", "reminders-prod", "reminders-test")

CREDENTIALS = {
    "both": None,
    "app": frozenset({Api.APP}),
    "journeys": frozenset({Api.JOURNEYS}),
}

RENAMED = {
    "acme": ("inactive_3d", "quiet_3d"),
    "kidlearn": ("gap_3_days", "three_days"),
    "reminders-prod": ("reminders_off", "no_reminders"),
    "reminders-test": ("reminders_off", "no_reminders"),
}

EVENTS: dict[str, tuple[str, dict[str, JsonValue]]] = {
    "acme": ("streak_about_to_expire", {"streak_count": 12}),
    "kidlearn": ("child_registered", {"source": "app"}),
    "reminders-prod": ("agreement_created", {"agreement_id": "a-1042"}),
    "reminders-test": ("agreement_created", {"agreement_id": "a-1042"}),
}
"""An event of each sample, with the data that it has to have."""

Resources = dict[Address, Resource]


def load(root: Path, name: str) -> Resources:
    loaded, problems = validate(root, [name], {})
    assert problems == ()
    return dict(loaded[0].configuration.desired.resources)


def of_kind(resources: Resources, kind: str) -> dict[str, dict[str, Any]]:
    """Return the fields of the resources of a kind, by name."""
    return {a.name: dict(r.attributes) for a, r in resources.items() if a.kind == kind}


def copy_of_samples(root: Path) -> Path:
    shutil.copytree(ROOT / "workspaces", root / "workspaces")
    return root


@pytest.fixture(scope="module", params=SAMPLES)
def applied(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, str]:
    """Return a project with a sample applied to its empty sandbox, and the name of the sample."""
    root, name = copy_of_samples(tmp_path_factory.mktemp("samples")), str(request.param)
    with open_workspace(root, name) as opened:
        plan = opened.plan()
        assert not plan.blocked
        assert len(plan.visible_changes) == len(opened.configuration.desired.resources)
        assert opened.apply(plan, opened.guards()).complete
    return root, name


def test_a_segment_in_use_is_renamed_by_its_file(applied: tuple[Path, str], tmp_path: Path) -> None:
    shutil.copytree(applied[0], tmp_path / "copy")
    root, name = tmp_path / "copy", applied[1]
    old, new = RENAMED[name]
    folder = root / "workspaces" / ("_shared" if name.startswith("reminders") else name)
    (folder / f"segments/{old}.yaml").rename(folder / f"segments/{new}.yaml")
    for path in folder.glob("campaigns/*/campaign.yaml"):
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(rf"segment: {old}\b", f"segment: {new}", text), encoding="utf-8")
    with open_workspace(root, name) as opened:
        plan = opened.plan()
        assert [(change.action.value, change.moved_from) for change in plan.visible_changes] == [
            ("move", Address("segment", old))
        ]
        assert plan.drift == ()
        assert opened.apply(plan, opened.guards()).complete
        assert opened.plan().is_empty


def test_events_have_to_fit_the_declarations(applied: tuple[Path, str]) -> None:
    root, name = applied
    event, data = EVENTS[name]
    with open_workspace(root, name) as opened:
        opened.data_checks.check_events([DataRow(data, name=event)])
        with pytest.raises(ConfigError, match="Data does not fit"):
            opened.data_checks.check_events([DataRow({}, name=event)])


def test_the_samples_are_complete() -> None:
    assert tuple(workspace_names(ROOT)) == SAMPLES


@pytest.mark.parametrize("credentials", CREDENTIALS)
def test_after_an_apply_the_plan_is_empty(applied: tuple[Path, str], credentials: str) -> None:
    root, name = applied
    with open_workspace(root, name, apis=CREDENTIALS[credentials]) as opened:
        plan = opened.plan()
    assert (plan.visible_changes, plan.blocked, plan.drift) == ((), (), ())
    assert plan.unchanged == len(load(root, name))


@pytest.fixture(scope="module")
def imported(applied: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a new project with the files that an import of the applied sample wrote."""
    root, name = applied
    project = tmp_path_factory.mktemp("imported")
    folder = project / "workspaces" / name
    folder.mkdir(parents=True)
    settings = (root / "workspaces" / name / "workspace.yaml").read_text(encoding="utf-8")
    alone = re.sub(r"^include: .*\n", "", settings, flags=re.MULTILINE)
    (folder / "workspace.yaml").write_text(alone, encoding="utf-8")
    (project / ".cioform").mkdir()
    for file in (root / ".cioform").glob("sandbox*.sqlite*"):
        shutil.copy(file, project / ".cioform")
    with open_workspace(project, name) as opened:
        assert opened.import_().left == ()
    return project


def test_an_import_is_complete(applied: tuple[Path, str], imported: Path) -> None:
    root, name = applied
    with open_workspace(imported, name) as opened:
        assert opened.plan().is_empty
    assert len(load(imported, name)) == len(load(root, name))


def test_an_import_is_as_a_person_would_write_it(applied: tuple[Path, str], imported: Path) -> None:
    root, name = applied
    sample_folder = "_shared" if name.startswith("reminders") else name
    imported_folder = imported / "workspaces" / name / "campaigns"
    written = list((root / "workspaces").glob(f"{sample_folder}/campaigns/*/campaign.yaml"))
    assert written
    resources, imported_resources = load(root, name), load(imported, name)
    for path in written:
        original = yaml.safe_load(path.read_text(encoding="utf-8"))
        copy = imported_folder / path.parent.name / "campaign.yaml"
        imported_document = yaml.safe_load(copy.read_text(encoding="utf-8"))
        same = (
            _anonymous(original, resources),
            _anonymous(imported_document, imported_resources),
        )
        assert same[0] == same[1], path
        names = {body.name for body in copy.parent.glob("*.html")}
        # Files are named after the steps, which an import names after their messages.
        assert names == {f"{step}.html" for step in _emails(imported_document)}, path


def _emails(document: Any) -> list[str]:
    steps = [step for _, step in walk(document["workflow"])]
    return [step["id"] for step in steps if "email" in step]


def _anonymous(document: Any, resources: Resources, field: str = "") -> Any:
    """Return a document without the values that an import chooses itself.

    Step ids and file names are removed, references are replaced by the names of their objects, and
    defaults of the sample files are filled in. `field` is the field that holds the document.
    """
    if isinstance(document, dict):
        hidden = ("id", "file", "name") if "title" not in document else ()
        return {k: _anonymous(v, resources, k) for k, v in document.items() if k not in hidden}
    if isinstance(document, list):
        return [_anonymous(item, resources, field) for item in document]
    known = {a.name: r.attributes.get("name") for a, r in resources.items() if a.kind == field}
    text = re.sub(r"\$\{var\.app\}|family(-test)?(?=:)", "X", str(document))
    return known.get(text, text)


def test_files_are_formatted() -> None:
    assert format_files([ROOT / "workspaces"], check=True) == []


def test_the_schema_of_files_is_current() -> None:
    written = json.loads((ROOT / "workspaces" / "schema.json").read_text(encoding="utf-8"))
    assert written == editor_schema(), "run: cioform schema"
    for path in (ROOT / "workspaces").rglob("*.yaml"):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        target, _, definition = first.partition("$schema=")[2].partition("#/$defs/")
        assert (path.parent / target).resolve() == ROOT / "workspaces" / "schema.json"
        assert definition in written["$defs"]


def test_acme_has_the_inactivity_ladder() -> None:
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
        assert campaign["trigger"] == {"segment": f"{tier}"}
        assert campaign["exit"].get("when") == ({"segment": f"{following}"} if following else None)
        assert campaign["message_limits"]
        assert not campaign["send_to_unsubscribed"]
        assert sorted(m["type"] for m in campaign["messages"].values()) == ["email", "push"]


def test_acme_has_the_critical_email() -> None:
    resources = load(ROOT, "acme")
    messages = of_kind(resources, "transactional")
    assert set(messages) == {
        "welcome", "password_reset", "receipt", "quiz_result", "two_factor_code",
        "account_deleted",
    }  # fmt: skip
    assert all(message["trigger_name"] != message["name"] for message in messages.values())
    receipt = messages["receipt"]
    translations = receipt["email"]["translations"]
    variants = [receipt["email"], *translations.values()]
    assert set(translations) == {"es", "pt", "fr", "de"}
    assert len({(v["from"], v["reply_to"], v["subject"], v["body"]) for v in variants}) == 5
    assert len({v["from"] for v in variants}) == len({v["reply_to"] for v in variants}) == 5
    assert "main address" in {s["name"] for s in of_kind(resources, "snippet").values()}


@pytest.mark.parametrize("name", ["acme", "kidlearn"])
def test_a_layout_has_unsubscribe_imprint_and_privacy_links(name: str) -> None:
    [layout] = of_kind(load(ROOT, name), "layout").values()
    for part in ("{{ content }}", "{% unsubscribe_url %}", "/imprint", "/privacy"):
        assert part in layout["body"]


def test_kidlearn_follows_its_rules() -> None:
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


def test_kidlearn_keeps_its_sending_hours() -> None:
    for name, campaign in of_kind(load(ROOT, "kidlearn"), "campaign").items():
        words = [key for step in campaign["workflow"] for key in step if key in STEP_TYPES]
        first = next(
            i for i, word in enumerate(words) if word in MESSAGE_KEYWORDS or word == "branches"
        )
        assert "wait_window" in words[:first], name


@pytest.mark.parametrize("name", SAMPLES)
def test_workflows_are_steps(name: str) -> None:
    for campaign in of_kind(load(ROOT, name), "campaign").values():
        assert isinstance(campaign["workflow"], list)


def test_one_reminder_loop_serves_two_workspaces(tmp_path: Path) -> None:
    root = copy_of_samples(tmp_path)
    seen: dict[str, Any] = {}
    for name in ("reminders-test", "reminders-prod"):
        with open_workspace(root, name) as opened:
            assert opened.apply(opened.plan(), opened.guards()).complete
            live, _ = opened.live(Address("campaign", "agreement_reminder"))
            seen[name] = live
    test, prod = (seen[name] for name in ("reminders-test", "reminders-prod"))
    assert test.attributes["trigger"] == prod.attributes["trigger"]
    exits = [each.found.wire["campaign"]["global_exit_conditions"] for each in (test, prod)]
    assert exits[0] != exits[1]
    tests = [_step_condition(each, "closed") for each in (test, prod)]
    assert [element["type_id"] for element in tests] == [1, 1]
    for live in (test, prod):
        [wait] = [a for a in live.found.wire["actions"] if a["type"] == "conditional_wait_action"]
        assert (wait["delay"], wait["exit_type"]) == (172_800, "continue")
        events = [decode_filter(text)[0]["event"]["name"] for text in wait["multi_conditions"]]
        assert events == ["agreement_completed", "agreement_deleted"]


def _step_condition(live: Any, step: str) -> Any:
    own_id = live.decoded.parts[step]
    [action] = [a for a in live.found.wire["actions"] if str(a["id"]) == own_id]
    return decode_filter(action["conditions"])[0]
