"""What a pull request renames is judged by the address that the target branch has for it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from shutil import rmtree

import pytest

from tests.support.command_line import CommandLine, CommandResult
from tests.support.git import commit_all, repository

WORKSPACE = Path("workspaces/demo")
SETTINGS = WORKSPACE / "workspace.yaml"
FORMER = WORKSPACE / "snippets/main_address.yaml"
RENAMED = WORKSPACE / "snippets/renamed.yaml"
NAME = "name: main address\n"
OWNERS = """\
owners:
  legal: {people: [jane], addresses: ["snippet.main_*"]}
  copy: {people: [ada], fields: [copy], addresses: ["snippet.main_*"]}
  everybody: {people: [omar], fields: [copy]}
"""
POLICY = """\
id: no-promises
text: No promises.
outcome: deny
addresses: [snippet.main_*]
check: {forbidden_words: [guaranteed]}
"""


@pytest.fixture(scope="module")
def prepared(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project whose snippet has owners and policies."""
    return repository(prepared, tmp_path_factory, begin)


def begin() -> None:
    SETTINGS.write_text(SETTINGS.read_text() + OWNERS)
    policy = WORKSPACE.with_name("_policies") / "promises.yaml"
    policy.parent.mkdir()
    policy.write_text(POLICY)
    commit_all()


def rename(text: str, name: str = NAME) -> None:
    """Make the pull request: another file for the same object."""
    FORMER.unlink()
    RENAMED.write_text(name + text)


def planned(cio: CommandLine, *words: str) -> CommandResult:
    return cio("plan", "demo", "--settings-from", "main", "--allow-live", *words)


def owners(cio: CommandLine) -> Sequence[str]:
    done = cio("approvals", "demo", "--json", "--settings-from", "main")
    return [each["owner"] for each in done.json["approvals"]]


@pytest.mark.parametrize("how", ["", "was: snippet.main_address\n"])
@pytest.mark.parametrize(
    ("text", "code", "asked"),
    [
        ("value: Guaranteed wins\n", 4, ["legal", "copy", "everybody"]),
        ("value: Something else\n", 2, ["legal", "copy", "everybody"]),
        ("value: Acme Ltd, 1 High Street, London\n", 2, ["legal", "copy"]),
    ],
)
def test_owners_and_policies_know_the_former_address(
    cio: CommandLine, how: str, text: str, code: int, asked: list[str]
) -> None:
    rename(how + text)
    done = planned(cio, "--detailed-exitcode")
    assert (done.code, "policy no-promises" in done.out) == (code, code == 4)
    assert owners(cio) == asked
    assert "snippet.renamed, renamed from snippet.main_address" in done.out


def test_a_new_name_inside_what_an_owner_has_is_no_concern_of_the_owner(cio: CommandLine) -> None:
    FORMER.rename(FORMER.with_name("main_text.yaml"))
    assert owners(cio) == []


@pytest.mark.parametrize("how", ["", "was: snippet.other\n"])
def test_a_file_that_was_never_applied_has_its_former_address_too(
    cio: CommandLine, how: str
) -> None:
    other = WORKSPACE / "snippets/main_other.yaml"
    other.write_text("name: other\nvalue: Text\n")
    commit_all()
    other.unlink()
    RENAMED.write_text(how.replace("other", "main_other") + "name: other\nvalue: Guaranteed wins\n")
    assert planned(cio, "--detailed-exitcode").code == 4
    assert owners(cio) == ["legal", "copy", "everybody"]


@pytest.mark.parametrize("text", ["", "value: Guaranteed wins\n"])
def test_a_rename_of_what_the_state_does_not_have_is_a_rename(cio: CommandLine, text: str) -> None:
    """As in a CI job that begins with no state: the object is adopted, and nothing is written."""
    rmtree(".cioform/demo")
    if text:
        FORMER.write_text(NAME + text)
        commit_all()
        cio("sandbox", "edit", "demo", "snippet.main_address", "value=Guaranteed wins")
    FORMER.rename(RENAMED)
    done = planned(cio, "--detailed-exitcode")
    assert "snippet.renamed, renamed from snippet.main_address" in done.out
    assert owners(cio) == ["legal", "copy"]
    assert (done.code, "policy no-promises" in done.out) == ((4, True) if text else (2, False))


def test_a_document_that_only_the_target_branch_has_needs_its_owners(cio: CommandLine) -> None:
    FORMER.unlink()
    assert "snippet.main_address" in planned(cio).out
    with_state = owners(cio)
    rmtree(".cioform/demo")
    assert owners(cio) == with_state == ["legal", "copy", "everybody"]
    assert "snippet.main_address, missing from the files" in planned(cio).out


def test_another_name_in_the_file_does_not_hide_the_object(cio: CommandLine) -> None:
    """Its file stays, about something else, and a file at another address has its name."""
    rmtree(".cioform/demo")
    FORMER.rename(RENAMED)
    FORMER.write_text("name: unimportant\nvalue: Text\n")
    assert "snippet.renamed, renamed from snippet.main_address" in planned(cio).out


