"""Matching of live objects and addresses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from cioform.core.address import Address
from cioform.core.errors import PlanError
from cioform.kinds import find_kinds
from cioform.model.objects.live_object import RemoteObject
from cioform.model.objects.snapshot import AppliedState, Binding, DesiredState, Listing
from cioform.model.remote_access.conversation import Api
from cioform.model.resource import Resource
from cioform.plan.matching.match import match_resources
from cioform.plan.matching.pair import MatchedPair, MatchResult

REGISTRY = find_kinds()


def layout(name: str) -> Address:
    return Address("layout", name)


def matched(
    files: Mapping[str, str], bindings: Mapping[str, str], live: Mapping[str, str]
) -> MatchResult:
    """Match layouts: file -> its name; address -> its bound id; id -> its live name."""
    desired = {layout(a): Resource(layout(a), {"name": name}) for a, name in files.items()}
    bound = {layout(a): Binding(layout(a), remote_id, "was") for a, remote_id in bindings.items()}
    found = tuple(
        RemoteObject(remote_id, name, Api.JOURNEYS, {}) for remote_id, name in live.items()
    )
    return match_resources(
        REGISTRY,
        DesiredState(desired),
        AppliedState("l", 1, bound),
        Listing({"layout": found}),
        workspace="acme",
    )


def pairs(found: MatchResult) -> dict[str, tuple[str | None, str | None]]:
    """Return address -> the live id it is paired with, and the address it moved from."""

    def describe(pair: MatchedPair) -> tuple[str | None, str | None]:
        moved = pair.moved_from.name if pair.moved_from else None
        return pair.found.remote_id if pair.found else None, moved

    return {pair.address.name: describe(pair) for pair in found.pairs}


def test_a_binding_wins_over_a_name() -> None:
    assert pairs(matched({"a": "A"}, {"a": "1"}, {"1": "renamed", "2": "A"})) == {"a": ("1", None)}


def test_without_a_binding_the_name_decides() -> None:
    found = matched({"a": "A"}, {}, {"1": "A", "2": "B"})
    assert pairs(found) == {"a": ("1", None)}
    assert found.unmanaged == 1


def test_a_renamed_file_keeps_its_object() -> None:
    assert pairs(matched({"new": "A"}, {"old": "1"}, {"1": "A"})) == {"new": ("1", "old")}


def test_a_binding_to_a_deleted_object_falls_back_to_the_name() -> None:
    assert pairs(matched({"a": "A"}, {"a": "1"}, {"2": "A"})) == {"a": ("2", None)}
    assert pairs(matched({"a": "A"}, {"a": "1"}, {})) == {"a": (None, None)}


def test_a_name_held_by_another_file_is_not_taken() -> None:
    assert pairs(matched({"a": "A", "b": "B"}, {"b": "1"}, {"1": "A"})) == {
        "a": (None, None),
        "b": ("1", None),
    }


def test_a_binding_without_a_file_is_kept() -> None:
    found = matched({}, {"a": "1", "b": "2"}, {"1": "A", "3": "C"})
    assert pairs(found) == {"a": ("1", None), "b": (None, None)}
    assert found.unmanaged == 1


def test_several_objects_of_one_name_are_refused_with_their_ids() -> None:
    with pytest.raises(PlanError) as caught:
        matched({"a": "A"}, {}, {"1": "A", "2": "A"})
    [problem] = caught.value.diagnostics
    assert problem.summary == "Ambiguous name"
    assert problem.detail.endswith("    remote_id: 1\n    remote_id: 2")


def test_two_files_never_take_one_object() -> None:
    with pytest.raises(PlanError) as caught:
        matched({"a": "A", "b": "A"}, {}, {"1": "A"})
    assert {p.summary for p in caught.value.diagnostics} == {"Duplicate name"}
    assert {p.address for p in caught.value.diagnostics} == {layout("a"), layout("b")}


def test_each_of_two_files_names_the_other() -> None:
    with pytest.raises(PlanError) as caught:
        matched({"a": "A", "b": "A"}, {}, {})
    details = {p.address: p.detail for p in caught.value.diagnostics}
    assert "layout.b has the same name" in details[layout("a")]
    assert "layout.a has the same name" in details[layout("b")]
    assert all("Change the name of one of them" in detail for detail in details.values())


@pytest.mark.parametrize(
    ("binding", "found", "is_bound"),
    [
        (Binding(layout("a"), "1", "A"), "1", True),
        (Binding(layout("a"), "2", "A"), "1", False),
        (Binding(layout("b"), "1", "A"), "1", False),
        (Binding(layout("a"), "1", "A"), None, False),
        (None, "1", False),
        (None, None, False),
    ],
)
def test_an_address_is_bound_to_the_object_that_its_binding_names(
    binding: Binding | None, found: str | None, is_bound: bool
) -> None:
    live = RemoteObject(found, "A", Api.JOURNEYS, {}) if found else None
    pair = MatchedPair(layout("a"), None, binding, live)
    assert pair.is_bound is is_bound
    assert pair.exists is (live is not None)
    unlistable = MatchedPair(layout("a"), None, binding, None, is_unlistable=True)
    assert unlistable.exists is (binding is not None)


def test_two_bound_objects_may_share_a_name() -> None:
    found = matched({"a": "A", "b": "A"}, {"a": "1", "b": "2"}, {"1": "A", "2": "A"})
    assert pairs(found) == {"a": ("1", None), "b": ("2", None)}


def test_an_object_that_cannot_be_listed_is_not_deleted() -> None:
    found = match_resources(
        REGISTRY,
        DesiredState({layout("a"): Resource(layout("a"), {"name": "A"})}),
        AppliedState("l", 1, {layout("b"): Binding(layout("b"), "2", "B")}),
        Listing({}),
        workspace="acme",
    )
    assert [(pair.address.name, pair.is_unlistable) for pair in found.pairs] == [
        ("a", True),
        ("b", True),
    ]
    assert found.names.ids == {layout("b"): "2"}
    assert found.names.pending == frozenset()


def claimed(
    resources: Mapping[str, Resource], bindings: Mapping[str, str], live: Mapping[str, str]
) -> MatchResult:
    """Match as `matched`, with files as resources."""
    found = tuple(RemoteObject(i, name, Api.JOURNEYS, {}) for i, name in live.items())
    return match_resources(
        REGISTRY,
        DesiredState({layout(a): resource for a, resource in resources.items()}),
        AppliedState(
            "l", 1, {layout(a): Binding(layout(a), i, "was") for a, i in bindings.items()}
        ),
        Listing({"layout": found}),
        workspace="acme",
    )


def file(name: str, remote_id: str | None = None, was: str = "", shared: bool = False) -> Resource:
    earlier = (layout(was),) if was else ()
    return Resource(layout("x"), {"name": name}, was=earlier, remote_id=remote_id, is_shared=shared)


def test_an_id_decides_between_objects_of_one_name() -> None:
    twins = {"1": "A", "2": "A"}
    assert pairs(claimed({"a": file("A", "2")}, {}, twins)) == {"a": ("2", None)}
    both = {"a": file("A", "2"), "b": file("A")}
    assert pairs(claimed(both, {}, twins)) == {"a": ("2", None), "b": ("1", None)}


def test_a_file_that_was_another_gets_its_object() -> None:
    renamed = {"new": file("B", was="old")}
    assert pairs(claimed(renamed, {"old": "1"}, {"1": "A", "2": "B"})) == {"new": ("1", "old")}
    assert pairs(claimed(renamed, {"old": "1", "new": "2"}, {"2": "B"})) == {
        "new": ("2", None), "old": (None, None),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("resource", "bindings", "summary", "line"),
    [
        (file("A", "9"), {}, "Object not found", "    remote_id: 1\n    remote_id: 2"),
        (file("A", "2"), {"b": "2"}, "Object is already bound", "cioform state forget acme"),
        (file("A", "2"), {"a": "1"}, "File and state disagree", "cioform state forget acme layout"),
        (file("A"), {}, "Ambiguous name", "    remote_id: 1\n    remote_id: 2"),
        (file("A", shared=True), {}, "Ambiguous name", "    bind:\n      layout.x: 1"),
    ],
)  # fmt: skip
def test_an_id_that_cannot_be_bound_is_explained(
    resource: Resource, bindings: Mapping[str, str], summary: str, line: str
) -> None:
    files = {"a": resource, **({"b": file("C")} if "b" in bindings else {})}
    with pytest.raises(PlanError) as caught:
        claimed(files, bindings, {"1": "A", "2": "A"})
    [problem] = caught.value.diagnostics
    assert problem.summary == summary
    assert line in problem.detail


def bound_pair(
    files: Mapping[str, Resource], bindings: Mapping[str, Binding], address: Address
) -> MatchedPair:
    """Match files and bindings with a layout and a segment. Return the pair of an address."""
    found = match_resources(
        REGISTRY,
        DesiredState({Address.parse(a): resource for a, resource in files.items()}),
        AppliedState("l", 1, {Address.parse(a): binding for a, binding in bindings.items()}),
        Listing(
            {
                "layout": (RemoteObject("1", "A", Api.JOURNEYS, {}),),
                "segment": (
                    RemoteObject("7", "Inner", Api.JOURNEYS, {}),
                    RemoteObject("8", "Outer", Api.JOURNEYS, {}),
                ),
            }
        ),
        workspace="acme",
    )
    return next(pair for pair in found.pairs if pair.address == address)


INNER, OUTER = Address("segment", "inner"), Address("segment", "outer")
RULE = {"attribute": "plan", "is": "x"}


def outer(reference: object, also: str = "x") -> Resource:
    attributes = outer_attributes(reference, also)
    references = tuple(REGISTRY["segment"].references(attributes))
    return Resource(OUTER, attributes, references)


def outer_attributes(reference: object, also: str = "x") -> dict[str, Any]:
    other = {"attribute": "plan", "is": also}
    return {"name": "Outer", "conditions": {"all": [{"segment": reference}, other]}}


def applied_reference(pair: MatchedPair) -> object:
    assert pair.binding is not None
    assert pair.binding.applied is not None
    conditions: Any = pair.binding.applied["conditions"]
    return conditions["all"][0]["segment"]


@pytest.mark.parametrize("also", ["x", "y"])
def test_ids_in_what_was_applied_become_the_names_of_the_files(also: str) -> None:
    inner = Resource(INNER, {"name": "Inner", "conditions": RULE})
    bindings = {
        "segment.inner": Binding(INNER, "7", "Inner"),
        "segment.outer": Binding(OUTER, "8", "Outer", outer_attributes("segment#7")),
    }
    pair = bound_pair(
        {"segment.inner": inner, "segment.outer": outer("segment#7", also)}, bindings, OUTER
    )
    assert applied_reference(pair) == "inner"
    alone = bound_pair({"segment.inner": inner}, bindings, OUTER)
    assert applied_reference(alone) == "inner"


def test_what_was_applied_refers_to_a_renamed_file_by_its_new_name() -> None:
    new = Address("segment", "new")
    inner = Resource(new, {"name": "Inner", "conditions": RULE})
    bindings = {
        "segment.inner": Binding(INNER, "7", "Inner"),
        "segment.outer": Binding(OUTER, "8", "Outer", outer_attributes("inner")),
    }
    files = {"segment.new": inner, "segment.outer": outer("new")}
    assert applied_reference(bound_pair(files, bindings, OUTER)) == "new"
    assert bound_pair(files, bindings, new).moved_from == INNER
