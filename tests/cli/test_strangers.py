"""A plan of a pull request is safe to make where the credentials are, for files by anyone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from shutil import rmtree

import pytest

from tests.support.command_line import CommandLine
from tests.support.git import git, repository

WORKSPACE = Path("workspaces/demo")
SETTINGS = WORKSPACE / "workspace.yaml"
SNIPPET = WORKSPACE / "snippets/main_address.yaml"
TOKEN = "sa_live_0123456789abcdef0123456789abcdef"


@pytest.fixture(scope="module")
def prepared(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return repository(prepared, tmp_path_factory)


@pytest.fixture
def base(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the commit of the target branch; what tests change then is the pull request."""
    request.getfixturevalue("cio")
    monkeypatch.setenv("CUSTOMERIO_SERVICE_ACCOUNT_TOKEN", TOKEN)
    return git("rev-parse", "HEAD")


def add_settings(text: str) -> None:
    SETTINGS.write_text(SETTINGS.read_text() + text)


def replace_settings(old: str, new: str) -> None:
    text = SETTINGS.read_text()
    assert old in text
    SETTINGS.write_text(text.replace(old, new))


def guard(text: str) -> None:
    """Replace the guards of the files."""
    lines = SETTINGS.read_text().splitlines(keepends=True)
    at = next(i for i, line in enumerate(lines) if line.startswith("guards:"))
    end = next((i for i in range(at + 1, len(lines)) if lines[i][0] not in " #"), len(lines))
    SETTINGS.write_text("".join([*lines[:at], f"guards: {text}\n", *lines[end:]]))


def read_any_variable() -> None:
    add_settings("variables: {t: '${env.GITHUB_TOKEN}'}\n")


def send_credentials_elsewhere() -> None:
    replace_settings(
        "endpoint: sandbox",
        "endpoint: {app: https://a.example, journeys: https://b.example, track: https://c.example}",
    )


def write_a_credential_into_a_message() -> None:
    SNIPPET.write_text(f"name: main_address\nvalue: {TOKEN}\n")


def read_a_file_outside() -> None:
    SNIPPET.write_text("name: main_address\nvalue: {file: ../../../../secret}\n")


def read_a_hidden_file() -> None:
    SNIPPET.write_text("name: main_address\nvalue: {file: ../../../.git/config}\n")


def link_to_a_hidden_file() -> None:
    Path("workspaces/demo/snippets/a.yaml").symlink_to(Path(".git/config").absolute())


def track_the_state() -> None:
    Path(".cioform").mkdir(exist_ok=True)
    git("add", "-f", ".cioform")


@pytest.mark.parametrize(
    ("attack", "summary"),
    [
        (read_any_variable, "Environment variable not allowed"),
        (send_credentials_elsewhere, "Endpoint not allowed"),
        (write_a_credential_into_a_message, "Secret in a file"),
        (read_a_file_outside, "File outside the project"),
        (read_a_hidden_file, "Hidden file"),
        (link_to_a_hidden_file, "Hidden file"),
        (track_the_state, "State in Git"),
    ],
)
def test_files_that_reach_too_far_are_refused(
    base: str, cio: CommandLine, attack: Callable[[], None], summary: str
) -> None:
    attack()
    done = cio("plan", "demo", "--settings-from", base)
    assert (done.code in (3, 7), done.out) == (True, "")
    assert summary in done.err
    assert TOKEN not in done.err


def test_settings_of_the_base_judge_the_plan(base: str, cio: CommandLine) -> None:
    guard("{allow_delete: true, max_percent: 100}")
    add_settings("exclude: ['campaign.*']\n")
    (WORKSPACE / "segments/beta_testers.yaml").unlink()
    done = cio("plan", "demo", "--settings-from", base)
    assert (
        f"judged by the settings of commit {base[:12]}; changed in the files and not used: "
        "exclude, guards.allow_delete, guards.max_deletes, guards.max_percent\n" in done.out
    )
    assert "apply refuses this plan" in done.out
    refused = cio("apply", "demo", "--auto-approve", "--settings-from", base)
    assert refused.code == 4
    header = json.loads(cio("plan", "demo", "--json", "--settings-from", base).out)["header"]
    assert header["settings_from"] == base


