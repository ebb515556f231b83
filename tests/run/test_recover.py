"""Recovery of an interrupted run: its open changes and the requests to resolve them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from cioform.core.address import Address
from cioform.core.data.json_value import Attributes
from cioform.core.errors import RemoteError
from cioform.kinds import find_kinds
from cioform.model.objects.snapshot import AppliedState, Binding
from cioform.model.remote_access.conversation import Api, Request, Response
from cioform.run.recover import RecoveryResult, recover
from cioform.state.journal.open_change import JournaledRequest, OpenChange
from cioform.state.journal.replay import JournalReplay
from tests.support.fake_provider import FakeProvider

REGISTRY = find_kinds()
LAYOUT = Address("layout", "l")
WANTED: Attributes = {"name": "L", "body": "{{content}} new"}
OLD: Attributes = {"name": "L", "body": "{{content}} old"}
SENT = JournaledRequest("journeys", "POST", "~/layouts")
BOUND = Binding(LAYOUT, "4", "L", OLD, protect=True)


@dataclass
class Layouts(FakeProvider):
    """A provider of a workspace with these layouts, which counts the requests."""

    there: list[dict[str, Any]] = field(default_factory=list)
    apis: frozenset[Api] = frozenset({Api.JOURNEYS})

    def send(self, request: Request) -> Response:
        self.count += 1
        assert request.method == "GET"
        if request.path == "~/layouts":
            return Response(200, {"layouts": self.there})
        found = next((e for e in self.there if request.path.endswith(f"/{e['id']}")), None)
        if found is None:
            raise RemoteError([], 404)
        return Response(200, {"layout": found})


def wire(number: int, attributes: dict[str, Any]) -> dict[str, Any]:
    return {"id": number, **attributes}


def journal_replay(change: OpenChange, *, is_truncated: bool = False) -> JournalReplay:
    return JournalReplay("run-1", "run-1.ndjson", open_changes=(change,), is_truncated=is_truncated)


def ends_of(found: RecoveryResult) -> dict[Address, str]:
    """Return how each change ended, by what the one run that is resolved says."""
    [resolution] = found.resolved
    return {address: change.result.value for address, change in resolution.changes.items()}


def applied(*bindings: Binding) -> AppliedState:
    return AppliedState("l", 1, {binding.address: binding for binding in bindings})


def created(**more: Any) -> OpenChange:
    return OpenChange(LAYOUT, "create", wanted=WANTED, **more)


def test_a_change_that_was_never_sent_is_not_read() -> None:
    provider = Layouts([wire(4, WANTED)])
    found = recover([journal_replay(created())], REGISTRY, applied(), provider)
    assert found.applied == applied()
    assert ends_of(found) == {LAYOUT: "not done"}
    assert provider.count == 0


def test_after_a_truncated_record_everything_is_read() -> None:
    provider = Layouts([wire(4, WANTED)])
    found = recover([journal_replay(created(), is_truncated=True)], REGISTRY, applied(), provider)
    assert found.applied.bindings[LAYOUT].remote_id == "4"
    assert provider.count > 0


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        ([], None),
        ([wire(4, WANTED)], ("4", WANTED)),
        ([wire(4, OLD)], ("4", None)),
        ([wire(4, WANTED), wire(5, WANTED)], None),
        ([wire(9, WANTED)], None),  # bound to another address
    ],
)
def test_an_interrupted_creation(there: Any, expected: Any) -> None:
    other = Binding(Address("layout", "other"), "9", "O")
    same_id = Binding(Address("segment", "s"), "4", "S")
    before = applied(other, same_id)
    found = recover([journal_replay(created(requests=(SENT,)))], REGISTRY, before, Layouts(there))
    binding = found.applied.bindings.get(LAYOUT)
    assert (binding and (binding.remote_id, binding.applied)) == expected


def test_the_id_in_the_journal_distinguishes_objects_of_one_name() -> None:
    provider = Layouts([wire(4, WANTED), wire(5, WANTED)])
    change = created(requests=(SENT,), remote_id="5")
    found = recover([journal_replay(change)], REGISTRY, applied(), provider)
    assert found.applied.bindings[LAYOUT].remote_id == "5"


def test_an_id_in_the_journal_that_another_address_has_is_not_bound_twice() -> None:
    other = Binding(Address("layout", "other"), "4", "L", OLD)
    change = created(requests=(SENT,), remote_id="4")
    found = recover([journal_replay(change)], REGISTRY, applied(other), Layouts([wire(4, OLD)]))
    assert found.applied == applied(other)


@pytest.mark.parametrize(
    ("live", "expected"), [(OLD, OLD), (WANTED, WANTED), ({"name": "L", "body": "?"}, None)]
)
def test_an_interrupted_update(live: Any, expected: Any) -> None:
    change = OpenChange(LAYOUT, "update", remote_id="4", wanted=WANTED, requests=(SENT,))
    found = recover([journal_replay(change)], REGISTRY, applied(BOUND), Layouts([wire(4, live)]))
    record = None if expected is not WANTED else {}
    bound = replace(BOUND, applied=expected, unmanaged=record)
    assert found.applied.bindings[LAYOUT] == bound


@pytest.mark.parametrize("live", [WANTED, {"name": "?"}])
def test_what_the_run_was_to_keep_is_kept(live: Any) -> None:
    """Otherwise the next plan would undo what `--prefer live` decided."""
    change = OpenChange(LAYOUT, "update", remote_id="4", wanted=WANTED, requests=(SENT,))
    change = replace(change, kept={"body": "1"})
    there = [wire(4, {**WANTED, **live})]
    found = recover([journal_replay(change)], REGISTRY, applied(BOUND), Layouts(there))
    assert found.applied.bindings[LAYOUT].kept == {"body": "1"}


def test_an_interrupted_deletion_unbinds_a_deleted_object() -> None:
    change = OpenChange(LAYOUT, "delete", remote_id="4", requests=(SENT,))
    still = recover([journal_replay(change)], REGISTRY, applied(BOUND), Layouts([wire(4, OLD)]))
    assert still.applied == applied(BOUND)


@pytest.mark.parametrize(
    ("there", "expected"), [([wire(4, OLD)], "4"), ([wire(5, WANTED)], "5"), ([], None)]
)
def test_an_interrupted_replacement(there: Any, expected: str | None) -> None:
    change = OpenChange(LAYOUT, "replace", remote_id="4", wanted=WANTED, requests=(SENT,))
    found = recover([journal_replay(change)], REGISTRY, applied(BOUND), Layouts(there))
    binding = found.applied.bindings.get(LAYOUT)
    assert (binding.remote_id if binding else None) == expected
    assert binding is None or binding.protect


def test_an_interrupted_replacement_keeps_another_object_at_its_address() -> None:
    change = OpenChange(LAYOUT, "replace", remote_id="3", wanted=WANTED, requests=(SENT,))
    provider = Layouts([wire(4, WANTED)])
    found = recover([journal_replay(change)], REGISTRY, applied(BOUND), provider)
    assert found.applied == applied(BOUND)


UPDATE = OpenChange(LAYOUT, "update", remote_id="4", wanted=WANTED, requests=(SENT,))
CREATION = created(requests=(SENT,))
REPLACEMENT = replace(UPDATE, action="replace")
DELETION = OpenChange(LAYOUT, "delete", remote_id="4", requests=(SENT,))
DRIFTED = {"name": "L", "body": "{{content}} of Jane"}


@pytest.mark.parametrize(
    ("change", "bound", "there", "expected"),
    [
        (UPDATE, True, [wire(4, WANTED)], "done"),
        (UPDATE, True, [wire(4, OLD)], "not done"),
        (UPDATE, True, [wire(4, DRIFTED)], "done in part"),
        (replace(UPDATE, backup=wire(4, DRIFTED)), True, [wire(4, DRIFTED)], "not done"),
        (replace(UPDATE, wanted=None), True, [wire(4, WANTED)], "in doubt"),
        (replace(UPDATE, wanted=None), True, [wire(4, OLD)], "not done"),
        (UPDATE, True, [], "in doubt"),
        (UPDATE, False, [wire(4, WANTED)], "in doubt"),
        (CREATION, False, [wire(4, WANTED)], "done"),
        (CREATION, False, [wire(4, DRIFTED)], "done in part"),
        (CREATION, False, [], "not done"),
        (DELETION, True, [], "done"),
        (DELETION, True, [wire(4, OLD)], "not done"),
        (REPLACEMENT, True, [wire(5, WANTED)], "done"),
        (REPLACEMENT, True, [wire(4, {**OLD, "name": "M"}), wire(5, WANTED)], "done in part"),
        (REPLACEMENT, True, [], "done in part"),
        (REPLACEMENT, True, [wire(4, OLD)], "not done"),
    ],
)
def test_how_a_change_ended_is_remembered(
    change: OpenChange, bound: bool, there: Any, expected: str
) -> None:
    before = applied(*([BOUND] if bound else []))
    found = recover([journal_replay(change)], REGISTRY, before, Layouts(there))
    assert ends_of(found) == {LAYOUT: expected}
    if expected == "not done":
        assert found.applied == before


def test_a_change_that_cannot_be_read_stays_open() -> None:
    provider = Layouts(apis=frozenset({Api.APP}))
    found = recover([journal_replay(created(requests=(SENT,)))], REGISTRY, applied(), provider)
    assert found.resolved == ()
    assert provider.count == 0


def test_a_former_object_that_is_gone_leaves_the_binding_of_the_new_one() -> None:
    provider = Layouts([wire(4, WANTED)])
    change = OpenChange(LAYOUT, "delete", remote_id="3", requests=(SENT,))
    with_404 = recover([journal_replay(change)], REGISTRY, applied(BOUND), provider)
    assert with_404.applied == applied(BOUND)


def test_a_former_object_that_is_gone_has_no_binding() -> None:
    change = OpenChange(LAYOUT, "delete", remote_id="3", requests=(SENT,))
    former = replace(BOUND, address=Address("layout", "main_former"), remote_id="3")
    state = applied(BOUND)
    with_former = replace(state, bindings={**state.bindings, former.address: former})
    there, gone = Layouts([wire(3, WANTED), wire(4, WANTED)]), Layouts([wire(4, WANTED)])
    for provider, expected in ((there, with_former), (gone, state)):
        found = recover([journal_replay(change)], REGISTRY, with_former, provider)
        assert found.applied == expected
