"""Every refusal of the emulator to a write is foreseen by the files' checks or by the plan."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from cioform import emulator
from cioform.core.errors import ConfigError, PlanError
from cioform.emulator.protocol.behavior import Behavior
from cioform.kinds import find_kinds
from tests.support.sandbox_project import SandboxProject

EMULATOR: Final = Path(emulator.__file__).parent
CHECKED: Final = (
    *(EMULATOR / "validation").glob("[!tb]*_*.py"),
    *(EMULATOR / "validation").glob("recipients.py"),
    *(EMULATOR / "validation").glob("[bt][oe]*.py"),
    *(EMULATOR / "domain" / "campaigns").glob("*.py"),
    EMULATOR / "domain" / "sending" / "transactional.py",
    *(
        EMULATOR / "apis" / "journeys" / f"{name}.py"
        for name in ("actions", "campaigns", "layouts", "segments", "senders", "snippets")
    ),
    *(EMULATOR / "apis" / "journeys" / f"{n}.py" for n in ("tags", "templates", "transactional")),
    *(EMULATOR / "apis" / "app" / f"{n}.py" for n in ("segments", "snippets")),
)
"""The modules that refuse what cioform may send for a document."""


def _refusals() -> Iterator[str]:
    for path in CHECKED:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
            if isinstance(node, ast.Call) and name in ("unprocessable", "ApiError", "forbidden"):
                yield from [text for each in node.args if (text := _text(each))][:1]


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(
            _text(each) if isinstance(each, ast.Constant) else "{}" for each in node.values
        )
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def campaign(**fields: Any) -> dict[str, Any]:
    base = {"name": "C", "trigger": {"event": "e"}, "workflow": [{"id": "w", "wait": "1d"}]}
    return {"campaigns/c.yaml": {**base, **fields}}


def step(**fields: Any) -> dict[str, Any]:
    return campaign(workflow=[{"id": "x", **fields}])


def email(**fields: Any) -> dict[str, Any]:
    return step(email={"subject": "S", "body": "B", **fields})


def segment(**fields: Any) -> dict[str, Any]:
    return {"segments/s.yaml": {"name": "S", "conditions": {"event": "e"}, **fields}}


def snippet(**fields: Any) -> dict[str, Any]:
    return {"snippets/s.yaml": {"name": "s", "value": "v", **fields}}


def message(name: str = "m", **fields: Any) -> dict[str, Any]:
    block = {"subject": "S", "body": "B"}
    return {f"transactional/{name}.yaml": {"name": name, "email": block, **fields}}


IF: Final = {"attribute": "a", "is": 1}
CROSSING: Final = [("i", "j", 0), ("i", "k", 1), ("j", "a", 0), ("j", "b", 1), ("k", "a", 0),
                   ("k", "b", 1), ("a", "x", None), ("b", "x", None)]  # fmt: skip
GRAPH: Final[dict[str, Any]] = {
    "nodes": [
        *({"id": each, "if": IF} for each in "ijk"),
        *({"id": each, "wait": "1d"} for each in "ab"),
        {"id": "x", "exit": True},
    ],
    "edges": [
        {"from": a, "to": b} | ({} if way is None else {"branch": way}) for a, b, way in CROSSING
    ],
}
STOPPING: Final = {
    "id": 5,
    "name": "Stopping",
    "state": "stopping",
    "type": "transactional",
    "event": "e",
}
FORESEEN: Final[list[tuple[str, dict[str, Any]]]] = [
    ("{} does not exist", email(layout="layout#99")),
    ("{} does not exist", email(**{"from": "sender#99"})),
    ("segment {} does not exist", step(**{"if": {"segment": "segment#999"}})),
    ("segment {} does not exist", step(add_to_segment="segment#999")),
    ("segment {} does not exist", segment(conditions={"segment": "segment#999"})),
    ("subscription topic does not exist", campaign(topic="topic#99")),
    ("segments can be nested one level deep",
     {**segment(conditions={"segment": "t"}),
      "segments/t.yaml": {"name": "T", "conditions": {"segment": "u"}},
      "segments/u.yaml": {"name": "U", "conditions": {"event": "e"}}}),
    ("type cannot be changed", segment(manual=True, conditions=None, name="Dynamic")),
    ("conditions cannot be nil", segment(conditions=None)),
    ("name cannot be nil", segment(name=" ")),
    ("name cannot be nil", campaign(tags=[" "])),
    ("name cannot be nil", {"tags/t.yaml": {"name": " "}}),
    ("name has already been taken", campaign(tags=["a", "a "])),
    ("name has already been taken", {"layouts/l.yaml": {"name": "L", "body": "{{ content }}"},
                                     "layouts/m.yaml": {"name": "L", "body": "{{ content }}"}}),
    ("body must contain {{ content }}", {"layouts/l.yaml": {"name": "L", "body": "x"}}),
    ("name cannot be blank", snippet(name=" ")),
    ("name is too long (maximum is {} characters)", snippet(name="x" * 151)),
    ("A snippet with that name already exists",
     {**snippet(), "snippets/t.yaml": {"name": "s", "value": "v"}}),
    ("value cannot be blank", snippet(value=" \n")),
    ("value is too long (maximum is {} characters)", snippet(value="x" * 16_001)),
    ("snippets cannot reference other snippets", snippet(value="{{ snippets.other }}")),
    ("email cannot be nil", {"senders/s.yaml": {"name": "S"}}),
    ("domain of email is not verified", {"senders/s.yaml": {"name": "S", "email": "a@b.com"}}),
    ("trigger_name is invalid", message(trigger_name="123")),
    ("trigger_name has already been taken",
     {**message(trigger_name="t"), **message("n", trigger_name="t")}),
    ("language cannot be nil",
     message(email={"subject": "S", "body": "B", "translations": {"": {}}})),
    ("cohorts must add up to 1000", step(random_branches=[{"percent": 50}, {"percent": 40}])),
    ("allocations must add up to 100",
     step(ab_test=[{"id": i, "percent": 40, "push": {"title": "T", "body": "B"}} for i in "ab"])),
    ("min_delay must not be above max_delay", step(wait_random={"min": "2d", "max": "1d"})),
    ("delay must be above 0", step(wait_until={"event": "e"}, timeout="0d")),
    ("sending_state is not included in the list", email(sending="now")),
    ("json: cannot unmarshal {} into field {}", step(wait="1d", raw={"tracked": "x"})),
    ("json: cannot unmarshal {} into field {}", step(wait="1d", raw={"frequency_cap_mode": 3})),
    ("json: cannot unmarshal {} into field {}", email(raw={"fake_bcc": "x"})),
    ('json: unknown field "{}"', campaign(goal={"raw": {"other": 1}})),
    ('json: unknown field "{}"', campaign(reentry={"raw": {"other": 1}})),
    ('json: unknown field "{}"', campaign(trigger={"object": {"object_campaign": 1, "other": 1}})),
    ("change the state of a campaign",
     campaign(goal={"raw": {"update_type": "state", "state": "running"}})),
    ("change the state of a campaign",
     campaign(trigger={"raw": {"type": "odd", "update_type": "state", "state": "running"}})),
    ("internal error", campaign(workflow=[{"id": "e", "exit": True, "raw": {"sub_type": "x"}}])),
    ("internal error", segment(conditions={"raw": {"attribute": {"field": "a"}}})),
    ("internal error", step(**{"if": {"raw": {"and": []}}})),
    ("{} cannot be decoded", step(**{"if": {"raw": "junk"}})),
    ("behavioral campaigns can no longer be created",
     {**campaign(trigger={"behavioral": {"segment": "s"}}), **segment()}),
    ("restart_mode must not be sent", campaign(trigger={"relationship": {
        "relationship_campaign": {"a": 1}, "restart_mode": "rematch"}})),
    ("audience Self is not allowed for object campaigns",
     campaign(trigger={"object": {"object_campaign": {"a": 1}, "audience": {"type": 0}}})),
    ("{} cannot be nil", campaign(trigger={"object": {"object_attribute_triggers": [1]}})),
    ("{} cannot be nil", campaign(trigger={"raw": {"type": "transactional"}})),
    ("type is not included in the list", campaign(trigger={"raw": {"type": "odd"}})),
    ("campaign is stopping", campaign(name="Stopping")),
    ("graph branches do not converge", {"campaigns/c.yaml": {
        "name": "C", "trigger": {"event": "e"}, "graph": GRAPH}}),
    ("graph has {} root", campaign(workflow=[
        {"id": "i", "if": IF, "then": ["exit"], "else": ["exit"]}, {"id": "w", "wait": "1d"}])),
    ("{} has the wrong number of branches", {"campaigns/c.yaml": {
        "name": "C", "trigger": {"event": "e"}, "graph": {**GRAPH, "edges": GRAPH["edges"][1:]}}}),
    ("body made in the drag-and-drop editor cannot be changed", email(raw={"editor": "bee"})),
]  # fmt: skip
"""Each refusal with documents that would meet it."""

NEVER_SENT: Final = {
    "Actions": """
        only a message can be tested; campaign_id does not match; actions cannot be nil;
        action type is missing or unknown; multi_conditions must be a list;
        exit_type is not included in the list; action_ids names an action that is not there;
        the entry gate cannot be added; the entry gate cannot be deleted""",
    "Edges": """
        edges cannot be nil; json: cannot unmarshal edges; a branch edge must have an index;
        edge type {} is not included in the list; edge refers to unknown action {};
        edges cannot touch the variants of a split; the entry gate must be the root;
        graph has actions that cannot be reached; {} must not have outgoing edges;
        {} must have exactly one outgoing edge""",
    "Triggers": """
        type must be none; type cannot be nil; filters must not be sent with a trigger;
        trigger cannot be nil; {} must be an encoded string""",
    "Templates": """
        template cannot be nil; body_json must be a string; action_id is not a message;
        the default template cannot be deleted; add a language;
        a translation in that language already exists; msg_type is not included in the list;
        content made in this editor cannot be changed through the API""",
    "Tags and states": """
        tags cannot be nil; tag does not exist; state is not included in the list;
        change the state of a message; campaign has no trigger; name is required""",
    "Members and estimates, which a plan survives": """
        conditions cannot be estimated; only static segments have members to edit;
        the workspace has no people, so nothing can be estimated""",
    "Deletions of what is in use, which the plan blocks or puts after its users": """
        unable to delete a segment in use; unable to delete segment in use;
        unable to delete a layout in use; unable to delete snippet in use;
        unable to delete a sender in use;
        data-driven segments cannot be deleted through the API""",
    "Live edits, which need `--allow-live` (docs/safety.md)": """
        edit a running campaign; edit a segment used by a running campaign;
        not allowed to {}: turn on "Allow agent to edit live data" at {}""",
    "Values under `raw`, of which nobody but Customer.io knows all": """
        trigger must be a condition object; attribute_filters must be a filter object;
        request_method is not included in the list;
        headers must be a JSON array of name and value""",
}


def test_every_refusal_is_in_a_table() -> None:
    listed = {text.strip() for row in NEVER_SENT.values() for text in row.split(";")}
    listed = {" ".join(text.split()) for text in listed}
    assert {refusal for refusal, _ in FORESEEN} | listed == set(_refusals())


@pytest.fixture
def project(tmp_path: Path) -> Iterator[SandboxProject]:
    behavior = Behavior(rate_limit=None, live_data_gate=False)
    new = SandboxProject(tmp_path, behavior, kinds=find_kinds())
    event = {"type": "event", "name": "q", "filters": {}}
    leaf = {"event": event, "times": 1, "within": 0, "inverse": False}
    new.seed(
        campaigns=[STOPPING],
        segments=[{"id": 50, "name": "Dynamic", "conditions": {"and": [{"or": [leaf]}]}}],
    )
    yield new
    new.store.close()


@pytest.mark.parametrize(
    ("refusal", "files"),
    [pytest.param(*row, id=f"{i}-{row[0]}") for i, row in enumerate(FORESEEN)],
)
def test_a_refusal_is_foreseen(
    project: SandboxProject, refusal: str, files: dict[str, Any]
) -> None:
    for name, document in files.items():
        project.write(name, {key: value for key, value in document.items() if value is not None})
    try:
        plan = project.plan()
    except (ConfigError, PlanError):
        return
    assert plan.blocked, refusal
