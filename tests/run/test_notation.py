"""What is live is shown, drifts and is pulled in the notation of the file."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import yaml

from cioform.core.data.paths import format_path
from tests.support.sandbox_project import NO_GUARDS, SandboxProject

SEGMENT = """\
name: Lapsed  # who came once
conditions:
  any:
    - all:
        - {attribute: plan, is: "3"}
        - attribute: last_seen
          before: 6w ago  # a season
    - {event: bought, at_least: 1, within_last: 2w, where: [{attribute: sku, is: [b, a]}]}
    - not: {any: [{attribute: country, is: [uk, de, fr]}, {attribute: age, greater_than: 18}]}
"""
VIP = "name: VIP\nconditions: [{attribute: vip, is: true}, {attribute: spent, is_not: 1.50}]\n"
CAMPAIGN = """\
name: Win back
tags: [zeta, alpha]
trigger:
  event: signed_up
  where:
    any:
      - all: [{attribute: total, greater_than: 5}, {attribute: code, is: "7"}]
      - {attribute: total, greater_than: 100}
  audience:
    - {segment: vip}
    - all: [{attribute: last_seen, before: 6w ago}]
goal: {event: purchased, within: 2w}
exit: {when: {any: [{segment: vip}, {segment: lapsed}]}}
reentry: {mode: every_match, cooldown: 48h}
workflow:
  - {id: pause, wait: 90m}
  - id: known
    if:
      - {attribute: seen, before: 6w ago}
      - not: {any: [{attribute: a, is: x}, {attribute: b, exists: true}]}
    then:
      - id: hello
        only_if: [{attribute: q, is: "1"}, {attribute: r, exists: true}]
        push: {title: Hi, body: There}
  - id: office
    wait_window: {days: [fri, mon], from: "09:00", to: "17:00", time_zone: Europe/London}
  - id: paid
    wait_until: {any: [{event: paid}, {segment: vip}]}
    timeout: 2w
  - {id: luck, wait_random: {min: 60m, max: 1w}}
  - id: ways
    branches:
      - if: {attribute: lang, is: de}
        then: [{id: slow, wait: 2w}]
"""
TRIGGER = """\
name: Seasonal
trigger:
  any:
    - all: [{attribute: last_seen, before: 6w ago}, {segment: vip}]
    - {attribute: code, is: "7"}
