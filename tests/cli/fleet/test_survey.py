"""Plans and drift of many workspaces with one command."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from cioform.cli.terminal.fleet_progress import FleetProgress
from cioform.core.exit_codes import worst_exit_code
from cioform.report.fleet.result import WorkspaceResult
from cioform.report.styling import PLAIN
from cioform.run.events import ReadProgress
from cioform.services.project.git import run_git
from cioform.services.revisions import files
from cioform.services.workspace import Workspace
from tests.support.command_line import CommandLine, Terminal

AUTHOR = ("-c", "user.name=Jane", "-c", "user.email=jane@acme.com")


def edit(name: str) -> None:
    file = Path("workspaces", name, "snippets", "footer.yaml")
    file.write_text(file.read_text() + "  <p>New</p>\n")


def unusable(name: str, endpoint: str = "us") -> None:
    """Add a workspace to which nobody has the credential."""
    folder = Path("workspaces", name)
    folder.mkdir()
    (folder / "workspace.yaml").write_text(
        f"format: 1\nregion: {endpoint}\nworkspace_id: 9\n"
        "credentials: {app_api_key: '${env.CUSTOMERIO_NOBODY}'}\n"
    )


def test_drift_of_all_is_one_table(cio: CommandLine) -> None:
    cio("sandbox", "edit", "eu_two", "snippet.footer", "value=Bye", "--as", "jane@acme.com")
    done = cio("drift", "--all")
    assert done.code == 2
    assert done.out.startswith("4 workspaces: 1 with drift, 3 without\n")
    assert "  1 drifted  2\n" in done.out
    assert done.out.endswith("Next:\n    cioform drift eu_two\n")
    assert "[4/4] " in done.err


def test_a_plan_of_all_has_a_digest_and_detailed_exit_codes(cio: CommandLine) -> None:
    edit("eu_one")
    done = cio("plan", "--all", "--only", "eu_*", "--detailed-exitcode", "--json")
    assert done.code == done.json["exit_code"] == 2
    first, second = done.json["workspaces"]
    assert [first["exit_code"], second["exit_code"]] == [2, 0]
    assert first["result"]["digest"] == cio("plan", "eu_one", "--json").json["digest"]
    assert f"  digest {done.json['digest']}\n" in cio("plan", "--all", "--only", "eu_*").out
    assert cio("plan", "--all").code == 0


def test_one_that_fails_hides_no_other(cio: CommandLine) -> None:
    unusable("nobody")
    Path("workspaces/us_one/snippets/footer.yaml").write_text("name: [")
    edit("eu_one")
    done = cio("plan", "--all", "--detailed-exitcode")
    assert done.code == 6
    assert done.out.startswith("5 workspaces: 1 with changes, 2 without, 2 not looked at\n")
    assert "not looked at: Missing credential" in done.out
    assert "error: us_one: " in done.err
    listed = cio("plan", "--all", "--json").json
    assert listed["not_looked_at"] == ["nobody", "us_one"]
    assert listed["workspaces"][3]["result"] is None
    assert listed["workspaces"][3]["diagnostics"][0]["summary"] == "Missing credential"


def test_what_was_not_looked_at_is_an_error_in_every_format_of_tools(cio: CommandLine) -> None:
    Path("workspaces/us_one/snippets/footer.yaml").write_text("name: [")
    edit("eu_one")
    done = cio("plan", "--all", "--format", "sarif")
    first, second = done.json["runs"][0]["results"]
    assert (done.code, first["level"], second["level"]) == (3, "error", "note")
    assert first["message"]["text"].startswith("us_one: ")
    place = first["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert place == "workspaces/us_one/snippets/footer.yaml"
    assert second["message"]["text"].startswith("eu_one: update snippet.footer")
    assert 'failures="1"' in cio("plan", "--all", "--format", "junit").out


def test_suggested_commands_find_the_same_project(
    cio: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit("eu_one")
    unusable("nobody")
    root = Path.cwd()
    monkeypatch.chdir(root.parent)
    words = ("--all", "--project", "project", "--with", "app")
    done = cio("plan", *words)
    assert done.out.endswith("Next:\n    cioform plan eu_one --project project --with app\n")
    assert "plan eu_one --project project --with app" in cio("plan", *words, "--markdown").out
    cio("plan", *words, "--reports", "r")
    Path("r/nobody.json").unlink()
    merged = cio("report", "merge", "r", "--project", "project")
    assert "cioform plan --all --only nobody --reports results --project project" in merged.err
    assert "    cioform plan eu_one --project project\n" in merged.out


def test_a_fault_of_ours_in_one_hides_no_other(
    cio: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = Workspace.drift_report

    def wrong(opened: Workspace, *arguments: object) -> object:
        return {}["x"] if opened.name == "eu_one" else right(opened, *arguments)  # type: ignore

    monkeypatch.setattr(Workspace, "drift_report", wrong)
    done = cio("drift", "--all")
    assert done.code == 1
    assert "4 workspaces: 0 with drift, 3 without, 1 not looked at" in done.out
    assert "KeyError in test_survey.py" in done.err


def test_results_are_files_and_a_resumed_call_keeps_the_final_ones(cio: CommandLine) -> None:
    unusable("nobody")
    assert cio("drift", "--all", "--reports", "r").code == 6
    kept = {file.name: file.read_text() for file in Path("r").iterdir()}
    assert sorted(kept) == sorted(
        ["canary.json", "eu_one.json", "eu_two.json", "nobody.json", "us_one.json"]
    )
    Path("r/eu_one.json").unlink()
    again = json.loads(kept["us_one.json"]) | {
        "exit_code": 75, "result": None, "diagnostics": [{"summary": "Busy", "detail": "Later."}],
    }  # fmt: skip
    Path("r/us_one.json").write_text(json.dumps(again))
    done = cio("drift", "--all", "--reports", "r", "--resume")
    assert (done.code, done.err.count("is kept")) == (6, 3)
    assert {file.name: file.read_text() for file in Path("r").iterdir()} == kept


def test_results_of_another_run_are_not_kept(
    cio: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CIOFORM_RUN_ID", "1")
    cio("drift", "--all", "--reports", "r")
    monkeypatch.setenv("CIOFORM_RUN_ID", "2")
    assert "is kept" not in cio("drift", "--all", "--reports", "r", "--resume").err


@pytest.mark.parametrize(
    "words",
    [
        ("plan",),
        ("plan", "eu_one", "--all"),
        ("plan", "eu_one", "--only", "eu_*"),
        ("plan", "--all", "--out", "x"),
        ("drift", "--all", "--resume"),
        ("drift", "--all", "--only", "eu_three"),
        ("drift", "--all", "--shard", "0/4"),
    ],
)
def test_wrong_command_lines(cio: CommandLine, words: tuple[str, ...]) -> None:
    assert cio(*words).code == 64


def test_the_worst_exit_code_is_that_of_all() -> None:
    order = [7, 6, 5, 3, 4, 8, 75, 2]
    for at, code in enumerate(order):
        assert worst_exit_code([0, *reversed(order[at:])]) == code
    assert worst_exit_code([0, 0]) == worst_exit_code([]) == 0


def test_progress_predicts_the_end() -> None:
    stream, now = Terminal(), [0.0]
    progress = FleetProgress(3, 2, PLAIN, stream, lambda: now[0])
    one, two = progress.listener_of("one"), progress.listener_of("two")
    for seconds, done in ((0, 0), (10, 25)):
        now[0] = seconds
        one(ReadProgress(done, 100))
        two(ReadProgress(done * 2, 100))
    with progress.ended():
        pass
    # 30 seconds for the slower one, and then 40 for the one that waits.
    assert "0 of 3 workspaces, 25 of 200 requests of those at work, " in stream.getvalue()
    one(ReadProgress(25, 100))
    progress.finish(WorkspaceResult("two", 0, "no drift"))
    now[0] = 11
    one(ReadProgress(27, 100))
    assert "about 1 min 10 s left" in stream.getvalue().replace("1 min 11 s", "1 min 10 s")


def test_the_files_of_a_base_are_extracted_once(
    cio: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "Base"]):
        subprocess.run(["git", *AUTHOR, *words], check=True)
    archives: list[str] = []

    def counted(root: Path, *words: str) -> str:
        archives.extend(words[:1])
        return run_git(root, *words)

    monkeypatch.setattr(files, "run_git", counted)
    done = cio("plan", "--all", "--settings-from", "HEAD")
    assert done.out.startswith("4 workspaces: 0 with changes, 4 without\n")
    assert archives.count("archive") == 1


@pytest.mark.parametrize(
    ("command", "selector", "code", "texts"),
    [
        ("plan", "state:modified", 2, ["1 to update", "nothing selected"]),
        ("plan", "state:modified,kind:snippet", 2, ["1 to update", "nothing selected"]),
        ("plan", "kind:campaign", 0, ["nothing selected"] * 2),
        ("drift", "state:modified", 0, ["no drift", "nothing selected"]),
        ("drift", "kind:campaign", 0, ["nothing selected"] * 2),
        ("plan", "snippet.fotter", 64, ["not looked at"] * 2),
        ("plan", "kind:snipet", 64, ["not looked at"] * 2),
    ],
)
def test_a_workspace_where_nothing_is_selected_fails_no_other(
    cio: CommandLine, command: str, selector: str, code: int, texts: list[str]
) -> None:
    for words in (("init",), ("add", "."), (*AUTHOR, "commit", "-qm", "Start")):
        subprocess.run(["git", *words], check=True, capture_output=True)
    subprocess.run(["git", "branch", "start"], check=True)
    edit("eu_one")
    chosen = selector.replace("state:modified", "state:modified@start")
    detailed = ("--detailed-exitcode",) if command == "plan" else ()
    for reports in ((), ("--reports", "out")):
        done = cio(command, "--all", "--only", "eu_*", "--select", chosen, *detailed, *reports)
        assert done.code == code, done.err
    shown = cio(command, "--all", "--only", "eu_*", "--select", chosen).out
    assert all(shown.count(f"  {text}") == texts.count(text) for text in texts), shown
    lines = [line for line in cio("report", "merge", "out").out.splitlines() if "eu_" in line]
    assert all(texts.count(text) == sum(f"  {text}" in each for each in lines) for text in texts)
