"""Reading a workspace: nothing more than is needed, and no further than somebody waits."""

from __future__ import annotations

import itertools
import signal
import threading
from pathlib import Path
from time import sleep
from typing import Any

import pytest

from cioform.core.address import Address
from cioform.plan.scope import Scope
from tests.support.sandbox_project import SandboxProject

PLAIN = {"conditions": {"attribute": "plan", "is": "x"}}
SENDERS = [{"id": 1, "name": "Acme", "email": "team@acme.com"}]
FILES: dict[str, dict[str, Any]] = {
    "snippets/a.yaml": {"name": "a", "value": "1"},
    "snippets/b.yaml": {"name": "b", "value": "1"},
    "layouts/plain.yaml": {"name": "Plain", "body": "{{content}}"},
    "segments/inner.yaml": {"name": "Inner", **PLAIN},
    "segments/outer.yaml": {"name": "Outer", "conditions": {"segment": "segment.inner"}},
    **{f"segments/s{n}.yaml": {"name": f"S{n}", **PLAIN} for n in range(9)},
    "transactional/receipt.yaml": {
        "name": "Receipt",
        "from": "team@acme.com",
        "layout": "layout.plain",
        "subject": "Thanks",
    },
}
LISTS = 5
"""One a kind: senders too, which messages name."""


@pytest.fixture
def full(project: SandboxProject) -> SandboxProject:
    """Give a workspace that is what its files say."""
    project.seed(identities=SENDERS)
    project.replace_documents(FILES)
    project.apply()
    project.sent.clear()
    return project


def targeting(address: str) -> Scope:
    return Scope((address,))


def test_a_plan_of_everything_reads_everything(full: SandboxProject) -> None:
    assert full.plan().is_empty
    assert len(full.sent) == LISTS + 12


@pytest.mark.parametrize(
    ("address", "requests"),
    [
        ("snippet.a", 1),
        ("layout.plain", 1),
        ("segment.outer", LISTS + 1),
        ("transactional.receipt", LISTS + 1),
    ],
)
def test_a_target_reads_what_it_needs(full: SandboxProject, address: str, requests: int) -> None:
    plan = full.plan(scope=targeting(address))
    assert (plan.is_empty, plan.drift, plan.unreadable) == (True, (), ())
    assert plan.unchanged == 1
    assert (len(full.sent), plan.read_requests) == (requests, requests)


@pytest.mark.parametrize(
    ("address", "requests"),
    [("snippet.a", 1), ("segment.outer", LISTS + 1), ("transactional.receipt", LISTS + 1)],
)
def test_showing_one_object_reads_that_one(
    full: SandboxProject, address: str, requests: int
) -> None:
    with full.open() as session:
        wanted = session.show(Address.parse(address), "desired")
        there = session.show(Address.parse(address), "live")
    assert {name: there[name] for name in wanted} == wanted  # names and all
    assert len(full.sent) == requests


def test_drift_in_scope_reads_what_it_needs(full: SandboxProject) -> None:
    full.seed(snippets=[{"id": n, "name": name, "value": "2"} for n, name in enumerate("ab", 1)])
    with full.open() as session:
        assert [str(d.address) for d in session.drift(targeting("snippet.b"))] == ["snippet.b"]
    assert full.sent == [("GET", "/v1/snippets"), ("GET", full.sent[1][1])]
    assert full.sent[1][1].endswith("/audit_logs")


def test_an_import_of_some_reads_those(full: SandboxProject, tmp_path: Path) -> None:
    other = full.second_checkout(tmp_path / "other")
    with other.open() as session:
        made = session.import_(Scope(("transactional.receipt", "layout.*")))
    assert [str(address) for address in made.addresses] == ["layout.plain", "transactional.receipt"]
    assert len(full.sent) == len(full.kinds.names) + 1  # the list of layouts holds their bodies
    text = (other.folder / "transactional" / "receipt.yaml").read_text(encoding="utf-8")
    assert "from: team@acme.com" in text
    assert "layout: layout.plain" in text


def test_an_import_of_one_brings_what_it_names(full: SandboxProject, tmp_path: Path) -> None:
    with full.second_checkout(tmp_path / "other").open() as session:
        made = session.import_(targeting("transactional.receipt"))
    assert [*map(str, made.addresses)] == ["transactional.receipt", "layout.plain"]


def test_a_plan_of_a_part_can_be_applied_and_leaves_nothing(full: SandboxProject) -> None:
    full.write("segments/outer.yaml", {**FILES["segments/outer.yaml"], "description": "more"})
    plan = full.plan(scope=targeting("segment.outer"))
    full.sent.clear()
    assert full.apply(plan).complete
    assert full.plan().is_empty


def test_an_interrupt_ends_a_reading(project: SandboxProject) -> None:
    project.seed(segments=[{"id": n, "name": f"s{n}", "type": "dynamic"} for n in range(1, 401)])

    main, steps = threading.main_thread().ident, itertools.count(1)
    assert main is not None

    def tick() -> None:
        if next(steps) == 60:
            signal.pthread_kill(main, signal.SIGINT)
        sleep(0.002)

    project.tick = tick
    with project.open() as session, pytest.raises(KeyboardInterrupt):
        session.import_()
    assert len(project.sent) < 200