def test_what_a_pull_request_takes_over_is_not_used_before_it_is_on_the_base(
    base: str, cio: CommandLine
) -> None:
    add_settings("managed_by: {stamp: true, repository: github.com/crm/journeys}\n")
    segment = WORKSPACE / "segments/new_here.yaml"
    segment.write_text("name: New here\nmanual: true\ndescription: Everybody new.\n")
    assert (
        cio("apply", "demo", "--target", "segment.new_here", "--auto-approve", "--allow-live").code
        == 0
    )
    replace_settings("crm/journeys}", "acme/messages}")
    git("add", "workspaces")
    git("commit", "-qm", "Belong to another repository")
    base = git("rev-parse", "HEAD")
    replace_settings("messages}", "messages, take_over: [github.com/crm]}")
    own = cio("plan", "demo", "--json").json
    judged = cio("plan", "demo", "--json", "--settings-from", base).json
    assert own["managed_elsewhere"] == {}
    assert list(judged["managed_elsewhere"]) == ["segment.new_here"]
    assert judged["header"]["changed_settings"] == ["managed_by.take_over"]


def test_protection_and_ignored_fields_of_the_base_hold(base: str, cio: CommandLine) -> None:
    text = SNIPPET.read_text()
    SNIPPET.write_text(f"protect: true\n{text}")
    more = WORKSPACE / "snippets/more.yaml"
    more.write_text("name: more\nvalue: {file: ../../../texts/more.html}\n")
    Path("texts").mkdir()
    Path("texts/more.html").write_text("A text that is not below workspaces/")
    Path("texts/link").symlink_to("/etc/hostname")
    git("add", "--all")
    git("commit", "-qm", "Protect")
    base = git("rev-parse", "HEAD")
    SNIPPET.write_text(
        f"ignore: [value]\nbecause: Nobody looks.\n{text}".replace("1 High", "9 High")
    )
    own = cio("plan", "demo", "--json").json
    judged = cio("plan", "demo", "--json", "--settings-from", base).json
    assert [each["protect"] for each in judged["changes"] if each["action"] == "update"] == [True]
    assert not [each for each in own["changes"] if each["action"] == "update"]
    shown = cio("plan", "demo", "--settings-from", base).out
    assert "protect of snippet.main_address, ignore of snippet.main_address" in " ".join(
        shown.split()
    )


def test_a_document_with_another_address_is_judged_by_its_earlier_one(
    base: str, cio: CommandLine
) -> None:
    text = SNIPPET.read_text()
    SNIPPET.unlink()
    renamed = SNIPPET.with_name("new_address.yaml")
    renamed.write_text(
        f"was: snippet.main_address\nignore: [value]\nbecause: Nobody looks.\n{text}"
    )
    shown = cio("plan", "demo", "--settings-from", base).out
    assert "ignore of snippet.new_address" in " ".join(shown.split())


def test_connection_and_credentials_are_those_of_the_base(base: str, cio: CommandLine) -> None:
    replace_settings("endpoint: sandbox", "endpoint: us")
    done = cio("plan", "demo", "--settings-from", base)
    assert done.code == 0
    assert "endpoint" in done.out.splitlines()[1]


@pytest.mark.parametrize("forge", ["github", "gitlab"])
def test_in_a_pull_request_the_target_branch_is_the_base(
    base: str, cio: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, forge: str
) -> None:
    if forge == "gitlab":
        monkeypatch.setenv("CI_MERGE_REQUEST_DIFF_BASE_SHA", base)
    else:
        event = tmp_path / "event.json"
        event.write_text(json.dumps({"pull_request": {"base": {"sha": base}}}))
        monkeypatch.setenv("GITHUB_EVENT_PATH", str(event))
    guard("{max_changes: 0}")
    SNIPPET.write_text(SNIPPET.read_text().replace("1 High", "8 High"))
    assert "guards.max_changes" in cio("plan", "demo").out.splitlines()[1]
    assert cio("apply", "demo", "--auto-approve", "--allow-live").code == 0


def test_a_new_workspace_needs_consent(base: str, cio: CommandLine) -> None:
    new = WORKSPACE.with_name("new")
    new.mkdir()
    guard("{allow_delete: true, max_percent: 100}")
    (new / "workspace.yaml").write_text(SETTINGS.read_text())
    plan = ("plan", "new", "--settings-from", base)
    done = cio(*plan)
    assert (done.code, done.err.splitlines()[0]) == (4, "error: New workspace")
    assert cio(*plan, "--allow-new-workspace").code == 0


