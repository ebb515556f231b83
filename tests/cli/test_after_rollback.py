"""What `rollback` advises makes the files agree: the next plan is empty."""

from __future__ import annotations

import json
import shlex
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine
from tests.support.git import git, repository

WORKSPACE = Path("workspaces/demo")
ADDRESS = WORKSPACE / "snippets/main_address.yaml"
NEW = WORKSPACE / "snippets/imprint.yaml"
TESTERS = WORKSPACE / "segments/beta_testers.yaml"
WELCOME = WORKSPACE / "campaigns/welcome"
APPROVE = ("--auto-approve", "--allow-live", "--allow-delete")
PULL = "cioform pull demo snippet.main_address"
IMPORT = "cioform import demo --target segment.beta_testers"
DELETE = "# Delete snippet.imprint from workspaces/demo/snippets/imprint.yaml"


def commit() -> None:
    git("add", "--all")
    git("commit", "--quiet", "--message", "Change")


def edit() -> None:
    ADDRESS.write_text(ADDRESS.read_text().replace("1 High Street", "8 Canal Road"))


def edit_and_commit() -> None:
    edit()
    commit()


def remove_and_commit() -> None:
    TESTERS.unlink()
    commit()


def add() -> None:
    NEW.write_text("name: imprint\nvalue: Hello\n")


def change_all_and_commit() -> None:
    edit()
    add()
    body = WELCOME / "first_steps.html"
    body.write_text(body.read_text() + "<p>Bye</p>\n")
    remove_and_commit()


def change_all() -> None:
    edit()
    add()
    TESTERS.unlink()


def remove_campaign() -> None:
    shutil.rmtree(WELCOME)


def commit_with_something_else() -> None:
    Path("README.md").write_text("Hello")
    edit_and_commit()


def commit_twice() -> None:
    edit_and_commit()
    ADDRESS.write_text(ADDRESS.read_text().replace("Canal Road", "Canal Street"))
    commit()


def commit_and_edit() -> None:
    edit_and_commit()
    ADDRESS.write_text(ADDRESS.read_text().replace("Canal Road", "Canal Street"))


def commit_with_an_unapplied_edit() -> None:
    """The run applies a part of the commit only."""
    TESTERS.write_text(TESTERS.read_text().replace("Beta", "Gamma"))
    edit_and_commit()


def merge() -> None:
    git("switch", "--quiet", "--create", "topic")
    edit_and_commit()
    git("switch", "--quiet", "main")
    git("merge", "--quiet", "--no-ff", "--no-edit", "topic")


def last_commit() -> str:
    return git("rev-parse", "HEAD")


@dataclass
class Team:
    """Somebody who applies, rolls back and does what is advised."""

    cio: CommandLine

    def apply(self, *words: str) -> str:
        done = self.cio("apply", "demo", *APPROVE, *words, "--json")
        assert done.code == 0
        return str(json.loads(done.out)["run"])

    def roll_back(self, run: str) -> list[str]:
        """Return what is advised."""
        done = self.cio("rollback", "demo", run, *APPROVE)
        assert done.code == 0
        assert self.cio("plan", "demo", "--detailed-exitcode").code != 0
        return [line.strip() for line in done.out.partition("\nNext:\n")[2].splitlines()]

    def follow(self, line: str) -> None:
        if line.startswith("# Delete "):
            Path(line.rpartition(" ")[2]).unlink()
            return
        program, *words = shlex.split(line)
        if program == "git":
            git(*words, "--no-edit")
        else:
            assert self.cio(*words).code == 0


@pytest.fixture(scope="module")
def prepared(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return repository(prepared, tmp_path_factory, commit)


@pytest.fixture
def team(cio: CommandLine) -> Team:
    return Team(cio)


@pytest.mark.parametrize(
    ("change", "advised"),
    [
        (edit_and_commit, ["git revert {commit}"]),
        (remove_and_commit, ["git revert {commit}"]),
        (change_all_and_commit, ["git revert {commit}"]),
        (merge, ["git revert -m 1 {commit}"]),
        (edit, [PULL]),
        (change_all, [PULL, IMPORT, DELETE]),
        (remove_campaign, ["cioform import demo --target campaign.welcome"]),
        (commit_with_something_else, [PULL]),
        (commit_twice, [PULL]),
        (commit_and_edit, [PULL]),
    ],
)
def test_the_advice_makes_the_files_agree(
    change: Callable[[], None], advised: list[str], team: Team
) -> None:
    before = content()
    change()
    commits = int(git("rev-list", "--count", "HEAD"))
    run = team.apply()
    head = last_commit()
    lines = team.roll_back(run)
    assert lines == [line.format(commit=head) for line in advised]
    for line in lines:
        team.follow(line)
    assert team.cio("plan", "demo", "--detailed-exitcode").code == 0
    assert content().keys() == before.keys()
    assert int(git("rev-list", "--count", "HEAD")) == commits + ("git" in lines[0])


def test_a_commit_of_which_a_part_was_applied_is_not_reverted(team: Team) -> None:
    commit_with_an_unapplied_edit()
    assert team.roll_back(team.apply("--target", "snippet.main_address")) == [PULL]


def test_a_commit_of_a_shared_file_is_not_reverted(team: Team) -> None:
    shared = Path("workspaces/shared/snippets/main_address.yaml")
    shared.parent.mkdir(parents=True)
    ADDRESS.rename(shared)
    settings = WORKSPACE / "workspace.yaml"
    settings.write_text(settings.read_text() + "include: [shared]\n")
    commit()
    shared.write_text(shared.read_text().replace("1 High Street", "8 Canal Road"))
    commit()
    assert team.roll_back(team.apply()) == [PULL]
    assert team.cio("pull", "demo", "--all", "--into-shared").code == 0
    assert team.cio("plan", "demo", "--detailed-exitcode").code == 0


def test_nothing_is_advised_if_the_files_agree_already(team: Team) -> None:
    edit_and_commit()
    run = team.apply()
    git("revert", "--no-edit", "HEAD")
    done = team.cio("rollback", "demo", run, *APPROVE)
    assert (done.code, "Next:" in done.out) == (0, False)


def test_a_pull_after_a_rollback_leaves_what_was_not_applied(team: Team) -> None:
    edit()
    run = team.apply()
    TESTERS.write_text(TESTERS.read_text().replace("Beta", "Gamma"))
    ADDRESS.write_text(ADDRESS.read_text() + "# A comment\n")
    assert team.roll_back(run) == [PULL]
    assert team.cio("pull", "demo", "--all").code == 0
    assert "1 High Street" in ADDRESS.read_text()
    assert "# A comment" in ADDRESS.read_text()
    assert "Gamma" in TESTERS.read_text()


def test_a_pull_after_a_rollback_names_what_it_cannot_write(team: Team) -> None:
    change_all()
    run = team.apply()
    team.roll_back(run)
    done = team.cio("pull", "demo", "--all")
    assert done.code == 8
    assert "Delete its document." in done.err
    assert "`cioform import demo --target segment.beta_testers`" in done.err


def test_a_pull_whose_journal_was_pruned_says_to_edit_the_file(team: Team) -> None:
    edit()
    run = team.apply()
    team.roll_back(run)
    Path(f".cioform/demo/journal/{run}.ndjson").unlink()
    done = team.cio("pull", "demo", "--all")
    assert done.code == 8
    assert "whose journal does not exist any more. Edit the file." in done.err


def content() -> Mapping[Path, str]:
    return {path: path.read_text() for path in WORKSPACE.rglob("*") if path.is_file()}
