"""What is live is shown, drifts and is pulled in the notation of the file.

Half of the edits are made together, so that each has edits beside it that it must not change. With
CIOFORM_EXAMPLES, as in `.ci/nightly`, they are made one by one.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pytest
import yaml

from cioform.core.data.paths import format_path
from cioform.plan.change import Change, Drift
from tests.support.copied_projects import CopyOf
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


HALVES: Final = {"odd ones": EDITS[::2], "even ones": EDITS[1::2]}
ONE_BY_ONE: Final = {edit.path: [edit] for edit in EDITS}
TOGETHER: Final = ONE_BY_ONE if "CIOFORM_EXAMPLES" in os.environ else HALVES
"""The edits that are made together, by the id of their test."""


def apply_files(project: SandboxProject) -> None:
    for name, text in FILES.items():
        project.write(name, text)
    assert project.apply_until_empty().is_empty


@pytest.fixture
def applied(copy_of: CopyOf) -> SandboxProject:
    return copy_of(apply_files)


def _as_somebody_else(project: SandboxProject, files: Mapping[str, str]) -> None:
    """Write the values of other files to the objects of files, as edits in Customer.io do."""
    own = {name: (project.folder / name).read_text() for name in files}
    state = {path: path.read_bytes() for path in project.state_folder.rglob("*.json")}
    for name, text in files.items():
        project.write(name, text)
    assert project.apply(guards=NO_GUARDS).complete
    for name, text in own.items():
        project.write(name, text)
    for path, content in state.items():
        path.write_bytes(content)


def _fields_of(changes: Sequence[Change | Drift]) -> list[tuple[str, object, object]]:
    """Return the paths of all fields in order, with both values."""
    fields = [field for change in changes for field in change.fields]
    return sorted(((format_path(f.path), f.before, f.after) for f in fields), key=str)


def test_what_nobody_edited_is_shown_as_in_the_files(applied: SandboxProject) -> None:
    with applied.open() as opened:
        for address in opened.configuration.desired.resources:
            kind = opened.kinds[address.kind]
            live, own = (
                kind.to_document(opened.show(address, each)) for each in ("live", "desired")
            )
            assert yaml.safe_dump(live, sort_keys=False) == yaml.safe_dump(own, sort_keys=False)
        assert opened.drift() == ()


@pytest.mark.parametrize("edits", TOGETHER.values(), ids=TOGETHER)
def test_an_edit_of_one_test_drifts_and_is_pulled_alone(
    applied: SandboxProject, edits: Sequence[Edit]
) -> None:
    written = {edit.file: FILES[edit.file] for edit in edits}
    for edit in edits:
        assert edit.old in written[edit.file]
        written[edit.file] = written[edit.file].replace(edit.old, edit.new, 1)
    _as_somebody_else(applied, written)
    plan = applied.plan()
    edited = [(edit.path, edit.before, edit.after) for edit in edits]
    undone = [(edit.path, edit.after, edit.before) for edit in edits]
    assert _fields_of(plan.drift) == sorted(edited, key=str)
    assert _fields_of(plan.changes) == sorted(undone, key=str)
    with applied.open() as opened:
        opened.pull(opened.pullable())
    assert {name: (applied.folder / name).read_text() for name in written} == written
    assert not [change for change in applied.plan().changes if change.fields]