workflow: [{id: pause, wait: 1w}]
"""
FILES = {
    "segments/lapsed.yaml": SEGMENT,
    "segments/vip.yaml": VIP,
    "campaigns/win_back.yaml": CAMPAIGN,
    "campaigns/seasonal.yaml": TRIGGER,
}


@dataclass(frozen=True)
class Edit:
    """What somebody changes in Customer.io: one text of the file, at one path of the file."""

    file: str
    old: str
    new: str
    path: str
    before: object
    after: object


EDITS = [
    Edit(*row)
    for row in (
        ("segments/lapsed.yaml", "6w ago", "3w ago",
         "conditions.any[0].all[1].before", "6w ago", "3w ago"),
        ("segments/lapsed.yaml", 'is: "3"', 'is: "4"', "conditions.any[0].all[0].is", "3", "4"),
        ("segments/lapsed.yaml", "within_last: 2w", "within_last: 4w",
         "conditions.any[1].within_last", "2w", "4w"),
        ("segments/lapsed.yaml", "at_least: 1", "at_least: 2",
         "conditions.any[1].at_least", 1, 2),
        ("segments/lapsed.yaml", "[b, a]", "[b, c]",
         "conditions.any[1].where[0].is[1]", "a", "c"),
        ("segments/lapsed.yaml", "[uk, de, fr]", "[uk, it, fr]",
         "conditions.any[2].not.any[0].is[1]", "de", "it"),
        ("segments/lapsed.yaml", "greater_than: 18", "greater_than: 21",
         "conditions.any[2].not.any[1].greater_than", 18, 21),
        ("segments/vip.yaml", "is_not: 1.50", 'is_not: "2.50"',
         "conditions[1].is_not", "1.50", "2.50"),
        ("campaigns/win_back.yaml", "greater_than: 100", "greater_than: 200",
         "trigger.where.any[1].greater_than", 100, 200),
        ("campaigns/win_back.yaml", 'is: "7"', 'is: "8"',
         "trigger.where.any[0].all[1].is", "7", "8"),
        ("campaigns/win_back.yaml", "{attribute: last_seen, before: 6w ago}",
         "{attribute: last_seen, before: 4w ago}",
         "trigger.audience[1].all[0].before", "6w ago", "4w ago"),
        ("campaigns/win_back.yaml", "within: 2w", "within: 3w", "goal.within", "2w", "3w"),
        ("campaigns/win_back.yaml", "cooldown: 48h", "cooldown: 72h",
         "reentry.cooldown", "48h", "72h"),
        ("campaigns/win_back.yaml", "wait: 90m", "wait: 100m", "pause.wait", "90m", "100m"),
        ("campaigns/win_back.yaml", "{attribute: seen, before: 6w ago}",
         "{attribute: seen, before: 5w ago}", "known.if[0].before", "6w ago", "5w ago"),
        ("campaigns/win_back.yaml", "is: x", "is: z", "known.if[1].not.any[0].is", "x", "z"),
        ("campaigns/win_back.yaml", 'is: "1"', 'is: "2"', "hello.only_if[0].is", "1", "2"),
        ("campaigns/win_back.yaml", "event: paid}", "event: payed}",
         "paid.wait_until.any[0].event", "paid", "payed"),
        ("campaigns/win_back.yaml", "timeout: 2w", "timeout: 1w", "paid.timeout", "2w", "1w"),
        ("campaigns/win_back.yaml", "min: 60m", "min: 90m", "luck.wait_random.min", "60m", "90m"),
        ("campaigns/win_back.yaml", '"17:00"', '"18:00"',
         "office.wait_window.to", "17:00", "18:00"),
        ("campaigns/win_back.yaml", "is: de", "is: fr", "ways.branches[0].if.is", "de", "fr"),
        ("campaigns/win_back.yaml", "title: Hi", "title: Ho", "hello.push.title", "Hi", "Ho"),
        ("campaigns/seasonal.yaml", "6w ago", "7w ago",
         "trigger.any[0].all[0].before", "6w ago", "7w ago"),
    )
]  # fmt: skip


@pytest.fixture
def applied(project: SandboxProject) -> SandboxProject:
    for name, text in FILES.items():
        project.write(name, text)
    assert project.apply_until_empty().is_empty
    return project


def _as_somebody_else(project: SandboxProject, name: str, text: str) -> None:
    """Write the values of another file to the object of a file, as an edit in Customer.io does."""
    own = (project.folder / name).read_text()
    state = {path: path.read_bytes() for path in project.state_folder.rglob("*.json")}
    project.write(name, text)
    assert project.apply(guards=NO_GUARDS).complete
    (project.folder / name).write_text(own)
    for path, content in state.items():
        path.write_bytes(content)


def test_what_nobody_edited_is_shown_as_in_the_files(applied: SandboxProject) -> None:
    with applied.open() as opened:
        for address in opened.configuration.desired.resources:
            kind = opened.kinds[address.kind]
            live, own = (
                kind.to_document(opened.show(address, each)) for each in ("live", "desired")
            )
            assert yaml.safe_dump(live, sort_keys=False) == yaml.safe_dump(own, sort_keys=False)
        assert opened.drift() == ()


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.path)
def test_an_edit_of_one_test_drifts_and_is_pulled_alone(
    applied: SandboxProject, edit: Edit
) -> None:
    written = FILES[edit.file].replace(edit.old, edit.new, 1)
    assert written != FILES[edit.file]
    _as_somebody_else(applied, edit.file, written)
    plan = applied.plan()
    [drift] = plan.drift
    assert [(format_path(f.path), f.before, f.after) for f in drift.fields] == [
        (edit.path, edit.before, edit.after)
    ]
    [change] = plan.changes
    assert [(format_path(f.path), f.before, f.after) for f in change.fields] == [
        (edit.path, edit.after, edit.before)
    ]
    with applied.open() as opened:
        opened.pull(opened.pullable())
    assert (applied.folder / edit.file).read_text() == written
    assert not [change for change in applied.plan().changes if change.fields]