def test_outside_of_a_pull_request_the_state_has_the_former_address(cio: CommandLine) -> None:
    rename("value: Guaranteed wins\n")
    done = cio("plan", "demo", "--allow-live", "--detailed-exitcode")
    assert (done.code, "policy no-promises" in done.out) == (4, True)


def test_the_owner_of_a_renamed_user_is_asked(cio: CommandLine) -> None:
    text = SETTINGS.read_text()
    SETTINGS.write_text(
        text.replace(OWNERS, 'owners: {crm: {people: [kim], addresses: ["campaign.welcome"]}}\n')
    )
    commit_all()
    (WORKSPACE / "campaigns/welcome").rename(WORKSPACE / "campaigns/hello")
    FORMER.write_text(NAME + "value: Acme Ltd, 2 High Street, London\n")
    assert owners(cio) == ["crm"]


@pytest.mark.parametrize("how", ["", "was: snippet.main_address\n"])
def test_protection_and_ignored_fields_follow_a_renamed_document(
    cio: CommandLine, how: str
) -> None:
    text = "value: Acme Ltd, 1 High Street, London\n"
    FORMER.write_text(f"{NAME}protect: true\nignore: [value]\nbecause: Legal edits it.\n{text}")
    assert cio("apply", "demo", "--auto-approve").code == 0
    commit_all()
    rename(how + "value: Evil\n")
    done = planned(cio)
    head = " ".join(done.out.split())
    assert "not used: protect of snippet.renamed, ignore of snippet.renamed" in head
    assert "Evil" not in done.out
    change = planned(cio, "--json").json["changes"][0]
    assert (change["action"], change["protect"]) == ("move", True)
    assert planned(cio, "--out", "plan.json").code == 0
    assert cio("apply", "demo", "plan.json", "--settings-from", "main").code == 0
    bound = cio("state", "show", "demo", "snippet.renamed", "--json").json["binding"]
    assert bound["protect"]


@pytest.mark.parametrize("is_renamed", [True, False])
def test_a_plan_names_what_loses_its_protection(cio: CommandLine, *, is_renamed: bool) -> None:
    text = FORMER.read_text()
    FORMER.write_text(f"protect: true\n{text}")
    assert "no longer protected" not in cio("plan", "demo").out
    assert cio("apply", "demo", "--auto-approve").code == 0
    commit_all()
    FORMER.write_text(text)
    if is_renamed:
        FORMER.rename(RENAMED)
    address = "snippet.renamed" if is_renamed else "snippet.main_address"
    assert f"no longer protected after this: {address}\n" in cio("plan", "demo").out
    assert "no longer protected" not in cio("plan", "demo", "--settings-from", "main").out


def test_an_id_that_only_the_state_knows_leads_to_the_document_of_the_base(
    cio: CommandLine,
) -> None:
    segment = WORKSPACE / "segments/beta_testers.yaml"
    text = segment.read_text()
    segment.write_text(f"{text}protect: true\n")
    assert cio("apply", "demo", "--auto-approve").code == 0
    commit_all()
    found = cio("state", "show", "demo", "segment.beta_testers", "--json").json
    segment.unlink()
    segment.with_name("x.yaml").write_text(
        f"remote_id: {found['binding']['remote_id']}\nname: Another name\nmanual: true\n"
    )
    assert "not used: protect of segment.x" in planned(cio).out


def test_excluded_objects_stay_excluded_under_another_name(cio: CommandLine) -> None:
    SETTINGS.write_text(SETTINGS.read_text() + 'exclude: ["snippet.main_*"]\n')
    commit_all()
    rename("value: Guaranteed wins\n")
    done = planned(cio)
    assert "snippet.renamed" not in done.out


@pytest.mark.parametrize(("address", "code"), [("password_reset", 3), ("renamed", 0)])
def test_the_engine_of_a_renamed_message_is_that_of_its_former_address(
    cio: CommandLine, address: str, code: int
) -> None:
    legacy = f"lint: {{engine: latest, legacy: [transactional.{address}]}}\n"
    SETTINGS.write_text(SETTINGS.read_text() + legacy)
    commit_all()
    message = WORKSPACE / "transactional/password_reset.yaml"
    message.rename(message.with_name("renamed.yaml"))
    body = message.with_suffix(".html")
    body.write_text(body.read_text() + "{{ customer.plan | default: 1 }}\n")
    assert planned(cio).code == code


@pytest.mark.parametrize(("address", "code"), [("main_address", 0), ("renamed", 3)])
def test_what_lint_ignores_has_the_address_of_the_target_branch(
    cio: CommandLine, address: str, code: int
) -> None:
    entry = f"{{rule: DT102, address: snippet.{address}, because: Old.}}"
    SETTINGS.write_text(f"{SETTINGS.read_text()}lint: {{ignore: [{entry}]}}\n")
    commit_all()
    rename("value: '{{ customer.plan | upcase | default: \"none\" }}'\n")
    assert planned(cio).code == code