@pytest.mark.usefixtures("base")
@pytest.mark.parametrize("is_empty", [False, True])
def test_the_first_workspace_of_a_project_needs_the_same_consent(
    cio: CommandLine, is_empty: bool
) -> None:
    git("rm", "-rq", "--cached", "." if is_empty else "workspaces")
    git("commit", "-qm", "No workspaces")
    plan = ("plan", "demo", "--settings-from", "HEAD")
    assert cio(*plan).err.splitlines()[0] == "error: New workspace"
    assert cio(*plan, "--allow-new-workspace").code == 0


@pytest.mark.usefixtures("base")
def test_settings_of_an_older_format_still_judge(cio: CommandLine) -> None:
    now = SETTINGS.read_text()
    guard("{max_changes: 0}")
    SETTINGS.write_text(SETTINGS.read_text().replace("format: 1\n", ""))
    git("commit", "-qam", "Older")
    SETTINGS.write_text(now)
    done = cio("plan", "demo", "--settings-from", "HEAD")
    assert done.code == 0
    assert "guards.max_changes" in done.out.splitlines()[1]


@pytest.mark.usefixtures("base")
def test_a_sensitive_value_cannot_be_shown_by_a_plain_variable(
    cio: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    value = "s3cr3t-VALUE-4711"
    monkeypatch.setenv("CIOFORM_VAR_KEY", value)
    now = SETTINGS.read_text()
    add_settings("variables:\n  key:\n    value: ${env.CIOFORM_VAR_KEY}\n    sensitive: true\n")
    git("commit", "-qam", "Use a key")
    SETTINGS.write_text(f"{now}variables:\n  key: ${{env.CIOFORM_VAR_KEY}}\n")
    SNIPPET.write_text("name: main_address\nvalue: ${var.key}\n")
    done = cio("plan", "demo", "--settings-from", "HEAD")
    assert done.code == 3
    assert "The variable `key` holds a credential" in done.err
    assert value not in done.out + done.err


@pytest.mark.usefixtures("base")
@pytest.mark.parametrize(
    ("revision", "code", "summary"),
    [
        ("nothing", 4, "Base revision not found"),
        ("-x", 64, "Invalid revision"),
        ("a" * 40, 4, "Base revision not found"),
    ],
)
def test_a_base_that_is_not_there_is_refused(
    cio: CommandLine, revision: str, code: int, summary: str
) -> None:
    done = cio("plan", "demo", f"--settings-from={revision}")
    assert (done.code, done.err.splitlines()[0]) == (code, f"error: {summary}")


@pytest.mark.usefixtures("base")
def test_a_base_whose_settings_are_wrong_is_named(cio: CommandLine) -> None:
    now = SETTINGS.read_text()
    guard("{max_changes: many}")
    git("commit", "-qam", "Wrong")
    commit = git("rev-parse", "HEAD")
    SETTINGS.write_text(now)
    done = cio("plan", "demo", "--settings-from", "HEAD")
    assert done.code == 3
    assert f"{commit[:12]}:{SETTINGS}:" in done.err


@pytest.mark.usefixtures("base")
def test_a_base_whose_documents_are_wrong_protects_nothing_silently(cio: CommandLine) -> None:
    now = SNIPPET.read_text()
    SNIPPET.write_text(f"protect: true\nvalu: x\n{now}")
    git("commit", "-qam", "Wrong")
    commit = git("rev-parse", "HEAD")
    SNIPPET.write_text(now)
    done = cio("plan", "demo", "--settings-from", "HEAD")
    assert done.code == 3
    assert f"{commit[:12]}:{SNIPPET}:" in done.err
    assert "decide what is protected" in " ".join(done.err.split())


def test_outside_of_git_there_is_no_base(cio: CommandLine) -> None:
    rmtree(".git")
    assert cio("plan", "demo", "--settings-from", "main").code == 4


def test_a_plan_shows_what_editors_hide(base: str, cio: CommandLine) -> None:
    SNIPPET.write_text('name: main_address\nvalue: "\\u202eevil\\x1b[2J"\n')
    done = cio("plan", "demo", "--settings-from", base)
    assert "\u202e" not in done.out
    assert "\x1b" not in done.out
