"""Every command, run as a user runs it, each test with its own sandbox."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import cioform
from cioform.cli.app import run
from cioform.plan.review.planfile import decode_plan
from tests.support.command_line import CommandLine

ADDRESS = "Acme Ltd, 1 High Street, London"
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(cioform.__file__).parents[1])}
SNIPPET = Path("workspaces/demo/snippets/main_address.yaml")


def move_office() -> None:
    text = SNIPPET.read_text()
    assert "1 High Street" in text
    SNIPPET.write_text(text.replace("1 High Street", "8 Canal Road"))


def edit_as_jane(cio: CommandLine) -> None:
    edit = ("sandbox", "edit", "demo", "snippet.main_address", "value=PO Box 7")
    done = cio(*edit, "--as", "jane@acme.com")
    assert done.code == 0


def test_after_an_import_the_plan_is_empty(cio: CommandLine) -> None:
    done = cio("plan", "demo", "--detailed-exitcode")
    assert done.code == 0
    assert done.out.startswith("No changes. demo matches the files (")
    assert (
        cio("drift", "demo").out
        == "No drift. Everything that cioform manages in demo is as it was last applied.\n"
    )
    assert cio("apply", "demo", "--auto-approve", "--allow-live").code == 0


def test_plan_shows_the_change_and_its_exit_code(cio: CommandLine) -> None:
    move_office()
    done = cio("plan", "demo")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Plan for demo: 0 to create, 1 to update, 0 to delete\n")
    assert f"value: {ADDRESS} -> Acme Ltd, 8 Canal Road, London\n" in done.out
    assert cio("plan", "demo", "--detailed-exitcode", "--exclude", "snippet.*").code == 0


def test_plan_json_is_the_plan_file(cio: CommandLine) -> None:
    move_office()
    done = cio("plan", "demo", "--json", "--out", "p.json")
    assert done.out == Path("p.json").read_text()
    assert [str(c.address) for c in decode_plan(done.out).visible_changes] == [
        "snippet.main_address"
    ]


def test_a_plan_file_can_be_applied_only_once(cio: CommandLine) -> None:
    move_office()
    assert "cioform apply demo p.json --allow-live\n" in cio("plan", "demo", "--out", "p.json").out
    done = cio("apply", "demo", "p.json", "--allow-live")
    assert done.code == 0
    assert "Applied to demo: 1 updated." in done.out
    assert "snippet.main_address  ✓ updated" in done.err
    assert cio("plan", "demo", "--detailed-exitcode").code == 0
    again = cio("apply", "demo", "p.json", "--allow-live")
    assert (again.code, again.out) == (4, "")
    assert again.err.startswith("error: Stale plan\n")


def test_apply_json_prints_only_json(cio: CommandLine) -> None:
    move_office()
    done = cio("apply", "demo", "--auto-approve", "--allow-live", "--json")
    answer = json.loads(done.out)
    assert (done.code, answer["complete"]) == (0, True)
    assert answer["results"][0]["address"] == "snippet.main_address"


def test_apply_accepts_only_yes_as_confirmation(
    cio: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    move_office()
    assert cio("apply", "demo", "--allow-live").code == 64  # stdin is not a terminal
    for typed, code in (("y\n", 4), ("", 4), ("yes\n", 0)):
        monkeypatch.setattr("sys.stdin", _Person(typed))
        done = cio("apply", "demo", "--allow-live")
        assert (done.code, "Apply this to demo?" in done.err) == (code, True)
    assert cio("plan", "demo", "--detailed-exitcode").code == 0


class _Person:
    def __init__(self, says: str) -> None:
        self._says = says

    def isatty(self) -> bool:
        return True

    def readline(self) -> str:
        return self._says


def test_a_refused_plan_is_shown_without_a_prompt_and_exits_with_4(cio: CommandLine) -> None:
    Path("workspaces/demo/segments/beta_testers.yaml").unlink()
    done = cio("apply", "demo", "--auto-approve")
    assert done.code == 4
    assert "  - segment.beta_testers  its file was removed" in done.out
    assert "--allow-delete" in done.err
    assert cio("apply", "demo", "--auto-approve", "--allow-delete").code == 0


def test_drift_names_the_editor_and_the_field(cio: CommandLine) -> None:
    edit_as_jane(cio)
    done = cio("drift", "demo")
    assert done.code == 2
    assert "  ~ snippet.main_address  changed by jane@acme.com, " in done.out
    assert f"      value: {ADDRESS} -> PO Box 7\n" in done.out
    (item,) = json.loads(cio("drift", "demo", "--json").out)["drift"]
    assert (item["editor"]["who"], item["fields"][0]["path"]) == ("jane@acme.com", ["value"])


def test_importing_drift_writes_it_to_the_file(cio: CommandLine) -> None:
    edit_as_jane(cio)
    SNIPPET.unlink()
    done = cio("import", "demo", "--target", "snippet.main_address")
    assert (done.code, "main_address.yaml" in done.out) == (0, True)
    assert "PO Box 7" in SNIPPET.read_text()
    assert cio("plan", "demo", "--detailed-exitcode").code == 0


def test_a_conflict_needs_a_decision(cio: CommandLine) -> None:
    edit_as_jane(cio)
    move_office()
    done = cio("plan", "demo")
    assert (
        "    ! value: PO Box 7 -> Acme Ltd, 8 Canal Road, London  (changed on both sides)\n"
        in done.out
    )
    assert "1 in conflict" in done.out
    assert cio("apply", "demo", "--auto-approve").code == 4
    assert cio("apply", "demo", "--auto-approve", "--allow-live", "--prefer", "config").code == 0


def test_an_operation_without_its_credential_is_blocked_and_leaves_the_apply_incomplete(
    cio: CommandLine,
) -> None:
    layout = Path("workspaces/demo/layouts/main.yaml")
    layout.write_text(layout.read_text().replace("name: Main", "name: Principal"))
    done = cio("plan", "demo", "--with", "app")
    assert "planned with an App API key only" in done.out
    assert "\nBlocked: not part of this plan\n  ~ layout.main  name\n" in done.out
    assert cio("apply", "demo", "--auto-approve", "--with", "app").code == 8


def test_validate_reports_a_problem_with_its_line(cio: CommandLine) -> None:
    assert cio("validate").code == 0
    SNIPPET.write_text("name: main address\nvaleu: x\n")
    done = cio("validate", "demo")
    assert done.code == 3
    assert "main_address.yaml:2\n" in done.err
    answer = json.loads(cio("validate", "--json").out)
    assert (answer["valid"], answer["diagnostics"][0]["line"]) == (False, 2)


def test_fmt_reformats_what_check_finds(cio: CommandLine) -> None:
    assert cio("fmt", "--check").code == 0
    SNIPPET.write_text("value:    x\nname: main address\n")
    done = cio("fmt", "--check")
    assert (done.code, done.out) == (2, f"{SNIPPET}\n")
    assert cio("fmt", str(SNIPPET)).code == 0
    assert cio("fmt", "--check").code == 0


def test_show_prints_each_snapshot(cio: CommandLine) -> None:
    move_office()
    edit_as_jane(cio)
    for flags, shown in (
        ((), "8 Canal Road"),
        (("--live",), "PO Box 7"),
        (("--applied",), "1 High"),
    ):
        assert shown in cio("show", "demo", "snippet.main_address", *flags).out
    document = json.loads(cio("show", "demo", "snippet.main_address", "--live", "--json").out)
    assert document["attributes"]["value"] == "PO Box 7"
    assert cio("show", "demo", "snippet.main_address", "--live", "--applied").code == 64
    assert cio("show", "demo", "snippet").code == 64
    assert cio("show", "demo", "nothing.there").code == 64


def test_state_commands_list_show_move_and_forget(cio: CommandLine) -> None:
    assert "snippet.legal" in cio("state", "list", "demo", "--target", "snippet.*").out
    assert "remote_id: legal" in cio("state", "show", "demo", "snippet.legal").out
    assert cio("state", "mv", "demo", "snippet.legal", "snippet.imprint").code == 0
    assert cio("state", "show", "demo", "snippet.legal").code == 64
    assert cio("state", "forget", "demo", "snippet.imprint").code == 0
    listed = json.loads(cio("state", "list", "demo", "--json").out)
    assert "snippet.imprint" not in [item["address"] for item in listed["bindings"]]


def test_doctor_and_kinds_list_the_capabilities(cio: CommandLine) -> None:
    done = cio("doctor", "demo")
    assert done.code == 0
    assert "✓ App API key" in done.out
    assert json.loads(cio("doctor", "demo", "--json").out)["matrix"]
    assert "snippet " in cio("kinds").out
    names = [kind["name"] for kind in json.loads(cio("kinds", "--json").out)["kinds"]]
    assert "segment" in names


def test_schema_and_init_write_files(cio: CommandLine) -> None:
    assert "$schema" in json.loads(cio("schema").out)
    assert cio("schema", "--out", "s/schema.json").code == 0
    assert json.loads(Path("s/schema.json").read_text())
    done = cio("init", "other", "--sandbox")
    assert (done.code, "workspaces/other/workspace.yaml\n" in done.out) == (0, True)
    assert cio("init", "other").code == 64
    assert cio("validate", "other").code == 0


def test_the_sandbox_can_be_reset_and_seeded(cio: CommandLine) -> None:
    assert cio("sandbox", "reset", "demo").code == 0
    assert cio("drift", "demo").code == 2
    assert cio("sandbox", "seed", "demo").code == 0
    assert cio("sandbox", "seed", "demo", "--from", "nothing").code == 64
    assert cio("sandbox", "edit", "demo", "snippet.legal", "value").code == 64


def test_the_project_is_found_from_a_subfolder_or_by_option(
    cio: CommandLine, tmp_path: Path
) -> None:
    assert cio("validate", "--project", "workspaces/demo").code == 0
    done = cio("validate", "--project", str(tmp_path))
    assert (done.code, done.err.startswith("error: Not in a project\n")) == (3, True)


@pytest.mark.parametrize(
    "words",
    [
        ("plan",),
        ("nonsense",),
        ("plan", "demo", "--bad"),
        ("show", "demo", "snippet.legal", "--live", "--applied"),
        ("plan", "demo", "--out", "no/such/folder/p.json"),
        ("apply", "demo", "no-such-file.json"),
        ("apply", "demo", "p.json", "--target", "x.*"),
        ("state",),
    ],
)
def test_a_wrong_command_line_exits_with_64(cio: CommandLine, words: tuple[str, ...]) -> None:
    done = cio(*words)
    assert (done.code, done.out) == (64, "")
    assert done.err.startswith("error: ")


def test_suggested_commands_repeat_the_project(cio: CommandLine, tmp_path: Path) -> None:
    os.chdir(tmp_path)
    move_office_file = Path("project") / SNIPPET
    move_office_file.write_text(move_office_file.read_text().replace("1 High", "8 Canal"))
    done = cio("plan", "demo", "--project", "project")
    assert "    cioform apply demo --allow-live --project project\n" in done.out
    done = cio("apply", "demo", "--allow-live", "--project", "project")
    assert "    cioform apply demo --allow-live --project project --auto-approve\n" in done.err


def test_errors_are_json_with_the_json_option(cio: CommandLine) -> None:
    for words, code in ((("plan", "--json"), 64), (("plan", "nope", "--json"), 3)):
        done = cio(*words)
        assert (done.code, done.out) == (code, "")
        assert json.loads(done.err)["exit_code"] == code


@pytest.mark.usefixtures("cio")
def test_the_sandbox_is_served_until_a_signal() -> None:
    import httpx

    code = "from cioform.cli.main import main; main()"
    words = ["sandbox", "serve", "demo", "--json"]
    with subprocess.Popen(
        [sys.executable, "-c", code, *words], stdout=subprocess.PIPE, env=ENVIRONMENT
    ) as server:
        assert server.stdout is not None
        info = json.loads(server.stdout.readline())
        answer = httpx.get(
            f"{info['app']}/v1/snippets",
            headers={"Authorization": f"Bearer {info['app_api_key']}"},
            trust_env=False,
        )
        server.send_signal(signal.SIGTERM)
        assert server.wait(10) == 0
    assert len(answer.json()["snippets"]) == 3


def test_the_demo_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "tour"
    assert run(["demo", "--fast", "--folder", str(folder)]) == 0
    output = capsys.readouterr().out
    assert "changed by jane@acme.com" in output
    assert "Applied to demo: 3 updated." in output
    assert '        + <p>{{ snippets["main address"] }}<br>{{ snippets.legal }}</p>\n' in output
    assert "No changes. demo matches the files" in output
    assert f"cd {folder}\n" in output
    assert run(["demo", "--fast", "--folder", str(folder)]) == 64  # the folder is not empty


def test_a_state_in_git_is_refused(cio: CommandLine) -> None:
    for command in (["init", "-q"], ["add", "-f", ".cioform", "workspaces"]):
        subprocess.run(["git", *command], check=True)
    result = cio("plan", "demo")
    assert result.code == 7
    assert "Git tracks `.cioform/" in result.err
    assert "git rm -r -q --cached .cioform" in result.err
    subprocess.run(["git", "rm", "-r", "-q", "--cached", ".cioform"], check=True)
    assert cio("plan", "demo").code == 0


def test_the_sandbox_shows_an_edit_of_a_running_campaign(cio: CommandLine) -> None:
    campaign = "campaign.re_engagement_3_days"
    file = Path("workspaces/demo/campaigns/re_engagement_3_days/campaign.yaml")
    assert cio("sandbox", "set", "demo", "live_edits=off").code == 0
    assert cio("sandbox", "people-at", "demo", campaign, "nudge_push=120").code == 0
    text = file.read_text()
    assert "title: We miss you" in text
    file.write_text(text.replace("title: We miss you", "title: Ready to go on?"))
    assert "running, 120 people" in cio("plan", "demo").out
    refused = cio("apply", "demo", "--auto-approve", "--allow-live")
    assert (refused.code, "Live data is read-only" in refused.out) == (6, True)
    assert "refused on " in cio("doctor", "demo").out
    assert cio("sandbox", "set", "demo", "live_edits=on").code == 0
    assert cio("apply", "demo", "--auto-approve", "--allow-live").code == 0


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("set", "demo", "live_edits=maybe"), "Unknown setting"),
        (("people-at", "demo", "campaign.welcome", "nope=1"), "Step not found"),
        (("people-at", "demo", "campaign.welcome", "two_days=many"), "Invalid number of people"),
    ],
)
def test_an_invalid_live_setup_is_refused(
    cio: CommandLine, words: tuple[str, ...], problem: str
) -> None:
    done = cio("sandbox", *words)
    assert done.code == 64
    assert done.err.startswith(f"error: {problem}\n")


@pytest.mark.parametrize(
    ("address", "assignment", "problem"),
    [
        ("snippet.main_address", "valu=1", "Unknown field"),
        ("snippet.main_address", "value.deeper=1", "Unknown field"),
        (
            "snippet.main_address",
            "name=[1]",
            "Field cannot be edited\n  No API can change `name` of a snippet. These fields can",
        ),
        (
            "campaign.welcome",
            "two_days=1",
            "Unknown field\n  `two_days` is a step. Name one of its fields, as in `two_days.name`.",
        ),
        (
            "campaign.welcome",
            "welcome.email=x",
            "Invalid value\n  `welcome.email` must be a mapping",
        ),
        ("segment.inactive_3_days", 'conditions={"nope": "x"}', "Invalid value"),
        ("segment.inactive_3_days", "conditions={", "Invalid value"),
        ("campaign.welcome", 'welcome.email={"subject": "x"}', "Invalid value"),
        (
            "segment.inactive_3_days",
            'conditions={"attribute": "plan", "iss": "x"}',
            "Invalid value\n  `conditions`: Unknown operator `iss`. Did you mean `is`?",
        ),
        (
            "campaign.welcome",
            "workflow=x",
            "Unknown field\n  There is nothing to set at `workflow`. Begin with the ID of a step:",
        ),
        (
            "campaign.welcome",
            "state=runing",
            'Invalid value\n  `state` cannot be "runing". Did you mean `running`? It is one of',
        ),
        ("snippet.legal", "state=running", "Unknown field\n  `state` cannot be set on a snippet."),
    ],
)
def test_a_wrong_edit_is_refused(
    cio: CommandLine, address: str, assignment: str, problem: str
) -> None:
    done = cio("sandbox", "edit", "demo", address, assignment)
    assert done.code == 64
    assert done.err.startswith(f"error: {problem}")


@pytest.mark.parametrize(
    ("assignment", "shown"),
    [
        ("goal.event=purchased", "event: purchased"),
        ("goal={event: purchased, within: 2w}", "within: 14d"),
        ('goal={"event": "purchased"}', "event: purchased"),
        ("tags=[eu, vip]", "- vip"),
    ],
)
def test_an_edit_adds_what_is_not_there(cio: CommandLine, assignment: str, shown: str) -> None:
    assert cio("sandbox", "edit", "demo", "campaign.welcome", assignment).code == 0
    assert shown in cio("show", "demo", "campaign.welcome", "--live", "--yaml").out


@pytest.mark.parametrize("state", ["stopped", "archived"])
def test_a_campaign_can_be_stopped_and_archived_in_the_sandbox(
    cio: CommandLine, state: str
) -> None:
    assert cio("sandbox", "edit", "demo", "campaign.welcome", f"state={state}").code == 0
    assert f"  ~ campaign.welcome  {state} by jane@acme.com" in cio("drift", "demo").out


def test_an_edit_takes_json_for_what_is_not_text(cio: CommandLine) -> None:
    conditions = 'conditions={"attribute": "plan", "is": "pro"}'
    assert cio("sandbox", "edit", "demo", "segment.inactive_3_days", conditions).code == 0
    assert "is: pro" in cio("show", "demo", "segment.inactive_3_days", "--live").out
    assert cio("sandbox", "edit", "demo", "snippet.main_address", 'value={"a": 1}').code == 0
    assert '{"a": 1}' in cio("show", "demo", "snippet.main_address", "--live").out
