"""Policies: their tests, what they say about files, and what they do to plans."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine
from tests.support.git import git

POLICIES = Path("workspaces/_policies")
ADDRESS = Path("workspaces/demo/snippets/main_address.yaml")
NO_CANALS = """\
id: no-canals
text: We have no office at a canal.
outcome: {outcome}
check: {{forbidden_words: [canal]}}
tests:
  - name: a canal
    given: {{snippet.a: {{value: 8 Canal Road}}}}
    expect: {outcome}
  - name: a part of another word
    given: {{snippet.a: {{value: Canalside}}}}
    expect: pass
"""
MERGE_REQUEST = {
    "GITLAB_CI": "true", "CI_PROJECT_PATH": "acme/messages", "CI_MERGE_REQUEST_IID": "12",
    "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "1", "CI_MERGE_REQUEST_PROJECT_ID": "1",
}  # fmt: skip
TESTED = "id: a\ntext: b\ncheck: {max_people: 1}\n"


def write_policy(text: str, name: str = "rules.yaml") -> None:
    POLICIES.mkdir(exist_ok=True)
    (POLICIES / name).write_text(text)


def move_office() -> None:
    ADDRESS.write_text(ADDRESS.read_text().replace("1 High Street", "8 Canal Road"))


@pytest.mark.parametrize("outcome", ["approval", "deny"])
def test_policies_have_tests(cio: CommandLine, outcome: str) -> None:
    write_policy(NO_CANALS.format(outcome=outcome))
    done = cio("policies", "test")
    assert (done.code, done.err) == (0, "2 tests passed.\n")
    write_policy(NO_CANALS.format(outcome=outcome).replace("expect: pass", "expect: deny"))
    done = cio("policies", "test")
    assert done.code == 3
    assert "workspaces/_policies/rules.yaml:9" in done.out
    assert "expected `deny`, got `pass`" in done.out


def test_a_denied_plan_is_refused_with_the_place(cio: CommandLine) -> None:
    write_policy(NO_CANALS.format(outcome="deny"))
    move_office()
    assert "snippets/main_address.yaml:" in cio("policies", "check", "demo").out
    shown = cio("plan", "demo", "--allow-live", "--detailed-exitcode")
    assert shown.code == 4
    assert "policy no-canals" in shown.out
    done = cio("apply", "demo", "--auto-approve", "--allow-live")
    assert done.code == 4
    assert "main_address.yaml:3:20: The text contains `Canal`." in done.err
    done = cio("apply", "demo", "--auto-approve", "--allow-live", "--approve", "no-canals")
    assert done.code == 64
    assert "nobody can approve that" in done.err


def test_an_approval_is_recorded(cio: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CIOFORM_ACTOR", "jane@acme.com")
    write_policy(NO_CANALS.format(outcome="approval"))
    move_office()
    refused = cio("apply", "demo", "--auto-approve", "--allow-live")
    assert refused.code == 4
    assert "cioform apply demo --auto-approve --allow-live --approve=no-canals" in refused.err
    done = cio("apply", "demo", "--auto-approve", "--allow-live", "--approve", "no-canals")
    assert done.code == 0, done.err
    [run] = [
        each for each in json.loads(cio("history", "demo", "--json").out)["runs"]
        if each.get("approved")
    ]  # fmt: skip
    assert (run["who"], run["approved"]) == ("jane@acme.com", ["no-canals"])
    lines = [
        json.loads(line)
        for path in Path(".cioform").rglob("journal/*")
        for line in path.read_text().splitlines()
    ]
    assert [line["approved"] for line in lines if line.get("approved")] == [["no-canals"]], lines


def test_a_plan_file_without_its_breaches_is_judged_again(cio: CommandLine) -> None:
    move_office()
    assert cio("plan", "demo", "--out", "p.json").code == 0
    write_policy(NO_CANALS.format(outcome="deny"))
    done = cio("apply", "demo", "p.json", "--allow-live")
    assert done.code == 4
    assert "policy no-canals" in done.err


def test_the_policies_of_the_base_judge(cio: CommandLine) -> None:
    write_policy(NO_CANALS.format(outcome="deny"))
    git("init", "-q")
    git("add", "workspaces")
    git("commit", "-qm", "base")
    (POLICIES / "rules.yaml").unlink()
    move_office()
    assert cio("plan", "demo", "--allow-live", "--detailed-exitcode").code == 2
    command = ("plan", "demo", "--allow-live", "--detailed-exitcode", "--settings-from", "HEAD")
    done = cio(*command)
    assert done.code == 4
    assert "policy no-canals" in done.out


@pytest.mark.parametrize("addresses", [None, "[segment.*]"])
def test_a_policy_that_a_pull_request_changes_is_named(
    cio: CommandLine, addresses: str | None
) -> None:
    text = NO_CANALS.format(outcome="deny")
    write_policy(text)
    git("init", "-q")
    git("add", "workspaces")
    git("commit", "-qm", "base")
    command = ("plan", "demo", "--settings-from", "HEAD")
    assert "policy no-canals" not in cio(*command).out
    if addresses is None:
        (POLICIES / "rules.yaml").unlink()
    else:
        write_policy(f"{text}addresses: {addresses}\n")
    assert "policy no-canals" in cio(*command).out


def test_a_change_of_unknown_audience_needs_an_approval(cio: CommandLine) -> None:
    write_policy(
        "id: few\ntext: Ask before you reach many.\noutcome: approval\ncheck: {max_people: 0}\n"
    )
    move_office()
    done = cio("plan", "demo", "--allow-live", "--detailed-exitcode")
    assert done.code == 4, done.out
    assert "policy few" in done.out
    assert cio("policies", "check").code == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("id: a\ntext: b\ncheck: {}\n", "must have exactly one of"),
        ("id: a\ntext: b\ncheck: {forbiden_words: [x]}\n", "Did you mean"),
        ("- a\n", "must be a mapping of fields"),
        ("id: a\ntext: b\ncheck: {max_people: 1}\n---\nid: a\ntext: b\ncheck: {max_people: 1}\n",
         "has the ID `a` already"),
        ("id: a\ntext: b\ncheck: {send_between: {from: '21:00', to: '08:00'}}\n",
         "but begins at"),
        ("id: A b\ntext: b\ncheck: {max_people: 1}\n", "such as quiet-hours"),
        (TESTED + "tests: [{name: x, given: {snipet.a: {}}, expect: pass}]\n", "no kind `snipet`"),
        (TESTED + "tests: [{name: x, given: {layout.a: {bdy: x}}, expect: pass}]\n", "bdy"),
    ],
)  # fmt: skip
def test_a_wrong_policy_has_its_place(cio: CommandLine, text: str, expected: str) -> None:
    write_policy(text)
    done = cio("policies", "test")
    assert done.code == 3
    assert expected in done.err
    assert "workspaces/_policies/rules.yaml:" in done.err


def test_a_pull_request_is_judged_by_the_policies_of_its_target(
    cio: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_policy(NO_CANALS.format(outcome="deny"))
    git("init", "-q")
    git("add", "workspaces")
    git("commit", "-qm", "base")
    base = git("rev-parse", "HEAD")
    write_policy(NO_CANALS.format(outcome="approval"))
    move_office()
    git("commit", "-qam", "a pull request that loosens the policy and breaks it")
    for name, value in MERGE_REQUEST.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("CI_MERGE_REQUEST_DIFF_BASE_SHA", base)
    done = cio("plan", "demo", "--allow-live", "--detailed-exitcode")
    assert done.code == 4, done.err
    assert "policy no-canals" in done.out
    refused = cio("plan", "demo", "--allow-live", "--approve", "no-canals")
    assert refused.code == 64
    assert "nobody can approve that" in refused.err


def test_a_rollback_is_judged_and_approved(
    cio: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CIOFORM_ACTOR", "jane@acme.com")
    move_office()
    assert cio("apply", "demo", "--auto-approve", "--allow-live").code == 0
    [run, *_] = json.loads(cio("history", "demo", "--json").out)["runs"]
    write_policy(
        "id: no-high-street\ntext: We moved.\noutcome: approval\n"
        "check: {forbidden_words: [High Street]}\n"
    )
    refused = cio("rollback", "demo", run["id"], "--auto-approve", "--allow-live")
    assert refused.code == 4
    assert "policy no-high-street" in refused.err
    approved = ("--auto-approve", "--allow-live", "--approve", "no-high-street")
    done = cio("rollback", "demo", run["id"], *approved)
    assert done.code == 0, done.err
    runs = json.loads(cio("history", "demo", "--json").out)["runs"]
    [approval] = [each for each in runs if each.get("approved")]
    assert (approval["command"], approval["approved"]) == ("rollback", ["no-high-street"])


def test_policies_as_json(cio: CommandLine) -> None:
    write_policy(NO_CANALS.format(outcome="deny") + "---\n" + TESTED)
    move_office()
    [first, second] = cio("policies", "list", "--json").json["policies"]
    assert (first["id"], first["check"], first["value"]) == (
        "no-canals", "forbidden_words", ["canal"]
    )  # fmt: skip
    assert (second["tests"], second["line"]) == (0, 13)
    done = cio("policies", "check", "demo", "--json")
    [found] = done.json["diagnostics"]
    assert (done.code, found["line"], found["severity"]) == (3, 3, "error")
    assert cio("policies", "test", "--json").json["without_tests"] == ["a"]


@pytest.mark.parametrize("words", [("validate",), ("policies", "check", "demo")])
def test_policies_in_another_folder_are_named(cio: CommandLine, words: tuple[str, ...]) -> None:
    Path("policies").mkdir()
    Path("policies/other.yaml").write_text("package: opa\n")
    before = cio(*words)
    assert "Policies not read" not in before.out + before.err
    Path("policies/rules.yaml").write_text(TESTED)
    done = cio(*words)
    assert done.code == 0
    text = done.out + done.err
    assert "`policies/` contains policies" in text
    assert "git mv policies workspaces/_policies" in text
