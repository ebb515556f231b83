"""`cioform history` on a local and on a shared state."""

from __future__ import annotations

import pytest

from cioform.report.history import change_rows, history_rows, run_lines
from cioform.services.state.administration import StateAdministration
from tests.support.command_line import CommandLine
from tests.support.known import known
from tests.support.memory_backend import MemoryRemote
from tests.support.sandbox_project import SandboxProject


def test_history_of_the_command_line(cio: CommandLine, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CIOFORM_ACTOR", "ada")
    assert cio("history", "demo").out == "demo has no runs yet.\n"
    with open("workspaces/demo/snippets/imprint.yaml", "w") as file:  # noqa: PTH123
        file.write("name: imprint\nvalue: Acme Ltd\n")
    assert cio("apply", "demo", "--auto-approve").code == 0
    listed = cio("history", "demo")
    assert listed.code == 0
    assert "ada" in listed.out
    assert "1 created" in listed.out
    [run] = cio("history", "demo", "--json").json["runs"]
    assert (run["who"], run["counts"], run["complete"]) == ("ada", {"created": 1}, True)
    shown = cio("history", "demo", run["id"])
    assert f"Run {run['id']} of ada: 1 created, complete" in shown.out
    assert "snippet.imprint" in shown.out
    [change] = cio("history", "demo", run["id"], "--json").json["changes"]
    assert change["before"] is None
    assert change["after"] == {"name": "imprint", "value": "Acme Ltd"}
    unknown = cio("history", "demo", run["id"] + "x")
    assert unknown.code == 64
    assert "Run not found" in unknown.err


def administration(project: SandboxProject) -> StateAdministration:
    with project.open() as opened:
        return opened.state


@pytest.mark.parametrize("is_shared", [False, True])
def test_history_survives_pruning(tmp_path, is_shared):
    project = SandboxProject(tmp_path, remote=MemoryRemote() if is_shared else None)
    project.write("snippets/a.yaml", {"name": "a", "value": "1"})
    project.apply()
    project.time.sleep(60)
    project.write("snippets/a.yaml", {"name": "a", "value": "2"})
    project.inject_fault("status:400", "PUT", "snippets")
    assert not project.apply().complete
    state = administration(project)
    runs = state.history()
    assert [run.title for run in runs] == ["1 created", "1 failed"]
    [change] = state.changes(runs[1].run.id) or ()
    assert (change.result, change.action, change.address) == ("failed", "update", "snippet.a")
    assert change.reason
    assert known(change.before)["value"] == "1"
    assert change_rows([change])[1][:3] == ("failed", "update", "snippet.a")
    assert history_rows(runs)[1][4] == "1 failed (not complete)"
    assert "not complete" in next(run_lines(runs[1]))
    project.time.sleep(100)
    assert state.prune(0) == 2
    assert state.changes(runs[1].run.id) is None
    assert [run.title for run in state.history()] == ["1 created", "1 failed"]


def test_a_run_that_was_killed_is_listed_before_and_after_it_was_resolved(tmp_path):
    project = SandboxProject(tmp_path)
    for name in ("a", "b"):
        project.write(f"snippets/{name}.yaml", {"name": name, "value": "1"})
    project.apply()
    [run] = administration(project).history()
    journal = project.state_folder / "journal" / f"{run.run.id}.ndjson"
    lines = journal.read_bytes().splitlines(keepends=True)
    done = next(n for n, line in enumerate(lines) if b"change-done" in line)
    journal.write_bytes(b"".join(lines[: done + 1]))
    (project.state_folder / "runs" / f"{run.run.id}.json").unlink()
    [killed] = administration(project).history()
    assert (killed.title, killed.complete) == ("1 created", False)
    project.plan()
    [resolved] = administration(project).history()
    assert (resolved.title, resolved.complete) == ("1 created", False)
