"""Reading a workspace: nothing more than is needed, and no further than somebody waits."""

from __future__ import annotations

import itertools
import json
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from time import sleep
from typing import Any

import httpx
import pytest

from cioform.core.address import Address
from cioform.plan.selecting.scope import Scope
from cioform.run.reading.parallel import run_parallel
from tests.support.copied_projects import CopyOf
from tests.support.sandbox_project import SandboxProject

PLAIN = {"conditions": {"attribute": "plan", "is": "x"}}
SENDERS = [{"id": 1, "name": "Acme", "email": "team@acme.com"}]
FILES: dict[str, dict[str, Any]] = {
    "snippets/a.yaml": {"name": "a", "value": "1"},
    "snippets/b.yaml": {"name": "b", "value": "1"},
    "layouts/plain.yaml": {"name": "Plain", "body": "{{content}}"},
    "segments/inner.yaml": {"name": "Inner", **PLAIN},
    "segments/outer.yaml": {"name": "Outer", "conditions": {"segment": "inner"}},
    **{f"segments/s{n}.yaml": {"name": f"S{n}", **PLAIN} for n in range(9)},
    "transactional/receipt.yaml": {
        "name": "Receipt",
        "email": {"from": "team@acme.com", "subject": "Thanks", "layout": "plain"},
    },
}
LISTS = 6
"""One per kind, and a second page of senders, which is empty: messages name senders."""


def apply_files(project: SandboxProject) -> None:
    project.seed(identities=SENDERS)
    project.replace_documents(FILES)
    project.apply()
    project.sent.clear()


@pytest.fixture
def applied_project(copy_of: CopyOf) -> SandboxProject:
    """Return a project without differences to its workspace."""
    return copy_of(apply_files)


def scope_of(address: str) -> Scope:
    return Scope((address,))


def test_a_plan_of_everything_reads_everything(applied_project: SandboxProject) -> None:
    assert applied_project.plan().is_empty
    assert len(applied_project.sent) == LISTS + 12


def leave_out(listed: str, name: str) -> Callable[[httpx.Request, httpx.Response], httpx.Response]:
    """Return what takes the row of one object from a list."""

    def alter(request: httpx.Request, response: httpx.Response) -> httpx.Response:
        if not request.url.path.endswith(f"/{listed}"):
            return response
        rows = json.loads(response.read())[listed]
        return httpx.Response(200, json={listed: [row for row in rows if row["name"] != name]})

    return alter


def test_what_a_list_leaves_out_is_looked_for_by_its_id(applied_project: SandboxProject) -> None:
    applied_project.alter = leave_out("segments", "Inner")
    plan = applied_project.plan()
    assert (plan.is_empty, plan.drift) == (True, ())
    assert len(applied_project.sent) == LISTS + 13  # it is found, and then read with the others


def test_a_list_with_whole_objects_is_asked_once(applied_project: SandboxProject) -> None:
    applied_project.alter = leave_out("snippets", "a")
    plan = applied_project.plan(scope=scope_of("snippet.a"))
    assert [str(change.address) for change in plan.changes] == ["snippet.a"]
    assert applied_project.sent.count(("GET", "/v1/snippets")) == 1


@pytest.mark.parametrize(
    ("address", "requests"),
    [
        ("snippet.a", 1),
        ("layout.plain", 1),
        ("segment.outer", LISTS + 1),
        ("transactional.receipt", LISTS + 1),
    ],
)
def test_a_target_reads_what_it_needs(
    applied_project: SandboxProject, address: str, requests: int
) -> None:
    plan = applied_project.plan(scope=scope_of(address))
    assert (plan.is_empty, plan.drift, plan.unreadable) == (True, (), ())
    assert plan.unchanged == 1
    assert (len(applied_project.sent), plan.read_requests) == (requests, requests)


@pytest.mark.parametrize(
    ("address", "requests"),
    [("snippet.a", 1), ("segment.outer", LISTS + 1), ("transactional.receipt", LISTS + 1)],
)
def test_showing_one_object_reads_that_one(
    applied_project: SandboxProject, address: str, requests: int
) -> None:
    with applied_project.open() as session:
        wanted = session.show(Address.parse(address), "desired")
        there = session.show(Address.parse(address), "live")
    assert _common(there, wanted) == wanted  # names and all
    assert len(applied_project.sent) == requests


def test_drift_in_scope_reads_what_it_needs(applied_project: SandboxProject) -> None:
    applied_project.seed(
        snippets=[{"id": n, "name": name, "value": "2"} for n, name in enumerate("ab", 1)]
    )
    with applied_project.open() as session:
        assert [str(d.address) for d in session.drift(scope_of("snippet.b"))] == ["snippet.b"]
    assert applied_project.sent == [("GET", "/v1/snippets"), ("GET", applied_project.sent[1][1])]
    assert applied_project.sent[1][1].endswith("/audit_logs")


def test_an_import_of_targets_reads_only_those(
    applied_project: SandboxProject, tmp_path: Path
) -> None:
    other = applied_project.second_checkout(tmp_path / "other")
    with other.open() as session:
        made = session.import_(Scope(("transactional.receipt", "layout.*")))
    assert [str(address) for address in made.addresses] == ["layout.plain", "transactional.receipt"]
    assert (
        len(applied_project.sent) == len(applied_project.kinds.names) + 2
    )  # the message and the empty second page of senders; layouts are listed with their bodies
    text = (other.folder / "transactional" / "receipt.yaml").read_text(encoding="utf-8")
    assert "from: team@acme.com" in text
    assert "layout: plain" in text


def _common(there: Any, wanted: Any) -> Any:
    """Return what is there of the fields that are wanted."""
    if not isinstance(wanted, dict):
        return there
    return {name: _common(there[name], wanted[name]) for name in wanted}


def test_an_import_of_one_resource_includes_its_references(
    applied_project: SandboxProject, tmp_path: Path
) -> None:
    with applied_project.second_checkout(tmp_path / "other").open() as session:
        made = session.import_(scope_of("transactional.receipt"))
    assert [*map(str, made.addresses)] == ["transactional.receipt", "layout.plain"]


def test_a_plan_with_a_scope_can_be_applied(applied_project: SandboxProject) -> None:
    applied_project.write(
        "segments/outer.yaml", {**FILES["segments/outer.yaml"], "description": "more"}
    )
    plan = applied_project.plan(scope=scope_of("segment.outer"))
    applied_project.sent.clear()
    assert applied_project.apply(plan).complete
    assert applied_project.plan().is_empty


def test_an_interrupt_ends_a_read(project: SandboxProject) -> None:
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


def test_an_interrupt_does_not_wait_for_requests_that_wait() -> None:
    released, main = threading.Event(), threading.main_thread().ident
    assert main is not None

    def work(number: int) -> int:
        if number == 0:
            sleep(0.05)
            signal.pthread_kill(main, signal.SIGINT)
        released.wait(60)
        return number

    try:
        with pytest.raises(KeyboardInterrupt):
            run_parallel(work, range(4), limit=4)
        assert not released.is_set()
    finally:
        released.set()
