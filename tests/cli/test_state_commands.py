"""The commands for a shared state, on a real Git remote."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cioform.cli.app import run
from tests.state.shared.git_remote import REF, clone, git, make_remote
from tests.support.command_line import CommandLine, CommandResult

SETTINGS = "format: 1\nworkspace_id: 7\n# who may read it: ops\nstate: {backend: git}\n"


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    return make_remote(tmp_path)


@pytest.fixture
def project(remote: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a clone with a workspace, which is also the current folder."""
    for name in ("CI", "GITHUB_EVENT_PATH", "CI_PROJECT_VISIBILITY", "GITHUB_ACTOR"):
        monkeypatch.delenv(name, raising=False)
    folder = clone(remote, tmp_path / "first")
    settings_file(folder).parent.mkdir(parents=True)
    settings_file(folder).write_text(SETTINGS)
    (folder / ".gitignore").write_text(".cioform/\n")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def cio(project: Path, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """Return a function that runs a command in the first clone."""
    assert project.is_dir()

    def command(*words: str) -> CommandResult:
        capsys.readouterr()
        code = run(words)
        return CommandResult(code, *capsys.readouterr())

    return command


def settings_file(folder: Path) -> Path:
    return folder / "workspaces" / "acme" / "workspace.yaml"


def bind_footer(project: Path) -> None:
    """Write a local state with one binding."""
    folder = project / ".cioform" / "acme"
    folder.mkdir(parents=True)
    binding = {
        "remote_id": "footer", "identity": "footer", "applied": None, "parts": {}, "protect": False
    }  # fmt: skip
    state = {
        "format": 2, "lineage": "1a1b1c1d-2222-4333-8444-55555555555e", "serial": 4,
        "workspace": {"name": "acme", "workspace_id": 7}, "resources": {"snippet.footer": binding},
    }  # fmt: skip
    (folder / "state.json").write_text(json.dumps(state))


def shown(result: CommandResult) -> str:
    return " ".join(result.err.split())


def test_without_a_lineage_nothing_is_done(cio):
    result = cio("state", "list", "acme")
    assert result.code == 7
    assert "cioform state init acme" in result.err


def test_init_creates_a_state_and_writes_its_lineage(cio, project, remote):
    result = cio("state", "init", "acme")
    assert result.code == 0
    assert "Created an empty state in refs/heads/cioform/acme of origin" in result.out
    text = settings_file(project).read_text()
    assert "# who may read it: ops" in text
    state = cio("state", "pull", "acme").json
    assert f"lineage: {state['lineage']}" in text
    assert state["workspace"] == {"name": "acme", "workspace_id": 7}
    assert cio("state", "list", "acme").code == 0
    assert git(remote, "log", "--format=%s", REF) == "state init acme"
    assert "Nothing was changed" in cio("state", "init", "acme").out


def test_a_second_clone_needs_the_lineage_or_adopts(cio, project, remote, tmp_path, monkeypatch):
    cio("state", "init", "acme")
    second = clone(remote, tmp_path / "second", "--depth=1")
    settings_file(second).parent.mkdir(parents=True)
    settings_file(second).write_text(SETTINGS)
    monkeypatch.chdir(second)
    result = cio("state", "init", "acme")
    assert result.code == 7
    assert "cioform state init acme --adopt" in result.err
    assert cio("state", "init", "acme", "--adopt").code == 0
    assert settings_file(second).read_text() == settings_file(project).read_text()
    assert cio("state", "list", "acme").code == 0


def test_a_deleted_ref_is_restored_from_the_copy_here(cio, remote):
    cio("state", "init", "acme")
    before = cio("state", "pull", "acme").json
    git(remote, "update-ref", "-d", REF)
    result = cio("state", "list", "acme")
    assert result.code == 7
    assert "cioform state init acme --adopt" in result.err
    assert cio("state", "init", "acme").code == 7
    restored = cio("state", "init", "acme", "--adopt").out
    assert "Restored refs/heads/cioform/acme of origin" in restored
    assert "serial 0, commit " in restored
    assert "Another machine may have a newer copy" in restored
    assert cio("state", "pull", "acme").json == before


def test_a_deleted_ref_without_a_copy_begins_again(cio, project, remote):
    cio("state", "init", "acme")
    before = cio("state", "pull", "acme").json
    git(remote, "update-ref", "-d", REF)
    (project / ".cioform" / "acme" / "state.git").rename(project / "elsewhere")
    assert "Created an empty state" in cio("state", "init", "acme", "--adopt").out
    assert cio("state", "pull", "acme").json["lineage"] != before["lineage"]


def test_another_state_at_the_same_place_is_refused(cio, project):
    cio("state", "init", "acme")
    file = settings_file(project)
    lineage = cio("state", "pull", "acme").json["lineage"]
    file.write_text(file.read_text().replace(lineage, "1a1b1c1d-2222-4333-8444-55555555555e"))
    result = cio("state", "list", "acme")
    assert result.code == 7
    assert f"has lineage {lineage}" in shown(result)
    assert cio("state", "init", "acme", "--adopt").code == 0
    assert cio("state", "list", "acme").code == 0


def test_a_state_that_was_edited_by_hand(cio, remote, tmp_path):
    cio("state", "init", "acme")
    editor = clone(remote, tmp_path / "editor", "-b", "cioform/acme")
    (editor / "state.json").write_text("{")
    git(editor, "commit", "-qam", "By hand")
    git(editor, "push", "-q", "origin", "cioform/acme")
    result = cio("state", "list", "acme")
    assert result.code == 7
    assert "It is not JSON" in shown(result)
    assert "Every earlier state is a commit of that ref" in shown(result)
    (editor / "state.json").write_text('{"format": 99}')
    git(editor, "commit", "-qam", "From the future")
    git(editor, "push", "-q", "origin", "cioform/acme")
    assert "format 99" in shown(cio("state", "list", "acme"))


def test_a_branch_that_is_no_state(cio, project):
    git(project, "push", "-q", "origin", "main:cioform/acme")
    lineage = "1a1b1c1d-2222-4333-8444-55555555555e"
    settings_file(project).write_text(f"format: 1\nstate: {{backend: git, lineage: {lineage}}}\n")
    assert "has no state" in shown(cio("state", "list", "acme"))


def test_a_local_state_moves_to_git_and_back(cio, project):
    bind_footer(project)
    settings_file(project).write_text("format: 1\nworkspace_id: 7\n")
    result = cio("state", "migrate", "acme", "--to", "git")
    assert result.code == 0, result.err
    assert "Moved the state with 1 binding to refs/heads/cioform/acme of origin" in result.out
    assert "lineage: 1a1b1c1d-2222-4333-8444-55555555555e" in settings_file(project).read_text()
    assert not (project / ".cioform/acme/state.json").exists()
    assert cio("state", "show", "acme", "snippet.footer").code == 0
    settings = settings_file(project).read_text()
    assert cio("state", "migrate", "acme", "--to", "git").code == 64
    result = cio("state", "migrate", "acme", "--to", "local")
    assert result.code == 0, result.err
    assert (project / ".cioform/acme/state.json").exists()
    assert cio("state", "show", "acme", "snippet.footer").code == 0
    settings_file(project).write_text(settings)
    stale = cio("state", "list", "acme")
    assert stale.code == 7
    assert "was moved to a local file" in shown(stale)
    settings_file(project).write_text("format: 1\nworkspace_id: 7\n")
    assert cio("state", "migrate", "acme", "--to", "git").code == 0
    assert cio("state", "show", "acme", "snippet.footer").code == 0


@pytest.mark.parametrize("to", ["git", "local"])
def test_a_move_that_was_killed_before_it_changed_the_settings_goes_on(
    cio, project, monkeypatch, to
):
    bind_footer(project)
    settings_file(project).write_text("format: 1\nworkspace_id: 7\n")
    if to == "local":
        assert cio("state", "migrate", "acme", "--to", "git").code == 0
    with monkeypatch.context() as patch:
        patch.setattr("cioform.services.state.migration.write_state_setting", stop)
        assert cio("state", "migrate", "acme", "--to", to).code == 130
    result = cio("state", "migrate", "acme", "--to", to)
    assert result.code == 0, result.err
    assert cio("state", "show", "acme", "snippet.footer").code == 0


def stop(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_local_state_does_not_move_to_where_it_is(cio, project):
    bind_footer(project)
    settings_file(project).write_text("format: 1\nworkspace_id: 7\n")
    result = cio("state", "migrate", "acme", "--to", "local")
    assert (result.code, result.err.splitlines()[0]) == (64, "error: State already exists")
    assert "a local file (state.json in `.cioform/`)" in shown(result)
    assert cio("state", "show", "acme", "snippet.footer").code == 0


def test_the_state_of_a_sandbox_stays_on_this_machine(cio, project, remote):
    settings = "format: 1\nworkspace_id: 7\nendpoint: sandbox\n"
    settings_file(project).write_text(settings)
    refused = cio("state", "migrate", "acme", "--to", "git")
    assert (refused.code, refused.err.splitlines()[0]) == (64, "error: State of a sandbox")
    assert settings_file(project).read_text() == settings
    assert git(remote, "for-each-ref", REF) == ""


def test_init_does_not_forget_a_local_state(cio, project):
    bind_footer(project)
    result = cio("state", "init", "acme")
    assert result.code == 64
    assert "cioform state migrate acme --to git" in result.err
    assert cio("state", "migrate", "acme", "--to", "git").code == 0
    assert cio("state", "show", "acme", "snippet.footer").code == 0


def test_commands_that_need_another_state(cio, project):
    settings_file(project).write_text("format: 1\n")
    assert cio("state", "init", "acme").code == 64
    assert cio("state", "unlock", "acme", "--id", "x").code == 64
    assert cio("state", "migrate", "acme", "--to", "ftp://acme").code == 64
    assert cio("state", "prune", "acme", "--keep", "soon").code == 64
    assert cio("state", "prune", "acme").out == "Deleted the journals of 0 runs older than 90d.\n"


def test_bindings_are_changed_in_the_shared_state(cio, project, remote):
    bind_footer(project)
    cio("state", "migrate", "acme", "--to", "git")
    assert cio("state", "mv", "acme", "snippet.footer", "snippet.legal").code == 0
    assert cio("state", "show", "acme", "snippet.legal").code == 0
    assert cio("state", "forget", "acme", "snippet.legal", "--lock-timeout", "1m").code == 0
    log = git(remote, "log", "--format=%s|%an", REF).splitlines()
    assert [line.split("|")[0] for line in log] == [
        "state forget acme", "Lock for state forget acme", "state mv acme",
        "Lock for state mv acme", "state migrate acme",
    ]  # fmt: skip


def test_the_job_is_named(cio, remote, monkeypatch):
    for name, value in {
        "GITHUB_ACTOR": "octocat", "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_REPOSITORY": "acme/messages", "GITHUB_RUN_ID": "12",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    cio("state", "init", "acme")
    assert git(remote, "log", "--format=%an %(trailers:key=Run-URL,valueonly)", REF) == (
        "octocat https://github.com/acme/messages/actions/runs/12"
    )


@pytest.mark.parametrize("event", [{"private": False}, {"private": True, "visibility": "public"}])
def test_a_public_repository_is_refused(cio, project, tmp_path, monkeypatch, event):
    (tmp_path / "event.json").write_text(json.dumps({"repository": event}))
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(tmp_path / "event.json"))
    result = cio("state", "init", "acme")
    assert result.code == 7
    assert "state: {backend: git, public: true}" in result.err
    settings_file(project).write_text("format: 1\nstate: {backend: git, public: true}\n")
    assert cio("state", "init", "acme").code == 0
