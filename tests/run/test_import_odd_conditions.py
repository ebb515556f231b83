"""Conditions that no file may say in words, but that exist: imported and kept as they are."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from cioform.emulator.store.record_types import ACTION, CAMPAIGN, SEGMENT, RecordType
from cioform.language.conditions import encode_filter
from tests.support.sandbox_project import NO_GUARDS, SandboxProject

ODD: Final = json.loads(Path(__file__).with_name("odd_conditions.json").read_text(encoding="utf-8"))
"""By the place, what it holds in Customer.io; a list of elements stands for an encoded array."""

STEPS: Final[Mapping[str, Mapping[str, Any]]] = {
    "preconditions": {
        "only_if": {"attribute": "a", "is": "b"},
        "push": {"title": "a", "body": "b"},
    },
    "conditions": {"if": {"attribute": "a", "is": "b"}, "then": ["exit"]},
    "multi_conditions": {"wait_until": {"attribute": "a", "is": "b"}, "timeout": "1d"},
    "start_time": {
        "wait_window": {"from": "09:00", "to": "10:00", "time_zone": "UTC"},
    },
}
"""A step by the member of its action that holds its condition."""

CAMPAIGNS: Final[Mapping[str, Mapping[str, Any]]] = {
    "attribute_filters": {"trigger": {"event": "e", "where": {"attribute": "a", "is": "b"}}},
    "global_exit_conditions": {"trigger": {"event": "e"}, "exit": {"when": {"segment": "s"}}},
    "trigger": {"trigger": {"segment": "s"}},
}
"""The settings of a campaign by the member that holds a condition."""


@pytest.fixture
def project(tmp_path: Path) -> Iterator[SandboxProject]:
    project = SandboxProject(tmp_path / "ours")
    yield project
    project.store.close()


def encoded(elements: Any) -> str:
    return elements if isinstance(elements, str) else encode_filter(elements)


def write_steps(project: SandboxProject, member: str, count: int) -> None:
    steps = [{"id": f"s{i}", **STEPS[member]} for i in range(count)]
    fields = {"name": "C", "trigger": {"event": "e"}, "workflow": steps}
    project.write("campaigns/c/campaign.yaml", fields)


def check(project: SandboxProject, record_type: RecordType, odd: list[Mapping[str, Any]]) -> None:
    """Put each of the odd values into an object; import all, and change the names of everything."""
    project.apply()
    data = project.store.workspace_data("acme")
    normal = [
        e
        for e in data.all(record_type)
        if all(each in e for each in odd[0]) and e[next(iter(odd[0]))]
    ]
    for record, members in zip(normal, odd, strict=True):
        data.save(record_type, {**record, **members})
    copy = project.second_checkout(project.root / "copy")
    with copy.open() as session:
        assert session.import_().left == ()
    plan = copy.plan()
    assert (plan.changes, plan.blocked, plan.drift) == ((), (), ())
    change_every_name(copy)
    outcome = copy.apply(copy.plan(), guards=NO_GUARDS)
    assert outcome.complete, outcome
    kept = [data.get(record_type, record["id"]) or {} for record in normal]
    assert [
        {name: record[name] for name in members} for record, members in zip(kept, odd, strict=True)
    ] == odd
    assert copy.plan().is_empty


def change_every_name(project: SandboxProject) -> None:
    """Change the name of every document, and of every step that has a keyword."""
    for path in project.folder.glob("*/**/*.yaml"):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        steps = [
            step for step in document.get("workflow", ()) if "action" not in step and step != "exit"
        ]
        for named in (document, *steps):
            named["name"] = f"Other {named.get('name', named.get('id'))}"
        path.write_text(json.dumps(document), encoding="utf-8")


def test_segments(project: SandboxProject) -> None:
    for i, _ in enumerate(ODD["segment"]):
        fields = {"name": f"C{i}", "conditions": {"attribute": "a", "is": "b"}}
        project.write(f"segments/c{i}.yaml", fields)
    check(project, SEGMENT, [{"conditions": wire} for wire in ODD["segment"]])


@pytest.mark.parametrize("member", ["preconditions", "conditions", "multi_conditions"])
def test_steps(project: SandboxProject, member: str) -> None:
    wires = [encoded(elements) for elements in ODD["elements"]]
    write_steps(project, member, len(wires))
    check(project, ACTION, [{member: [w] if member == "multi_conditions" else w} for w in wires])


def test_windows(project: SandboxProject) -> None:
    write_steps(project, "start_time", len(ODD["window"]))
    check(project, ACTION, ODD["window"])


@pytest.mark.parametrize("member", CAMPAIGNS)
def test_campaigns(project: SandboxProject, member: str) -> None:
    project.write("segments/s.yaml", {"name": "S", "manual": True})
    for i, _ in enumerate(ODD[member]):
        fields = {"name": f"C{i}", **CAMPAIGNS[member], "workflow": [{"id": "w", "wait": "1d"}]}
        project.write(f"campaigns/c{i}.yaml", fields)
    check(project, CAMPAIGN, [{member: wire} for wire in ODD[member]])
