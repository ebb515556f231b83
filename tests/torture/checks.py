"""What must hold after every step of a walk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any, Final

from cioform.core.address import Address
from cioform.core.data.paths import format_path
from cioform.language.workflow import STEP_TYPES
from cioform.model.objects.snapshot import Binding
from cioform.plan.change import Action, BlockedChange
from cioform.plan.drift import DriftReport
from cioform.plan.plan import Plan
from cioform.plan.review.planfile import decode_plan, encode_plan
from tests.support.sandbox_project import SandboxProject
from tests.torture.cuts import KILLED, NOTHING, Cut, Ended
from tests.torture.unmanaged import unmanaged_content

COLLECTIONS: Final = {
    "snippets": "snippets",
    "layouts": "layouts",
    "segments": "segments",
    "tags": "tags",
    "transactional": "transactional_messages",
    "campaigns": "campaigns",
    "senders": "identities",
}
"""The collection of the emulator for each folder."""
FAILURES: Final = {
    "kill": {KILLED},
    "power": {KILLED},
    "disk": {7},
    "expire-token": {5, 6, 8},
}
"""The exit codes that tell of a cut. What the remote did ends with 5, 8 or 75."""


@dataclass(frozen=True)
class Managed:
    """What an address is bound to."""

    remote_id: str
    parts: Mapping[str, str]
    keywords: Mapping[str, str]
    """What each step does."""

    def has_step(self, step: Mapping[str, Any]) -> bool:
        """Return whether a step of a file is there already, with what it does."""
        return self.keywords.get(step["id"]) in step


def managed(bindings: Mapping[Address, Binding]) -> dict[Address, Managed]:
    """Return what every address is bound to."""
    return {
        address: Managed(
            binding.remote_id,
            binding.parts,
            dict(_keywords((binding.applied or {}).get("workflow"))),
        )
        for address, binding in bindings.items()
    }


def _keywords(steps: Any) -> Iterator[tuple[str, str]]:
    """Yield the id and the keyword of every step in a workflow, at any depth."""
    if isinstance(steps, list):
        for step in steps:
            yield from _keywords(step)
    if isinstance(steps, dict):
        keyword = next((word for word in STEP_TYPES if word in steps), None)
        if keyword and "id" in steps:
            yield steps["id"], keyword
        for value in steps.values():
            yield from _keywords(value)


def check_plan(plan: Plan) -> None:
    """A plan blocks nothing, goes by the references, and survives its file."""
    assert plan.blocked == (), [f"{b.address}: {b.hint}" for b in plan.blocked]
    made: set[Address] = set()
    waiting = {change.address for change in plan.changes}
    for change in plan.changes:
        missing = set(change.depends_on) & waiting - made
        assert not missing, f"{change.address} comes before {missing}"
        made.add(change.address)
    # What Customer.io may refuse comes first, with what that needs.
    gated = [number for number, change in enumerate(plan.changes, 1) if change.is_gated]
    rest = plan.changes[max(gated, default=0) :]
    deletes = [change.action is Action.DELETE for change in rest]
    assert deletes == sorted(deletes)
    assert decode_plan(encode_plan(plan)) == plan


def needs_two_changes(blocked: BlockedChange) -> bool:
    """Return whether a plan says that it takes two changes: steps that fit into no one workflow."""
    return "Make two changes" in blocked.hint


def check_exit_code(ended: Ended, cut: Cut, plan_after: Plan, *, is_edited: bool) -> None:
    """The exit code says whether something is left. `is_edited`: somebody changed the objects."""
    assert "Traceback" not in ended.output, ended.output
    if ended.code == 0:
        assert is_edited or not plan_after.visible_changes, ended.output
        return
    assert cut != NOTHING or is_edited, ended.output
    allowed = FAILURES.get(cut.how, {5, 8, 75}) | ({4, 8} if is_edited else set())
    assert ended.code in allowed, (cut, ended)


def check_content(project: SandboxProject, files: Mapping[str, Mapping[str, Any]]) -> None:
    """Nothing is lost and nothing is doubled: every object has one document."""
    others = unmanaged_content()
    for folder, collection in COLLECTIONS.items():
        declared = [doc["name"] for name, doc in files.items() if name.startswith(f"{folder}/")]
        unmanaged = [row["name"] for row in others.get(collection, ())]
        assert project.names_in(collection) == sorted(declared + unmanaged), folder


def check_drift(report: DriftReport, in_no_file: Set[tuple[Address, str]]) -> None:
    """Nothing has drifted but what somebody set that no file sets."""
    assert not report.unrecorded
    for drift in report.drift:
        paths = {(drift.address, format_path(path)) for path in drift.unmanaged}
        assert len(drift.unmanaged) == len(drift.fields), drift
        assert paths <= in_no_file, drift


def check_identities(
    before: Mapping[Address, Managed], after: Mapping[Address, Managed], remade: set[Address]
) -> None:
    """What stayed in the files is still the same object, and each of its steps the same action."""
    for address in before.keys() & after.keys() - remade:
        old, new = before[address], after[address]
        assert old.remote_id == new.remote_id, address
        for step in old.keywords.keys() & new.keywords.keys():
            if old.keywords[step] == new.keywords[step]:
                assert old.parts[step] == new.parts[step], (address, step)
