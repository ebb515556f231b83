"""Editors of the steps of a workflow: nobody is accused of what somebody else changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest

from cioform.core.address import Address
from cioform.core.data.json_value import KindFields
from cioform.core.data.paths import FieldPath
from cioform.emulator.store.record_types import AUDIT
from cioform.kinds.campaign.kind import KIND
from cioform.kinds.campaign.log_names import UNNAMED, WHOLE_STEPS
from cioform.kinds.campaign.model import Campaign
from cioform.kinds.campaign.steps import STEP_MODELS
from cioform.language.messages.message import MESSAGE_TYPES
from cioform.language.messages.template.member_fields import ACTION_MEMBERS
from cioform.language.messages.template.template_members import TEMPLATE_MEMBERS
from cioform.model.objects.live_object import RemoteObject
from cioform.model.remote_access.conversation import Api
from cioform.model.router import choose_route
from cioform.model.routing.operations import WriteContext
from cioform.model.routing.routes import UpdateRoute
from cioform.plan.change import Drift
from cioform.report.plan.parts.drift_items import view_drifted_object
from cioform.report.plan.parts.fields import DisplayOptions
from cioform.run.reading.driver import run_conversation
from tests.support.copied_projects import CopyOf
from tests.support.sandbox_project import SandboxProject

WELCOME: Final = Address("campaign", "welcome")
APP: Final = {"attribute": "has_app", "is": "1"}
PRO: Final = {"attribute": "plan", "is": "pro"}
JOURNEYS: Final = frozenset({Api.JOURNEYS})
MAIL: Final = {"subject": "Hello", "body": "Hello", "bcc": "x@a.b"}
FILE: Final[dict[str, Any]] = {
    "name": "Welcome",
    "trigger": {"event": "signed_up"},
    "workflow": [
        {"id": "mail", "only_if": APP, "email": MAIL},
        {"id": "push", "push": {"title": "Hello", "body": "Hello", "link": "https://acme.com"}},
        {"id": "ask", "if": APP, "then": [{"id": "pause", "wait": "1d"}]},
        {"id": "hold", "wait_until": APP, "timeout": "2d"},
    ],
}


def apply_campaign(project: SandboxProject) -> None:
    project.write("campaigns/welcome.yaml", FILE)
    assert project.apply().complete
    project.time.now += 3600


@pytest.fixture
def project(copy_of: CopyOf) -> SandboxProject:
    return copy_of(apply_campaign)


def edit(project: SandboxProject, who: str, path: FieldPath, value: object) -> None:
    """Change one field, as a person does in Customer.io; `path` is that of the canonical form."""
    with project.open(JOURNEYS, actor=who) as opened:
        live, names = opened.live(WELCOME)
        kind = opened.kinds["campaign"]
        holder: Any = live.attributes
        for step in path[:-1]:
            holder = holder[step]
        holder[path[-1]] = value
        route = choose_route(kind, UpdateRoute, JOURNEYS, [path])
        assert route is not None
        wanted = kind.parse(live.attributes)
        context = WriteContext(names, [path])
        run_conversation(route.operation(live, wanted, context), opened.provider)
    project.time.now += 60


def drift_of(project: SandboxProject) -> Drift:
    with project.open() as opened:
        (drift,) = opened.drift()
        return drift


def attributed(drift: Drift) -> dict[str, tuple[list[str], bool]]:
    """Return who changed each field, and whether that is certain."""
    return {
        ".".join(map(str, path)): ([editor.who for editor in each.editors], each.is_certain)
        for each in drift.editors
        for path in each.paths
    }


def step_path(project: SandboxProject, name: str, *field: str) -> FieldPath:
    """Return the path of a field of a step in the canonical form."""
    with project.open(JOURNEYS) as opened:
        live, _ = opened.live(WELCOME)
        attributes: KindFields = live.attributes
    steps = attributes["workflow"]
    return ("workflow", next(n for n, each in enumerate(steps) if each["id"] == name), *field)


def test_a_condition_is_not_of_who_changed_another_field(project: SandboxProject) -> None:
    edit(project, "jane@a.com", step_path(project, "mail", "only_if"), PRO)
    edit(project, "bob@a.com", ("messages", "mail", "bcc"), "y@a.b")
    found = attributed(drift_of(project))
    assert found.pop("mail.email.bcc") == (["bob@a.com"], True)
    assert set(map(str, found.values())) == {"(['jane@a.com'], True)"}


def test_the_condition_of_an_if_is_not_of_who_renamed_the_step(project: SandboxProject) -> None:
    edit(project, "jane@a.com", step_path(project, "ask", "if"), PRO)
    edit(project, "bob@a.com", step_path(project, "ask", "name"), "Ask")
    found = attributed(drift_of(project))
    assert found.pop("ask.name") == (["bob@a.com"], True)
    assert set(map(str, found.values())) == {"(['jane@a.com'], True)"}


def test_the_link_of_a_push_may_be_of_who_changed_its_title(project: SandboxProject) -> None:
    edit(project, "dan@a.com", ("messages", "push", "title"), "Hi")
    edit(project, "cat@a.com", ("messages", "push", "link"), "https://acme.com/a")
    assert attributed(drift_of(project)) == {
        "push.push.title": (["dan@a.com"], True),
        "push.push.link": (["cat@a.com", "dan@a.com"], False),
    }


def test_nobody_is_named_where_the_log_names_only_other_fields(project: SandboxProject) -> None:
    edit(project, "jane@a.com", step_path(project, "mail", "only_if"), PRO)
    edit(project, "bob@a.com", ("messages", "mail", "bcc"), "y@a.b")
    rewrite_log(project, "preconditions", "tracked")
    drift = drift_of(project)
    assert attributed(drift) == {"mail.email.bcc": (["bob@a.com"], True)}
    assert drift.editor is not None
    assert drift.editor.who == "bob@a.com"
    notes = {view.path: view.note for view in view_drifted_object(drift, DisplayOptions()).fields}
    assert notes.pop("mail.email.bcc").startswith("by bob@a.com, ")
    assert set(notes.values()) == {"by somebody whom the audit log does not name"}
    rewrite_log(project, "bcc", "tracked")
    drift = drift_of(project)
    assert (drift.editor, drift.editors) == (None, ())


def test_an_entry_about_a_message_names_nobody_of_another_message() -> None:
    wire = {
        "campaign": {"id": 1},
        "actions": [{"id": 7, "template_id": 70}, {"id": 8, "template_id": 80}],
        "languages": {"7": {"de": {"id": 71}}},
    }
    found = RemoteObject("1", "w", Api.JOURNEYS, wire)
    mail, german = ("template", "70"), ("template", "71")
    action, others = ("action", "7"), {("action", "8"), ("template", "80")}

    def place_of(*path: str) -> tuple[set[object], set[object]]:
        place = KIND.log_place(path, found, {"s": "7", "t": "8"})
        return {*place.parts}, {*place.others}

    assert place_of("s", "email", "bcc") == ({action, mail}, {german, *others})
    translation = ("s", "email", "translations", "de", "subject")
    assert place_of(*translation) == ({action, german}, {mail, *others})
    assert place_of("name") == (set(), {action, mail, german, *others})


def test_an_entry_about_another_field_names_nobody_of_a_member_in_raw() -> None:
    place = KIND.log_place(("s", "raw", "conditions"), RemoteObject("1", "w", Api.JOURNEYS, {}), {})
    assert place.is_named
    assert place.attributes == {"conditions"}


def test_nobody_is_named_for_an_edit_that_the_log_does_not_have(project: SandboxProject) -> None:
    edit(project, "bob@a.com", ("messages", "mail", "subject"), "Hi")
    assert project.apply().complete
    project.time.now += 3600
    edit(project, "", ("messages", "mail", "bcc"), "y@a.b")
    data = project.store.workspace_data("acme")
    data.remove(AUDIT, max(entry["id"] for entry in data.all(AUDIT)))
    assert attributed(drift_of(project)) == {}


def rewrite_log(project: SandboxProject, old: str, new: str) -> None:
    """Let the entries of the log say another name for a field."""
    for entry in project.store.workspace_data("acme").all(AUDIT):
        names = [new if each == old else each for each in entry["attribute_names"]]
        project.store.workspace_data("acme").save(AUDIT, {**entry, "attribute_names": names})


def _paths() -> Iterator[tuple[str, FieldPath]]:
    """Yield the fields of every type of step and message, each with its keyword."""
    for keyword, model in STEP_MODELS.items():
        for field in model.yaml_field_names():
            yield keyword, ("s", field)
    for keyword, message in MESSAGE_TYPES.items():
        for field in message.yaml_field_names():
            yield keyword, ("s", keyword, field)


@pytest.mark.parametrize(("keyword", "path"), [*_paths()], ids=str)
def test_every_field_has_a_name_in_the_log_or_a_reason(keyword: str, path: FieldPath) -> None:
    members = {*STEP_MODELS[keyword].wire_fields, *TEMPLATE_MEMBERS, *ACTION_MEMBERS}
    members |= {"preconditions", "edges"}
    place = KIND.log_place(path, RemoteObject("1", "w", Api.JOURNEYS, {}), {"s": "7"})
    if place.is_named:
        assert (place.attributes | place.shared) & members
    else:
        assert not UNNAMED.keys().isdisjoint(map(str, path)) or path[-1] in WHOLE_STEPS


def test_every_reason_is_about_a_field_that_exists() -> None:
    fields = {str(path[-1]) for _, path in _paths()}
    others = {"template", "object", "relationship", *Campaign.yaml_field_names()}
    assert UNNAMED.keys() - others <= fields
